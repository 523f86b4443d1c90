"""Which orders a query finds, how its filters combine, and what it tells of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from calls import MORNING
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.records import Line, OutboundOrder, OutboundStatus
from oc_sandbox.domain.world import World
from oc_sandbox.formats import write_date_time
from oc_sandbox.orangeconnex.outbound import outbound_order_query_v2

Send = Callable[..., Any]
DELIVERED, FREIGHT, FRESH = "OCO2000009385032GB", "OCO0000011225074GB", "OCO2000023303105GB"


def query(send: Send, sandbox: Sandbox, **data: Any) -> Any:
    return send("outbound_order_query_v2", {"data": data}, to=sandbox)


def numbers(send: Send, sandbox: Sandbox, **data: Any) -> list[str]:
    return [order["orderNumber"] for order in query(send, sandbox, **data)["data"]]


def ago(sandbox: Sandbox, **duration: float) -> str:
    return write_date_time(sandbox.now() - timedelta(**duration))


def test_each_list_finds_and_together_they_find_more(sandbox: Sandbox, send: Send) -> None:
    by_number = {"orderNumberList": [{"orderNumber": FREIGHT}]}
    by_reference = {"referenceNumberList": [{"referenceNumber": "DEMO-ORDER-3"}]}
    by_ebay = {"ebayOrderIdList": [{"ebayId": "anything", "ebayOrderId": "25-11158-23993"}]}
    assert numbers(send, sandbox, **by_number) == [FREIGHT]
    assert numbers(send, sandbox, **by_reference) == [FRESH]
    assert numbers(send, sandbox, **by_ebay) == [DELIVERED]
    assert set(numbers(send, sandbox, **by_number, **by_reference, **by_ebay)) == {FREIGHT, FRESH, DELIVERED}


def test_the_window_narrows_what_the_lists_find(sandbox: Sandbox, send: Send) -> None:
    named = {"orderNumberList": [{"orderNumber": FREIGHT}, {"orderNumber": FRESH}, {"orderNumber": "OCO0"}]}
    assert numbers(send, sandbox, **named, startTime=ago(sandbox, days=1)) == [FRESH]
    assert numbers(send, sandbox, **named, endTime=ago(sandbox, days=1)) == [FREIGHT]


def test_both_ends_of_the_window_are_inside(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    exactly = ago(sandbox, days=6)
    named = {"orderNumberList": [{"orderNumber": FREIGHT}]}
    assert numbers(send, sandbox, **named, startTime=exactly, endTime=exactly) == [FREIGHT]
    assert numbers(send, sandbox, startTime=exactly, endTime=exactly) == [DELIVERED, FREIGHT]
    assert numbers(send, sandbox, startTime=ago(sandbox, days=6, seconds=-1)) == [FRESH]
    assert numbers(send, sandbox, endTime=ago(sandbox, days=6, seconds=1)) == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"orderNumberList": []},
        {"orderNumberList": [{}], "ebayOrderIdList": [{"ebayId": "1"}]},
        {"startTime": "2023-04-21", "endTime": "2023-04-25T20:09:57+0800"},
        {"startTime": "2023-04-25T20:09:57+0800", "endTime": "2023-04-21T20:09:57+0800"},
        {"orderNumberList": ["OCO0"]},
    ],
    ids=str,
)
def test_a_query_that_says_nothing_or_nonsense_is_a_parameter_error(sandbox: Sandbox, send: Send, data: Any) -> None:
    assert query(send, sandbox, **data)["code"] == 3


def test_the_ends_of_time_are_no_trouble(sandbox: Sandbox, send: Send) -> None:
    span = {"startTime": "0001-01-01T00:00:00+2300", "endTime": "9999-12-31T23:59:59-2300"}
    assert len(numbers(send, sandbox, **span)) == 3


def test_an_order_has_a_parcel_once_it_is_packed(send: Send) -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    named = {"orderNumberList": [{"orderNumber": FRESH}]}
    seen = []
    for minutes in (0, 5, 25, 30, 60, 120, 24 * 60, 48 * 60):
        sandbox.advance(minutes=minutes)
        order = query(send, sandbox, **named)["data"][0]
        seen.append((order["orderStatus"], len(order["trackingNumberList"])))
    assert seen == [
        ("Submitted", 0),
        ("Accepted", 0),
        ("Create picking task", 0),
        ("Picked", 0),
        ("Packed", 1),
        ("Outbound", 1),
        ("In-delivery", 1),
        ("Delivered", 1),
    ]


def test_a_cancelled_order_says_so(sandbox: Sandbox, send: Send) -> None:
    send("outbound_order_cancellation", sandbox.sample("outbound_order_cancellation").body)
    order = query(send, sandbox, orderNumberList=[{"orderNumber": FRESH}])["data"][0]
    assert (order["orderStatus"], order["trackingNumberList"]) == ("Cancelled", [])


def test_an_ebay_order_placed_here_is_found_by_its_ebay_id(sandbox: Sandbox, send: Send) -> None:
    body = orjson.loads(sandbox.sample("place_outbound_order").body)
    body["data"][0] |= {"orderPlatform": "eBay", "ebayId": "shop", "ebayOrderId": "02-05696-00555"}
    number = send("place_outbound_order", body)["data"][0]["orderNumber"]
    assert numbers(send, sandbox, ebayOrderIdList=[{"ebayOrderId": "02-05696-00555"}]) == [number]


def crowded(orders: int) -> World:
    """A world with an order a second."""
    sandbox = Sandbox(seed="empty", clock="manual")
    world: World = next(sandbox.tenant.accounts["orangeconnex"].worlds())
    for serial in range(orders):
        number = f"OCO{serial:013d}GB"
        status, lines = OutboundStatus.DELIVERED, (Line("OC0000250380015", 1),)
        world.outbound[number] = OutboundOrder(number, "", status, serial, "UK", "none", lines, b"{}")
    return world


def ask(world: World, start: str, end: str) -> list[Any]:
    data = {"startTime": f"1970-01-01T{start}+0000", "endTime": f"1970-01-01T{end}+0000"}
    return list(outbound_order_query_v2.handle({"data": data}, world))


def test_the_first_thousand_come_back_and_the_contract_says_how_many() -> None:
    found = ask(crowded(1500), "00:00:10", "23:00:00")
    assert [found[0]["orderNumber"], found[-1]["orderNumber"]] == ["OCO0000000000010GB", "OCO0000000001009GB"]
    most = catalog().operations["outbound_order_query_v2"].response["properties"]["data"]["maxItems"]
    assert len(found) == most


def test_orders_placed_between_two_queries_are_seen() -> None:
    world = crowded(3)
    assert len(ask(world, "00:00:00", "00:01:00")) == 3
    for serial in (7, 8):
        world.outbound[f"new{serial}"] = world.outbound["OCO0000000000000GB"]._replace(
            number=f"new{serial}", created_at_s=serial
        )
    assert [order["orderNumber"] for order in ask(world, "00:00:02", "00:01:00")] == [
        "OCO0000000000002GB",
        "new7",
        "new8",
    ]


def test_a_reply_bears_no_more_orders_than_the_contract_says(sandbox: Sandbox, send: Send) -> None:
    most = catalog().operations["outbound_order_query_v2"].response["properties"]["data"]["maxItems"]
    world: World = next(sandbox.tenant.accounts["orangeconnex"].worlds())
    now_s, line = world.now_s(), (Line("OC0000250380015", 1),)
    for serial in range(most + 1):
        number = f"OCO{serial:013d}GB"
        world.outbound[number] = OutboundOrder(number, "", OutboundStatus.DELIVERED, now_s, "UK", "", line, b"{}")
    assert len(numbers(send, sandbox, startTime=ago(sandbox, days=1))) == most


def test_what_became_due_while_nobody_called_has_happened_by_the_next_call(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    named = {"orderNumberList": [{"orderNumber": FRESH}]}
    (before,) = query(send, sandbox, **named)["data"]
    sandbox.tenant.clock.advance(30 * 86400)  # as the real clock moves: nobody settles the world
    (after,) = query(send, sandbox, **named)["data"]
    assert (before["orderStatus"], after["orderStatus"]) == ("Submitted", "Delivered")
