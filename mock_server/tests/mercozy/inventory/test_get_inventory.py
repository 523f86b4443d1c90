"""The stock of one product."""

from typing import Any

import pytest


def test_the_stock_of_several_warehouses_is_their_sum_without_a_warehouse(shop: Any) -> None:
    data = shop.get("/inventory/prod_demo01").data
    assert (data["quantity"], data["warehouseId"], data["warehouseName"]) == (122, None, None)


def test_a_product_that_never_had_stock_has_none_anywhere(shop: Any) -> None:
    data = shop.get("/inventory/product-uuid").data
    assert (data["quantity"], data["warehouseId"], data["updatedAt"]) == (0, None, "2025-11-15T10:30:00Z")


def test_a_movement_is_the_last_change(shop: Any) -> None:
    shop.move("OUT", 2)
    data = shop.get("/inventory/prod_abc123").data
    assert (data["quantity"], data["warehouseId"], data["updatedAt"]) == (40, "wh_main", "2025-12-15T10:30:00Z")


@pytest.mark.parametrize("product_id", ["nobody", "\0", "ё", "{productId}", " "])
def test_an_unknown_product_is_not_found(shop: Any, product_id: str) -> None:
    answer = shop.get(f"/inventory/{product_id}")
    assert (answer.status, answer.body["message"]) == (404, "Product not found")


def test_the_path_names_the_product_whatever_the_query_says(shop: Any) -> None:
    assert shop.get("/inventory/prod_abc123", productId="prod_demo01").data["productId"] == "prod_abc123"
