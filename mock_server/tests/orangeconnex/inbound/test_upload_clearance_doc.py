"""Upload Clearance Doc: what is kept of a file, and how its review shows in the detail query."""

import hashlib
from base64 import b64encode, encodebytes
from collections.abc import Callable
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]

ORDER = "OCI4DE06746410"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40
BASE64 = b64encode(PDF).decode()
DIGEST = f"sha256:{hashlib.sha256(PDF).hexdigest()}"
ADDRESS = "https://shop.example.com/files/invoice.pdf"


@pytest.fixture
def sandbox() -> Sandbox:
    """A world whose clock stands still."""
    return Sandbox(clock="manual")


def a_file(content: Any = BASE64, kind: Any = "IN", name: Any = "invoice.pdf") -> dict[str, Any]:
    return {"file": content, "fileName": name, "fileType": kind}


def upload(send: Send, *files: Any, order: Any = ORDER) -> Any:
    return send("upload_clearance_doc", {"data": {"inboundNumber": order, "fileList": list(files)}})


def shown(send: Send) -> Any:
    reply = send("inbound_order_detail_query", {"data": {"inboundNumberList": [ORDER]}})
    return reply["data"]["inboundOrderList"][0]["fileList"]


def test_a_file_is_under_review_for_two_hours_and_then_approved(send: Send, sandbox: Sandbox) -> None:
    assert upload(send, a_file())["code"] == 0
    row = {"failReason": "", "file": DIGEST, "fileName": "invoice.pdf", "fileType": "IN"}
    sandbox.advance(hours=2, seconds=-1)
    assert shown(send) == [row | {"verifyStatus": "Under review"}]
    sandbox.advance(seconds=1)
    assert shown(send) == [row | {"verifyStatus": "Approved"}]


@pytest.mark.parametrize(
    ("content", "shown_as"),
    [
        (BASE64, DIGEST),
        (f"data:application/pdf;base64,{BASE64}", DIGEST),
        (encodebytes(PDF).decode(), DIGEST),
        (ADDRESS, ADDRESS),
        ("HTTP://x", "HTTP://x"),
    ],
    ids=["base64", "data URL", "base64 in lines", "address", "short address"],
)
def test_content_is_taken_as_base64_or_as_an_address(send: Send, sandbox: Sandbox, content: str, shown_as: str) -> None:
    upload(send, a_file(content))
    sandbox.advance(hours=2)
    [row] = shown(send)
    assert (row["file"], row["verifyStatus"]) == (shown_as, "Approved")


@pytest.mark.parametrize(
    "content",
    ["string", "====", "data:;base64,", "库存", "\x00", "ftp://x.example.com/a", "http://", "http://" + "x" * 2001],
    ids=lambda content: content[:20],
)
def test_content_that_cannot_be_read_is_taken_and_rejected_in_the_review(
    send: Send, sandbox: Sandbox, content: str
) -> None:
    assert upload(send, a_file(content))["code"] == 0
    assert shown(send)[0]["failReason"] == ""
    sandbox.advance(hours=2)
    [row] = shown(send)
    assert row["verifyStatus"] == "Rejected"
    assert row["failReason"]
    assert row["file"].startswith("sha256:")


def test_a_file_of_the_same_type_and_name_is_replaced_and_reviewed_anew(send: Send, sandbox: Sandbox) -> None:
    upload(send, a_file("string"), a_file(kind="PL"))
    sandbox.advance(hours=2)
    upload(send, a_file(ADDRESS))
    first, second = shown(send)
    assert (first["fileType"], first["file"], first["verifyStatus"]) == ("IN", ADDRESS, "Under review")
    assert (second["fileType"], second["verifyStatus"]) == ("PL", "Approved")


def test_a_large_file_leaves_a_digest_and_no_content_behind(send: Send, sandbox: Sandbox) -> None:
    content = bytes(6_000_000)
    assert upload(send, a_file(b64encode(content).decode()))["code"] == 0
    world = next(sandbox.tenant.accounts["orangeconnex"].worlds())
    (kept,) = world.inbound_files[ORDER].values()
    assert kept.size == len(content)
    assert len(repr(kept)) < 300


def test_files_for_an_unknown_order_are_refused(send: Send) -> None:
    reply = upload(send, a_file(), order="OCI5DE00000001")
    assert (reply["code"], reply["errors"][0]["code"]) == (4, "400484")
    assert shown(send) == []


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "400002"),
        ([None], "400003"),
        ([{}], "400002"),
        ([a_file("")], "400002"),
        ([a_file(1e29)], "400003"),
        ([a_file(), a_file(name="x" * 256)], "400004"),
        ([a_file(kind="")], "400002"),
        ([a_file(kind=["IN"])], "400003"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_files_that_break_the_schema_are_a_parameter_error(send: Send, files: Any, code: str) -> None:
    reply = upload(send, *files)
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)
    assert shown(send) == []
