"""The cut-off: which orders are worked on at once, and which wait for the next working day."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from calls import an_order, answer
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.domain.working_hours import WorkingHours
from oc_sandbox.orangeconnex.vocabulary import REGION_COUNTRIES, WORKING_HOURS

HOURS = WorkingHours(ahead_s=-8 * 3600, begins_s=8 * 3600, cut_off_s=14 * 3600, weekdays=frozenset(range(5)))
THERE = timezone(timedelta(hours=-8))
SKU = "OC0000250380015"


def at(text: str, zone: timezone = THERE) -> int:
    """The epoch second of a time of November 2026, whose 23rd is a Monday."""
    return int(datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=zone).timestamp())


@pytest.mark.parametrize(
    ("placed", "worked_on"),
    [
        ("23T00:00:00", "23T08:00:00"),
        ("23T08:00:01", "23T08:00:01"),
        ("23T14:00:00", "23T14:00:00"),
        ("23T14:00:01", "24T08:00:00"),
        ("24T23:59:59", "25T08:00:00"),
        ("27T14:00:00", "27T14:00:00"),
        ("27T14:00:01", "30T08:00:00"),
        ("28T09:00:00", "30T08:00:00"),
        ("22T23:59:59", "23T08:00:00"),
    ],
    ids=str,
)
def test_what_comes_after_the_cut_off_waits_for_the_next_working_day(placed: str, worked_on: str) -> None:
    assert HOURS.worked_on_from_s(at(placed)) == at(worked_on)


@given(st.integers(-(10**10), 10**11), st.integers(0, 10 * 86400), st.sampled_from([*WORKING_HOURS.values(), HOURS]))
def test_who_comes_first_is_not_worked_on_later(placed: int, later: int, hours: WorkingHours) -> None:
    first, second = hours.worked_on_from_s(placed), hours.worked_on_from_s(placed + later)
    assert placed <= first <= second
    assert first - placed < 3 * 86400
    assert hours.worked_on_from_s(first) == first


def test_every_region_has_working_hours() -> None:
    assert WORKING_HOURS.keys() == REGION_COUNTRIES.keys()


def states(sandbox: Sandbox, *hours: float) -> list[Any]:
    """The state of order A-1 after each wait."""
    seen = []
    for wait in hours:
        sandbox.advance(hours=wait)
        query = {"data": {"referenceNumberList": [{"referenceNumber": "A-1"}]}}
        seen.append(answer(sandbox, "outbound_order_query_v2", query)["data"][0]["orderStatus"])
    return seen


def placed_at(text: str, region: str = "UK") -> Sandbox:
    now = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    sandbox = Sandbox(clock="manual", now=now, assumptions={"working_hours": "kept"})
    service = {"UK": "GBDomStd_RMOnly", "AU": "AUDomesticStandard", "US-South": "USDomesticStandard"}[region]
    sandbox.set_stock(SKU, region, available=9)
    order = an_order("A-1", serviceRegion=region, shippingServiceCode=service)
    assert answer(sandbox, "place_outbound_order", {"data": [order]})["code"] == 0
    return sandbox


def test_an_order_by_the_cut_off_leaves_the_same_day() -> None:
    assert states(placed_at("2026-11-27T14:00:00"), 0.5, 3.5) == ["Create picking task", "Outbound"]


def test_an_order_after_the_cut_off_of_a_friday_is_accepted_and_picked_on_monday() -> None:
    sandbox = placed_at("2026-11-27T14:00:01")
    assert states(sandbox, 1, 56.98, 0.02, 3.5) == ["Accepted", "Accepted", "Create picking task", "Outbound"]


@pytest.mark.parametrize(
    ("region", "same_day"), [("UK", True), ("AU", False), ("US-South", True)], ids=["UK", "AU", "US-South"]
)
def test_the_cut_off_is_in_the_time_of_the_region(region: str, same_day: bool) -> None:
    # Nine in London is nineteen in Sydney, and three in the morning in Houston.
    assert states(placed_at("2026-11-23T09:00:00", region), 4) == ["Outbound" if same_day else "Accepted"]


def test_an_order_that_waits_for_its_working_day_can_be_cancelled() -> None:
    sandbox = placed_at("2026-11-27T15:00:00")
    sandbox.advance(days=2)
    query = {"data": {"referenceNumberList": [{"referenceNumber": "A-1"}]}}
    number = answer(sandbox, "outbound_order_query_v2", query)["data"][0]["orderNumber"]
    cancel = {"data": {"orderNumber": number, "cancelTime": "2026-11-29T15:00:00+0000"}}
    assert answer(sandbox, "outbound_order_cancellation", cancel)["code"] == 0
    assert number not in {event.key for event in sandbox.advance(days=9)}


@given(st.integers(0, 14 * 24 * 3600))
def test_the_demos_delivered_orders_had_the_time_to_be(seconds: int) -> None:
    """They are told as delivered six days after their creation, whenever a world begins."""
    created = at("16T00:00:00") + seconds
    for hours in WORKING_HOURS.values():
        assert hours.worked_on_from_s(created) + 3.5 * 3600 + 3 * 86400 <= created + 6 * 86400
