"""Inbound Order Detail Query: what the handler decides."""

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


def numbers(reply: Any) -> list[str]:
    assert reply["code"] == 0, reply
    return [row["sellerinboundNumber"] for row in reply["data"]["inboundOrderList"]]


def place(send: Send, seller_number: str, method: str = "TK", *products: tuple[str, int]) -> str:
    order = {
        "sellerInboundNumber": seller_number,
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": method,
        "eta": "2026-03-08+0800",
        "cartonList": [{"productList": [{"mfskuid": c, "quantity": q}]} for c, q in products or ((HOSE, 1),)],
    }
    return str(send("place_inbound_order", {"data": order})["data"]["inboundNumber"])


def row_of(send: Send, number: str) -> Any:
    return send("inbound_order_detail_query", {"data": {"inboundNumberList": [number]}})["data"]["inboundOrderList"][0]


def test_numbers_of_both_kinds_add_up_and_an_order_named_twice_comes_once(send: Send) -> None:
    query = {
        "sellerinboundNumberList": ["DEMO-IN-2", "DEMO-IN-4", "DEMO-IN-2"],
        "inboundNumberList": ["OCI5GB00000104", "OCI4DE06746410"],
    }
    assert numbers(send("inbound_order_detail_query", {"data": query})) == ["DEMO-IN-4", "DEMO-IN-1", "DEMO-IN-2"]


@pytest.mark.parametrize(
    "query", [{}, {"inboundNumberList": []}, {"endTime": "2001-01-01T00:00:00+0000"}, {"startTime": None}]
)
def test_without_numbers_and_start_every_order_is_found(send: Send, query: Any) -> None:
    found = numbers(send("inbound_order_detail_query", {"data": query}))
    assert found == ["DEMO-IN-1", "DEMO-IN-2", "DEMO-IN-3", "DEMO-IN-4"]


def test_the_first_unknown_number_is_the_one_reported(send: Send) -> None:
    query = {"inboundNumberList": ["OCI5GB00000104", "{id}\x00", "OCI5DE00000002"]}
    reply = send("inbound_order_detail_query", {"data": query})
    assert reply["errors"][0]["message"].startswith("Query fail. Because inboundNumber [{id}\x00] doesnt exists.")


def test_an_unknown_number_of_the_seller_finds_nothing(send: Send) -> None:
    assert numbers(send("inbound_order_detail_query", {"data": {"sellerinboundNumberList": ["", "nobody"]}})) == []


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (NOW, NOW, True),
        (NOW - WEEK + SECOND, NOW, True),
        (NOW - WEEK, NOW - SECOND, False),
        (NOW + SECOND, NOW + WEEK, False),
    ],
)
def test_a_new_order_is_inside_the_windows_that_hold_its_placing(
    send: Send, start: datetime, end: datetime, found: bool
) -> None:
    place(send, "NEW")
    reply = send("inbound_order_detail_query", {"data": {"startTime": written(start), "endTime": written(end)}})
    assert numbers(reply) == (["NEW"] if found else [])


def test_an_order_is_found_again_when_its_status_changes(send: Send, sandbox: Sandbox) -> None:
    place(send, "NEW")
    sandbox.advance(days=7)
    today = {"data": {"startTime": written(sandbox.now() - timedelta(hours=1))}}
    assert numbers(send("inbound_order_detail_query", today)) == ["NEW"]
    sandbox.advance(days=3)
    today = {"data": {"startTime": written(sandbox.now() - timedelta(hours=1))}}
    assert numbers(send("inbound_order_detail_query", today)) == []


def test_a_window_narrows_what_the_numbers_find(send: Send) -> None:
    place(send, "NEW")
    query = {"startTime": written(NOW - WEEK + SECOND), "sellerinboundNumberList": ["DEMO-IN-1", "NEW"]}
    assert numbers(send("inbound_order_detail_query", {"data": query})) == ["NEW"]


def test_a_truck_order_shows_its_appointment_a_day_on_and_its_batch_from_its_arrival_on(
    send: Send, sandbox: Sandbox
) -> None:
    number = place(send, "NEW", "TK")
    sandbox.advance(days=1, seconds=-1)
    assert not {"asnList", "batchList", "bookingNumber"} & row_of(send, number).keys()
    sandbox.advance(seconds=1)
    booked = row_of(send, number)
    assert (booked["status"], "batchList" in booked) == ("Not arrived", False)
    sandbox.advance(days=6)
    for hours, status in ((0, "Arrived"), (12, "Partially Put away"), (12, "Put away")):
        sandbox.advance(hours=hours)
        row = row_of(send, number)
        assert row["status"] == status
        [batch] = row["batchList"]
        assert batch["arrivalTime"] == int((NOW + WEEK).timestamp() * 1000)
        assert batch["asnnumber"] == row["asnList"][0]["asnNumber"] == booked["asnList"][0]["asnNumber"]
        assert row["bookingNumber"] == booked["bookingNumber"]
        assert list(row) == sorted(row)


def test_an_express_order_never_shows_a_batch(send: Send, sandbox: Sandbox) -> None:
    number = place(send, "NEW", "EX")
    sandbox.advance(days=30)
    assert row_of(send, number)["status"] == "Put away"
    assert "batchList" not in row_of(send, number)


def test_a_sku_in_two_cartons_is_listed_once_with_all_its_pieces(send: Send) -> None:
    number = place(send, "NEW", "EX", (HOSE, 2), (CONNECTORS, 5), (HOSE, 3))
    assert row_of(send, number)["SKUList"] == [
        {"MFSKUID": HOSE, "sellerSKUID": "DEMO-606056", "skuquantity": 5},
        {"MFSKUID": CONNECTORS, "sellerSKUID": "DEMO-604014", "skuquantity": 5},
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"startTime": written(NOW - WEEK)}, "400009"),
        ({"startTime": written(NOW - WEEK), "inboundNumberList": ["OCI5GB00000104"]}, "400009"),
        ({"startTime": written(NOW), "endTime": written(NOW - timedelta(seconds=1))}, "400008"),
        ({"startTime": "2025-02-27T00:00:00+0000", "endTime": "2025-03-01T00:00:00+0000"}, "400010"),
        ({"startTime": "2026-02-22+0000"}, "400007"),
        ({"startTime": "0001-01-01T00:00:00+1400"}, "400009"),
        ({"inboundNumberList": [{"inboundNumber": "OCI5GB00000104"}]}, "400003"),
        ({"inboundNumberList": "OCI5GB00000104"}, "400003"),
        ({"sellerinboundNumberList": [None]}, "400003"),
        ({"sellerinboundNumberList": [1e29]}, "400003"),
    ],
)
def test_a_query_out_of_bounds_is_refused(send: Send, query: Any, code: str) -> None:
    reply = send("inbound_order_detail_query", {"data": query})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)
