"""The same tenant, the same calls, the same clock: the same replies, to the byte. Looking changes nothing."""

from datetime import datetime, timezone
from typing import Any

import orjson
import pytest
from calls import an_order, answer, send, worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.call import Reply
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
OPERATIONS = catalog().operations
Step = tuple[str, str, int]
ALL = [(operation.name, exchange) for operation in OPERATIONS.values() for exchange in operation.fixture["exchanges"]]
BUSINESS = [step for step in ALL if "client_id" not in OPERATIONS[step[0]].auth]
LOOKS = [step for step in BUSINESS if not OPERATIONS[step[0]].writes]
# From one step to the next a second, an hour, or a week passes.
waits = st.sampled_from([0, 1, 3600, 7 * 86400])


def a_sandbox() -> Sandbox:
    """One like every other."""
    return Sandbox(client_key="the-same", clock="manual", now=NOW)


def replied(sandbox: Sandbox, operation: str, exchange: str) -> Reply:
    """The reply to a sample, as bytes and headers."""
    return sandbox.send(call_of(OPERATIONS[operation], sandbox.sample(operation, exchange)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ALL), waits), max_size=15))
def test_the_same_calls_get_the_same_replies(steps: list[tuple[tuple[str, str], int]]) -> None:
    runs = []
    for _ in range(2):
        sandbox = a_sandbox()
        replies: list[object] = []
        for (operation, exchange), wait in steps:
            replies += [replied(sandbox, operation, exchange), sandbox.advance(seconds=wait)]
        runs.append((replies, list(sandbox.journal.since())))
    assert runs[0] == runs[1]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(BUSINESS), waits, st.lists(st.sampled_from(LOOKS), max_size=4)),
        min_size=1,
        max_size=10,
    )
)
def test_looking_changes_no_later_reply(steps: list[tuple[tuple[str, str], int, list[tuple[str, str]]]]) -> None:
    quiet, watched = a_sandbox(), a_sandbox()
    for (operation, exchange), wait, looks in steps:
        for look in looks:
            replied(watched, *look)
        watched.stock()
        assert replied(quiet, operation, exchange) == replied(watched, operation, exchange)
        assert quiet.advance(seconds=wait) == watched.advance(seconds=wait)


def test_a_look_at_the_movements_does_not_renumber_those_that_follow() -> None:
    quiet, watched = a_sandbox(), a_sandbox()
    replied(watched, "get_stock_movement", "last_days")
    for sandbox in (quiet, watched):
        replied(sandbox, "place_outbound_order", "documented_request")
    assert list(quiet.journal.since())[-1].reply == list(watched.journal.since())[-1].reply
    assert replied(quiet, "get_stock_movement", "last_days") == replied(watched, "get_stock_movement", "last_days")


BAD_LINE = {"productList": [{"MFSKUID": "OC9999999999999", "SKUQuantity": 1}]}
TOO_MANY = {"productList": [{"MFSKUID": "OC0000250380015", "SKUQuantity": 1_000_000}]}


def spoilt(body: dict[str, Any]) -> list[Any]:
    """The request of a write, made wrong in several ways."""
    if "data" not in body:
        unknown = [body | {"productId": "none"}, body | {"quantity": 0}] if "productId" in body else []
        return [{}, [], *unknown, *(body | {name: {}} for name in body)]
    given = body["data"]
    return [{}, [], {"data": None}, body | {"data": given[:1] * 201 if isinstance(given, list) else {}}]


def test_a_refused_call_changes_no_later_reply() -> None:
    quiet, refused = a_sandbox(), a_sandbox()
    for operation, exchange in BUSINESS:
        if OPERATIONS[operation].writes:
            for request in spoilt(orjson.loads(refused.sample(operation, exchange).body or b"{}")):
                send(refused, operation, request)
                assert list(refused.journal.since())[-1].outcome == "refused"
        assert replied(quiet, operation, exchange) == replied(refused, operation, exchange)
    assert quiet.advance(days=30) == refused.advance(days=30)


@pytest.mark.parametrize("wrong", [BAD_LINE, TOO_MANY, {"serviceRegion": "XX"}, {"shippingServiceCode": "x"}], ids=str)
def test_a_refused_order_of_a_batch_burns_no_number(wrong: dict[str, Any]) -> None:
    quiet, refused = a_sandbox(), a_sandbox()
    good = [an_order("R1"), an_order("R2")]
    wanted = answer(quiet, "place_outbound_order", {"data": good})["data"]
    batch = [an_order("B1", **wrong), good[0], an_order("B2", **wrong), good[1], an_order("R1")]
    got = answer(refused, "place_outbound_order", {"data": batch})
    assert got["data"] == wanted
    assert [error["id"] for error in got["errors"]] == ["B1", "B2", "R1"]
    assert worlds(quiet) == worlds(refused)
    assert quiet.advance(days=9) == refused.advance(days=9)
    assert worlds(quiet) == worlds(refused)
