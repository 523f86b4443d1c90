"""What each step of a life cycle must follow on, and what it means for the stock."""

from collections.abc import Callable, Mapping
from typing import Any

from machine import books
from machine.books import Book, Inbound, Order, Outbound, Return, Sku, Vas, parts_of


def _take(record: Order | Sku, graph: Mapping[str, set[str]], status: str, at_s: int) -> None:
    """A step along the graph; none is left out, and none goes back in time."""
    assert status in graph.get(record.status, ()), f"{record.number}: {record.status} -> {status}"
    assert at_s >= (record.changed_s or 0)
    record.status, record.changed_s = status, at_s
    record.steps.append(at_s)


def outbound(book: Book, order: Outbound, status: str, at_s: int) -> None:
    """An outbound order moves on; into trouble only where that was asked for, and then without fail."""
    _take(order, books.OUTBOUND, status, at_s)
    allowed = {"failed": "failed", "Exception": ("exception", "undeliverable_return")}
    if status in allowed:
        assert order.trouble is not None
        assert order.trouble in allowed[status]
    if status == "Undeliverable return":
        assert order.trouble == "undeliverable_return"
    assert not (status == "Picked" and order.trouble == "failed")
    assert not (status == "Delivered" and order.trouble is not None)
    if status == "Outbound":
        order.left_s = at_s
        for sku, quantity in order.lines:
            book.moves(at_s, (sku, order.region), {"RSVALOC": -quantity}, "OOF", order.number)
    if status in ("Cancelled", "failed"):
        for sku, quantity in order.lines:
            book.moves(at_s, (sku, order.region), {"RSVALOC": -quantity, "AVL": quantity}, "OOC", order.number)


def inbound(book: Book, order: Inbound, status: str, at_s: int) -> None:
    """Announced goods arrive, and are put away in two halves."""
    before = order.status
    _take(order, books.INBOUND, status, at_s)
    for sku, quantity in order.lines:
        left, come = parts_of(before, quantity), parts_of(status, quantity)
        changes = {bucket: come.get(bucket, 0) - left.get(bucket, 0) for bucket in books.BUCKETS}
        book.moves(at_s, (sku, order.region), changes, "IOS" if status == "Arrived" else "PAC", order.number)


def vas(book: Book, order: Vas, status: str, at_s: int) -> None:
    """Value-added service moves on; its stock comes back when it is done or stopped."""
    _take(order, books.VAS, status, at_s)
    reasons = {"Completed": "VOF", "Cancelled": "VOC"}
    if status in reasons:
        for sku, quantity in order.lines:
            changes = {"RSVVAS": -quantity, "AVL": quantity}
            book.moves(at_s, (sku, order.region), changes, reasons[status], order.number)


def returned(_: Book, order: Return, status: str, at_s: int) -> None:
    """A return moves on. Its pieces are known once the list of returns tells their ids."""
    _take(order, books.RETURNS, status, at_s)


def sku(_: Book, record: Sku, status: str, at_s: int) -> None:
    """A SKU's review moves on."""
    _take(record, books.SKUS, status, at_s)


COURSES: Mapping[str, tuple[str, Callable[[Book, Any, str, int], None], Mapping[str, str]]] = {
    "outbound_order": (
        "outbound",
        outbound,
        {
            "accepted": "Accepted",
            "picking": "Create picking task",
            "picked": "Picked",
            "packed": "Packed",
            "shipped": "Outbound",
            "in_delivery": "In-delivery",
            "delivered": "Delivered",
            "cancelled": "Cancelled",
            "failed": "failed",
            "exception": "Exception",
            "undeliverable_return": "Undeliverable return",
        },
    ),
    "inbound_order": (
        "inbound",
        inbound,
        {"arrived": "Arrived", "partly_put_away": "Partially Put away", "put_away": "Put away"},
    ),
    "vas_order": (
        "vas",
        vas,
        {"accepted": "Accepted", "in_progress": "In progress", "completed": "Completed", "cancelled": "Cancelled"},
    ),
    "return_order": (
        "returns",
        returned,
        {
            "accepted": "Accepted",
            "in_transit": "In transit",
            "arrived": "Arrived",
            "put_away": "Put away",
            "cancelled": "Cancelled",
        },
    ),
    "sku": ("skus", sku, {"under_review": "Under review", "active": "Reviewed"}),
}
"""By the words that its events begin with: where a kind stands in the books, its course, and its states' names."""


def hear(all_books: list[Book], event: Mapping[str, Any], at_s: int) -> None:
    """Bring the books up to date with something that happened."""
    what, _, how = event["event"].rpartition("_cancelled")
    if not what:
        what, how = event["event"].removesuffix("_moves_on"), "moves_on"
    place, course, names = COURSES[what]
    (book,) = [each for each in all_books if event["key"] in getattr(each, place)]
    status = names[event["state"]]
    # Nothing is cancelled by itself, and what a call cancelled is told as that.
    assert (status == "Cancelled") == (how == "")
    if status == "Cancelled":
        book.to_cancel.remove(event["key"])
    course(book, getattr(book, place)[event["key"]], status, at_s)
