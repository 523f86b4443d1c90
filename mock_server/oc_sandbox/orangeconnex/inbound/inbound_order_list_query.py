"""Inbound Order List Query: the inbound orders of a window of time, a short row for each.

Source: client in production 2026-04; the page itself was never captured.
"""

from ...domain.inbound import put_away_pieces
from ...domain.records import InboundOrder
from ...domain.world import World
from ...refusal import Wire
from ...wire import epoch_s
from ..vocabulary import INBOUND_STATUSES
from .orders import moved_between, shipping_method


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the rows of one page, or of all where no page is asked for."""
    query = request["data"]
    found = moved_between(world, epoch_s(query["startTime"]), epoch_s(query["endTime"]))
    return [_row_to(order) for order in _page(query, found)]


def _page(query: Wire, found: list[InboundOrder]) -> list[InboundOrder]:
    page, size = query.get("page", query.get("pageNumber", 1)), query.get("limit", query.get("pageSize"))
    rows = len(found) if size is None else int(size)
    first = (int(page) - 1) * rows
    return found[first : first + rows]


def _row_to(order: InboundOrder) -> Wire:
    return {
        "SKUQuantity": sum(line.quantity for line in order.lines),
        "inboundNumber": order.number,
        "putawayQuantity": put_away_pieces(order),
        "sellerinboundNumber": order.seller_number,
        "serviceRegion": order.region,
        "shippingMethod": shipping_method(order),
        "status": INBOUND_STATUSES[order.status],
    }
