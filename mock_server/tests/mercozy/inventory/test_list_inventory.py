"""Which stock records a list gives."""

from typing import Any

import pytest


def rows(answer: Any) -> list[tuple[str, str, int]]:
    return [(row["productId"], row["warehouseId"], row["quantity"]) for row in answer.data]


def test_each_product_has_a_row_for_each_warehouse_where_it_is_or_was(shop: Any) -> None:
    assert rows(shop.get("/inventory")) == [
        ("prod_abc123", "wh_main", 42),
        ("prod_demo01", "wh_main", 82),
        ("prod_demo01", "wh_east", 40),
        ("prod_demo02", "wh_main", 4),
        ("prod_demo03", "wh_main", 0),
    ]


def test_low_is_strictly_below_the_threshold(shop: Any) -> None:
    shop.move("OUT", 32)
    assert "prod_abc123" not in {row["productId"] for row in shop.get("/inventory", lowStock="true").data}
    shop.move("OUT", 1)
    assert ("prod_abc123", "wh_main", 9) in rows(shop.get("/inventory", lowStock="true"))


def test_a_false_low_stock_asks_for_everything(shop: Any) -> None:
    assert shop.get("/inventory", lowStock="false").body == shop.get("/inventory").body


@pytest.mark.parametrize("text", ["", "1", "TRUE", "yes", "null"])
def test_low_stock_is_true_or_false(shop: Any, text: str) -> None:
    answer = shop.get("/inventory", lowStock=text)
    assert (answer.status, answer.body["message"]) == (400, "lowStock must be of type boolean")


def test_filters_hold_together_and_count_before_the_page_is_cut(shop: Any) -> None:
    answer = shop.get("/inventory", warehouseId="wh_main", lowStock="true", limit=1, page=2)
    assert rows(answer) == [("prod_demo03", "wh_main", 0)]
    assert answer.body["meta"] == {"total": 2, "page": 2, "limit": 1}


def test_a_record_keeps_its_id_and_bears_the_time_of_its_last_movement(shop: Any) -> None:
    before = shop.get("/inventory", limit=1).data[0]
    shop.sandbox.advance(minutes=1)
    shop.move("IN", 1)
    after = shop.get("/inventory", limit=1).data[0]
    assert after == {**before, "quantity": 43, "availableQuantity": 43, "updatedAt": "2025-12-15T10:31:00Z"}
    ids = [row["id"] for row in shop.get("/inventory").data]
    assert len(set(ids)) == len(ids)
