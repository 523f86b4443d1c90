"""Inbound Order Detail Query: inbound orders by either party's number, or by the time of their last change.

Source: vendor docs pages, undated; status, SKUs and tracking numbers: client in production 2026-04.
"""

from collections import Counter
from collections.abc import Iterable

from ...domain.inbound import APPOINTMENT_AFTER_S, file_status
from ...domain.records import CustomsFile, FileStatus, InboundOrder, Tracking
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import epoch_s
from ..vocabulary import BY_TRUCK, FILE_STATUSES, INBOUND_STATUSES
from .orders import moved_between, shipping_method

UNREADABLE = "The file is neither base64 nor an http address."


def inbound_number_unknown(query: Wire, world: World) -> Broken:
    """The seller has no order under one of OrangeConnex's numbers."""
    unknown = (number for number in query.get("inboundNumberList", ()) if number not in world.inbound)
    number = next(unknown, None)
    return None if number is None else {"inbound_number": number}


RULES = (Rule("inbound_number_unknown", inbound_number_unknown),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the orders, in a list."""
    query = request["data"]
    enforce(RULES, query, world)
    return {"inboundOrderList": [_order_to(order, world) for order in _selected(query, world)]}


def _selected(query: Wire, world: World) -> Iterable[InboundOrder]:
    """The orders that the lists name, each once, as far as they are in the window; without lists all in the window."""
    named = _named(query, world)
    if "startTime" not in query:
        return world.inbound.values() if named is None else (world.inbound[number] for number in named)
    inside = moved_between(world, epoch_s(query["startTime"]), epoch_s(query["endTime"]))
    if named is None:
        return inside
    numbers = {order.number for order in inside}
    return (world.inbound[number] for number in named if number in numbers)


def _named(query: Wire, world: World) -> Iterable[str] | None:
    numbers = query.get("inboundNumberList", [])
    seller_numbers = query.get("sellerinboundNumberList", [])
    if not numbers and not seller_numbers:
        return None
    by_seller = world.inbound_by_seller_number
    return dict.fromkeys(numbers + [by_seller[number] for number in seller_numbers if number in by_seller])


def _order_to(order: InboundOrder, world: World) -> Wire:
    pieces, now_s = Counter[str](), world.now_s()
    for line in order.lines:
        pieces[line.sku] += line.quantity
    return {
        "SKUList": [
            {"MFSKUID": code, "sellerSKUID": world.skus[code].seller_code, "skuquantity": quantity}
            for code, quantity in pieces.items()
        ],
        **_arrival_to(order, world),
        "fileList": [_file_to(file, now_s) for file in world.inbound_files.get(order.number, {}).values()],
        "inboundNumber": order.number,
        "sellerinboundNumber": order.seller_number,
        "status": INBOUND_STATUSES[order.status],
        "trackingList": [_tracking_to(tracking) for tracking in world.inbound_trackings.get(order.number, {}).values()],
    }


def _file_to(file: CustomsFile, now_s: int) -> Wire:
    status = file_status(file, now_s)
    return {
        "failReason": UNREADABLE if status is FileStatus.REJECTED else "",
        "file": file.content,
        "fileName": file.name,
        "fileType": file.kind,
        "verifyStatus": FILE_STATUSES[status],
    }


def _tracking_to(tracking: Tracking) -> Wire:
    carton = {"cartonNumber": tracking.carton} if tracking.carton else {}
    return {"carrier": tracking.carrier, **carton, "trackingNumber": tracking.number}


def _arrival_to(order: InboundOrder, world: World) -> Wire:
    """Appointment, arrival notice and batch, where there are any and the reply tells of them."""
    if world.choices["inbound_arrival"] == "left_out" or shipping_method(order) != BY_TRUCK:
        return {}
    if not order.arrived_at_s and world.now_s() < order.created_at_s + APPOINTMENT_AFTER_S:
        return {}
    tail = order.number.removeprefix("OCI")
    asn = f"ASN{tail}"
    batch = {"arrivalTime": order.arrived_at_s * 1000, "asnnumber": asn, "inboundBatchNumber": f"{order.number}-1"}
    return {
        "asnList": [{"asnNumber": asn}],
        **({"batchList": [batch]} if order.arrived_at_s else {}),
        "bookingNumber": f"BK{tail}",
    }
