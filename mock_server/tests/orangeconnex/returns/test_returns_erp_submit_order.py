"""Which returns are taken on, and what is then known of them."""

from datetime import datetime, timezone
from typing import Any

import pytest
from calls import an_order, answer, look_up, remembered, the_world
from oc_sandbox import Sandbox
from oc_sandbox.orangeconnex.vocabulary import REGION_COUNTRIES, RETURN_WAREHOUSES

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
LAMP, HOSE = "OC0000250380015", "OC0000255606056"


@pytest.fixture
def sandbox() -> Sandbox:
    """A demo world whose clock stands still."""
    return Sandbox(clock="manual", now=NOW)


def a_return(**changes: Any) -> dict[str, Any]:
    order = {"referenceNumber": "R-1", "serviceRegion": "DE", "productList": [{"mfSkuId": HOSE, "quantity": 2}]}
    return {name: value for name, value in (order | changes).items() if value is not None}


def submit(sandbox: Sandbox, **changes: Any) -> Any:
    return answer(sandbox, "returns_erp_submit_order", {"messageId": "m-1", "data": a_return(**changes)})


def row(sandbox: Sandbox, reference: str = "R-1") -> Any:
    (found,) = look_up(sandbox, "returns_query_orders", referenceNumber=reference)["result"]["orderList"]
    return found


def shipped(sandbox: Sandbox, *lines: tuple[str, int]) -> str:
    """The number of an order with these lines that has left the warehouse."""
    products = [{"MFSKUID": sku, "SKUQuantity": quantity} for sku, quantity in lines]
    sent = answer(sandbox, "place_outbound_order", {"data": [an_order(productList=products)]})
    sandbox.advance(hours=5)
    return str(sent["data"][0]["orderNumber"])


def test_a_return_gets_a_number_of_its_region_and_stands_in_the_list(sandbox: Sandbox) -> None:
    reply = submit(sandbox, serviceRegion="UK")
    assert (reply["requestId"], reply["success"], reply["errorCode"]) == ("m-1", True, "")
    assert reply["result"] == {"orderNumber": "OCR3000040000001GB", "referenceNumber": "R-1"}
    assert row(sandbox)["warehouseCode"] == "UK01"
    assert submit(sandbox, referenceNumber="R-2")["result"]["orderNumber"] == "OCR3000040000002DE"


@pytest.mark.parametrize(
    ("trouble", "code"), [("exception", ""), ("undeliverable_return", ""), ("failed", "400560")], ids=str
)
def test_what_left_and_met_trouble_can_come_back_and_what_never_left_cannot(
    sandbox: Sandbox, trouble: str, code: str
) -> None:
    order = an_order("A-1", remarks=f"sandbox:{trouble}", productList=[{"MFSKUID": LAMP, "SKUQuantity": 1}])
    number = answer(sandbox, "place_outbound_order", {"data": [order]})["data"][0]["orderNumber"]
    sandbox.advance(days=10)
    lines = [{"mfSkuId": LAMP, "quantity": 1}]
    assert submit(sandbox, outboundOrderNumber=number, productList=lines)["errorCode"] == code


def test_each_piece_gets_an_id_of_its_own_in_the_form_of_the_documented_example(sandbox: Sandbox) -> None:
    submit(sandbox, productList=[{"mfSkuId": HOSE, "quantity": 2}, {"quantity": 1}])
    submit(sandbox, referenceNumber="R-2", serviceRegion="US-South")
    assert row(sandbox)["productList"][0]["uniqueIdList"] == []
    sandbox.advance(days=5)
    assert [line["uniqueIdList"] for line in row(sandbox)["productList"]] == [["DE01UC101", "DE01UC102"], ["DE01UC103"]]
    assert row(sandbox, "R-2")["productList"][0]["uniqueIdList"] == ["US03UC104", "US03UC105"]


def test_no_return_gets_an_id_that_the_demo_world_has(sandbox: Sandbox) -> None:
    submit(sandbox, productList=[{"quantity": 100}] * 50)
    sandbox.advance(days=5)
    assert len(the_world(sandbox).returned) == 4 + 1 + 5000  # one by the demo's own return


def test_every_region_has_a_returns_warehouse() -> None:
    assert RETURN_WAREHOUSES.keys() == REGION_COUNTRIES.keys()
    assert len({*RETURN_WAREHOUSES.values()}) == len(RETURN_WAREHOUSES)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"serviceRegion": "US"}, "400537"),
        ({"referenceNumber": "DEMO-RETURN-1"}, "400536"),
        ({"productList": [{"mfSkuId": "OC9", "quantity": 1}]}, "400538"),
        ({"outboundOrderNumber": "OCO0"}, "400539"),
        ({"outboundOrderNumber": "OCO2000023303105GB"}, "400560"),
        ({"outboundOrderNumber": "OCO2000009385032GB"}, "400561"),
        ({"referenceNumber": None}, "400002"),
        ({"referenceNumber": ""}, "400002"),
        ({"referenceNumber": "x" * 101}, "400004"),
        ({"serviceRegion": None}, "400002"),
        ({"productList": []}, "400002"),
        ({"productList": [{"quantity": 1}] * 51}, "400005"),
        ({"productList": [{"mfSkuId": HOSE}]}, "400002"),
        ({"productList": [{"mfSkuId": "", "quantity": 1}]}, "400002"),
        ({"productList": [{"quantity": 0}]}, "400006"),
        ({"productList": [{"quantity": 101}]}, "400006"),
        ({"productList": [{"quantity": 1e29}]}, "400006"),
        ({"productList": [{"quantity": "1"}]}, "400003"),
        ({"outboundOrderNumber": ""}, "400002"),
    ],
    ids=str,
)
def test_a_bad_return_is_refused_and_changes_nothing(sandbox: Sandbox, wrong: dict[str, Any], code: str) -> None:
    before = remembered(the_world(sandbox))
    reply = submit(sandbox, **wrong)
    assert (reply["success"], reply["errorCode"], reply["result"]) == (False, code, None)
    assert remembered(the_world(sandbox)) == before


def test_of_several_broken_rules_the_first_is_told(sandbox: Sandbox) -> None:
    wrong = {
        "serviceRegion": "XX",
        "referenceNumber": "DEMO-RETURN-1",
        "productList": [{"mfSkuId": "OC9", "quantity": 1}],
        "outboundOrderNumber": "OCO0",
    }
    codes = []
    for name in wrong:
        codes.append(submit(sandbox, **wrong)["errorCode"])
        wrong = wrong | {name: a_return().get(name)}
    assert codes == ["400537", "400536", "400538", "400539"]


def test_a_number_is_used_once_even_after_a_cancellation(sandbox: Sandbox) -> None:
    number = submit(sandbox)["result"]["orderNumber"]
    assert submit(sandbox)["errorCode"] == "400536"
    answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number}})
    assert submit(sandbox)["errorCode"] == "400536"


def test_no_more_comes_back_than_went_out(sandbox: Sandbox) -> None:
    order = shipped(sandbox, (LAMP, 2), (LAMP, 1), ("OC0000011500022", 1))

    def code(reference: str, *lines: tuple[str, int]) -> str:
        rows = [{"mfSkuId": sku, "quantity": pieces} if sku else {"quantity": pieces} for sku, pieces in lines]
        return str(submit(sandbox, referenceNumber=reference, outboundOrderNumber=order, productList=rows)["errorCode"])

    assert code("A", (LAMP, 4)) == "400561"
    assert code("A", (HOSE, 1)) == "400561"
    assert code("A", (LAMP, 2), (LAMP, 2)) == "400561"
    assert code("A", ("", 5)) == "400561"
    assert code("A", (LAMP, 2)) == ""
    assert code("B", (LAMP, 2)) == "400561"
    assert code("B", (LAMP, 1), ("", 1)) == ""
    assert code("C", ("OC0000011500022", 1)) == "400561"
    assert code("C", ("", 1)) == "400561"
    number = row(sandbox, "B")["orderNumber"]
    answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number}})
    assert code("C", ("OC0000011500022", 1)) == ""


def test_a_cancelled_outbound_order_has_nothing_to_return(sandbox: Sandbox) -> None:
    number = "OCO2000023303105GB"
    answer(
        sandbox,
        "outbound_order_cancellation",
        {"data": {"orderNumber": number, "cancelTime": "2026-11-22T10:00:00+0800"}},
    )
    sandbox.advance(days=30)
    assert submit(sandbox, outboundOrderNumber=number)["errorCode"] == "400560"


def test_returns_leave_the_stock_alone(sandbox: Sandbox) -> None:
    before = sandbox.stock()
    submit(sandbox)
    sandbox.advance(minutes=1)
    assert sandbox.stock() == before
    sandbox.advance(days=5)
    after = {(line["mf_sku_id"], line["service_region"]): line for line in sandbox.stock()}
    (hose,) = [line for line in before if line["mf_sku_id"] == HOSE]
    assert after[HOSE, "DE"] == hose


@pytest.mark.parametrize("trouble", ["exception", "undeliverable_return"])
def test_what_has_left_can_come_back_however_its_delivery_ended(sandbox: Sandbox, trouble: str) -> None:
    number = shipped(sandbox, (LAMP, 1))
    sandbox.make_trouble(number, trouble)
    sandbox.advance(days=30)
    lamp = [{"mfSkuId": LAMP, "quantity": 1}]
    assert submit(sandbox, outboundOrderNumber=number, productList=lamp)["errorCode"] == ""
