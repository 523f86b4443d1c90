"""Inbound Label Query: what the handler decides, and what the papers behind its URLs hold."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from papers import barcodes, words

Send = Callable[..., Any]

HOSE, CONNECTORS = "OC0000255606056", "OC0000255604014"


def place(send: Send, *cartons: dict[str, Any]) -> str:
    order = {
        "sellerInboundNumber": "NEW",
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": "EX",
        "eta": "2026-12-01+0800",
        "cartonList": list(cartons),
    }
    return str(send("place_inbound_order", {"data": order})["data"]["inboundNumber"])


def carton(*products: tuple[str, int], **numbers: str) -> dict[str, Any]:
    return {"productList": [{"mfskuid": c, "quantity": q} for c, q in products or ((HOSE, 1),)], **numbers}


def labels(send: Send, *numbers: Any) -> Any:
    return send("inbound_label_query", {"data": {"inboundOrderList": [{"inboundOrder": n} for n in numbers]}})


def paper(sandbox: Sandbox, url: str) -> bytes:
    reply = sandbox.send(Call("GET", urlsplit(url).path, {}))
    assert reply.status == 200
    return reply.body


def test_each_carton_has_a_label_whose_barcode_is_its_own(send: Send, sandbox: Sandbox) -> None:
    number = place(
        send, carton((HOSE, 2), cartonNumber="C01", sellerCartonNumber="S-1"), carton((CONNECTORS, 5), (HOSE, 3))
    )
    (row,) = labels(send, number)["data"]["inboundOrderList"]
    first, second = row["cartonList"]
    assert (first["cartonNumber"], first["sellerCartonNumber"]) == ("C01", "S-1")
    assert (second["cartonNumber"], second["sellerCartonNumber"]) == ("2", "")
    drawn = [paper(sandbox, each["labelURL"]) for each in (first, second)]
    assert [barcodes(pdf) for pdf in drawn] == [[("Code128", f"{number}-1")], [("Code128", f"{number}-2")]]
    assert "Carton 1 of 2" in words(drawn[0])
    assert "Seller's carton number: S-1" in words(drawn[0])
    assert f"{CONNECTORS} x 5" in words(drawn[1])


def test_the_packing_list_has_every_line_of_every_carton(send: Send, sandbox: Sandbox) -> None:
    number = place(send, carton((HOSE, 20), (CONNECTORS, 51)), carton((HOSE, 33)))
    (row,) = labels(send, number)["data"]["inboundOrderList"]
    pdf = paper(sandbox, row["packingListURL"])
    assert barcodes(pdf) == [("Code128", number)]
    for text in ("20", "51", "33", HOSE, CONNECTORS, "DEMO-606056"):
        assert text in words(pdf)


def test_a_carton_of_many_skus_counts_those_that_find_no_room(send: Send, sandbox: Sandbox) -> None:
    number = place(send, carton(*((HOSE, n) for n in range(1, 13))))
    (row,) = labels(send, number)["data"]["inboundOrderList"]
    assert "and 4 more SKUs" in words(paper(sandbox, row["cartonList"][0]["labelURL"]))


def test_odd_texts_of_the_caller_stay_off_the_barcode_and_the_url(send: Send, sandbox: Sandbox) -> None:
    odd = "箱/../?#\x00😀" + "x" * 5000
    number = place(send, carton(cartonNumber=odd, sellerCartonNumber=odd))
    (row,) = labels(send, number)["data"]["inboundOrderList"]
    assert row["cartonList"][0]["cartonNumber"] == odd
    assert barcodes(paper(sandbox, row["cartonList"][0]["labelURL"])) == [("Code128", f"{number}-1")]
    assert barcodes(paper(sandbox, row["packingListURL"])) == [("Code128", number)]


def test_orders_come_as_asked_for_and_each_once(send: Send) -> None:
    asked = ["OCI4DE06746410", "OCI4AU05251270", "OCI4DE06746410"]
    rows = labels(send, *asked)["data"]["inboundOrderList"]
    assert [row["inboundOrder"] for row in rows] == asked[:2]


def test_the_first_unknown_number_is_named(send: Send) -> None:
    reply = labels(send, "OCI4DE06746410", "{x}\x00", "OCI5DE00000002")
    assert (reply["code"], reply["success"], reply["errors"][0]["code"]) == (3, False, "3A0529")
    assert "inboundNumber [{x}\x00] doesnt" in reply["errors"][0]["message"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "400002"),
        ([{}], "400002"),
        ([{"inboundOrder": None}], "400002"),
        ([None], "400003"),
        (["OCI4DE06746410"], "400003"),
        ([{"inboundOrder": 1e29}], "400003"),
        ("OCI4DE06746410", "400003"),
    ],
    ids=str,
)
def test_a_query_that_breaks_its_schema_is_a_parameter_error(send: Send, rows: Any, code: str) -> None:
    reply = send("inbound_label_query", {"data": {"inboundOrderList": rows}})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)


def test_nothing_that_draws_is_loaded_before_something_is_drawn() -> None:
    asked = (
        "from oc_sandbox import Sandbox; import sys; Sandbox().describe(); print({'fpdf', 'barcode'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
