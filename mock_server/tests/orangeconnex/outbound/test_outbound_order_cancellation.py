"""What a cancellation does to the order and its stock, and until when it can."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from calls import MORNING
from oc_sandbox import Sandbox

Send = Callable[..., Any]
SKU = "OC0000250380015"
TIME = "2022-05-10T10:10:10+0800"


def place(send: Send, sandbox: Sandbox) -> str:
    """An order of two lines of one SKU, three pieces together."""
    body = orjson.loads(sandbox.sample("place_outbound_order").body)
    line = body["data"][0]["productList"][0]
    body["data"][0]["productList"] = [line, {**line, "SKUQuantity": 2}]
    return str(send("place_outbound_order", body, to=sandbox)["data"][0]["orderNumber"])


def cancel(send: Send, number: str, sandbox: Sandbox, **more: Any) -> Any:
    data = {"cancelReason": "no longer wanted", "cancelTime": TIME, "orderNumber": number, **more}
    return send("outbound_order_cancellation", {"data": data}, to=sandbox)


def stock(sandbox: Sandbox) -> Any:
    return next(row for row in sandbox.stock() if (row["mf_sku_id"], row["service_region"]) == (SKU, "UK"))


def test_the_stock_is_as_before_and_the_movements_tell_why(sandbox: Sandbox, send: Send) -> None:
    before = stock(sandbox)
    number = place(send, sandbox)
    assert stock(sandbox)["available"] == before["available"] - 3
    assert cancel(send, number, sandbox)["success"] is True
    assert stock(sandbox) == before
    shelf = sandbox.tenant.accounts["orangeconnex"].sellers["10000001"].world.ledger.shelf(SKU, "UK")
    last = [m for m in shelf.between(0, 2**40) if m.order_number == number and m.reason.name == "OUTBOUND_CANCELLED"]
    assert sorted((m.bucket.name, m.change) for m in last) == [
        ("ALLOCATED", -2),
        ("ALLOCATED", -1),
        ("AVAILABLE", 1),
        ("AVAILABLE", 2),
    ]


def test_a_cancelled_order_does_not_move_on(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    before = stock(sandbox)
    number = place(send, sandbox)
    cancel(send, number, sandbox)
    assert number not in {event.key for event in sandbox.advance(days=10)}
    assert stock(sandbox) == before


@pytest.mark.parametrize(("minutes", "allowed"), [(0, True), (59, True), (60, False), (60 * 24 * 9, False)])
def test_it_can_be_cancelled_until_it_is_picked(send: Send, minutes: int, allowed: bool) -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    number = place(send, sandbox)
    sandbox.advance(minutes=minutes)
    before = sandbox.stock()
    reply = cancel(send, number, sandbox)
    assert reply["success"] is allowed
    if not allowed:
        assert reply["errors"][0] == {"code": "400502", "id": number, "message": reply["message"]}
        assert sandbox.stock() == before


@pytest.mark.parametrize(
    "wrong",
    [{"cancelTime": "2022-05-10 10:10:10"}, {"cancelTime": None}, {"orderNumber": ""}, {"orderNumber": 5}],
    ids=str,
)
def test_a_malformed_cancellation_is_a_parameter_error(sandbox: Sandbox, send: Send, wrong: Any) -> None:
    assert cancel(send, "OCO2000023303105GB", sandbox, **wrong)["code"] == 3
