"""From when on a return has a label, and what a scanner reads on it."""

from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
from calls import answer, look_up
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from papers import barcodes, size_mm, words

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
HOSE = "OC0000255606056"


@pytest.fixture
def sandbox() -> Sandbox:
    """A demo world whose clock stands still."""
    return Sandbox(clock="manual", now=NOW)


def submit(sandbox: Sandbox, reference: str = "R-1", region: str = "DE", *products: dict[str, Any]) -> str:
    order = {"referenceNumber": reference, "serviceRegion": region, "productList": products or [{"quantity": 1}]}
    return str(answer(sandbox, "returns_erp_submit_order", {"data": order})["result"]["orderNumber"])


def label(sandbox: Sandbox, number: str) -> Any:
    return look_up(sandbox, "returns_get_label", orderNumber=number)


def paper(sandbox: Sandbox, url: str) -> bytes:
    reply = sandbox.send(Call("GET", urlsplit(url).path, {}))
    assert (reply.status, reply.headers) == (200, (("content-type", "application/pdf"),))
    return reply.body


def test_the_barcode_is_the_tracking_number_that_every_answer_tells(sandbox: Sandbox) -> None:
    number = submit(sandbox, "R-1", "DE", {"mfSkuId": HOSE, "quantity": 2}, {"quantity": 1})
    sandbox.advance(minutes=10)
    result = label(sandbox, number)["result"]
    (row,) = look_up(sandbox, "returns_query_orders", orderNumber=number)["result"]["orderList"]
    assert (row["carrier"], row["trackingNumber"]) == (result["carrier"], result["trackingNumber"])
    pdf = paper(sandbox, result["labelUrl"])
    assert barcodes(pdf) == [("Code128", result["trackingNumber"])]
    assert size_mm(pdf) == (100, 150)
    for text in (number, "R-1", "DE01, DE", result["carrier"], f"{HOSE} x 2", "SKU not told x 1"):
        assert text in words(pdf)


@pytest.mark.parametrize("region", ["UK", "DE", "AU", "AU-MEL", "US-West", "US-East", "US-South"])
def test_the_label_of_every_region_scans(sandbox: Sandbox, region: str) -> None:
    number = submit(sandbox, "R-1", region)
    sandbox.advance(minutes=10)
    result = label(sandbox, number)["result"]
    assert barcodes(paper(sandbox, result["labelUrl"])) == [("Code128", result["trackingNumber"])]


def test_there_is_no_label_before_the_return_is_accepted(sandbox: Sandbox) -> None:
    number = submit(sandbox)
    sandbox.advance(seconds=599)
    assert label(sandbox, number)["errorCode"] == "400534"
    ocid = sandbox.describe()["sellers"][0]["ocid"]
    path = f"/files/{sandbox.client_key}/{ocid}/return-labels/{number}.pdf"
    assert sandbox.send(Call("GET", path, {})).status == 404
    sandbox.advance(seconds=1)
    assert label(sandbox, number)["success"] is True
    assert sandbox.send(Call("GET", path, {})).status == 200


def test_a_label_stays_as_it_was_whatever_comes(sandbox: Sandbox) -> None:
    number = submit(sandbox)
    sandbox.advance(minutes=10)
    first = label(sandbox, number)["result"]
    pdf = paper(sandbox, first["labelUrl"])
    answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number, "trackingNumber": "T-1"}})
    sandbox.advance(days=30)
    assert label(sandbox, number)["result"] == first
    assert paper(sandbox, first["labelUrl"]) == pdf


def test_a_cancelled_return_has_no_label_but_its_url_stays_good(sandbox: Sandbox) -> None:
    early, late = submit(sandbox), submit(sandbox, "R-2")
    answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": early}})
    sandbox.advance(minutes=10)
    url = label(sandbox, late)["result"]["labelUrl"]
    answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": late}})
    assert [label(sandbox, number)["errorCode"] for number in (early, late)] == ["400531", "400531"]
    assert barcodes(paper(sandbox, url))


def test_odd_texts_of_the_caller_stay_off_the_barcode_and_the_url(sandbox: Sandbox) -> None:
    number = submit(sandbox, "箱/../?#\x00😀" + "x" * 80, "DE", *[{"quantity": 1}] * 12)
    sandbox.advance(minutes=10)
    result = label(sandbox, number)["result"]
    assert result["labelUrl"].endswith(f"/return-labels/{number}.pdf")
    pdf = paper(sandbox, result["labelUrl"])
    assert barcodes(pdf) == [("Code128", result["trackingNumber"])]
    assert "and 4 more lines" in words(pdf)


@pytest.mark.parametrize(
    "rest", ["OCR3000030000102GB", "OCR3000030000102GB.pdf.pdf", "OCR3000030000102GB.pdf\n", ".pdf"]
)
def test_a_name_that_is_no_labels_is_a_404(sandbox: Sandbox, rest: str) -> None:
    ocid = sandbox.describe()["sellers"][0]["ocid"]
    reply = sandbox.send(Call("GET", f"/files/{sandbox.client_key}/{ocid}/return-labels/{rest}", {}))
    assert reply.status == 404


@pytest.mark.parametrize(("number", "code"), [("OCR0", "400530"), ("", "400002"), ("x" * 101, "400004")])
def test_a_number_that_is_no_returns_is_refused(sandbox: Sandbox, number: str, code: str) -> None:
    assert (label(sandbox, number)["success"], label(sandbox, number)["errorCode"]) == (False, code)
