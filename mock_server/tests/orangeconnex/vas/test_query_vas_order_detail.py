"""Which VAS orders a query finds, and what it tells of them."""

from datetime import datetime, timezone
from typing import Any

import pytest
from oc_sandbox import Sandbox
from vas_calls import LAMP, a_vas_order, detail, place

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=timezone.utc)


def numbers(reply: Any) -> list[str]:
    return [order["orderNumber"] for order in reply["data"]]


def test_an_order_is_told_as_it_was_given_and_as_it_stands() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    lines = [{"MFSKUID": LAMP, "SKUQuantity": "5"}, {"MFSKUID": LAMP, "SKUQuantity": 1}]
    order = a_vas_order("A", serviceType="贴标", remarks="left side", productList=lines)
    (number,) = numbers(place(sandbox, order))
    sandbox.advance(hours=10)
    (told,) = detail(sandbox, orderNumberList=[number])["data"]
    line = {"MFSKUID": LAMP, "sellerSKUID": "DEMO-380015", "completedQuantity": 0}
    assert told == {
        "orderNumber": number,
        "orderCreationTime": "2026-11-23T09:00:00+0800",
        "orderStatus": "In progress",
        "productList": [{**line, "SKUQuantity": 5}, {**line, "SKUQuantity": 1}],
        "referenceNumber": "A",
        "remarks": "left side",
        "serviceRegion": "UK",
        "serviceType": "贴标",
        "updateTime": "2026-11-23T13:10:00+0800",
    }
    sandbox.advance(days=1)
    (told,) = detail(sandbox, orderNumberList=[number])["data"]
    assert [(row["SKUQuantity"], row["completedQuantity"]) for row in told["productList"]] == [(5, 5), (1, 1)]
    assert (told["orderStatus"], told["updateTime"]) == ("Completed", "2026-11-24T13:10:00+0800")


def test_what_was_not_given_is_empty(sandbox: Sandbox) -> None:
    order = a_vas_order()
    del order["referenceNumber"]
    (number,) = numbers(place(sandbox, order))
    (told,) = detail(sandbox, orderNumberList=[number])["data"]
    assert (told["referenceNumber"], told["remarks"]) == ("", "")


def test_both_lists_add_up_and_name_an_order_once(sandbox: Sandbox) -> None:
    a, b, c = numbers(place(sandbox, a_vas_order("A"), a_vas_order("B"), a_vas_order("C")))
    found = detail(sandbox, orderNumberList=[c, a, c], referenceNumberList=["B", "unknown", "A", ""])
    assert numbers(found) == [c, a, b]


def test_an_unknown_number_fails_the_query_and_an_unknown_reference_finds_nothing(sandbox: Sandbox) -> None:
    (a,) = numbers(place(sandbox, a_vas_order("A")))
    refused = detail(sandbox, orderNumberList=[a, "OCV1", "OCV2"])
    assert refused["errors"] == [{"code": "400545", "message": "订单:OCV1 不存在"}]
    assert (refused["code"], refused["success"]) == (4, False)
    assert detail(sandbox, referenceNumberList=["unknown"])["data"] == []


@pytest.mark.parametrize(
    "lists",
    [{}, {"orderNumberList": []}, {"orderNumberList": [], "referenceNumberList": []}, {"referenceNumberList": None}],
    ids=str,
)
def test_a_query_that_names_nothing_is_refused(sandbox: Sandbox, lists: Any) -> None:
    refused = detail(sandbox, **lists)
    assert (refused["code"], refused["errors"][0]["code"]) == (3, "400002")


@pytest.mark.parametrize("name", ["orderNumberList", "referenceNumberList"])
def test_50_numbers_pass_and_51_do_not(sandbox: Sandbox, name: str) -> None:
    known = {"orderNumberList": "OCV4000040000001AU", "referenceNumberList": "DEMO-VAS-1"}[name]
    assert len(detail(sandbox, **{name: [known] * 50})["data"]) == 1
    assert detail(sandbox, **{name: [known] * 51})["errors"][0]["code"] == "400005"


def test_another_kind_of_order_is_none_of_its(sandbox: Sandbox) -> None:
    assert detail(sandbox, orderNumberList=["OCO2000023303105GB"])["errors"][0]["code"] == "400545"
