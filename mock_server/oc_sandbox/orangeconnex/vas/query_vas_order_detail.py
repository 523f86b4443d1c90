"""queryVasOrderDetail: VAS orders by either party's number, with state and pieces done.

Source: ours, after Inbound Order Detail Query; the vendor's navigation of 2026-06-08 has the name and nothing else.
"""

from ...domain.records import Line, VasOrder, VasStatus
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ..vocabulary import VAS_STATUSES
from ..wire import reply_time


def nothing_asked(query: Wire, world: World) -> Broken:
    """The query names no order."""
    return None if query.get("orderNumberList") or query.get("referenceNumberList") else {"field": "orderNumberList"}


def order_unknown(query: Wire, world: World) -> Broken:
    """The seller has no VAS order under one of OrangeConnex's numbers."""
    unknown = (number for number in query.get("orderNumberList", ()) if number not in world.vas)
    number = next(unknown, None)
    return None if number is None else {"order_number": number}


RULES = (
    Rule("nothing_asked", nothing_asked),
    Rule("order_unknown", order_unknown),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the orders that the lists name, each once, OrangeConnex's numbers first."""
    query = request["data"]
    enforce(RULES, query, world)
    by_reference, references = world.vas_by_reference, query.get("referenceNumberList", ())
    numbers = [
        *query.get("orderNumberList", ()),
        *(by_reference[reference] for reference in references if reference in by_reference),
    ]
    return [_order_to(world.vas[number], world) for number in dict.fromkeys(numbers)]


def _order_to(order: VasOrder, world: World) -> Wire:
    done = order.status is VasStatus.COMPLETED
    return {
        "orderNumber": order.number,
        "orderCreationTime": reply_time(order.created_at_s),
        "orderStatus": VAS_STATUSES[order.status],
        "productList": [_line_to(line, world, done=done) for line in order.lines],
        "referenceNumber": order.reference,
        "remarks": order.remarks,
        "serviceRegion": order.region,
        "serviceType": order.service,
        "updateTime": reply_time(order.changed_at_s),
    }


def _line_to(line: Line, world: World, *, done: bool) -> Wire:
    return {
        "MFSKUID": line.sku,
        "sellerSKUID": world.skus[line.sku].seller_code,
        "SKUQuantity": line.quantity,
        "completedQuantity": line.quantity if done else 0,
    }
