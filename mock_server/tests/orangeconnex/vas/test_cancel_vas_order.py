"""What cancelling a VAS order does to it and its stock, and until when it can be done."""

from typing import Any

import pytest
from calls import answer, the_world, worlds
from oc_sandbox import Sandbox
from vas_calls import LAMP, a_vas_order, place, status_of

WORK_BEGINS = 4 * 60 + 10


def cancel(sandbox: Sandbox, number: Any, **more: Any) -> Any:
    data = {"cancelReason": "no longer wanted", "cancelTime": "2022-05-10T10:10:10+0800", "orderNumber": number, **more}
    return answer(sandbox, "cancel_vas_order", {"data": data, "messageId": "1"})


def test_the_stock_is_as_before_and_the_movements_tell_why() -> None:
    sandbox = Sandbox(clock="manual")
    before = sandbox.stock(LAMP, "UK")
    number = place(sandbox, a_vas_order())["data"][0]["orderNumber"]
    sandbox.advance(hours=1)
    assert cancel(sandbox, number) == {"code": 0, "message": "Success", "messageId": "1", "success": True}
    assert sandbox.stock(LAMP, "UK") == before
    assert status_of(sandbox, number) == "Cancelled"
    moved = [m for m in the_world(sandbox).ledger.shelf(LAMP, "UK").between(0, 2**40) if m.order_number == number]
    assert [(m.bucket.name, m.change, m.reason.name) for m in moved] == [
        ("AVAILABLE", -5, "VAS_SUBMITTED"),
        ("IN_VALUE_ADDED_SERVICE", 5, "VAS_SUBMITTED"),
        ("IN_VALUE_ADDED_SERVICE", -5, "VAS_CANCELLED"),
        ("AVAILABLE", 5, "VAS_CANCELLED"),
    ]


def test_a_cancelled_order_does_not_move_on_and_its_reference_number_stays_taken() -> None:
    sandbox = Sandbox(clock="manual")
    number = place(sandbox, a_vas_order("A"))["data"][0]["orderNumber"]
    cancel(sandbox, number)
    assert number not in {event.key for event in sandbox.advance(days=10)}
    assert status_of(sandbox, number) == "Cancelled"
    assert sandbox.stock(LAMP, "UK")[0]["available"] == 1000
    assert place(sandbox, a_vas_order("A"))["errors"][0]["code"] == "400540"


@pytest.mark.parametrize(
    ("minutes", "allowed"), [(0, True), (WORK_BEGINS - 1, True), (WORK_BEGINS, False), (60 * 24 * 9, False)]
)
def test_it_can_be_cancelled_until_work_begins(minutes: int, allowed: bool) -> None:
    sandbox = Sandbox(clock="manual")
    number = place(sandbox, a_vas_order())["data"][0]["orderNumber"]
    sandbox.advance(minutes=minutes)
    before = worlds(sandbox)
    reply = cancel(sandbox, number)
    assert reply["success"] is allowed
    if not allowed:
        text = f"订单:{number} 当前状态不能取消"
        assert reply["errors"] == [{"code": "400547", "id": number, "message": text}]
        assert worlds(sandbox) == before


def test_a_second_cancellation_and_an_unknown_order_are_refused(sandbox: Sandbox) -> None:
    number = place(sandbox, a_vas_order())["data"][0]["orderNumber"]
    cancel(sandbox, number)
    assert cancel(sandbox, number)["errors"][0]["code"] == "400546"
    assert cancel(sandbox, "OCO2000023303105GB")["errors"][0]["code"] == "400545"  # an outbound order's number
    assert sandbox.stock(LAMP, "UK")[0]["available"] == 1000


def test_the_order_number_is_all_it_needs(sandbox: Sandbox) -> None:
    number = place(sandbox, a_vas_order())["data"][0]["orderNumber"]
    assert cancel(sandbox, number, cancelTime=None, cancelReason=None)["code"] == 0


@pytest.mark.parametrize(
    "wrong", [{"cancelTime": "2022-05-10 10:10:10"}, {"orderNumber": ""}, {"orderNumber": 5}], ids=str
)
def test_a_malformed_cancellation_is_a_parameter_error(sandbox: Sandbox, wrong: Any) -> None:
    assert cancel(sandbox, "OCV4000040000001AU", **wrong)["code"] == 3
