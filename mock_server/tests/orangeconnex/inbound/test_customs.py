"""Goods for which customs want files: when they arrive, and what holds them up."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
HOSE = "OC0000255606056"
PAPER, SCRAWL = "https://shop.example.com/files/invoice.pdf", "no file at all"


@pytest.fixture
def sandbox() -> Sandbox:
    """A world at noon on 1 March 2026."""
    return Sandbox(clock="manual", now=NOW)


def place(send: Send, **more: Any) -> str:
    order = {
        "sellerInboundNumber": "NEW",
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": "TK",
        "eta": "2026-03-08+0800",
        "cartonList": [{"productList": [{"mfskuid": HOSE, "quantity": 10}]}],
    }
    return str(send("place_inbound_order", {"data": order | more})["data"]["inboundNumber"])


def upload(send: Send, number: str, *contents: str) -> None:
    files = [{"file": text, "fileName": f"{at}.pdf", "fileType": "IN"} for at, text in enumerate(contents)]
    assert send("upload_clearance_doc", {"data": {"inboundNumber": number, "fileList": files}})["code"] == 0


def row_of(send: Send, number: str) -> Any:
    return send("inbound_order_detail_query", {"data": {"inboundNumberList": [number]}})["data"]["inboundOrderList"][0]


def arrived_after(send: Send, number: str) -> timedelta | None:
    """How long after its placing an order arrived, by its own telling."""
    batches = row_of(send, number).get("batchList")
    return timedelta(milliseconds=batches[0]["arrivalTime"]) - timedelta(seconds=NOW.timestamp()) if batches else None


WEEK = timedelta(days=7)


@pytest.mark.parametrize("wanted", [{}, {"needClearanceDoc": False}, {"needClearanceDoc": None}], ids=str)
def test_goods_arrive_without_files_where_none_are_wanted(send: Send, sandbox: Sandbox, wanted: Any) -> None:
    number = place(send, **wanted)
    sandbox.advance(days=7)
    assert arrived_after(send, number) == WEEK


def test_goods_whose_files_are_missing_stay_under_way(send: Send, sandbox: Sandbox) -> None:
    number = place(send, needClearanceDoc=True)
    (happened,) = [each for each in sandbox.advance(days=60) if each.key == number]
    assert (happened.event, happened.state) == ("inbound_order_moves_on", "held_by_customs")
    assert row_of(send, number)["status"] == "Not arrived"
    assert [row["in_transit"] for row in sandbox.stock(HOSE, "DE")] == [10]


def test_a_file_that_came_in_time_delays_nothing(send: Send, sandbox: Sandbox) -> None:
    number = place(send, needClearanceDoc=True)
    sandbox.advance(days=2)
    upload(send, number, SCRAWL, PAPER)
    sandbox.advance(days=5)
    assert arrived_after(send, number) == WEEK


@pytest.mark.parametrize("before", [timedelta(0), timedelta(minutes=1), timedelta(hours=1, minutes=59)], ids=str)
def test_a_file_still_under_review_delays_the_arrival_until_it_is_approved(
    send: Send, sandbox: Sandbox, before: timedelta
) -> None:
    number = place(send, needClearanceDoc=True)
    sandbox.advance(seconds=(WEEK - before).total_seconds())
    upload(send, number, PAPER)
    sandbox.advance(days=1)
    assert arrived_after(send, number) == WEEK - before + timedelta(hours=2)


def test_held_goods_arrive_when_a_file_is_approved_and_the_rest_follows(send: Send, sandbox: Sandbox) -> None:
    number = place(send, needClearanceDoc=True)
    sandbox.advance(days=9)
    upload(send, number, SCRAWL)
    sandbox.advance(days=1)
    assert [file["verifyStatus"] for file in row_of(send, number)["fileList"]] == ["Rejected"]
    assert row_of(send, number)["status"] == "Not arrived"
    upload(send, number, PAPER)
    upload(send, number, PAPER, PAPER)
    states = [happened.state for happened in sandbox.advance(days=2)]
    assert states[-3:] == ["arrived", "partly_put_away", "put_away"]
    assert arrived_after(send, number) == timedelta(days=10, hours=2)
    assert [row["in_transit"] for row in sandbox.stock(HOSE, "DE")] == [0]


def test_a_good_file_that_a_bad_one_replaced_counts_no_more(send: Send, sandbox: Sandbox) -> None:
    number = place(send, needClearanceDoc=True)
    sandbox.advance(days=8)
    upload(send, number, PAPER)
    upload(send, number, SCRAWL)
    sandbox.advance(days=8)
    assert row_of(send, number)["status"] == "Not arrived"
    upload(send, number, PAPER)
    sandbox.advance(hours=2)
    assert row_of(send, number)["status"] == "Arrived"
