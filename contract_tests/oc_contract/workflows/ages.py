"""Since when pieces are available: what must be young, and what cannot be, on a shelf of which the oldest leave first.

What lay there before the first order is known by its brackets; what was put away since, by the inbound order's time.
"""

from collections.abc import Iterator
from functools import cache

from oc_sandbox.catalog import catalog

from .flow import Flow, Missing
from .model import COURSES, Row, Shelf, Span, begins, pieces

DAY_MS = 86_400_000
CLAIM = "get_stock_age: pieces are as old as they must be"


@cache
def brackets() -> tuple[tuple[str, int], ...]:
    """The text of each bracket and its first day, the youngest first."""
    rows = catalog().apis["orangeconnex"].document["vocabulary"]["age_brackets"]
    return tuple((row["text"], row["first_day"]) for row in rows)


def hold(flow: Flow, shelf: Shelf, row: Row, now: Span) -> None:
    """Errors: Wrong, unless the pieces of a row are as old as the model says."""
    texts = [each["age"] for each in row["ageList"]]
    flow.same("get_stock_age: every bracket, the youngest first", [text for text, _ in brackets()], texts)
    counts = [each["quantity"] for each in row["ageList"]]
    if not any(_lines(flow, shelf)):
        flow.book.seen.setdefault(("age", shelf), (0, (counts, now)))
    for place, (_, first_day) in enumerate(brackets()[1:], 1):
        young = sum(counts[:place])
        least, most = _came_within(flow, shelf, first_day, now)
        least = min(row["available"], least)
        told = f"{young} of {row['available']} are younger than {first_day} days"
        flow.claim(young >= least, CLAIM, f"{told}, at least {least} must be")
        try:
            most += _were_young(flow, shelf, first_day, now)
        except Missing:
            continue
        flow.claim(young <= most, CLAIM, f"{told}, at most {most} can be")


def _were_young(flow: Flow, shelf: Shelf, first_day: int, now: Span) -> int:
    """Pieces that lay there before all orders and may still be younger than so many days. Errors: Missing."""
    known = flow.book.seen.get(("age", shelf))
    if known is None:
        raise Missing("nobody has looked before the first order")
    counts, then = known[1]
    passed = max((now.least - then.most) // DAY_MS, 0)
    return sum(count for count, (_, age) in zip(counts, brackets(), strict=True) if age + passed < first_day)


def _came_within(flow: Flow, shelf: Shelf, days: int, now: Span) -> tuple[int, int]:
    """The least and the most pieces that were put away on a shelf less than so many days ago."""
    least = most = 0
    for order, quantity in _lines(flow, shelf):
        if order["kind"] != "inbound":
            continue
        if not flow.book.paced:
            most += quantity
            continue
        for count, at in _put_away(order, quantity):
            if at.least <= now.most and now.least - at.most < days * DAY_MS:
                most += count
                surely = at.most <= now.least and now.most - at.least < days * DAY_MS
                least += count if surely else 0
    return least, most


def _put_away(order: Row, quantity: int) -> Iterator[tuple[int, Span]]:
    """The steps in which a line of an inbound order becomes available."""
    course, before = COURSES["inbound"], 0
    for state, _ in course:
        there = pieces("inbound", state, quantity).get("available", 0)
        if there > before:
            # A second on either side, for states begin at whole ones.
            at = order["since"].after(begins(course, state))
            yield there - before, Span(at.least - 1000, at.most + 1000)
        before = there


def _lines(flow: Flow, shelf: Shelf) -> Iterator[tuple[Row, int]]:
    """The lines of all orders that touch a shelf."""
    for order in flow.book.things("outbound", "inbound", "vas"):
        yield from ((order, quantity) for sku, quantity in order["lines"] if (sku, order["region"]) == shelf)
