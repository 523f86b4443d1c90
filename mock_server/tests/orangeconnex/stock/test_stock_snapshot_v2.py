"""Which rows a snapshot has, in which order, and that paging loses none."""

from collections.abc import Callable
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]


def rows(send: Send, **data: Any) -> list[dict[str, Any]]:
    return list(send("stock_snapshot_v2", {"data": data})["data"]["SKUList"])


def keys(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["MFSKUID"], row["serviceRegion"]) for row in found]


def test_no_filter_means_every_sku_in_every_region(sandbox: Sandbox, send: Send) -> None:
    everything = sorted((row["mf_sku_id"], row["service_region"]) for row in sandbox.stock())
    assert keys(rows(send)) == everything
    assert keys(rows(send, skuList=[], serviceRegionList=[])) == everything


def test_regions_and_skus_narrow_the_rows_together(send: Send) -> None:
    found = rows(
        send,
        SKUList=[{"mfSkuId": "OC0000250380015"}, {"mfSkuId": "OC0000012220012"}, {"mfSkuId": "OC9999999999999"}],
        serviceRegionList=[{"serviceRegion": "DE"}],
    )
    assert keys(found) == [("OC0000012220012", "DE"), ("OC0000250380015", "DE")]


def test_a_sku_that_is_sold_out_keeps_its_row(send: Send) -> None:
    found = rows(send, skuList=[{"mfSkuId": "OC0000250276174"}])
    assert [(row["serviceRegion"], row["available"]) for row in found] == [("DE", 0), ("UK", 0)]


def test_an_order_moves_pieces_from_available_to_allocated(sandbox: Sandbox, send: Send) -> None:
    before = rows(send, skuList=[{"mfSkuId": "OC0000250380015"}], serviceRegionList=[{"serviceRegion": "UK"}])[0]
    body = sandbox.sample("place_outbound_order").body
    assert send("place_outbound_order", body)["code"] == 0
    after = rows(send, skuList=[{"mfSkuId": "OC0000250380015"}], serviceRegionList=[{"serviceRegion": "UK"}])[0]
    assert after == {
        **before,
        "available": before["available"] - 1,
        "reservedAllocated": before["reservedAllocated"] + 1,
    }


@pytest.mark.parametrize("size", [1, 3, 200])
def test_pages_put_together_are_the_whole_and_the_last_is_short(send: Send, size: int) -> None:
    whole, pages = rows(send), []
    while not pages or len(pages[-1]) == size:
        pages.append(rows(send, pageNumber=len(pages) + 1, pageSize=size))
    assert [row for page in pages for row in page] == whole


@pytest.mark.parametrize(
    "data",
    [
        {"pageNumber": 0},
        {"pageSize": 0},
        {"pageSize": 201},
        {"pageNumber": 1e29},
        {"pageNumber": "1"},
        {"skuList": [{}]},
    ],
    ids=str,
)
def test_a_page_that_cannot_be_is_a_parameter_error(send: Send, data: dict[str, Any]) -> None:
    assert send("stock_snapshot_v2", {"data": data})["code"] == 3


def test_numbers_may_arrive_as_whole_floats_and_far_pages_are_empty(send: Send) -> None:
    assert send("stock_snapshot_v2", b'{"data":{"pageNumber":2.0,"pageSize":1.0}}')["data"]["SKUList"]
    assert rows(send, pageNumber=1000000) == []
