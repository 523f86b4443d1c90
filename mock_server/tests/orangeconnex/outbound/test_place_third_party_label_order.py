"""An order under the seller's own label: its label, its way through the warehouse, and what it shares with others."""

from base64 import b64encode
from typing import Any

import pytest
from calls import MORNING, an_order, answer, the_world
from oc_sandbox import Sandbox
from oc_sandbox.domain.records import SkuStatus

SKU = "OC0000250380015"
LABEL = bytes(range(256)) * 3


def a_label_order(reference: str = "", **changes: Any) -> dict[str, Any]:
    """One order that the demo world can ship."""
    order = {
        "referenceNumber": reference,
        "orderPlatform": "OTHERS",
        "serviceRegion": "UK",
        "carrier": "Hermes",
        "trackingNumber": "H0001",
        "labelFile": b64encode(LABEL).decode(),
        "productList": [{"MFSKUID": SKU, "SKUQuantity": 2}],
    }
    return order | changes


def place(sandbox: Sandbox, *orders: dict[str, Any]) -> Any:
    return answer(sandbox, "place_third_party_label_order", {"data": orders})


def found(sandbox: Sandbox, number: str) -> Any:
    query = {"data": {"orderNumberList": [{"orderNumber": number}]}}
    (order,) = answer(sandbox, "outbound_order_query_v2", query)["data"]
    return order


def test_the_label_is_kept_as_it_came_and_only_once(sandbox: Sandbox) -> None:
    number = place(sandbox, a_label_order("L-1"))["data"][0]["orderNumber"]
    order = the_world(sandbox).outbound[number]
    assert order.own_label.content == LABEL
    assert b"labelFile" not in order.details
    assert b'"carrier":"Hermes"' in order.details


def test_it_takes_the_way_of_any_order_and_keeps_its_own_number() -> None:
    sandbox = Sandbox(clock="manual", now=MORNING)
    number = place(sandbox, a_label_order("L-1"))["data"][0]["orderNumber"]
    (row,) = sandbox.stock(SKU, "UK")
    assert (row["available"], row["allocated"]) == (998, 2)
    assert found(sandbox, number)["orderStatus"] == "Submitted"
    sandbox.advance(hours=5)
    (row,) = sandbox.stock(SKU, "UK")
    assert (row["available"], row["allocated"]) == (998, 0)
    order = found(sandbox, number)
    assert order["orderStatus"] == "Outbound"
    (parcel,) = order["trackingNumberList"]
    assert (parcel["LMCarrierCode"], parcel["LMCarrierName"], parcel["trackingNumber"]) == ("Hermes", "Hermes", "H0001")
    assert (parcel["feeAmount"], parcel["feeAmountCurrency"]) == (1.5, "GBP")
    sandbox.advance(days=4)
    assert found(sandbox, number)["orderStatus"] == "Delivered"


def test_it_can_be_cancelled_like_any_order(sandbox: Sandbox) -> None:
    number = place(sandbox, a_label_order())["data"][0]["orderNumber"]
    cancel = {"orderNumber": number, "cancelTime": "2026-11-22T10:00:00+0800"}
    assert answer(sandbox, "outbound_order_cancellation", {"data": cancel})["code"] == 0
    assert sandbox.stock(SKU, "UK")[0]["available"] == 1000


def test_both_kinds_of_order_share_numbers_references_and_stock(sandbox: Sandbox) -> None:
    first = answer(sandbox, "place_outbound_order", {"data": [an_order("R-1")]})["data"][0]["orderNumber"]
    second = place(sandbox, a_label_order("R-2"))["data"][0]["orderNumber"]
    assert first != second
    assert place(sandbox, a_label_order("R-1"))["errors"][0]["code"] == "400440"
    other_way = answer(sandbox, "place_outbound_order", {"data": [an_order("R-2")]})
    assert other_way["errors"][0]["code"] == "400440"
    sandbox.set_stock(SKU, "UK", available=3)
    got = place(sandbox, a_label_order("R-3"), a_label_order("R-4"))
    assert [row["referenceNumber"] for row in got["data"]] == ["R-3"]
    assert got["errors"] == [
        {"code": "400448", "id": "R-4", "message": f"商品:{SKU} 库存不足", "referenceNumber": "R-4"}
    ]


def test_the_other_rules_of_orders_hold_but_for_the_service(sandbox: Sandbox) -> None:
    skus = the_world(sandbox).skus
    skus["OC0000000675549"] = skus["OC0000000675549"]._replace(status=SkuStatus.UNDER_REVIEW)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"serviceRegion": "US"}, "400441"),
        ({"productList": [{"MFSKUID": "OC0", "SKUQuantity": 1}]}, "400443"),
        ({"productList": [{"MFSKUID": "OC0000000675549", "SKUQuantity": 1}]}, "400444"),
    ]
    for changes, code in cases:
        assert place(sandbox, a_label_order(**changes))["errors"][0]["code"] == code
    assert place(sandbox, a_label_order(serviceCode="anything"))["code"] == 0


def test_an_ebay_order_is_found_by_its_ebay_id(sandbox: Sandbox) -> None:
    order = a_label_order(orderPlatform="eBay", ebayOrderId="02-05696-00555")
    number = place(sandbox, order)["data"][0]["orderNumber"]
    query = {"data": {"ebayOrderIdList": [{"ebayOrderId": "02-05696-00555"}]}}
    assert [o["orderNumber"] for o in answer(sandbox, "outbound_order_query_v2", query)["data"]] == [number]


def test_a_field_of_that_name_gives_no_other_order_a_label(sandbox: Sandbox) -> None:
    order = an_order("R-1", trackingNumber="H0001", carrier="Hermes", labelFile="JVBERi0=")
    number = answer(sandbox, "place_outbound_order", {"data": [order]})["data"][0]["orderNumber"]
    assert the_world(sandbox).outbound[number].own_label is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"labelFile": None}, "400002"),
        ({"labelFile": ""}, "400450"),
        ({"labelFile": "===="}, "400450"),
        ({"labelFile": "AAA"}, "400450"),
        ({"labelFile": "AAAAA==="}, "400450"),
        ({"labelFile": "AAAA\n"}, "400450"),
        ({"labelFile": "标签标签"}, "400450"),
        ({"labelFile": "A\x00AA"}, "400450"),
        ({"labelFile": "A" * 7_000_004}, "400004"),
        ({"labelFile": 5}, "400003"),
        ({"carrier": ""}, "400002"),
        ({"trackingNumber": None}, "400002"),
        ({"serviceRegion": None}, "400002"),
        ({"productList": []}, "400002"),
        ({"productList": [{"MFSKUID": SKU, "SKUQuantity": 1e29}]}, "400006"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_malformed_order_is_a_parameter_error(sandbox: Sandbox, wrong: dict[str, Any], code: str) -> None:
    got = place(sandbox, a_label_order("L-1", **wrong))
    assert (got["code"], got["errors"][0]["code"]) == (3, code)


def test_50_orders_pass_and_51_are_refused(sandbox: Sandbox) -> None:
    assert place(sandbox, *[a_label_order() for _ in range(51)])["code"] == 3
    assert len(place(sandbox, *[a_label_order() for _ in range(50)])["data"]) == 50
    assert sandbox.stock(SKU, "UK")[0]["available"] == 900
