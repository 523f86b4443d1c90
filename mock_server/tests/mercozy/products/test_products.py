"""The catalogue, in pages and one by one."""

from typing import Any


def test_the_total_of_a_product_s_stock_follows_its_movements(shop: Any) -> None:
    assert shop.get("/products/prod_demo01").data["stockTotal"] == 122
    shop.move("OUT", 22, product="prod_demo01")
    assert shop.get("/products/prod_demo01").data["stockTotal"] == 100


def test_pages_cover_the_catalogue_once(shop: Any) -> None:
    everything = shop.get("/products", limit=100)
    pages = [shop.get("/products", limit=4, page=page).data for page in (1, 2, 3)]
    assert [row for page in pages for row in page] == everything.data
    assert everything.body["meta"]["total"] == len(everything.data)
    assert shop.get("/products", page="9" * 18).data == []


def test_a_listed_product_is_the_single_one_with_price_and_currency(shop: Any) -> None:
    for row in shop.get("/products").data:
        single = shop.get(f"/products/{row['id']}").data
        assert row == {**single, "price": single["unitPrice"], "currency": "USD"}


def test_a_weight_is_text(shop: Any) -> None:
    assert shop.get("/products/prod_demo01").data["weight"] == "350"
