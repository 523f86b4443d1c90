"""Place Outbound Order: orders to ship, up to 50 in one call. Each sets its stock aside at once.

Source: vendor docs page 2026-06-08.
"""

from collections.abc import Callable, Iterable, Sequence

from ...batches import take_each
from ...domain.outbound import place_outbound
from ...domain.records import OutboundOrder, OutboundStatus
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import packed
from ..services import offers
from ..stock_orders import numbered, region_unknown, sku_not_reviewed, sku_unknown, stock_short, taken_on
from ..vocabulary import TROUBLE_REMARKS
from ..wire import lines_from


def service_unknown(order: OutboundOrder, world: World) -> Broken:
    """The region does not offer that service."""
    if offers(order.region, order.service):
        return None
    return {"id": order.reference, "shipping_service_code": order.service}


def reference_taken(order: OutboundOrder, world: World) -> Broken:
    """The seller has an order under that reference number, and may not have another."""
    taken = order.reference in world.outbound_by_reference and world.choices["repeated_reference"] == "refused"
    return {"id": order.reference} if taken else None


RULES = (
    Rule("region_unknown", region_unknown),
    Rule("service_unknown", service_unknown),
    Rule("sku_unknown", sku_unknown),
    Rule("sku_not_reviewed", sku_not_reviewed),
    Rule("stock_short", stock_short),
    # Last: the page shows one reference number both taken on and short of stock.
    Rule("reference_taken", reference_taken),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: number and reference of each order taken on; a Partial if some were refused."""
    return place_each(request["data"], _order_from, RULES, world)


def place_each(
    rows: Sequence[Wire],
    read: Callable[[Wire, World], OutboundOrder],
    rules: Iterable[Rule[OutboundOrder, World]],
    world: World,
) -> Wire:
    """Take orders on one by one, whatever kind they are read as."""

    def take(row: Wire, world: World) -> Wire:
        order = read(row, world)
        known = world.outbound_by_reference.get(order.reference)
        if known is not None and world.choices["repeated_reference"] == "same_number":
            return taken_on(world.outbound[known])
        enforce(rules, order, world)
        return _place(order, row, world)

    return take_each(rows, take, world)


def order_from(row: Wire, world: World, *, service: str, details: Wire) -> OutboundOrder:
    """The order that a row asks for, before it has a number; `details` is what is kept of the row."""
    return OutboundOrder(
        number="",
        reference=row.get("referenceNumber", ""),
        status=OutboundStatus.SUBMITTED,
        created_at_s=world.now_s(),
        region=row["serviceRegion"],
        service=service,
        lines=lines_from(row["productList"], sku="MFSKUID", quantity="SKUQuantity"),
        details=packed(details),
    )


def _order_from(row: Wire, world: World) -> OutboundOrder:
    return order_from(row, world, service=row["shippingServiceCode"], details=row)


def _place(order: OutboundOrder, row: Wire, world: World) -> Wire:
    order = numbered(order, "outbound_order", world)
    place_outbound(world, order, ebay_order=row.get("ebayOrderId", ""))
    trouble = TROUBLE_REMARKS.get(row.get("remarks"))
    if trouble is not None:
        world.outbound_troubles[order.number] = trouble
    return taken_on(order)
