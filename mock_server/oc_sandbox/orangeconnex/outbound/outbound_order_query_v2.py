"""Outbound Order Query v2: orders by number or by time of creation, with state, parcel and fee.

Source: vendor docs page 2025-03-11; the reply's form: the page's example.
"""

from collections.abc import Iterable
from functools import cache
from itertools import chain, islice

from ...catalog import catalog
from ...domain.records import OutboundOrder
from ...domain.world import World
from ...refusal import Refused, Wire
from ...wire import epoch_s
from ..parcels import Parcel, parcel_of
from ..vocabulary import OUTBOUND_STATUSES
from ..wire import amount_to, reply_time, weight_to


@cache
def _most_results() -> int:
    """How many orders one reply bears, as the contract file has it."""
    return int(catalog().operations["outbound_order_query_v2"].response["properties"]["data"]["maxItems"])


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the orders found, the oldest first."""
    query = request["data"]
    start_s = epoch_s(query["startTime"]) if "startTime" in query else None
    end_s = epoch_s(query["endTime"]) if "endTime" in query else None
    numbers = _values(query, "orderNumberList", "orderNumber")
    references = _values(query, "referenceNumberList", "referenceNumber")
    ebay_orders = _values(query, "ebayOrderIdList", "ebayOrderId")
    if numbers or references or ebay_orders:
        found = _named(world, numbers, references, ebay_orders, start_s, end_s)
    elif start_s is None and end_s is None:
        raise Refused("filter_missing", field="startTime")
    else:
        found = world.outbound_created_between(start_s, end_s)
    return [_order_to(order) for order in islice(found, _most_results())]


def _values(query: Wire, rows: str, name: str) -> list[str]:
    return [row[name] for row in query.get(rows, ()) if row.get(name)]


def _named(
    world: World,
    numbers: list[str],
    references: list[str],
    ebay_orders: list[str],
    start_s: int | None,
    end_s: int | None,
) -> Iterable[OutboundOrder]:
    by_reference = chain(
        (world.outbound_by_reference.get(reference) for reference in references),
        chain.from_iterable(world.outbound_again.get(reference, ()) for reference in references),
    )
    by_ebay_order = chain.from_iterable(world.outbound_by_ebay_order.get(ebay_order, ()) for ebay_order in ebay_orders)
    known = {number for number in (*numbers, *by_reference, *by_ebay_order) if number in world.outbound}
    orders = (world.outbound[number] for number in known)
    inside = (
        order
        for order in orders
        if (start_s is None or start_s <= order.created_at_s) and (end_s is None or order.created_at_s <= end_s)
    )
    return sorted(inside, key=lambda order: (order.created_at_s, order.number))


def _order_to(order: OutboundOrder) -> Wire:
    parcel = parcel_of(order)
    return {
        "orderNumber": order.number,
        "autoFulfillmentEF": False,
        "orderCreationTime": reply_time(order.created_at_s),
        "referenceNumber": order.reference,
        "serviceRegion": order.region,
        "orderStatus": OUTBOUND_STATUSES[order.status],
        "trackingNumberList": [_parcel_to(parcel, order)] if parcel else [],
    }


def _parcel_to(parcel: Parcel, order: OutboundOrder) -> Wire:
    return {
        "feeAmount": amount_to(parcel.fee),
        "orderNumber": order.number,
        "LMCarrierCode": parcel.carrier_code,
        "chargeableWeight": weight_to(parcel.weight_g),
        "feeAmountCurrency": parcel.currency,
        "LMCarrierName": parcel.carrier_name,
        "chargeableWeightUnit": "g",
        "SKUList": [{"MFSKUID": line.sku, "SKUQuantity": line.quantity, "SN": ""} for line in order.lines],
        "trackingNumber": parcel.tracking_number,
    }
