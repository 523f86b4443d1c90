"""The files that answers point to: who gets them, and who gets a 404."""

from datetime import datetime, timezone
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Reply
from papers import barcodes

ORDER = "OCI4DE06746410"


def fetched(sandbox: Sandbox, path: str) -> Reply:
    return sandbox.send(Call("GET", path, {}))


def address(sandbox: Sandbox) -> str:
    return f"/files/{sandbox.client_key}/{sandbox.describe()['sellers'][0]['ocid']}"


def test_a_file_is_a_pdf_that_needs_no_credentials_and_never_changes() -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 3, 1, tzinfo=timezone.utc))
    path = f"{address(sandbox)}/carton-labels/{ORDER}-1.pdf"
    reply = fetched(sandbox, path)
    assert (reply.status, reply.headers) == (200, (("content-type", "application/pdf"),))
    assert barcodes(reply.body) == [("Code128", f"{ORDER}-1")]
    sandbox.advance(days=1000)
    assert fetched(sandbox, path) == reply


@pytest.mark.parametrize(
    "rest",
    [
        f"carton-labels/{ORDER}.pdf",
        f"carton-labels/{ORDER}-0.pdf",
        f"carton-labels/{ORDER}-2.pdf",
        f"carton-labels/{ORDER}-01.pdf",
        f"carton-labels/{ORDER}-{'9' * 5000}.pdf",
        f"carton-labels/{ORDER}-٣.pdf",
        f"carton-labels/{ORDER}-1",
        f"carton-labels/{ORDER}-1.pdf\n",
        f"packing-lists/{ORDER}-1.pdf",
        "packing-lists/OCI5DE00000001.pdf",
        "packing-lists/\x00😀.pdf",
        f"carton_labels/{ORDER}-1.pdf",
        "sku-labels/OC0000250380015",
        "sku-labels/oc0000250380015.pdf",
        "sku-labels/OC0000250380015.pdf.pdf",
        "sku-labels/.pdf",
        f"sku-labels/{ORDER}.pdf",
        f"handle/{ORDER}-1.pdf",
    ],
    ids=lambda rest: ascii(rest)[:50],
)
def test_what_is_not_there_is_a_404(rest: str) -> None:
    sandbox = Sandbox()
    reply = fetched(sandbox, f"{address(sandbox)}/{rest}")
    assert reply.status == 404
    assert orjson.loads(reply.body)["error"] == "Not Found"


@pytest.mark.parametrize("whose", ["{key}/99999999", "{key}/", "nobody/{ocid}", "{ocid}/{key}"])
def test_an_address_that_is_nobodys_is_a_404(whose: str) -> None:
    sandbox = Sandbox()
    ocid = sandbox.describe()["sellers"][0]["ocid"]
    path = f"/files/{whose.format(key=sandbox.client_key, ocid=ocid)}/packing-lists/{ORDER}.pdf"
    assert fetched(sandbox, path).status == 404


def test_the_label_querys_urls_bear_the_host_and_scheme_of_the_call() -> None:
    sandbox = Sandbox()
    wanted = sandbox.sample("inbound_label_query")
    for base in ("http://127.0.0.1:8400", "https://openapi-stage.example.com", "http://[::1]:9000"):
        with httpx.Client(transport=sandbox.httpx_transport(), base_url=base) as client:
            row = client.post(wanted.path, content=wanted.body, headers=wanted.headers).json()["data"]
            url = row["inboundOrderList"][0]["packingListURL"]
            assert url.startswith(f"{base}/files/")
            reply = client.get(url)
        assert reply.headers["content-type"] == "application/pdf"
        assert barcodes(reply.content) == [("Code128", "OCI4AU05251270")]


@pytest.mark.parametrize("host", ["", "é" * 50, "a b", "x" * 5000, 'evil.example.com/"'])
def test_a_call_without_a_good_host_gets_urls_that_stay_in_process(host: str) -> None:
    sandbox = Sandbox()
    wanted = sandbox.sample("inbound_label_query")
    headers = {name.lower(): value for name, value in wanted.headers.items()} | {"host": host}
    reply = orjson.loads(sandbox.send(Call("POST", wanted.path, headers, wanted.body)).body)
    assert urlsplit(reply["data"]["inboundOrderList"][0]["packingListURL"]).netloc == "oc-sandbox.invalid"


def test_one_tenants_address_does_not_lead_to_anothers_orders() -> None:
    one, other = Sandbox(seed="empty"), Sandbox()
    assert fetched(one, f"{address(one)}/packing-lists/{ORDER}.pdf").status == 404
    assert fetched(one, f"{address(other)}/packing-lists/{ORDER}.pdf").status == 404
