"""What an update changes, and what it leaves."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from shops import Shop

PATH = "/products/prod_abc123"
GIVEN = {
    "sku": "NEW-1",
    "name": "New name",
    "description": "New",
    "barcode": "4006381333948",
    "brand": "New",
    "categoryId": "cat_new",
    "unitPrice": 1,
    "normalPrice": 2,
    "purchasePrice": 3,
    "weight": "4.5",
    "isActive": False,
    "images": ["https://images.example.com/new.jpg"],
}


@pytest.mark.parametrize("field", GIVEN)
def test_one_field_changes_and_the_others_stay(shop: Any, field: str) -> None:
    before = shop.get(PATH).data
    shop.sandbox.advance(hours=1)
    changed = shop.put(PATH, {field: GIVEN[field]})
    assert changed.status == 200
    assert changed.data == before | {field: GIVEN[field], "updatedAt": "2025-12-15T11:30:00Z"}
    assert shop.get(PATH).data == changed.data


def test_what_is_left_out_keeps_its_value_also_where_creation_has_a_default(shop: Any) -> None:
    shop.put(PATH, {"isActive": False})
    assert shop.put(PATH, {"brand": "B"}).data["isActive"] is False


def test_a_null_changes_nothing(shop: Any) -> None:
    assert shop.put(PATH, {"brand": None, "name": None}).data["brand"] == "Acme Corp"


def test_a_product_that_was_read_can_be_sent_back_whole(shop: Any) -> None:
    before = shop.get(PATH).data
    assert shop.put(PATH, before).data == before | {"updatedAt": "2025-12-15T10:30:00Z"}


def test_images_are_replaced_and_can_be_emptied(shop: Any) -> None:
    shop.put(PATH, {"images": ["a", "b"]})
    assert shop.put(PATH, {"images": ["c"]}).data["images"] == ["c"]
    assert shop.put(PATH, {"images": []}).data["images"] == []


def test_what_the_server_decides_cannot_be_changed(shop: Any) -> None:
    own = {
        "id": "prod_demo01",
        "stockTotal": 9,
        "createdAt": "2020-01-01T00:00:00Z",
        "updatedAt": "2020-01-01T00:00:00Z",
    }
    before = shop.get(PATH).data
    assert shop.put(PATH, own).data == before | {"updatedAt": "2025-12-15T10:30:00Z"}
    assert shop.get("/products/prod_demo01").data["name"] == "Ceramic mug, red"


def test_a_new_name_shows_wherever_the_product_is_named(shop: Any) -> None:
    shop.put(PATH, {"name": "Widget II", "sku": "WDG-002"})
    for row in shop.get("/inventory", limit=1).data, shop.get("/stock-movements", productId="prod_abc123").data:
        assert (row[0]["productName"], row[0]["productSku"]) == ("Widget II", "WDG-002")
    one = shop.get("/inventory/prod_abc123").data
    assert (one["productName"], one["sku"]) == ("Widget II", "WDG-002")


def test_a_product_keeps_its_place_in_the_list(shop: Any) -> None:
    shop.put("/products/prod_demo01", {"name": "Mug"})
    assert [row["id"] for row in shop.get("/products").data][2] == "prod_demo01"


def test_stock_and_movements_are_untouched(shop: Any) -> None:
    before = shop.get("/inventory/prod_abc123").data["quantity"], shop.get("/stock-movements").body["meta"]
    shop.put(PATH, {"unitPrice": 1})
    assert before == (shop.get("/inventory/prod_abc123").data["quantity"], shop.get("/stock-movements").body["meta"])


@pytest.mark.parametrize("product_id", ["nobody", "\0", "ё", "{id}", " "])
def test_an_unknown_product_is_not_found(shop: Any, product_id: str) -> None:
    answer = shop.put(f"/products/{product_id}", {"name": "x"})
    assert (answer.status, answer.body["message"]) == (404, "Product not found")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"5", b"null", {"name": ""}, {"sku": ""}, {"unitPrice": -1}, {"weight": "a"}, {"images": "a"}],
)
def test_a_wrong_request_is_refused_whole(shop: Any, body: Any) -> None:
    before = shop.get("/products").body
    wrong = {"brand": "Changed", **body} if isinstance(body, dict) else body
    answer = shop.put(PATH, wrong)
    assert answer.status == 400
    assert set(answer.body) == {"statusCode", "message", "error"}
    assert shop.get("/products").body == before


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)


@given(body=st.dictionaries(st.sampled_from([*GIVEN, "id"]) | st.text(max_size=5), anything, max_size=4) | anything)
def test_any_json_is_taken_or_refused_whole(body: Any) -> None:
    shop = Shop(Sandbox())
    before = shop.get("/products").body
    answer = shop.put(PATH, orjson.dumps(body))
    assert answer.status in (200, 400)
    after = shop.get("/products").body
    if answer.status == 400:
        assert after == before
    else:
        assert after["data"][1:] == before["data"][1:]
        assert shop.get(PATH).data == answer.data
