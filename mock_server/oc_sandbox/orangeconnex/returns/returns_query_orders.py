"""Return orders by number, status or time of submission, page by page.

Source: vendor docs page, undated, title, method and path alone; the rest is ours, after the query of the return stock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from ...domain.records import ReturnLine, ReturnOrder, ReturnStatus
from ...domain.world import World
from ...refusal import Wire
from ...wire import epoch_s
from ..vocabulary import RETURN_STATUSES
from ..wire import reply_time
from .orders import tracking_of

_STATUS_OF = {text: status for status, text in RETURN_STATUSES.items()}


def handle(request: Wire, world: World) -> Wire:
    """The answer's `result`: a page of the orders that meet every filter given, the oldest first."""
    number, size = int(request["pageNumber"]), int(request["pageSize"])
    found = _found(request, world)
    pages = -(-len(found) // size)
    shown = found[(number - 1) * size : number * size]
    return {
        "pageNumber": number,
        "pageSize": size,
        "hasNextPage": number < pages,
        "totalPage": pages,
        "orderList": [_order_to(world.returns[order_number]) for order_number in shown],
    }


def _found(query: Wire, world: World) -> list[str]:
    """The numbers of the orders, as they were submitted."""
    start_s = epoch_s(query["startTime"]) if "startTime" in query else 0
    end_s = epoch_s(query["endTime"]) if "endTime" in query else world.now_s()
    if "orderNumber" in query or "referenceNumber" in query:
        found = [order.number for order in _named(query, world) if start_s <= order.created_at_s <= end_s]
    else:
        found = _submitted_between(start_s, end_s, world)
    if "orderStatus" in query:
        status = _STATUS_OF[query["orderStatus"]]
        found = [number for number in found if world.returns[number].status is status]
    return found


def _named(query: Wire, world: World) -> Iterator[ReturnOrder]:
    """The order that both numbers name, or the one that is given."""
    by_reference = world.return_by_reference.get(query.get("referenceNumber", ""), "")
    order = world.returns.get(query.get("orderNumber", by_reference))
    if order is not None and query.get("referenceNumber", order.reference) == order.reference:
        yield order


def _submitted_between(start_s: int, end_s: int, world: World) -> list[str]:
    def created(number: str) -> int:
        return world.returns[number].created_at_s

    first = bisect_left(world.return_numbers, start_s, key=created)
    last = bisect_right(world.return_numbers, end_s, key=created)
    return world.return_numbers[first:last]


def _order_to(order: ReturnOrder) -> Wire:
    tracking = tracking_of(order)
    put_away = order.status is ReturnStatus.PUT_AWAY
    return {
        "orderNumber": order.number,
        "referenceNumber": order.reference,
        "outboundOrderNumber": order.outbound_number,
        "orderStatus": RETURN_STATUSES[order.status],
        "serviceRegion": order.region,
        "warehouseCode": order.warehouse_code,
        "carrier": tracking.carrier if tracking else "",
        "trackingNumber": tracking.number if tracking else "",
        "createTime": reply_time(order.created_at_s),
        "updateTime": reply_time(order.changed_at_s),
        "productList": [_line_to(line, put_away) for line in order.lines],
    }


def _line_to(line: ReturnLine, put_away: bool) -> Wire:
    return {
        "mfSkuId": line.sku,
        "quantity": len(line.unique_ids),
        "uniqueIdList": list(line.unique_ids) if put_away else [],
    }
