"""Place Outbound Order: which of several broken rules is reported."""

from typing import Any

import pytest
from calls import an_order, answer
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of

OUT_OF_STOCK = [{"MFSKUID": "OC0000250276174", "SKUQuantity": 1}]
UNKNOWN_SKU = [{"MFSKUID": "OC9999999999999", "SKUQuantity": 1}]


def codes(sandbox: Sandbox, *orders: dict[str, Any]) -> list[str]:
    """The error codes that a batch gets."""
    reply = answer(sandbox, "place_outbound_order", {"messageId": "1", "data": list(orders)})
    return [error["code"] for error in reply.get("errors", ())]


@pytest.mark.parametrize("first", ["documented_request", "stock_short"])
def test_the_documented_calls_are_answered_as_documented_one_after_the_other(first: str) -> None:
    sandbox = Sandbox()
    operation = catalog().operations["place_outbound_order"]
    for exchange in (first, "stock_short"):
        sandbox.send(call_of(operation, sandbox.sample("place_outbound_order", exchange)))
    assert list(sandbox.journal.since())[-1].errors == ("stock_short",)


def test_a_reference_is_taken_once() -> None:
    sandbox = Sandbox()
    assert codes(sandbox, an_order("A-1"), an_order("A-1")) == ["400440"]
    assert codes(sandbox, an_order("A-1")) == ["400440"]
    assert codes(sandbox, an_order(), an_order()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serviceRegion": "XX", "shippingServiceCode": "None", "productList": UNKNOWN_SKU}, "400441"),
        ({"shippingServiceCode": "None", "productList": UNKNOWN_SKU}, "400442"),
        ({"productList": UNKNOWN_SKU + OUT_OF_STOCK}, "400443"),
        ({"productList": OUT_OF_STOCK}, "400448"),
    ],
    ids=["region", "service", "sku", "stock"],
)
def test_the_first_broken_rule_is_reported(changes: dict[str, Any], code: str) -> None:
    sandbox = Sandbox()
    assert codes(sandbox, an_order("A-1")) == []
    assert codes(sandbox, an_order("A-1", **changes)) == [code]


@pytest.mark.parametrize(
    ("quantities", "refused"),
    [([1000], []), ([1001], ["400448"]), ([600, 400], []), ([600, 401], ["400448"])],
    ids=["all there is", "one more", "two lines", "two lines, one more"],
)
def test_an_order_may_take_all_that_is_available_and_no_more(quantities: list[int], refused: list[str]) -> None:
    lines = [{"MFSKUID": "OC0000250380015", "SKUQuantity": quantity} for quantity in quantities]
    assert codes(Sandbox(), an_order("A-1", productList=lines)) == refused


def test_a_sku_must_be_reviewed_before_its_stock_is_looked_at() -> None:
    sandbox = Sandbox(clock="manual")
    (made,) = answer(sandbox, "sku_creation_v3", {"data": [{"referenceSKUID": "NEW-1"}]})["data"]
    order = an_order("A-1", productList=[{"MFSKUID": made["MFSKUID"], "SKUQuantity": 1}])
    assert codes(sandbox, order) == ["400444"]
    sandbox.advance(days=2)
    assert codes(sandbox, order) == ["400448"]


@pytest.mark.parametrize("platform", ["EBAY", "eBay", "ebay"])
def test_an_ebay_order_brings_its_ebay_ids_however_the_platform_is_spelt(platform: str) -> None:
    assert codes(Sandbox(), an_order("A-1", orderPlatform=platform)) == ["400002"]
