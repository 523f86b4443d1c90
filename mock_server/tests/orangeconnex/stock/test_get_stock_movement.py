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
