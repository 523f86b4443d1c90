"""Inbound Order List Query: what the handler decides, and that it agrees with the ledger and the detail query."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
HOSE, CONNECTORS = "OC0000255606056", "OC0000255604014"
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


@pytest.fixture
def sandbox() -> Sandbox:
    """A world at noon on 1 March 2026."""
    return Sandbox(clock="manual", now=NOW)


def written(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S+0000")


def rows(send: Send, **query: Any) -> Any:
    reply = send("inbound_order_list_query", {"data": query})
    assert reply["code"] == 0, reply
    return reply["data"]["inboundOrderList"]


def names(send: Send, start: datetime, end: datetime, **query: Any) -> list[str]:
    found = rows(send, startTime=written(start), endTime=written(end), **query)
    return [row["sellerinboundNumber"] for row in found]


def place(send: Send, name: str, *products: tuple[str, int]) -> str:
    order = {
        "sellerInboundNumber": name,
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": "TK",
        "eta": "2026-03-08+0800",
        "cartonList": [{"productList": [{"mfskuid": c, "quantity": q}]} for c, q in products or ((HOSE, 1),)],
    }
    return str(send("place_inbound_order", {"data": order})["data"]["inboundNumber"])


def test_a_window_finds_the_orders_placed_or_moved_on_in_it_both_ends_inside(send: Send, sandbox: Sandbox) -> None:
    place(send, "NEW")
    sandbox.advance(days=20)
    arrived, half, done = NOW + WEEK, NOW + WEEK + timedelta(hours=12), NOW + WEEK + timedelta(days=1)
    for instant in (NOW, arrived, half, done):
        assert names(send, instant, instant) == ["NEW"]
    for quiet_from, quiet_to in ((NOW, arrived), (arrived, half), (half, done), (done, done + WEEK)):
        assert names(send, quiet_from + SECOND, quiet_to - SECOND) == []


def test_the_list_and_the_detail_query_find_the_same_orders_in_every_window(send: Send, sandbox: Sandbox) -> None:
    for day in range(12):
        place(send, f"NEW-{day}")
        sandbox.advance(days=1, hours=5)
    for hours in range(0, 500, 37):
        start = NOW - timedelta(days=40) + timedelta(hours=4 * hours)
        window = {"startTime": written(start), "endTime": written(start + timedelta(days=3))}
        detail = send("inbound_order_detail_query", {"data": window})["data"]["inboundOrderList"]
        assert [row["inboundNumber"] for row in rows(send, **window)] == [row["inboundNumber"] for row in detail]


def test_put_away_pieces_follow_the_movements_into_the_available_bucket(send: Send, sandbox: Sandbox) -> None:
    number = place(send, "NEW", (HOSE, 7), (CONNECTORS, 4), (HOSE, 3))
    seen = []
    for hours in (0, 7 * 24, 12, 12):
        sandbox.advance(hours=hours)
        now = sandbox.now()
        (row,) = rows(send, startTime=written(now - SECOND), endTime=written(now))
        assert row["SKUQuantity"] == 14
        moved = {"startTime": written(now - WEEK), "mfSkuList": [{"mfSkuId": HOSE}, {"mfSkuId": CONNECTORS}]}
        put_away = sum(
            line["quantity"]
            for sku in send("get_stock_movement", {"data": moved})["data"]
            for region in sku["serviceRegionList"]
            for bucket in region["inventoryList"]
            if bucket["inventoryStatus"] == "AVL"
            for line in bucket["movementList"]
            if line["orderNumber"] == number
        )
        assert row["putawayQuantity"] == put_away
        seen.append((row["status"], put_away))
    assert seen == [("Not arrived", 0), ("Arrived", 0), ("Partially Put away", 6), ("Put away", 14)]


def test_without_times_the_last_seven_days_are_meant(send: Send, sandbox: Sandbox) -> None:
    place(send, "NEW")
    assert [row["sellerinboundNumber"] for row in rows(send)] == ["NEW"]
    sandbox.advance(days=6, hours=23)
    assert [row["sellerinboundNumber"] for row in rows(send, endTime=None)] == ["NEW"]
    sandbox.advance(days=30)
    assert rows(send) == []
    assert names(send, NOW - WEEK, NOW) == ["NEW"]


@pytest.mark.parametrize("years", [1, 3, 20])
def test_a_window_years_back_is_answered(send: Send, years: int) -> None:
    start = NOW - timedelta(days=366 * years)
    assert names(send, start, start + WEEK) == []


PAGES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["A", "B", "C", "D", "E"]),
    ({"page": 1, "limit": 2}, ["A", "B"]),
    ({"page": 3, "limit": 2}, ["E"]),
    ({"page": 4, "limit": 2}, []),
    ({"pageNumber": 2, "pageSize": 3}, ["D", "E"]),
    ({"pagenumber": 2, "limit": 3}, ["D", "E"]),
    ({"page": 2, "pageNumber": 1, "limit": 4, "pageSize": 1}, ["E"]),
    ({"limit": 3}, ["A", "B", "C"]),
    ({"page": 1}, ["A", "B", "C", "D", "E"]),
    ({"page": 2}, []),
    ({"page": 2.0, "limit": 4.0}, ["E"]),
    ({"page": 1000000, "limit": 1000}, []),
]


@pytest.mark.parametrize(("paging", "found"), PAGES, ids=lambda value: str(value))
def test_paging_keys_of_both_kinds_are_honoured_and_none_is_needed(send: Send, paging: Any, found: Any) -> None:
    for name in "ABCDE":
        place(send, name)
    assert names(send, NOW - WEEK, NOW, **paging) == found


@pytest.mark.parametrize("name", ["page", "limit", "pageNumber", "pageSize"])
@pytest.mark.parametrize(("value", "code"), [(0, "400006"), (-1, "400006"), (1e29, "400006"), ("1", "400003")])
def test_a_page_out_of_bounds_is_refused(send: Send, name: str, value: Any, code: str) -> None:
    reply = send("inbound_order_list_query", {"data": {name: value}})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)
