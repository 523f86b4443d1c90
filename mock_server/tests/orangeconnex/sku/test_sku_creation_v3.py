"""SKUCreation v3: what the handler decides."""

from collections.abc import Callable
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]


def refusal_of_an_order(send: Send, code: str) -> str:
    """Why an outbound order for a SKU is refused; a new SKU has no stock, so it is at the last."""
    order = {
        "serviceRegion": "UK",
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": code, "SKUQuantity": 1}],
    }
    return str(send("place_outbound_order", {"data": [order]})["errors"][0]["message"])


def status_of(send: Send, code: str) -> str:
    return str(send("sku_query_v3", {"data": {"mfskulist": [{"mfskuid": code}]}})["data"][0]["status"])


def test_every_sku_of_a_batch_gets_an_id_of_its_own_in_the_order_of_the_request(send: Send) -> None:
    references = [f"REF-{index}" for index in range(200)]
    data = send("sku_creation_v3", {"data": [{"referenceSKUID": reference} for reference in references]})["data"]
    assert [row["referenceSKUID"] for row in data] == references
    assert len({row["MFSKUID"] for row in data}) == 200


def test_more_than_200_skus_are_refused_and_none_is_made(send: Send) -> None:
    data = [{"referenceSKUID": f"REF-{index}"} for index in range(201)]
    assert send("sku_creation_v3", {"data": data})["errors"][0]["message"] == "data 数量不能超过200!"
    assert send("sku_query_v3", {"data": {"referenceSKUIDList": data[:1]}})["data"] == []


def test_a_reference_that_stands_twice_in_a_batch_is_taken_once(send: Send) -> None:
    reply = send("sku_creation_v3", {"data": [{"referenceSKUID": "A"}, {"referenceSKUID": "A"}]})
    assert [row["referenceSKUID"] for row in reply["data"]] == ["A"]
    assert [error["id"] for error in reply["errors"]] == ["A"]


def test_a_refused_repeat_leaves_the_sku_as_it_was(send: Send) -> None:
    send("sku_creation_v3", {"data": [{"referenceSKUID": "A", "SKUdescription": "first"}]})
    assert send("sku_creation_v3", {"data": [{"referenceSKUID": "A", "SKUdescription": "second"}]})["code"] == 4
    found = send("sku_query_v3", {"data": {"referenceSKUIDList": [{"referenceSKUID": "A"}]}})["data"]
    assert [sku["SKUDescription"] for sku in found] == ["first"]


def test_a_draft_goes_into_review_after_an_hour_and_is_usable_a_day_later(send: Send) -> None:
    sandbox = Sandbox(clock="manual")

    def send_there(operation: str, body: Any) -> Any:
        return send(operation, body, to=sandbox)

    code = send_there("sku_creation_v3", {"data": [{"referenceSKUID": "A"}]})["data"][0]["MFSKUID"]
    assert status_of(send_there, code) == "Draft"
    assert refusal_of_an_order(send_there, code).endswith("未审核通过")
    sandbox.advance(hours=1)
    assert status_of(send_there, code) == "Under review"
    assert refusal_of_an_order(send_there, code).endswith("未审核通过")
    sandbox.advance(days=1)
    assert status_of(send_there, code) == "Reviewed"
    assert refusal_of_an_order(send_there, code).endswith("库存不足")


@pytest.mark.parametrize(
    "sku",
    [
        {},
        {"referenceSKUID": ""},
        {"referenceSKUID": None},
        {"referenceSKUID": 7},
        {"referenceSKUID": "x" * 101},
        {"referenceSKUID": "A", "batteryForm": "pb"},
        {"referenceSKUID": "A", "batteryType": ["BC"]},
        {"referenceSKUID": "A", "batteryNumber": 1e29},
        {"referenceSKUID": "A", "batteryNumber": -1},
        {"referenceSKUID": "A", "dimensionUnit": "mm"},
        {"referenceSKUID": "A", "countryOfOrigin": "GBR"},
        {"referenceSKUID": "A", "SKUNameList": [None]},
        {"referenceSKUID": "A", "serviceRegionList": [{"serviceRegion": ""}]},
        None,
        [],
    ],
)  # fmt: skip
def test_a_sku_that_breaks_its_schema_refuses_the_whole_call(send: Send, sku: Any) -> None:
    reply = send("sku_creation_v3", {"data": [{"referenceSKUID": "GOOD"}, sku]})
    assert reply["code"] == 3
    assert send("sku_query_v3", {"data": {"referenceSKUIDList": [{"referenceSKUID": "GOOD"}]}})["data"] == []


@pytest.mark.parametrize("reference", ["\x00", "‮\U0001f9a9", "$data", "{id}", " "])
def test_a_reference_may_be_any_text(send: Send, reference: str) -> None:
    assert send("sku_creation_v3", {"data": [{"referenceSKUID": reference}]})["data"][0]["referenceSKUID"] == reference
    assert send("sku_creation_v3", {"data": [{"referenceSKUID": reference}]})["errors"][0]["id"] == reference
