"""An order that ends in trouble: how to ask for it, where the order goes, and what becomes of its stock and fees."""

from typing import Any

import pytest
from calls import MORNING, an_order, answer, the_world
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.control.problems import Conflict, NotThere
from oc_sandbox.control.troubles import NoTrouble
from oc_sandbox.domain.outbound import OUTBOUND, TROUBLES, can_end_in
from oc_sandbox.domain.records import OutboundStatus

SKU = "OC0000250380015"
ON_THE_WAY = ["Submitted", "Accepted", "Create picking task"]
OUT = [*ON_THE_WAY, "Picked", "Packed", "Outbound", "In-delivery"]
ENDS = {
    "failed": [*ON_THE_WAY, "failed"],
    "exception": [*OUT, "Exception"],
    "undeliverable_return": [*OUT, "Exception", "Undeliverable return"],
}


def placed(**changes: Any) -> tuple[Sandbox, str]:
    sandbox = Sandbox(clock="manual", now=MORNING)
    (row,) = answer(sandbox, "place_outbound_order", {"data": [an_order("A-1", **changes)]})["data"]
    return sandbox, row["orderNumber"]


def order(sandbox: Sandbox, number: str) -> Any:
    query = {"data": {"orderNumberList": [{"orderNumber": number}]}}
    (found,) = answer(sandbox, "outbound_order_query_v2", query)["data"]
    return found


def fees(sandbox: Sandbox, number: str) -> int:
    query = {"data": {"orderNumberList": [{"orderNumber": number}]}}
    return int(answer(sandbox, "finance_fee_detail_query", query)["data"]["total"])


def way(sandbox: Sandbox, number: str) -> list[str]:
    """The states that an order goes through in two weeks."""
    states = [order(sandbox, number)["orderStatus"]]
    for _ in range(14 * 48):
        sandbox.advance(minutes=30)
        state = order(sandbox, number)["orderStatus"]
        if state != states[-1]:
            states.append(state)
    return states


@pytest.mark.parametrize("trouble", ENDS)
def test_an_order_goes_the_way_of_its_trouble_however_it_was_asked_for(trouble: str) -> None:
    # The state Accepted may pass between two looks; nothing is skipped in the world.
    sandbox, number = placed()
    assert sandbox.make_trouble(number, trouble) == {
        "order_number": number,
        "status": "submitted",
        "trouble": trouble,
    }
    asked = way(sandbox, number)
    by_remark = way(*placed(remarks=f"sandbox:{trouble}"))
    assert asked == by_remark == [state for state in ENDS[trouble] if state != "Accepted"]


@pytest.mark.parametrize("remark", ["", "sandbox:", "sandbox:delivered", "SANDBOX:FAILED", " sandbox:failed", "\x00"])
def test_any_other_remark_means_nothing(remark: str) -> None:
    sandbox, number = placed(remarks=remark)
    sandbox.advance(days=9)
    assert order(sandbox, number)["orderStatus"] == "Delivered"


def test_a_label_order_takes_the_remark_too() -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    label = {
        "carrier": "Hermes",
        "trackingNumber": "H0001",
        "labelFile": "JVBERi0xLjQK",
        "remarks": "sandbox:exception",
    }
    (row,) = answer(sandbox, "place_third_party_label_order", {"data": [an_order("L-1", **label)]})["data"]
    sandbox.advance(days=9)
    found = order(sandbox, row["orderNumber"])
    assert (found["orderStatus"], found["trackingNumberList"][0]["trackingNumber"]) == ("Exception", "H0001")


def test_a_failed_order_gives_its_stock_back_and_costs_nothing() -> None:
    sandbox, number = placed()
    (before,) = sandbox.stock(SKU, "UK")
    sandbox.make_trouble(number, "failed")
    sandbox.advance(days=9)
    (after,) = sandbox.stock(SKU, "UK")
    assert (before["available"], before["allocated"]) == (999, 1)
    assert (after["available"], after["allocated"]) == (1000, 0)
    assert (order(sandbox, number)["trackingNumberList"], fees(sandbox, number)) == ([], 0)


@pytest.mark.parametrize("trouble", ["exception", "undeliverable_return"])
def test_an_order_that_is_in_trouble_outside_has_left_and_is_charged(trouble: str) -> None:
    sandbox, number = placed()
    sandbox.make_trouble(number, trouble)
    sandbox.advance(days=9)
    (row,) = sandbox.stock(SKU, "UK")
    assert (row["available"], row["allocated"]) == (999, 0)
    assert len(order(sandbox, number)["trackingNumberList"]) == 1
    assert fees(sandbox, number) == 2


def test_an_order_in_trouble_cannot_be_cancelled() -> None:
    sandbox, number = placed(remarks="sandbox:failed")
    sandbox.advance(days=1)
    cancel = {"data": {"orderNumber": number, "cancelTime": "2026-11-24T10:00:00+0000"}}
    assert answer(sandbox, "outbound_order_cancellation", cancel)["errors"][0]["code"] == "400502"


def test_an_order_that_shall_fail_can_be_cancelled_before() -> None:
    sandbox, number = placed(remarks="sandbox:failed")
    cancel = {"data": {"orderNumber": number, "cancelTime": "2026-11-23T10:00:00+0000"}}
    assert answer(sandbox, "outbound_order_cancellation", cancel)["code"] == 0
    sandbox.advance(days=9)
    assert order(sandbox, number)["orderStatus"] == "Cancelled"
    assert sandbox.stock(SKU, "UK")[0]["available"] == 1000


def test_the_later_trouble_counts() -> None:
    sandbox, number = placed(remarks="sandbox:failed")
    sandbox.make_trouble(number, "exception")
    sandbox.advance(days=9)
    assert order(sandbox, number)["orderStatus"] == "Exception"


@pytest.mark.parametrize(
    ("number", "trouble", "error", "says"),
    [
        ("OCO0", "exception", NotThere, "no outbound order"),
        ("OCO2000023303105GB", "delivered", NoTrouble, "failed, exception, undeliverable_return"),
        ("OCO2000023303105GB", None, NoTrouble, "failed, exception, undeliverable_return"),
        (None, "failed", NoTrouble, "order_number"),
        ([], "failed", NoTrouble, "order_number"),
        ("OCO0000011225074GB", "exception", Conflict, "is delivered"),
    ],
)
def test_a_trouble_that_cannot_be_is_refused_and_says_why(
    number: Any, trouble: Any, error: type[Exception], says: str
) -> None:
    sandbox = Sandbox()
    with pytest.raises(error, match=says):
        sandbox.make_trouble(number, trouble)
    assert the_world(sandbox).outbound_troubles == {}


def test_once_it_is_picked_an_order_can_no_longer_fail_but_its_delivery_can() -> None:
    sandbox, number = placed()
    sandbox.advance(hours=1)
    with pytest.raises(Conflict, match="is picked"):
        sandbox.make_trouble(number, "failed")
    sandbox.advance(days=2)
    sandbox.make_trouble(number, "exception")
    sandbox.advance(days=3)
    with pytest.raises(Conflict, match="is exception"):
        sandbox.make_trouble(number, "undeliverable_return")


@given(st.sampled_from(list(OutboundStatus)), st.sampled_from(list(TROUBLES)))
def test_what_can_end_in_a_trouble_does(status: OutboundStatus, trouble: OutboundStatus) -> None:
    sandbox, number = placed()
    first = the_world(sandbox).outbound[number]._replace(status=status)
    steps, state = {**OUTBOUND, **TROUBLES[trouble]}, status
    while state in steps and state is not trouble:
        state = steps[state].then
    moves = status in OUTBOUND
    assert can_end_in(first, trouble) == (moves and state is trouble)


def a_sku(sandbox: Sandbox, **more: Any) -> str:
    (row,) = answer(sandbox, "sku_creation_v3", {"data": [{"referenceSKUID": "MUG"} | more]})["data"]
    return str(row["MFSKUID"])


def review(sandbox: Sandbox, code: str) -> str:
    (row,) = answer(sandbox, "sku_query_v3", {"data": {"mfskulist": [{"mfskuid": code}], "page": 1, "limit": 1}})[
        "data"
    ]
    return str(row["status"])


@pytest.mark.parametrize("wish", ["draft", "under review", "description"])
def test_a_review_fails_however_it_was_asked_for_and_no_order_may_name_the_sku(wish: str) -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    code = a_sku(sandbox, **({"SKUdescription": "sandbox:review_failed"} if wish == "description" else {}))
    sandbox.advance(hours=1 if wish == "under review" else 0)
    if wish != "description":
        status = wish.replace(" ", "_")
        asked = {"mf_sku_id": code, "status": status, "trouble": "review_failed"}
        assert sandbox.make_trouble(code, "review_failed") == asked
    states = []
    for _ in range(3):
        states.append(review(sandbox, code))
        sandbox.advance(days=1, hours=1)
    assert states[-2:] == ["Review failed", "Review failed"]
    order = an_order("A-1", productList=[{"MFSKUID": code, "SKUQuantity": 1}])
    assert answer(sandbox, "place_outbound_order", {"data": [order]})["errors"][0]["code"] == "400444"


@pytest.mark.parametrize(
    ("code", "says"),
    [("OC0", "no SKU"), (None, "mf_sku_id"), (SKU, "is active"), ("OCO2000023303105GB", "no SKU")],
)
def test_a_review_that_cannot_fail_is_refused_and_says_why(code: Any, says: str) -> None:
    sandbox = Sandbox()
    with pytest.raises((NoTrouble, NotThere, Conflict), match=says):
        sandbox.make_trouble(code, "review_failed")
    assert the_world(sandbox).sku_troubles == {}


@pytest.mark.parametrize("description", ["", "sandbox:failed", "SANDBOX:REVIEW_FAILED", "a mug"])
def test_any_other_description_means_nothing(description: str) -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    code = a_sku(sandbox, SKUdescription=description)
    sandbox.advance(days=2)
    assert review(sandbox, code) == "Reviewed"
