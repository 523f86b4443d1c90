"""The next step of a life cycle, now: for everything that has one, without moving the clock."""

from typing import Any

import pytest
from calls import MORNING, an_order, answer, the_world
from oc_sandbox import Sandbox
from oc_sandbox.control.next_step import NoSuchEvent, NothingPlanned
from oc_sandbox.domain.lifecycles import EVENTS
from vas_calls import a_vas_order

LAMP = "OC0000250380015"
PARCEL = {
    "sellerInboundNumber": "IN-1",
    "serviceRegion": "UK",
    "shippingFrom": "CN",
    "shippingMethod": "TK",
    "eta": "2026-12-24+0800",
    "cartonList": [{"productList": [{"mfskuid": LAMP, "quantity": 10}]}],
}


@pytest.fixture
def sandbox() -> Sandbox:
    """A world whose clock stands still on a Monday morning."""
    return Sandbox(clock="manual", now=MORNING)


def outbound(sandbox: Sandbox) -> str:
    return str(answer(sandbox, "place_outbound_order", {"data": [an_order("A-1")]})["data"][0]["orderNumber"])


def inbound(sandbox: Sandbox, **more: Any) -> str:
    return str(answer(sandbox, "place_inbound_order", {"data": PARCEL | more})["data"]["inboundNumber"])


def vas(sandbox: Sandbox) -> str:
    return str(answer(sandbox, "place_vas_order", {"data": [a_vas_order("V-1")]})["data"][0]["orderNumber"])


def sku(sandbox: Sandbox) -> str:
    return str(answer(sandbox, "sku_creation_v3", {"data": [{"referenceSKUID": "MUG"}]})["data"][0]["MFSKUID"])


def a_return(sandbox: Sandbox) -> str:
    order = {"referenceNumber": "R-1", "serviceRegion": "UK", "productList": [{"quantity": 1}]}
    return str(answer(sandbox, "returns_erp_submit_order", {"data": order})["result"]["orderNumber"])


WAYS = {
    "outbound_order_moves_on": (
        outbound,
        ["accepted", "picking", "picked", "packed", "shipped", "in_delivery", "delivered"],
    ),
    "inbound_order_moves_on": (inbound, ["arrived", "partly_put_away", "put_away"]),
    "vas_order_moves_on": (vas, ["accepted", "in_progress", "completed"]),
    "sku_moves_on": (sku, ["under_review", "active"]),
    "return_order_moves_on": (a_return, ["accepted", "in_transit", "arrived", "put_away"]),
}


def test_every_event_has_a_way_here() -> None:
    assert WAYS.keys() == EVENTS.keys()


@pytest.mark.parametrize("event", WAYS)
def test_a_life_can_be_led_step_by_step_while_the_clock_stands(sandbox: Sandbox, event: str) -> None:
    start, states = WAYS[event]
    key = start(sandbox)
    now_s = int(MORNING.timestamp())
    led = [sandbox.let_happen(event, key) for _ in states]
    assert led == [[(now_s, event, key, state)] for state in states]
    assert [each["state"] for each in sandbox.events if each["key"] == key] == states
    with pytest.raises(NothingPlanned, match="is not planned"):
        sandbox.let_happen(event, key)
    assert key not in {each.key for each in sandbox.advance(days=60)}
    assert sandbox.now() > MORNING


@pytest.mark.parametrize("event", WAYS)
def test_a_step_ahead_of_its_time_is_not_taken_again_and_the_next_counts_from_it(sandbox: Sandbox, event: str) -> None:
    start, states = WAYS[event]
    usual = Sandbox(clock="manual", now=MORNING)
    key = start(sandbox)
    assert start(usual) == key
    sandbox.let_happen(event, key)
    early = [each for each in sandbox.advance(days=60) if each.key == key]
    in_time = [each for each in usual.advance(days=60) if each.key == key]
    assert [each.state for each in early] == states[1:]
    head_start = in_time[0].at_s - int(MORNING.timestamp())
    assert [each.at_s + head_start for each in early] == [each.at_s for each in in_time[1:]]


def test_goods_that_are_hurried_have_arrived_when_they_did(sandbox: Sandbox) -> None:
    number = inbound(sandbox)
    sandbox.let_happen("inbound_order_moves_on", number)
    query = {"data": {"inboundNumberList": [number]}}
    (row,) = answer(sandbox, "inbound_order_detail_query", query)["data"]["inboundOrderList"]
    assert row["batchList"][0]["arrivalTime"] == int(MORNING.timestamp()) * 1000
    assert [each["received"] for each in sandbox.stock(LAMP, "UK")] == [10]


def test_customs_hold_goods_however_they_are_hurried(sandbox: Sandbox) -> None:
    number = inbound(sandbox, needClearanceDoc=True)
    (held,) = sandbox.let_happen("inbound_order_moves_on", number)
    assert held.state == "held_by_customs"
    assert [each["received"] for each in sandbox.stock(LAMP, "UK")] == [0]
    file = {"file": "https://shop.example.com/a.pdf", "fileName": "a.pdf", "fileType": "IN"}
    answer(sandbox, "upload_clearance_doc", {"data": {"inboundNumber": number, "fileList": [file]}})
    assert [each.state for each in sandbox.advance(hours=2) if each.key == number] == ["arrived"]


def test_a_webhook_tells_of_a_step_ahead_of_its_time(sandbox: Sandbox) -> None:
    told: list[Any] = []
    sandbox.on_webhook(lambda call: told.append(call.payload["data"]["orderStatus"]))
    number = outbound(sandbox)
    sandbox.let_happen("outbound_order_moves_on", number)
    assert told == ["Accepted"]


def test_what_is_due_by_now_happens_before() -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    number = outbound(sandbox)
    sandbox.tenant.clock.advance(3600)
    (happened,) = sandbox.let_happen("outbound_order_moves_on", number)
    assert happened.state == "packed"


def test_an_order_of_another_seller_moves_on_too() -> None:
    sandbox = Sandbox(clock="manual", now=MORNING, sellers=2)
    _, second = sandbox.tenant.accounts["orangeconnex"].worlds()
    number = min(due for due in second.agenda if due.event == "outbound_order_moves_on").key
    assert [each.state for each in sandbox.let_happen("outbound_order_moves_on", number)] == ["accepted"]
    assert second.outbound[number].status.value == "accepted"


def test_a_step_that_cannot_be_is_refused_and_says_what_there_is(sandbox: Sandbox) -> None:
    code, number = sku(sandbox), outbound(sandbox)
    for event, key, says in [
        ("sku_is_reviewed", code, "there are inbound_order_moves_on, outbound_order_moves_on, return"),
        (None, code, "there is no event None"),
        (["sku_moves_on"], code, "there is no event"),
        ("sku_moves_on", None, "key must be"),
        ("sku_moves_on", "OC0", f"is not planned for 'OC0'; it is for {code}"),
        ("sku_moves_on", LAMP, "is not planned"),
        ("sku_moves_on", number, "outbound_order_moves_on is"),
        ("inbound_order_moves_on", "OCI4DE06746410", "nor for any other"),
    ]:
        wanted = NothingPlanned if "planned" in says or says.endswith(" is") or "nor for" in says else NoSuchEvent
        with pytest.raises(wanted, match=says):
            sandbox.let_happen(event, key)  # type: ignore[arg-type]
    assert the_world(sandbox).skus[code].status.value == "draft"


def test_a_cancelled_order_takes_no_further_step(sandbox: Sandbox) -> None:
    number = outbound(sandbox)
    cancel = {"orderNumber": number, "cancelTime": "2026-11-23T10:00:00+0000"}
    assert answer(sandbox, "outbound_order_cancellation", {"data": cancel})["code"] == 0
    with pytest.raises(NothingPlanned, match="overtaken"):
        sandbox.let_happen("outbound_order_moves_on", number)
    assert [each["state"] for each in sandbox.events if each["key"] == number] == ["cancelled"]
