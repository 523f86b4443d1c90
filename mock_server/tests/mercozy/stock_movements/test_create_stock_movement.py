"""What reporting a movement does to the stock, and what is refused."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.domain.clock import Clock
from oc_sandbox.domain.ids import Ids
from oc_sandbox.domain.ledger import Bucket
from oc_sandbox.domain.world import World
from oc_sandbox.mercozy import seeds
from oc_sandbox.mercozy.stock_movements import create_stock_movement
from oc_sandbox.mercozy.vocabulary import KIND_CODES, change_of
from oc_sandbox.refusal import Refused


@pytest.mark.parametrize(
    ("kind", "after"), [("IN", 47), ("OUT", 37), ("ADJUSTMENT", 47), ("TRANSFER_OUT", 37), ("TRANSFER_IN", 47)]
)
def test_a_movement_changes_the_stock_as_its_type_says(shop: Any, kind: str, after: int) -> None:
    answer = shop.move(kind, 5)
    assert answer.status == 201
    assert answer.data["quantity"] == 5
    assert shop.quantity() == after


@pytest.mark.parametrize("kind", ["OUT", "TRANSFER_OUT"])
def test_all_that_is_there_may_leave_but_not_a_piece_more(shop: Any, kind: str) -> None:
    refused = shop.move(kind, 43)
    assert refused.status == 409
    assert refused.body["error"] == "Conflict"
    assert shop.quantity() == 42
    assert shop.move(kind, 42).status == 201
    assert shop.quantity() == 0


def test_stock_in_another_warehouse_does_not_count(shop: Any) -> None:
    assert shop.move("OUT", 1, warehouse="wh_east").status == 409


def test_a_product_gets_a_stock_record_where_it_had_none(shop: Any) -> None:
    assert shop.move("IN", 3, warehouse="wh_east").status == 201
    rows = shop.get("/inventory", warehouseId="wh_east").data
    assert [(row["productId"], row["quantity"]) for row in rows] == [("prod_abc123", 3), ("prod_demo01", 40)]


def test_a_refused_movement_leaves_no_record(shop: Any) -> None:
    before = shop.get("/stock-movements").body, shop.get("/inventory").body
    shop.move("OUT", 1, warehouse="warehouse-uuid")
    assert (shop.get("/stock-movements").body, shop.get("/inventory").body) == before


def test_the_same_movement_twice_is_two_movements(shop: Any) -> None:
    ids = {shop.move("IN", 1, reference="PO-1").data["id"] for _ in range(2)}
    assert len(ids) == 2
    assert shop.quantity() == 44


def test_a_null_is_a_missing_field(shop: Any) -> None:
    answer = shop.move("IN", 1, variantId=None, unitCost=None, notes=None)
    assert answer.status == 201
    assert answer.data["unitCost"] is None
    assert shop.move("IN", None).body["message"] == "quantity is required"


def test_a_whole_number_with_a_point_is_a_whole_number(shop: Any) -> None:
    answer = shop.move("IN", 2.0, unitCost=5.0)
    assert (answer.data["quantity"], answer.data["unitCost"]) == (2, 5)
    assert type(answer.data["quantity"]) is int


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("quantity", value) for value in (0, -1, 1.5, "5", "", True, [], {}, 1e29, 10**9 + 1, 10**40)),
        *(("movementType", value) for value in ("in", "RETURN", "", 1, ["IN"])),
        *(("productId", value) for value in ("", 5, [], {})),
        *(("warehouseId", value) for value in ("", 5)),
        *(("unitCost", value) for value in (-1, "5", 1.5, 1e29)),
        *((name, value) for name in ("variantId", "reference", "batchNumber", "notes") for value in (5, [], {})),
    ],
)
def test_a_field_of_the_wrong_form_is_named(shop: Any, field: str, value: Any) -> None:
    row = {"productId": "prod_abc123", "warehouseId": "wh_main", "quantity": 1, "movementType": "IN", field: value}
    # orjson writes no integer above 64 bits, so the largest goes as its digits.
    body = str(row).replace("'", '"').encode() if value == 10**40 else row
    answer = shop.post("/stock-movements", body)
    assert answer.status == 400
    assert (answer.body["statusCode"], answer.body["error"]) == (400, "Bad Request")
    assert answer.body["message"].startswith(f"{field} ")


@pytest.mark.parametrize("field", ["productId", "warehouseId", "quantity", "movementType"])
def test_a_missing_field_is_named(shop: Any, field: str) -> None:
    row = {"productId": "prod_abc123", "warehouseId": "wh_main", "quantity": 1, "movementType": "IN"}
    del row[field]
    assert shop.post("/stock-movements", row).body["message"] == f"{field} is required"


def test_keys_are_read_with_regard_to_case(shop: Any) -> None:
    row = {"ProductId": "prod_abc123", "warehouseId": "wh_main", "quantity": 1, "movementType": "IN"}
    assert shop.post("/stock-movements", row).body["message"] == "productId is required"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"null", b'"x"', b"[" * 5000, b'{"quantity":1,"quantity":2}'])
def test_a_body_that_is_no_movement_is_refused(shop: Any, body: bytes) -> None:
    answer = shop.post("/stock-movements", body)
    assert answer.status == 400
    assert set(answer.body) == {"statusCode", "message", "error"}


@pytest.mark.parametrize("text", ["\0", "\U0001f4e6" * 100, "ё" * 10_000, "{x}", "$data", ""])
def test_any_text_comes_back_as_it_was(shop: Any, text: str) -> None:
    answer = shop.move("IN", 1, notes=text, reference=text)
    assert (answer.data["notes"], answer.data["reference"]) == (text, text)


def a_world() -> World:
    world = World(Clock("manual"), Ids("test"))
    seeds.sow(world)
    return world


ROWS = st.fixed_dictionaries(
    {
        "productId": st.sampled_from(("prod_abc123", "product-uuid", "prod_none")),
        "warehouseId": st.sampled_from(("wh_main", "wh_east", "wh_none")),
        "quantity": st.integers(1, 60),
        "movementType": st.sampled_from(sorted(KIND_CODES.values())),
    }
)


@given(rows=st.lists(ROWS, max_size=20))
def test_the_stock_is_always_the_sum_of_the_movements(rows: list[dict[str, Any]]) -> None:
    world = a_world()
    for row in rows:
        before = copy.deepcopy((world.ledger, world.shop_movements))
        try:
            create_stock_movement.handle(row, world)
        except Refused:
            assert (world.ledger, world.shop_movements) == before
        world.clock.advance(1)
    for product_id in world.products:
        for warehouse_id in world.warehouses:
            changes = [
                change_of(movement.kind, movement.quantity)
                for movement in world.shop_movements
                if (movement.product_id, movement.warehouse_id) == (product_id, warehouse_id)
            ]
            assert world.ledger.balance(product_id, warehouse_id, Bucket.AVAILABLE) == sum(changes)


def test_the_same_calls_in_a_tenant_of_the_same_key_give_the_same_ids() -> None:
    ids = []
    for _ in range(2):
        world = World(Clock("manual"), Ids("test"))
        seeds.sow(world)
        row = {"productId": "prod_abc123", "warehouseId": "wh_main", "quantity": 1, "movementType": "IN"}
        ids.append(create_stock_movement.handle(row, world)["id"])
    assert ids[0] == ids[1]


def test_mercozy_s_stock_is_apart_from_orangeconnex_s(shop: Any) -> None:
    sandbox: Sandbox = shop.sandbox
    before = sandbox.stock()
    shop.move("IN", 5)
    assert sandbox.stock() == before
