"""What the kinds of orders that take their lines from stock have in common: batches, refusals, cancellation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .flow import Flow, Missing, Reply, item_errors
from .model import CANCELLABLE, CANCELLED, COURSES, Row, Span, begins

NO_SKU = "OC9999999999998"
NO_REGION = "ZZ"
CANCEL_TIME = "2026-03-02T10:00:00+0800"
"""The seller's own, which counts for nothing."""
COUNTRIES: Mapping[str, str] = {"UK": "GB", "US-West": "US", "US-East": "US", "US-South": "US", "AU-MEL": "AU"}


def country_of(region: str) -> str:
    """The country of a region: its name says it, but for these."""
    return COUNTRIES.get(region, region)


def products(lines: Iterable[Sequence[Any]]) -> list[Row]:
    """Lines as placing an order wants them."""
    return [{"MFSKUID": sku, "SKUQuantity": quantity} for sku, quantity in lines]


def sku_faults(flow: Flow, lines: Sequence[tuple[str, int]], now: Span) -> list[set[str]]:
    """For each rule about SKUs the errors that may come, "" where it may be kept."""
    found: list[set[str]] = []
    known = {thing["number"]: thing for thing in flow.book.things("sku")}
    for sku, _ in lines:
        if sku == NO_SKU:
            found.append({"sku_unknown"})
        elif sku in known:
            states = flow.book.possible(known[sku], now)
            reviewed = {"" if state == "Reviewed" else "sku_not_reviewed" for state in states}
            found.append(reviewed)
    return found


def allowed(faults: Iterable[set[str]]) -> set[str]:
    """The outcomes that rules allow together: any error that may come, and success where no rule is surely broken."""
    rules = [*faults]
    outcomes = {error for rule in rules for error in rule if error}
    return outcomes | ({""} if all("" in rule for rule in rules) else set())


def place_batch(
    flow: Flow,
    kind: str,
    orders: list[Row],
    reply: Reply,
    faults: Callable[[Row, Span], set[str]],
) -> None:
    """Hold the reply to a batch of orders against what must become of each, one after the other; note those taken.

    An order is a dict of label, reference (a label too), region and lines. `faults` tells the outcomes allowed.
    """
    taken = list(reply.data or (reply.body.get("data") or () if isinstance(reply.body, dict) else ()))
    refused = item_errors(reply)
    atomic = flow.book.answers["batch_outcome"] == "atomic" and bool(refused)
    made: list[str] = []
    claim = f"{reply.operation.name}: takes and refuses each order as it must"
    if atomic:
        flow.same(f"{reply.operation.name}: a batch is taken whole or not at all", [], taken)
    for order in orders:
        reference = flow.text(order["reference"])
        outcomes = faults(order, reply.now)
        told = f"{order['label']} under {reference}: {' or '.join(sorted(each or 'success' for each in outcomes))}"
        # Two of a batch may have one reference: then the error tells whose it is.
        declared = _next_is(refused, reference) and bool(refused[0][1] & outcomes)
        if "" in outcomes and ((atomic and not declared) or _next_is(taken, reference)):
            number = "" if atomic else taken.pop(0)["orderNumber"]
            made += _note(flow, kind, order, number, reply.now)
        elif declared:
            refused.pop(0)
        else:
            flow.claim(False, claim, f"{told} is expected; next are {taken[:1]} taken, {refused[:1]} refused")
    flow.same(f"{reply.operation.name}: answers for each order once", ([], []), (taken, refused))
    if atomic:
        for label in made:
            flow.book.drop(kind, label)


def _next_is(rows: Sequence[Any], reference: str) -> bool:
    if not rows:
        return False
    told = rows[0][0] if isinstance(rows[0], tuple) else rows[0].get("referenceNumber")
    return bool(told == reference)


def _note(flow: Flow, kind: str, order: Row, number: str, now: Span) -> list[str]:
    earlier = flow.book.by(kind, "number", number) if number else None
    repeated = flow.book.by(kind, "reference", order["reference"])
    if kind == "outbound" and repeated and flow.book.answers["repeated_reference"] == "same_number" and number:
        claim = "place_outbound_order: a repeated reference gets the number of the earlier order"
        flow.same(claim, repeated["number"], number)
        return []
    flow.claim(earlier is None, "every order has a number of its own", f"{number} was given twice")
    lines = [(sku, quantity) for sku, quantity in order["lines"]]
    rest = {name: value for name, value in order.items() if name not in ("label", "lines")}
    flow.book.add(kind, order["label"], **rest, lines=lines, number=number, since=now)
    return [order["label"]]


def wait_for(flow: Flow, kind: str, label: str, state: str) -> None:
    """Let the time pass until an order must be in a state, if it is not past that."""
    order = flow.thing(kind, label)
    if flow.book.told is None or not flow.book.paced:
        raise Missing("the time is not known")
    since: Span = order["since"]
    left = (since.most - flow.book.told) // 1000 + begins(COURSES[kind], state) + 3
    if left > 0 and not flow.wait(left):
        raise Missing("the target's time cannot be moved")


def cancel(flow: Flow, kind: str, operation: str, label: str) -> None:
    """Cancel an order: while it can be, and as an answer says where it was before."""
    order = flow.thing(kind, label)
    reply = flow.call(operation, {"data": {"orderNumber": order["number"], "cancelTime": CANCEL_TIME}})
    if flow.outcome(reply, cancel_outcomes(flow, order, reply.now), f"the cancellation of {order['number']}"):
        note_cancelled(flow, order, reply.now)
        if kind == "returns":
            flow.same(f"{operation}: tells the state", CANCELLED, reply.data["orderStatus"])


def cancel_outcomes(flow: Flow, order: Row, now: Span) -> set[str]:
    """What a cancellation may come to."""
    if order["ended"] == CANCELLED:
        return {"already_cancelled" if flow.book.answers["second_cancellation"] == "refused" else ""}
    return {"" if state in CANCELLABLE[order["kind"]] else "too_late" for state in flow.book.possible(order, now)}


def note_cancelled(flow: Flow, order: Row, now: Span) -> None:
    """It was cancelled, if it was not before."""
    if not order["ended"]:
        flow.book.end(order, CANCELLED, now)


def check_state(flow: Flow, operation: str, order: Row, told: str, now: Span) -> None:
    """Errors: Wrong, unless an order may be in the state that a reply tells."""
    found = flow.book.possible(order, now)
    claim = f"{operation}: tells the state that an order of {order['kind']} is in"
    flow.claim(told in found, claim, f"{' or '.join(found)} is expected of {order['number']}, not {told}")
    if told != CANCELLED and told in [name for name, _ in COURSES[order["kind"]]]:
        order["state"] = told
