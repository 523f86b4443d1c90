"""Stock as the control plane changes it."""

from typing import Any

import pytest
from calls import an_order, answer
from oc_sandbox import Sandbox
from oc_sandbox.control.stock import BadStock
from oc_sandbox.formats import write_date_time

LAMP = "OC0000250380015"


def test_a_quantity_that_is_there_already_writes_no_movement() -> None:
    sandbox = Sandbox()
    shelf = next(sandbox.tenant.accounts["orangeconnex"].worlds()).ledger.shelf(LAMP, "UK")
    sandbox.set_stock(LAMP, "UK", available=7)
    written = len(shelf)
    sandbox.set_stock(LAMP, "UK", available=7)
    assert len(shelf) == written
    sandbox.set_stock(LAMP, "UK", available=8)
    assert len(shelf) == written + 1


@pytest.fixture
def sandbox() -> Sandbox:
    """A world with 100 lamps in the United Kingdom, 90 of them from yesterday."""
    sandbox = Sandbox(clock="manual")
    sandbox.set_stock(LAMP, "UK", available=10)
    sandbox.advance(days=1)
    sandbox.set_stock(LAMP, "UK", available=100)
    return sandbox


def buckets(sandbox: Sandbox) -> dict[str, int]:
    """What is where, of the buckets that freezing touches."""
    (row,) = sandbox.stock(LAMP, "UK")
    return {name: row[name] for name in ("available", "on_hold", "suspended")}


def last_lines(sandbox: Sandbox) -> list[tuple[str, int, int, str]]:
    """What was written at this second: bucket, change, count afterwards and reason."""
    now = write_date_time(sandbox.now())
    query = {"startTime": now, "endTime": now, "mfSkuList": [{"mfSkuId": LAMP}]}
    return [
        (bucket["inventoryStatus"], line["quantity"], line["actualCount"], line["reason"])
        for sku in answer(sandbox, "get_stock_movement", {"data": query})["data"]
        for region in sku["serviceRegionList"]
        for bucket in region["inventoryList"]
        for line in bucket["movementList"]
    ]


def ages(sandbox: Sandbox) -> list[int]:
    """What the age query says of the lamp, bracket by bracket; the sum must be what is available."""
    query = {"skuList": [{"mfSkuId": LAMP}], "serviceRegionList": [{"serviceRegion": "UK"}]}
    page = {"pageNumber": 1, "pageSize": 1}
    (row,) = answer(sandbox, "get_stock_age", {"data": query | page})["data"]["SKUList"]
    assert sum(each["quantity"] for each in row["ageList"]) == row["available"] == buckets(sandbox)["available"]
    return [each["quantity"] for each in row["ageList"]]


def test_frozen_pieces_move_from_one_bucket_to_the_other_and_back(sandbox: Sandbox) -> None:
    sandbox.advance(hours=1)
    sandbox.set_stock(LAMP, "UK", suspended=5, reason="frozen")
    assert buckets(sandbox) == {"available": 95, "on_hold": 0, "suspended": 5}
    assert last_lines(sandbox) == [("AVL", -5, 95, "OEH"), ("SUSPEND", 5, 5, "OEH")]
    sandbox.advance(hours=1)
    sandbox.set_stock(LAMP, "UK", suspended=2, on_hold=1, reason="frozen")
    assert last_lines(sandbox) == [("AVL", 2, 97, "OEH"), ("RSVHOLD", 1, 1, "OEH"), ("SUSPEND", -3, 2, "OEH")]
    sandbox.advance(hours=1)
    sandbox.set_stock(LAMP, "UK", suspended=0, on_hold=0, reason="frozen")
    assert buckets(sandbox) == {"available": 100, "on_hold": 0, "suspended": 0}


@pytest.mark.parametrize("form", ["code", "code_and_text", "text"])
def test_a_black_freeze_has_a_text_and_no_code(sandbox: Sandbox, form: str) -> None:
    sandbox.assume(movement_reason=form)
    sandbox.advance(hours=1)
    sandbox.set_stock(LAMP, "UK", on_hold=1, reason="black_frozen")
    assert {reason for _, _, _, reason in last_lines(sandbox)} == {"OC Black Inventory Freeze"}


def test_frozen_pieces_cannot_be_sold_and_those_that_are_freed_are_as_old_as_before(sandbox: Sandbox) -> None:
    sandbox.advance(days=65)
    before = ages(sandbox)
    sandbox.set_stock(LAMP, "UK", suspended=98, reason="frozen")
    order = an_order("A-1", productList=[{"MFSKUID": LAMP, "SKUQuantity": 3}])
    assert answer(sandbox, "place_outbound_order", {"data": [order]})["errors"][0]["code"] == "400448"
    assert sum(ages(sandbox)) == 2
    sandbox.advance(days=1)
    sandbox.set_stock(LAMP, "UK", suspended=0, reason="frozen")
    assert ages(sandbox) == before


def test_pieces_that_a_count_found_suspended_have_an_age_when_they_are_freed(sandbox: Sandbox) -> None:
    sandbox.set_stock(LAMP, "UK", suspended=7)
    sandbox.set_stock(LAMP, "UK", suspended=0, reason="frozen")
    assert sum(ages(sandbox)) == 107


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"suspended": 101, "reason": "frozen"}, "only 100 are available"),
        ({"suspended": 60, "on_hold": 41, "reason": "frozen"}, "only 100 are available, so 101 more"),
        ({"available": 95, "reason": "frozen"}, "on_hold or suspended"),
        ({"available": 95, "suspended": 5, "reason": "frozen"}, "available follows"),
        ({"unfulfillable": 5, "reason": "frozen"}, "on_hold or suspended"),
        ({"reason": "black_frozen"}, "on_hold or suspended"),
        ({"suspended": 5, "reason": "thawed"}, "adjusted, frozen, black_frozen"),
        ({"suspended": 5, "reason": None}, "adjusted, frozen, black_frozen"),
        ({"suspended": 5, "reason": ["frozen"]}, "adjusted, frozen, black_frozen"),
        ({"allocated": 5, "reason": "frozen"}, "allocated cannot be set"),
    ],
    ids=str,
)
def test_a_freeze_that_cannot_be_is_refused_and_says_why(sandbox: Sandbox, row: Any, says: str) -> None:
    before = sandbox.stock()
    with pytest.raises(BadStock, match=says):
        sandbox.set_stock(LAMP, "UK", **row)
    assert sandbox.stock() == before
