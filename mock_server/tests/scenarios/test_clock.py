"""The clock over HTTP: how time passes in each mode, and what happens, in which order, when it is moved."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

MORNING = "2026-11-23T01:00:00.000Z"
LAMP, REGION = "OC0000250380015", "UK"
MODES = ["real", "frozen", "accelerated", "manual"]
RATES = {"real": 1.0, "frozen": 0.0, "accelerated": 7.5, "manual": 0.0}
Made = Callable[..., Any]


@pytest.fixture
def made(erp: Any) -> Made:
    """Makes a further integrator, whose clock starts in the morning: `made(mode="real")`, `made(sellers=3)`."""

    def make(mode: str = "manual", rate: float = 60, **settings: Any) -> Any:
        return type(erp)(erp.http, clock={"mode": mode, "now": MORNING, "rate": rate}, **settings)

    return make


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def clock(erp: Any) -> dict[str, Any]:
    view: dict[str, Any] = erp.http.get(f"{erp.plane}/clock").json()
    return view


def now(erp: Any) -> datetime:
    return instant(clock(erp)["now"])


def put(erp: Any, **wanted: Any) -> dict[str, Any]:
    """What the move tells; tokens that have run out meanwhile are made anew."""
    moved: httpx.Response = erp.http.put(f"{erp.plane}/clock", json=wanted)
    assert moved.status_code == 200, moved.text
    view: dict[str, Any] = moved.json()
    return view


def lamp_of(erp: Any, seller: dict[str, Any]) -> str:
    rows = erp.http.get(f"{erp.plane}/stock", params={"ocid": seller["ocid"]}).json()["stock"]
    (lamp,) = [row["mf_sku_id"] for row in rows if row["available"] > 900]
    return str(lamp)


def place(erp: Any, reference: str, lamp: str = LAMP) -> str:
    """The number of an order for one lamp."""
    order = {
        "referenceNumber": reference,
        "serviceRegion": REGION,
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": lamp, "SKUQuantity": 1}],
    }
    return str(erp.ask("place_outbound_order", {"data": [order]})["data"][0]["orderNumber"])


def cancel(erp: Any, number: str) -> Any:
    wanted = {"orderNumber": number, "cancelTime": "2026-11-23T09:00:00+0800"}
    return erp.ask("outbound_order_cancellation", {"data": wanted})


def told(moved: dict[str, Any], *keys: str) -> list[tuple[str, str, str]]:
    """When what happened to which of these, or to any."""
    rows = [(row["at"], row["key"], row["state"]) for row in moved["happened"]]
    return [row for row in rows if not keys or row[1] in keys]


@pytest.mark.parametrize("mode", MODES)
def test_a_tenant_starts_at_its_instant_in_its_mode(made: Made, mode: str) -> None:
    began = time.monotonic()
    erp = made(mode, rate=7.5)
    view, passed = clock(erp), now(erp) - instant(MORNING)
    assert (view["mode"], view["rate"]) == (mode, RATES[mode])
    assert timedelta(0) <= passed <= timedelta(seconds=(time.monotonic() - began) * RATES[mode])


def test_an_accelerated_clock_brings_an_order_to_its_buyer_by_itself(made: Made) -> None:
    erp = made("accelerated", rate=60)
    number = place(erp, "R-1")
    put(erp, rate=1e6)  # the four days that it takes are a third of a second then
    gives_up = time.monotonic() + 20
    states: list[str] = []
    while "delivered" not in states and time.monotonic() < gives_up:
        events = erp.http.get(f"{erp.plane}/events").json()["events"]
        states = [event["state"] for event in events if event["key"] == number]
    assert states == ["accepted", "picking", "picked", "packed", "shipped", "in_delivery", "delivered"]


@pytest.mark.parametrize("mode", MODES)
def test_any_clock_is_moved_and_set_and_keeps_its_mode(made: Made, mode: str) -> None:
    erp = made(mode, rate=7.5)
    before = now(erp)
    moved = put(erp, advance_seconds=3600)
    assert instant(moved["now"]) - before >= timedelta(hours=1)
    later = instant(MORNING) + timedelta(days=2)
    moved = put(erp, now=later.isoformat())
    assert instant(moved["now"]) - later < timedelta(minutes=1)
    assert instant(moved["now"]) >= later
    assert (moved["mode"], moved["rate"]) == (mode, RATES[mode])
    if not RATES[mode]:
        assert now(erp) == later


def test_a_clock_may_change_its_mode_at_any_time_and_never_runs_back(made: Made) -> None:
    erp = made("manual")
    seen = [now(erp)]
    for mode, rate in [("accelerated", 1e6), ("frozen", 0), ("real", 1), ("manual", 0), ("accelerated", 2)]:
        view = put(erp, mode=mode, **({"rate": rate} if mode == "accelerated" else {}))
        assert (view["mode"], view["rate"]) == (mode, rate)
        seen += [instant(view["now"]), now(erp), now(erp)]
    assert seen == sorted(seen)
    assert seen[-1] - seen[0] < timedelta(days=30)  # the other modes have not run a million times as fast


def test_the_rate_alone_can_be_changed(made: Made) -> None:
    erp = made("accelerated", rate=60)
    assert put(erp, rate=3600)["rate"] == 3600
    assert clock(erp)["mode"] == "accelerated"


def test_one_call_may_set_move_and_change_the_mode(made: Made) -> None:
    erp = made("manual")
    number = place(erp, "R-1")
    moved = put(erp, now="2026-11-23T01:04:00Z", advance_seconds=60, mode="frozen")
    assert (moved["mode"], moved["now"]) == ("frozen", "2026-11-23T01:05:00.000Z")
    assert told(moved, number) == [("2026-11-23T01:05:00.000Z", number, "accepted")]


def test_a_year_in_one_move_in_a_setting_or_in_many_steps_is_the_same_year(made: Made) -> None:
    year_s = 365 * 86400
    ways = {
        "moved": lambda erp: [put(erp, advance_seconds=year_s)],
        "set": lambda erp: [put(erp, now="2027-11-23T01:00:00Z")],
        "in steps": lambda erp: [put(erp, advance_seconds=year_s / 73 / 4) for _ in range(4 * 73)],
    }
    outcomes = []
    for way in ways.values():
        erp = made(sellers=2)
        for seller in erp.keys["sellers"]:
            erp.token = seller["access_token"]
            for reference in ("A", "B"):
                place(erp, reference, lamp_of(erp, seller))
        happened = [row for moved in way(erp) for row in moved["happened"]]
        stock = [
            erp.http.get(f"{erp.plane}/stock", params={"ocid": seller["ocid"]}).json()["stock"]
            for seller in erp.keys["sellers"]
        ]
        outcomes.append((happened, stock, clock(erp)))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0][0]) > 4 * 7


def test_what_happens_to_several_sellers_is_told_in_the_order_of_time(made: Made) -> None:
    erp = made(sellers=3)
    numbers = []
    for minute, seller in enumerate([*erp.keys["sellers"], *reversed(erp.keys["sellers"])]):
        erp.token = seller["access_token"]
        numbers.append(place(erp, f"R-{minute}", lamp_of(erp, seller)))
        put(erp, advance_seconds=1)
    moved = put(erp, advance_seconds=40 * 60)
    rows = told(moved, *numbers)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    first = [key for _, key, state in rows if state == "accepted"]
    assert first == [key for _, key, state in rows if state == "picking"] == numbers
    events = erp.http.get(f"{erp.plane}/events").json()["events"]
    assert [(row["at"], row["key"], row["state"]) for row in events if row["key"] in numbers] == rows


def test_what_happens_at_one_instant_is_told_in_the_order_in_which_it_was_planned(made: Made) -> None:
    erp = made()
    (sku,) = erp.ask("sku_creation_v3", {"data": [{"referenceSKUID": "NEW-1"}]})["data"]
    number = place(erp, "R-1")
    an_hour_on = "2026-11-23T02:00:00.000Z"
    rows = told(put(erp, advance_seconds=3600), sku["MFSKUID"], number)
    assert [(key, state) for at, key, state in rows if at == an_hour_on] == [
        (sku["MFSKUID"], "under_review"),
        (number, "picked"),
    ]


def test_when_a_move_answers_nothing_is_left_that_is_due(made: Made) -> None:
    erp = made(sellers=2)
    for seller in erp.keys["sellers"]:
        erp.token = seller["access_token"]
        place(erp, "R-1", lamp_of(erp, seller))
    moved = put(erp, advance_seconds=30 * 86400)
    events = erp.http.get(f"{erp.plane}/events").json()["events"]
    assert [event["at"] for event in events] == [row["at"] for row in moved["happened"]]
    assert put(erp, advance_seconds=0)["happened"] == []
    assert erp.http.get(f"{erp.plane}/events").json()["events"] == events


@pytest.mark.parametrize(("seconds", "states"), [(299.999, []), (300, ["accepted"])])
def test_what_is_due_at_an_instant_has_happened_when_the_clock_stands_there(
    made: Made, seconds: float, states: list[str]
) -> None:
    erp = made()
    number = place(erp, "R-1")
    assert [row[2] for row in told(put(erp, advance_seconds=seconds), number)] == states


@pytest.mark.parametrize(("seconds", "code"), [(3599, 0), (3600, 3)], ids=["a second before", "at the instant"])
def test_a_call_at_the_instant_of_an_event_comes_after_it(made: Made, seconds: int, code: int) -> None:
    erp = made()
    number = place(erp, "R-1")
    put(erp, advance_seconds=seconds)
    erp.token = erp.http.get(erp.plane).json()["access_token"]
    answered = cancel(erp, number)  # an order can be called off until it is picked, which it is after an hour
    assert (answered["code"] == 0) is (code == 0)
    stock = erp.stock(LAMP, REGION)
    assert (stock["available"], stock["allocated"]) == ((1000, 0) if code == 0 else (999, 1))


def test_calls_at_one_instant_count_in_the_order_in_which_they_came(made: Made) -> None:
    erp = made("frozen")
    numbers = [place(erp, f"R-{serial}") for serial in range(3)]
    assert cancel(erp, numbers[1])["code"] == 0
    (bucket, _) = erp.ask("get_stock_movement", {"data": {"mfSkuList": [{"mfSkuId": LAMP}]}})["data"][0][
        "serviceRegionList"
    ][0]["inventoryList"]
    assert [(row["orderNumber"], row["actualCount"]) for row in bucket["movementList"][-4:]] == [
        (numbers[0], 999),
        (numbers[1], 998),
        (numbers[2], 997),
        (numbers[1], 998),
    ]
    happened = told(put(erp, advance_seconds=300), *numbers)
    assert [key for _, key, _ in happened] == [numbers[0], numbers[2]]
