"""What a call of two ends does, and when it is too late for either."""

from datetime import datetime, timezone
from typing import Any

import pytest
from calls import answer, look_up, remembered, the_world
from oc_sandbox import Sandbox

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture
def sandbox() -> Sandbox:
    """A demo world whose clock stands still."""
    return Sandbox(clock="manual", now=NOW)


@pytest.fixture
def number(sandbox: Sandbox) -> str:
    """A return that was submitted just now."""
    order = {"referenceNumber": "R-1", "serviceRegion": "UK", "productList": [{"quantity": 1}]}
    return str(answer(sandbox, "returns_erp_submit_order", {"data": order})["result"]["orderNumber"])


def call(sandbox: Sandbox, number: str, **data: Any) -> Any:
    return answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number, **data}})


def row(sandbox: Sandbox, number: str) -> Any:
    (found,) = look_up(sandbox, "returns_query_orders", orderNumber=number)["result"]["orderList"]
    return found


STATES = {
    0: "Submitted",
    10 * MINUTE: "Accepted",
    10 * MINUTE + DAY: "In transit",
    10 * MINUTE + 4 * DAY: "Arrived",
    10 * MINUTE + 4 * DAY + 12 * HOUR: "Put away",
}


@pytest.mark.parametrize(("seconds", "state"), STATES.items(), ids=str)
def test_a_return_can_be_cancelled_until_it_travels(sandbox: Sandbox, number: str, seconds: int, state: str) -> None:
    sandbox.advance(seconds=seconds)
    assert row(sandbox, number)["orderStatus"] == state
    reply = call(sandbox, number)
    if state in ("Submitted", "Accepted"):
        assert reply["result"] == {"orderNumber": number, "orderStatus": "Cancelled"}
        sandbox.advance(days=30)
        assert row(sandbox, number)["orderStatus"] == "Cancelled"
    else:
        assert (reply["success"], reply["errorCode"]) == (False, "400532")
        assert row(sandbox, number)["orderStatus"] == state


@pytest.mark.parametrize(("seconds", "state"), STATES.items(), ids=str)
def test_tracking_can_be_told_until_the_parcel_arrives(sandbox: Sandbox, number: str, seconds: int, state: str) -> None:
    sandbox.advance(seconds=seconds)
    before = row(sandbox, number)
    reply = call(sandbox, number, trackingNumber="T-1", carrier="Evri")
    after = row(sandbox, number)
    if state in ("Submitted", "Accepted", "In transit"):
        assert reply["result"] == {"orderNumber": number, "orderStatus": state}
        assert after == before | {"trackingNumber": "T-1", "carrier": "Evri", "updateTime": after["updateTime"]}
    else:
        assert (reply["success"], reply["errorCode"]) == (False, "400533")
        assert after == before


def test_the_last_tracking_told_counts_and_stays_when_the_label_is_made(sandbox: Sandbox, number: str) -> None:
    call(sandbox, number, trackingNumber="T-1", carrier="Evri")
    call(sandbox, number, trackingNumber="T-2")
    sandbox.advance(days=6)
    assert (row(sandbox, number)["trackingNumber"], row(sandbox, number)["carrier"]) == ("T-2", "")


def test_a_null_tracking_number_cancels(sandbox: Sandbox, number: str) -> None:
    assert call(sandbox, number, trackingNumber=None, carrier=None)["result"]["orderStatus"] == "Cancelled"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"carrier": "Evri"}, "400535"),
        ({"carrier": ""}, "400535"),
        ({"carrier": "Evri", "trackingNumber": None}, "400535"),
        ({"trackingNumber": ""}, "400002"),
        ({"trackingNumber": "x" * 101}, "400004"),
        ({"trackingNumber": 5}, "400003"),
        ({"trackingNumber": "T-1", "carrier": "x" * 101}, "400004"),
        ({"orderNumber": "OCR0"}, "400530"),
        ({"orderNumber": "OCR0", "trackingNumber": "T-1"}, "400530"),
        ({"orderNumber": None}, "400002"),
        ({"orderNumber": "{x}\x00😀"}, "400530"),
    ],
    ids=str,
)
def test_a_bad_call_is_refused_and_cancels_nothing(
    sandbox: Sandbox, number: str, data: dict[str, Any], code: str
) -> None:
    before = remembered(the_world(sandbox))
    reply = call(sandbox, number, **data)
    assert (reply["success"], reply["errorCode"], reply["result"]) == (False, code, None)
    assert remembered(the_world(sandbox)) == before


def test_a_cancelled_return_is_refused_whichever_end_is_meant(sandbox: Sandbox, number: str) -> None:
    call(sandbox, number)
    assert call(sandbox, number)["errorCode"] == "400531"
    assert call(sandbox, number, trackingNumber="T-1")["errorCode"] == "400531"
