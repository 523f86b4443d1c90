"""SKU Label: what the handler decides, and what a scanner reads off the labels."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from papers import barcodes, pages, size_mm, words

Send = Callable[..., Any]

LAMP, IPHONE = "OC0000250380015", "OC0000000194079"


def labels(send: Send, *codes: Any, to: Sandbox) -> Any:
    return send("sku_label", {"data": {"mfskulist": [{"mfskuid": code} for code in codes]}}, to=to)


def paper(sandbox: Sandbox, row: Any) -> bytes:
    reply = sandbox.send(Call("GET", urlsplit(row["labelURL"]).path, {}))
    assert reply.status == 200
    return reply.body


def created(send: Send, sandbox: Sandbox, **sku: Any) -> str:
    (row,) = send("sku_creation_v3", {"data": [{"referenceSKUID": "NEW-1", **sku}]}, to=sandbox)["data"]
    return str(row["MFSKUID"])


def test_the_barcode_of_a_label_is_the_id_of_its_sku(send: Send, sandbox: Sandbox) -> None:
    rows = labels(send, LAMP, IPHONE, to=sandbox)["data"]
    assert [row["MFSKUID"] for row in rows] == [LAMP, IPHONE]
    assert [barcodes(paper(sandbox, row)) for row in rows] == [[("Code128", LAMP)], [("Code128", IPHONE)]]


def test_a_label_says_whose_and_what_the_sku_is_on_one_small_page(send: Send, sandbox: Sandbox) -> None:
    (row,) = labels(send, IPHONE, to=sandbox)["data"]
    pdf = paper(sandbox, row)
    assert (pages(pdf), size_mm(pdf)) == (1, (100, 80))
    for text in (IPHONE, "Seller's SKU: DEMO-194079", "iphone X", "Made in GB"):
        assert text in words(pdf)


def test_a_draft_has_its_label_and_keeps_it(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    code = created(send, sandbox, SKUNameList=[{"languageCode": "de-DE"}, {"SKUName": "Alte Berufe"}])
    (row,) = labels(send, code, to=sandbox)["data"]
    first = paper(sandbox, row)
    assert barcodes(first) == [("Code128", code)]
    assert "Alte Berufe" in words(first)
    sandbox.advance(days=500)
    assert paper(sandbox, row) == first


def test_odd_texts_of_the_caller_stay_off_the_barcode_and_the_url(send: Send, sandbox: Sandbox) -> None:
    odd = "箱/../?#\x00😀" + "x" * 5000
    code = created(send, sandbox, referenceSKUID=odd[:100], SKUNameList=[{"SKUName": odd}], countryOfOrigin="箱\x00")
    (row,) = labels(send, code, to=sandbox)["data"]
    assert row["referenceSKUID"] == odd[:100]
    pdf = paper(sandbox, row)
    assert (barcodes(pdf), pages(pdf)) == ([("Code128", code)], 1)


def test_skus_come_as_asked_for_and_each_once(send: Send, sandbox: Sandbox) -> None:
    rows = labels(send, IPHONE, LAMP, IPHONE, to=sandbox)["data"]
    assert [row["MFSKUID"] for row in rows] == [IPHONE, LAMP]


def test_the_first_unknown_sku_is_named_and_no_label_given(send: Send, sandbox: Sandbox) -> None:
    reply = labels(send, LAMP, "{x}\x00", "OC9999999999999", to=sandbox)
    assert (reply["code"], reply["success"]) == (4, False)
    assert reply["errors"] == [{"code": "400465", "message": "商品:{x}\x00 不存在"}]
    assert "data" not in reply


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "400002"),
        ([{}], "400002"),
        ([{"mfskuid": None}], "400002"),
        ([{"mfskuid": ""}], "400002"),
        ([None], "400003"),
        ([LAMP], "400003"),
        ([{"mfskuid": 1e29}], "400003"),
        (LAMP, "400003"),
        ([{"mfskuid": LAMP}] * 201, "400005"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_request_that_breaks_its_schema_is_a_parameter_error(send: Send, rows: Any, code: str) -> None:
    reply = send("sku_label", {"data": {"mfskulist": rows}})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)


def test_another_tenants_sku_has_no_label_here(send: Send) -> None:
    one, other = Sandbox(), Sandbox()
    code = created(send, one)
    assert labels(send, code, to=other)["errors"][0]["code"] == "400465"
    (row,) = labels(send, code, to=one)["data"]
    assert other.send(Call("GET", urlsplit(row["labelURL"]).path, {})).status == 404
