"""What the API says after its shop's owner did something beside it."""

from typing import Any

import pytest
from oc_sandbox.control.problems import Conflict


def test_stock_can_move_into_a_new_warehouse(shop: Any) -> None:
    assert shop.move("IN", 4, warehouse="wh_north").status == 404
    shop.sandbox.mercozy.add_warehouse("North", "wh_north")
    assert shop.move("IN", 4, warehouse="wh_north").data["warehouseName"] == "North"
    (row,) = shop.get("/inventory", warehouseId="wh_north").data
    assert (row["warehouseName"], row["quantity"]) == ("North", 4)


def test_a_threshold_decides_what_is_low(shop: Any) -> None:
    shop.sandbox.mercozy.set_low_stock_threshold("prod_abc123", 43)
    rows = {row["productId"]: row for row in shop.get("/inventory", lowStock="true").data}
    assert rows["prod_abc123"]["minThreshold"] == 43
    assert shop.get("/inventory/prod_abc123").data["lowStockThreshold"] == 43
    shop.sandbox.mercozy.set_low_stock_threshold("prod_abc123", 42)
    assert "prod_abc123" not in {row["productId"] for row in shop.get("/inventory", lowStock="true").data}


def test_a_restored_product_is_as_it_was(shop: Any) -> None:
    def everything() -> list[Any]:
        return [
            shop.get(path).body for path in ("/products", "/inventory", "/stock-movements", "/inventory/prod_demo01")
        ]

    before = everything()
    shop.delete("/products/prod_demo01")
    assert shop.sandbox.mercozy.product("prod_demo01")["deleted"]
    shop.sandbox.mercozy.restore_product("prod_demo01")
    assert everything() == before
    assert shop.move("OUT", 1, product="prod_demo01").status == 201


def test_a_product_can_be_restored_for_30_days_and_no_longer(shop: Any) -> None:
    for product in ("prod_abc123", "prod_demo01"):
        shop.delete(f"/products/{product}")
    shop.sandbox.advance(days=30)
    shop.sandbox.mercozy.restore_product("prod_abc123")
    shop.sandbox.advance(seconds=1)
    with pytest.raises(Conflict, match="too long ago"):
        shop.sandbox.mercozy.restore_product("prod_demo01")
    assert shop.get("/products/prod_demo01").status == 404
    shop.delete("/products/prod_abc123")
    shop.sandbox.mercozy.restore_product("prod_abc123")
