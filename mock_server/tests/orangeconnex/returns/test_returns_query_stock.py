"""Which returned pieces come back, on which page, and in whose envelope refusals come."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of

Send = Callable[..., Any]
IDS = ["DE01UC", "DE01UC001", "DE01UC002", "DE01UC003", "DE01UC004", "asdfg12345"]


def query(send: Send, **data: Any) -> Any:
    return send("returns_query_stock", {"messageId": "m-1", "data": {"uniqueIdList": IDS, **data}})


def test_the_documented_request_finds_four_of_six(sandbox: Sandbox, send: Send) -> None:
    reply = send("returns_query_stock", sandbox.sample("returns_query_stock").body)
    result = reply["result"]
    assert (reply["requestId"], reply["success"], reply["errorCode"]) == ("123456789", True, "")
    assert (result["requestCount"], result["successCount"], result["failedCount"]) == (6, 4, 2)
    assert [piece["uniqueId"] for piece in result["inventoryList"]] == IDS[1:5]
    assert result["failedList"] == ["DE01UC", "asdfg12345"]
    assert (result["hasNextPage"], result["totalPage"]) == (False, 1)


def test_a_piece_counts_once_in_its_bucket(send: Send) -> None:
    piece = query(send)["result"]["inventoryList"][0]
    buckets = ("available", "reservedAllocated", "reservedHold", "reservedVAS", "unfulfillable", "suspend")
    assert [piece[name] for name in buckets] == [1, 0, 0, 0, 0, 0]


def test_pages_are_of_the_pieces_found_and_each_tells_all_that_failed(send: Send) -> None:
    pages = [query(send, pageNumber=number, pageSize=3)["result"] for number in (1, 2, 3)]
    assert [[piece["uniqueId"] for piece in page["inventoryList"]] for page in pages] == [IDS[1:4], IDS[4:5], []]
    assert [page["hasNextPage"] for page in pages] == [True, False, False]
    assert {page["totalPage"] for page in pages} == {2}
    assert all(page["failedCount"] == 2 for page in pages)


def test_an_id_asked_for_twice_counts_once(send: Send) -> None:
    result = query(send, uniqueIdList=["DE01UC001", "DE01UC001", "x", "x"])["result"]
    assert (result["requestCount"], result["successCount"], result["failedList"]) == (2, 1, ["x"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"uniqueIdList": None},
        {"uniqueIdList": "DE01UC001"},
        {"uniqueIdList": [5]},
        {"pageNumber": 0},
        {"pageSize": 0},
        {"pageSize": 201},
        {"pageNumber": 1e29},
        {"serviceType": "ORDER"},
    ],
    ids=str,
)
def test_a_parameter_error_comes_in_the_operations_own_envelope(send: Send, wrong: dict[str, Any]) -> None:
    reply = query(send, **wrong)
    assert sorted(reply) == sorted(catalog().operations["returns_query_stock"].response["properties"])
    assert (reply["success"], reply["result"], reply["requestId"]) == (False, None, "m-1")
    assert reply["errorCode"].startswith("4000")


def test_text_that_is_no_json_is_refused_in_it_too(send: Send) -> None:
    assert send("returns_query_stock", b"{")["errorCode"] == "400001"
    assert send("returns_query_stock", b'{"data":{"pageNumber":1,"PAGENUMBER":1}}')["errorCode"] == "400001"


def test_the_api_and_its_other_operations_keep_their_envelope(send: Send) -> None:
    assert set(send("stock_snapshot_v2", b"{")) == {"code", "errors", "message", "messageId"}


def test_the_token_alone_names_tenant_and_seller(sandbox: Sandbox) -> None:
    operation = catalog().operations["returns_query_stock"]
    wanted = sandbox.sample("returns_query_stock")
    assert set(wanted.headers) == {"Content-Type", "Access-Token"}
    bad = call_of(operation, wanted)._replace(headers={"content-type": "application/json", "access-token": "Bearer x"})
    assert orjson.loads(sandbox.send(bad).body)["errorMsg"] == "Authentication Fail:access token invalid"
    stranger = bad._replace(headers={**bad.headers, "clientkey": "nobody"})
    assert orjson.loads(sandbox.send(stranger).body)["hasBusinessException"] is True
