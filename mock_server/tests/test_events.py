"""What has happened is kept in order, within bounds."""

from datetime import datetime, timezone
from itertools import pairwise

import pytest
from calls import an_order, answer, send, the_world
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.control.events import group_of
from oc_sandbox.domain.lifecycles import EVENTS
from oc_sandbox.domain.outbound import OUTBOUND_CANCELLED
from oc_sandbox.domain.returns import RETURN_CANCELLED
from oc_sandbox.domain.vas import VAS_CANCELLED
from oc_sandbox.domain.world import Happened
from oc_sandbox.events import EventLog

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)


@pytest.fixture
def sandbox() -> Sandbox:
    """A world whose clock stands still."""
    return Sandbox(clock="manual", now=NOW)


def placed(sandbox: Sandbox, reference: str = "") -> str:
    """The number of a fresh order."""
    return str(answer(sandbox, "place_outbound_order", {"data": [an_order(reference)]})["data"][0]["orderNumber"])


def cancel(sandbox: Sandbox, number: str) -> None:
    """Cancel an order."""
    data = {"cancelTime": "2026-11-22T23:30:00+0800", "orderNumber": number}
    assert answer(sandbox, "outbound_order_cancellation", {"data": data})["code"] == 0


def test_an_order_s_way_is_told_state_by_state(sandbox: Sandbox) -> None:
    number = placed(sandbox)
    sandbox.advance(days=30)
    mine = [event for event in sandbox.events if event["key"] == number]
    states = ["accepted", "picking", "picked", "packed", "shipped", "in_delivery", "delivered"]
    assert [event["state"] for event in mine] == states
    assert {event["group"] for event in mine} == {"outbound"}
    assert mine[0]["at"] == "2026-11-22T15:35:00.000Z"


def test_a_cancellation_is_told_once_and_ends_the_way(sandbox: Sandbox) -> None:
    number = placed(sandbox)
    cancel(sandbox, number)
    moved = sandbox.advance(days=30)
    (event,) = [event for event in sandbox.events if event["key"] == number]
    assert (event["event"], event["state"], event["at"]) == (
        "outbound_order_cancelled",
        "cancelled",
        "2026-11-22T15:30:00.000Z",
    )
    assert number not in {each.key for each in moved}


def test_inbound_orders_and_skus_are_told_too(sandbox: Sandbox) -> None:
    for operation in ("place_inbound_order", "sku_creation_v3"):
        send(sandbox, operation, sandbox.sample(operation).body)
    sandbox.advance(days=30)
    states: dict[str, list[str]] = {}
    for event in sandbox.events:
        states.setdefault(event["group"], []).append(event["state"])
    assert states["inbound"] == ["arrived", "partly_put_away", "put_away"]
    assert states["sku"] == ["under_review", "active"]


def test_events_stand_in_the_order_of_time_and_count_up(sandbox: Sandbox) -> None:
    for serial in range(5):
        placed(sandbox, str(serial))
        sandbox.advance(minutes=7)
    cancel(sandbox, placed(sandbox, "x"))
    sandbox.advance(days=9)
    events = sandbox.events
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(before["at"] <= after["at"] for before, after in pairwise(events))


def test_refused_calls_and_looks_make_nothing_happen(sandbox: Sandbox) -> None:
    send(sandbox, "outbound_order_cancellation", {"data": {"cancelTime": "x", "orderNumber": "y"}})
    send(sandbox, "get_stock_movement", {"data": {}})
    assert sandbox.events == []
    assert the_world(sandbox).news == []


@given(st.lists(st.integers(0, 7), max_size=30), st.integers(1, 5))
def test_the_latest_are_kept_and_ids_go_on(sizes: list[int], limit: int) -> None:
    log, written = EventLog(limit), 0
    for size in sizes:
        news = [(Happened(written + serial, "e", "k"), None) for serial in range(1, size + 1)]
        skipped = max(0, size - limit)
        log.write(news[skipped:], skipped=skipped)  # type: ignore[arg-type]
        written += size
    kept = list(log.since())
    assert [event.id for event in kept] == list(range(1, written + 1))[-limit:]
    assert all(event.happened.at_s == event.id for event in kept)
    assert log.find(written + 1) is None
    assert all(log.find(event.id) is event for event in kept)
    log.clear()
    assert len(log) == 0
    (after,) = log.write([(Happened(0, "e", "k"), None)])  # type: ignore[list-item]
    assert after.id == written + 1


def test_a_busy_world_is_bounded(sandbox: Sandbox) -> None:
    demo = len(Sandbox(clock="manual", now=NOW).advance(days=9))
    sandbox.tenant.events = EventLog(10)
    for serial in range(4):
        placed(sandbox, str(serial))
    sandbox.advance(days=9)
    last = demo + 4 * 7
    assert [event["id"] for event in sandbox.events] == list(range(last - 9, last + 1))


@pytest.mark.parametrize("event", [*EVENTS, OUTBOUND_CANCELLED, RETURN_CANCELLED, VAS_CANCELLED])
def test_every_event_belongs_to_a_group_of_operations(event: str) -> None:
    assert group_of(event) in {operation.group for operation in catalog().operations.values()}
