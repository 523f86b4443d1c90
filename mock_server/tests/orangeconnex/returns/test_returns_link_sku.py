"""Which pieces a link reaches, and what it leaves as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from calls import remembered, the_world
from oc_sandbox import Sandbox

Send = Callable[..., Any]
CASE, LAMP = "OC0000012220012", "OC0000250380015"


def link(send: Send, sku: Any, *ids: Any) -> Any:
    return send("returns_link_sku", {"messageId": "m-1", "data": {"mfSkuId": sku, "uniqueIdList": list(ids)}})


def pieces(send: Send, *ids: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = send("returns_query_stock", {"data": {"uniqueIdList": ids}})["result"][
        "inventoryList"
    ]
    return found


def test_the_demo_worlds_fourth_piece_is_linked_to_none_until_it_is(send: Send) -> None:
    (before,) = pieces(send, "DE01UC004")
    assert before["mfSkuId"] == ""
    assert link(send, LAMP, "DE01UC004")["result"]["successCount"] == 1
    assert pieces(send, "DE01UC004") == [before | {"mfSkuId": LAMP}]


def test_ids_of_no_piece_are_counted_and_the_others_linked(send: Send) -> None:
    result = link(send, LAMP, "DE01UC001", "x", "DE01UC001", "UK01UC001", "DE01UC002")["result"]
    assert result == {"requestCount": 4, "successCount": 2, "failedCount": 2, "failedList": ["x", "UK01UC001"]}
    assert [piece["mfSkuId"] for piece in pieces(send, "DE01UC001", "DE01UC002", "DE01UC003")] == [LAMP, LAMP, CASE]


def test_the_last_link_counts(send: Send) -> None:
    link(send, LAMP, "DE01UC004")
    link(send, CASE, "DE01UC004")
    assert pieces(send, "DE01UC004")[0]["mfSkuId"] == CASE


def test_a_link_does_not_touch_the_stock_of_the_sku(send: Send, sandbox: Sandbox) -> None:
    before = sandbox.stock()
    link(send, LAMP, "DE01UC001", "DE01UC004")
    assert sandbox.stock() == before


@pytest.mark.parametrize(
    ("sku", "ids", "code"),
    [
        ("OC9", ["DE01UC004"], "400538"),
        ("OC9", ["x"], "400538"),
        ("", ["DE01UC004"], "400002"),
        (None, ["DE01UC004"], "400002"),
        (5, ["DE01UC004"], "400003"),
        (CASE, [], "400002"),
        (CASE, [""], "400002"),
        (CASE, [1e29], "400003"),
        (CASE, ["DE01UC004"] * 201, "400005"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_link_is_refused_and_links_nothing(
    send: Send, sandbox: Sandbox, sku: Any, ids: list[Any], code: str
) -> None:
    before = remembered(the_world(sandbox))
    reply = link(send, sku, *ids)
    assert (reply["requestId"], reply["success"], reply["errorCode"]) == ("m-1", False, code)
    assert remembered(the_world(sandbox)) == before
