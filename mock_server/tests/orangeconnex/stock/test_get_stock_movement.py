"""GetStockMovement: what the handler decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from oc_sandbox import Sandbox
from oc_sandbox.formats import write_date_time

Send = Callable[..., Any]
LAMP, CASE = "OC0000250380015", "OC0000012220012"


def test_a_sku_named_twice_comes_once_in_the_order_asked_for(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    for sku in (LAMP, CASE):
        sandbox.set_stock(sku, "UK", available=7)
    window = {
        "startTime": write_date_time(sandbox.now() - timedelta(days=1)),
        "endTime": write_date_time(sandbox.now()),
    }
    asked = {**window, "mfSkuList": [{"mfSkuId": sku} for sku in (CASE, LAMP, CASE)]}
    found = send("get_stock_movement", {"data": asked}, to=sandbox)["data"]
    assert [row["MFSKUID"] for row in found] == [CASE, LAMP]


def announce(send: Send, sandbox: Sandbox, *quantities: int) -> str:
    """An inbound order of the case with a carton for each quantity."""
    order = {
        "sellerInboundNumber": "IN-1",
        "serviceRegion": "UK",
        "shippingFrom": "CN",
        "shippingMethod": "EX",
        "eta": "2026-12-01+0800",
        "cartonList": [{"productList": [{"mfskuid": CASE, "quantity": quantity}]} for quantity in quantities],
    }
    return str(send("place_inbound_order", {"data": order}, to=sandbox)["data"]["inboundNumber"])


def of_order(send: Send, sandbox: Sandbox, number: str) -> dict[str, list[dict[str, Any]]]:
    """The lines that an order wrote for the case in the last week, by bucket."""
    asked = {"startTime": write_date_time(sandbox.now() - timedelta(days=7)), "mfSkuList": [{"mfSkuId": CASE}]}
    (sku,) = send("get_stock_movement", {"data": asked}, to=sandbox)["data"]
    return {
        bucket["inventoryStatus"]: [line for line in bucket["movementList"] if line.get("orderNumber") == number]
        for region in sku["serviceRegionList"]
        if region["serviceRegion"] == "UK"
        for bucket in region["inventoryList"]
    }


def test_a_put_away_comes_in_small_steps_of_one_second_with_a_running_count(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    sandbox.set_stock(CASE, "UK", available=100)
    number = announce(send, sandbox, 26)
    sandbox.advance(days=7, hours=12)
    lines = of_order(send, sandbox, number)
    assert [line["quantity"] for line in lines["AVL"]] == [4, 4, 4, 1]
    assert [line["actualCount"] for line in lines["AVL"]] == [104, 108, 112, 113]
    assert [(line["quantity"], line["actualCount"]) for line in lines["RCVD"]] == [
        (26, 26),
        (-4, 22),
        (-4, 18),
        (-4, 14),
        (-1, 13),
    ]
    assert {line["reason"] for line in lines["AVL"]} == {"PAC"}
    assert {line["updateTime"] for line in lines["AVL"]} == {lines["RCVD"][-1]["updateTime"]}


def test_a_large_line_is_put_away_in_few_movements_with_ids_of_their_own(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    sandbox.set_stock(CASE, "UK", available=0)
    number = announce(send, sandbox, 100_000, 3)
    sandbox.advance(days=8)
    lines = of_order(send, sandbox, number)
    assert [line["quantity"] for line in lines["AVL"]] == [*[2000] * 25, 1, *[2000] * 25, 2]
    assert lines["AVL"][-1]["actualCount"] == 100_003 == sandbox.stock(CASE, "UK")[0]["available"]
    ids = [line["moventmentID"] for bucket in lines.values() for line in bucket]
    assert len(set(ids)) == len(ids)
    sandbox.advance(days=40)
    page = {"skuList": [{"mfSkuId": CASE}], "serviceRegionList": [{"serviceRegion": "UK"}]}
    (row,) = send("get_stock_age", {"data": page | {"pageNumber": 1, "pageSize": 1}}, to=sandbox)["data"]["SKUList"]
    assert [each["quantity"] for each in row["ageList"] if each["quantity"]] == [100_003]
