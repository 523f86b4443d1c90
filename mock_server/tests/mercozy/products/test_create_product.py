"""What a new product is, and what is refused."""

from typing import Any

import pytest

JUG = {"sku": "DEMO-JUG", "name": "Enamel jug", "unitPrice": 1999}


def test_a_new_product_is_found_everywhere_where_products_are(shop: Any) -> None:
    made = shop.post("/products", JUG)
    assert made.status == 201
    assert shop.get(f"/products/{made.data['id']}").data == made.data
    assert shop.get("/products", limit=100).data[-1] == {**made.data, "price": 1999, "currency": "USD"}
    inventory = shop.get(f"/inventory/{made.data['id']}").data
    assert (inventory["quantity"], inventory["sku"], inventory["warehouseId"]) == (0, "DEMO-JUG", None)


def test_a_new_product_has_no_stock_record_until_something_moves(shop: Any) -> None:
    made = shop.post("/products", JUG).data
    assert made["id"] not in {row["productId"] for row in shop.get("/inventory").data}
    assert shop.move("IN", 5, product=made["id"]).status == 201
    assert made["id"] in {row["productId"] for row in shop.get("/inventory").data}
    assert shop.get(f"/products/{made['id']}").data["stockTotal"] == 5


def test_a_new_product_never_runs_low(shop: Any) -> None:
    made = shop.post("/products", JUG).data
    shop.move("IN", 1, product=made["id"])
    shop.move("OUT", 1, product=made["id"])
    assert made["id"] not in {row["productId"] for row in shop.get("/inventory", lowStock="true").data}


def test_what_the_server_decides_cannot_be_given(shop: Any) -> None:
    own = {"id": "prod_mine", "stockTotal": 9, "createdAt": "2020-01-01T00:00:00Z", "updatedAt": "2020-01-01T00:00:00Z"}
    data = shop.post("/products", JUG | own).data
    assert data["id"].startswith("prod_")
    assert data["id"] != "prod_mine"
    assert (data["stockTotal"], data["createdAt"], data["updatedAt"]) == (0, *["2025-12-15T10:30:00Z"] * 2)


def test_a_product_is_active_unless_it_is_said_not_to_be(shop: Any) -> None:
    assert shop.post("/products", JUG).data["isActive"] is True
    assert shop.post("/products", JUG | {"isActive": False}).data["isActive"] is False


def test_a_sku_may_stand_twice_and_so_may_a_product(shop: Any) -> None:
    ids = {shop.post("/products", JUG).data["id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("weight", ["0", "350", "350.5", "350.50", "0.001", "999999999.999"])
def test_a_weight_comes_back_as_it_was(shop: Any, weight: str) -> None:
    assert shop.post("/products", JUG | {"weight": weight}).data["weight"] == weight


@pytest.mark.parametrize("text", ["\0", "\U0001f4e6" * 100, "ё" * 10_000, "{x}", "$data", "<b>", ""])
def test_any_text_comes_back_as_it_was(shop: Any, text: str) -> None:
    names = ("description", "barcode", "brand", "categoryId")
    data = shop.post("/products", JUG | dict.fromkeys(names, text) | {"images": [text, text]}).data
    assert {data[name] for name in names} == {text}
    assert data["images"] == [text, text]


def test_a_null_is_a_missing_field(shop: Any) -> None:
    data = shop.post("/products", JUG | {"brand": None, "images": None, "isActive": None}).data
    assert (data["brand"], data["images"], data["isActive"]) == (None, [], True)
    assert shop.post("/products", JUG | {"name": None}).body["message"] == "name is required"


def test_a_whole_number_with_a_point_is_a_whole_number(shop: Any) -> None:
    price = shop.post("/products", JUG | {"unitPrice": 5.0}).data["unitPrice"]
    assert price == 5
    assert type(price) is int


@pytest.mark.parametrize("field", ["sku", "name", "unitPrice"])
def test_a_missing_field_is_named(shop: Any, field: str) -> None:
    answer = shop.post("/products", {name: value for name, value in JUG.items() if name != field})
    assert (answer.status, answer.body["message"]) == (400, f"{field} is required")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in ("sku", "name") for value in ("", 5, [], {})),
        *(
            (name, value)
            for name in ("unitPrice", "normalPrice", "purchasePrice")
            for value in (-1, 19.99, "1999", True, [], 1e29, 10**9 + 1)
        ),
        *((name, value) for name in ("description", "barcode", "brand", "categoryId") for value in (5, [], {})),
        *(
            ("weight", value)
            for value in (350, "", "350g", "-1", "01", ".5", "1.", "1e3", "1,5", "1.0000", "9" * 10, "３")
        ),
        *(("isActive", value) for value in ("true", 1, [])),
        *(("images", value) for value in ("https://images.example.com/a.jpg", {}, [5], [None])),
    ],
)
def test_a_field_of_the_wrong_form_is_named(shop: Any, field: str, value: Any) -> None:
    before = shop.get("/products").body
    answer = shop.post("/products", JUG | {field: value})
    assert (answer.status, answer.body["error"]) == (400, "Bad Request")
    assert answer.body["message"].startswith(f"{field} ")
    assert shop.get("/products").body == before


def test_two_tenants_products_are_apart(shop: Any) -> None:
    other = type(shop)(type(shop.sandbox)())
    made = shop.post("/products", JUG).data["id"]
    assert other.get(f"/products/{made}").status == 404
