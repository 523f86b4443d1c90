"""What is left of a deleted product."""

from typing import Any

import pytest


def test_a_deleted_product_is_found_no_more(shop: Any) -> None:
    before = shop.get("/products/prod_demo01").data
    gone = shop.delete("/products/prod_demo01")
    assert (gone.status, gone.data) == (200, before)
    assert shop.get("/products/prod_demo01").status == 404
    assert shop.get("/inventory/prod_demo01").status == 404
    assert shop.put("/products/prod_demo01", {"name": "x"}).status == 404
    assert shop.delete("/products/prod_demo01").status == 404
    products, inventory = shop.get("/products"), shop.get("/inventory")
    assert "prod_demo01" not in {row["id"] for row in products.data}
    assert "prod_demo01" not in {row["productId"] for row in inventory.data}
    assert (products.body["meta"]["total"], inventory.body["meta"]["total"]) == (5, 3)


@pytest.mark.parametrize("kind", ["IN", "OUT"])
def test_a_deleted_product_does_not_move(shop: Any, kind: str) -> None:
    shop.delete("/products/prod_abc123")
    answer = shop.move(kind, 1)
    assert (answer.status, answer.body["message"]) == (404, "Product not found")


def test_its_movements_are_listed_all_the_same(shop: Any) -> None:
    before = shop.get("/stock-movements").body
    shop.delete("/products/prod_demo01")
    assert shop.get("/stock-movements").body == before
    assert shop.get("/stock-movements", productId="prod_demo01").body["meta"]["total"] == 4


def test_pages_of_what_is_left_have_no_gaps(shop: Any) -> None:
    shop.delete("/products/product-uuid")
    pages = [[row["id"] for row in shop.get("/products", limit=2, page=page).data] for page in (1, 2, 3)]
    assert pages == [["prod_abc123", "prod_demo01"], ["prod_demo02", "prod_demo03"], ["prod_demo04"]]


@pytest.mark.parametrize("product_id", ["nobody", "\0", "ё", "{id}", " "])
def test_an_unknown_product_is_not_found(shop: Any, product_id: str) -> None:
    assert shop.delete(f"/products/{product_id}").body["message"] == "Product not found"


def test_nothing_of_a_body_counts(shop: Any) -> None:
    assert shop._send("DELETE", "/products/prod_abc123", b"{").status == 200
