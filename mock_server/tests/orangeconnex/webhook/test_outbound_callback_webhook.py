"""What the outbound callback says, and how it is signed."""

import hashlib
from datetime import datetime, timezone
from typing import Any

import pytest
from calls import an_order, answer
from oc_sandbox import Sandbox
from oc_sandbox.outbox import WebhookCall

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)


def called(sandbox: Sandbox, url: str = "http://erp.example.com/oc/callback?tenant=7") -> list[WebhookCall]:
    """Every call that an order makes on its way, and the demo order's."""
    got: list[WebhookCall] = []
    sandbox.on_webhook(lambda call: got.append(call), url=url)
    answer(sandbox, "place_outbound_order", {"data": [an_order("R1")]})
    sandbox.advance(days=9)
    return got


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://erp.example.com/oc/callback?tenant=7", "/oc/callback"),
        ("https://erp.example.com", "/"),
        ("http://127.0.0.1:9000/%E5%BA%93/", "/%E5%BA%93/"),
    ],
)
@pytest.mark.parametrize("signing", ["either", "production", "stage"])
def test_it_is_signed_as_a_call_to_the_vendor_is(url: str, path: str, signing: str) -> None:
    sandbox = Sandbox(clock="manual", now=NOW, signing=signing)
    for call in called(sandbox, url):
        text = b"" if signing == "stage" else call.body
        signed = b"|".join((path.encode(), text, sandbox.client_key.encode(), sandbox.secret_key.encode()))
        assert call.headers["vAuthorization"] == hashlib.md5(signed).hexdigest()
        assert call.headers["clientKey"] == sandbox.client_key
        assert call.headers["Content-Type"] == "application/json"
        assert (call.method, call.url) == ("POST", url)


def test_it_says_of_an_order_what_the_query_says_of_it() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    last = called(sandbox)[-1].payload["data"]
    asked = {"orderNumberList": [{"orderNumber": last["orderNumber"]}]}
    (order,) = answer(sandbox, "outbound_order_query_v2", {"data": asked})["data"]
    for name in ("orderNumber", "orderStatus", "referenceNumber", "serviceRegion"):
        assert last[name] == order[name]
    (parcel,) = last["trackingNumberList"]
    assert parcel == {name: order["trackingNumberList"][0][name] for name in parcel}


def test_a_parcel_is_told_from_packing_on() -> None:
    mine: list[Any] = [call.payload for call in called(Sandbox(clock="manual", now=NOW))]
    parcels = {each["data"]["orderStatus"]: len(each["data"]["trackingNumberList"]) for each in mine}
    assert parcels == {
        "Accepted": 0,
        "Create picking task": 0,
        "Picked": 0,
        "Packed": 1,
        "Outbound": 1,
        "In-delivery": 1,
        "Delivered": 1,
    }


def test_its_times_are_those_of_the_change() -> None:
    first = called(Sandbox(clock="manual", now=NOW))[0].payload
    assert first["data"]["statusTime"] == "2026-11-22T23:35:00+0800"
    assert first["timestamp"] == (int(NOW.timestamp()) + 300) * 1000


def test_a_label_of_the_sellers_own_is_told_with_its_number() -> None:
    sandbox, got = Sandbox(clock="manual", now=NOW), []
    sandbox.on_webhook(lambda call: got.append(call.payload["data"]))
    sample = sandbox.sample("place_third_party_label_order")
    number = answer(sandbox, "place_third_party_label_order", sample.body)["data"][0]["orderNumber"]
    sandbox.advance(days=1)
    (parcel,) = [each for each in got if each["orderNumber"] == number][-1]["trackingNumberList"]
    asked = {"orderNumberList": [{"orderNumber": number}]}
    (order,) = answer(sandbox, "outbound_order_query_v2", {"data": asked})["data"]
    assert parcel["trackingNumber"] == order["trackingNumberList"][0]["trackingNumber"]


@pytest.mark.parametrize("lamps", [1, 50])
def test_each_order_of_a_batch_has_calls_of_its_own(lamps: int) -> None:
    sandbox, got = Sandbox(clock="manual", now=NOW), []
    sandbox.on_webhook(lambda call: got.append(call.payload))
    placed = answer(sandbox, "place_outbound_order", {"data": [an_order(f"R{n}") for n in range(lamps)]})["data"]
    sandbox.advance(minutes=5)
    numbers = [each["data"]["orderNumber"] for each in got]
    assert sorted(numbers) == sorted([row["orderNumber"] for row in placed] + ["OCO2000023303105GB"])
    assert len({each["messageId"] for each in got}) == lamps + 1
