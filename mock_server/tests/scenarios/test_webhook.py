"""Webhooks: an ERP that is told where its orders are, when it listens, when it is down, and when it asks for more."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from calls import an_order
from receivers import Received, Receiver, running_receiver

LAMP = "OC0000250380015"
ON_ITS_WAY = ["Accepted", "Create picking task", "Picked", "Packed", "Outbound", "In-delivery", "Delivered"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as server:
        yield server


@pytest.fixture
def erp(erp: Any, receiver: Receiver) -> Any:
    """The ERP, which has named its address; the demo world's own order is out of its way."""
    cancel(erp, "OCO2000023303105GB")
    erp.http.put(f"{erp.plane}/webhooks", json={"url": receiver.url}).raise_for_status()
    return erp


def place(erp: Any, *references: str) -> list[str]:
    """Orders of one lamp each; their numbers."""
    placed = erp.ask("place_outbound_order", {"data": [an_order(reference) for reference in references]})
    assert placed["code"] == 0
    return [row["orderNumber"] for row in placed["data"]]


def cancel(erp: Any, number: str) -> None:
    data = {"cancelReason": "sold out", "cancelTime": "2026-11-23T09:00:00+0800", "orderNumber": number}
    assert erp.ask("outbound_order_cancellation", {"data": data})["code"] == 0


def events(erp: Any, number: str) -> list[dict[str, Any]]:
    """What the control plane tells of an order."""
    told = erp.http.get(f"{erp.plane}/events").json()["events"]
    return [event for event in told if event["key"] == number]


def signed_by(erp: Any, received: Received) -> bool:
    """Whether the vendor's rule gives the signature that came along."""
    parts = (received.path.encode(), received.raw, erp.keys["client_key"].encode(), erp.keys["secret_key"].encode())
    return received.headers["vauthorization"] == hashlib.md5(b"|".join(parts), usedforsecurity=False).hexdigest()


def test_an_order_ships_and_every_step_is_told(erp: Any, receiver: Receiver) -> None:
    before = erp.stock(LAMP, "UK")
    (number,) = place(erp, "ERP-1001")
    erp.advance(days=4)

    assert receiver.states == ON_ITS_WAY
    for received in receiver.got:
        assert signed_by(erp, received)
        assert received.headers["clientkey"] == erp.keys["client_key"]
        assert received.headers["content-type"] == "application/json"
        assert received.payload["data"]["orderNumber"] == number

    # What it was told last is what every endpoint says.
    last = receiver.got[-1].payload["data"]
    asked = {"orderNumberList": [{"orderNumber": number}]}
    (order,) = erp.ask("outbound_order_query_v2", {"data": asked})["data"]
    assert (last["orderStatus"], last["referenceNumber"]) == (order["orderStatus"], "ERP-1001")
    assert last["trackingNumberList"][0]["trackingNumber"] == order["trackingNumberList"][0]["trackingNumber"]
    after = erp.stock(LAMP, "UK")
    assert (after["available"], after["allocated"]) == (before["available"] - 1, before["allocated"])

    told = events(erp, number)
    assert [event["webhook"]["payload"] for event in told] == [received.payload for received in receiver.got]
    assert {event["webhook"]["state"] for event in told} == {"delivered"}
    day = {"startTime": "2026-11-23T00:00:00+0800", "endTime": "2026-11-24T00:00:00+0800"}
    (sku,) = erp.ask("get_stock_movement", {"data": day | {"mfSkuList": [{"mfSkuId": LAMP}]}})["data"]
    (region,) = [row for row in sku["serviceRegionList"] if row["serviceRegion"] == "UK"]
    left = [row for bucket in region["inventoryList"] for row in bucket["movementList"] if row["reason"] == "OOF"]
    shipped = next(each.payload for each in receiver.got if each.state == "Outbound")
    assert [row["updateTime"] for row in left] == [shipped["data"]["statusTime"]]


def test_a_customer_cancels_and_the_callback_says_so(erp: Any, receiver: Receiver) -> None:
    kept, dropped = place(erp, "ERP-1002", "ERP-1003")
    erp.advance(minutes=10)
    cancel(erp, dropped)
    erp.advance(days=4)
    told = [(each.payload["data"]["orderNumber"], each.state) for each in receiver.got]
    assert [state for number, state in told if number == dropped] == ["Accepted", "Cancelled"]
    assert [state for number, state in told if number == kept] == ON_ITS_WAY


def test_the_erp_restarts_while_an_order_is_accepted(erp: Any, receiver: Receiver) -> None:
    (number,) = place(erp, "ERP-1004")
    receiver.answers = [503, 500]
    erp.advance(minutes=5)  # accepted, and the receiver fails
    (accepted,) = events(erp, number)
    assert accepted["webhook"]["state"] == "pending"
    assert accepted["webhook"]["next_attempt_at"] == "2026-11-23T01:06:00.000Z"
    erp.advance(minutes=1)  # fails again
    erp.advance(minutes=4, seconds=59)
    assert len(receiver.got) == 2
    erp.advance(seconds=1)
    (accepted,) = events(erp, number)
    assert accepted["webhook"]["state"] == "delivered"
    attempts = [(attempt["at"], attempt["status"]) for attempt in accepted["webhook"]["attempts"]]
    assert attempts == [
        ("2026-11-23T01:05:00.000Z", 503),
        ("2026-11-23T01:06:00.000Z", 500),
        ("2026-11-23T01:11:00.000Z", 200),
    ]
    assert len({received.raw for received in receiver.got}) == 1
    erp.advance(days=4)
    assert receiver.states[2:] == ON_ITS_WAY


def test_the_erp_is_down_for_a_week_and_asks_again(erp: Any, receiver: Receiver) -> None:
    (number,) = place(erp, "ERP-1005")
    url = f"{erp.plane}/webhooks"
    erp.http.put(url, json={"url": "http://127.0.0.1:1/oc/callback"}).raise_for_status()
    happened = erp.advance(days=7)
    assert [event["state"] for event in happened if event["key"] == number][-1] == "delivered"

    told = events(erp, number)
    assert len(told) == len(ON_ITS_WAY)
    for event in told:
        assert event["webhook"]["state"] == "given_up"
        assert len(event["webhook"]["attempts"]) == 6
        assert all(attempt["status"] is None and attempt["error"] for attempt in event["webhook"]["attempts"])

    erp.http.put(url, json={"url": receiver.url}).raise_for_status()
    assert receiver.got == []
    for event in told:
        again = erp.http.post(f"{url}/{event['id']}/redeliver")
        assert again.json()["state"] == "delivered"
    assert receiver.states == ON_ITS_WAY
    assert all(signed_by(erp, received) for received in receiver.got)


def test_two_integrators_hear_of_their_own_orders_only(erp: Any, receiver: Receiver) -> None:
    with running_receiver() as other:
        made = erp.http.post(
            "/_sandbox/tenants",
            json={"webhook_url": other.url, "clock": {"mode": "manual", "now": "2026-11-23T01:00:00Z"}},
        )
        keys = made.json()
        assert keys["webhook_url"] == other.url
        (mine,) = place(erp, "ERP-1006")
        erp.advance(days=4)
        erp.http.put(f"/_sandbox/tenants/{keys['client_key']}/clock", json={"advance_seconds": 600})
        assert {received.payload["data"]["orderNumber"] for received in receiver.got} == {mine}
        assert {received.headers["clientkey"] for received in other.got} == {keys["client_key"]}
        erp.http.delete(f"/_sandbox/tenants/{keys['client_key']}")
