"""Which movements a list gives, in which order, page by page."""

from typing import Any

import pytest

PATH = "/stock-movements"


def references(answer: Any) -> list[str]:
    return [row["reference"] for row in answer.data]


@pytest.fixture
def busy(shop: Any) -> Any:
    """Five movements of one product, an hour apart, the first at 10:30:00 on 2025-12-15."""
    for number in range(5):
        shop.move("IN", 1, product="product-uuid", reference=f"R{number}")
        shop.sandbox.advance(hours=1)
    return shop


def test_the_newest_comes_first(busy: Any) -> None:
    assert references(busy.get(PATH, productId="product-uuid")) == ["R4", "R3", "R2", "R1", "R0"]


def test_pages_cover_the_list_once(busy: Any) -> None:
    everything = busy.get(PATH, limit=100)
    total = everything.body["meta"]["total"]
    pages = [busy.get(PATH, page=page, limit=3) for page in range(1, total // 3 + 2)]
    assert [row for page in pages for row in page.data] == everything.data
    assert len(everything.data) == total
    assert {page.body["meta"]["total"] for page in pages} == {total}


def test_a_page_behind_the_last_is_empty(busy: Any) -> None:
    assert busy.get(PATH, page="9" * 18).body == {"data": [], "meta": {"total": 14, "page": 10**18 - 1, "limit": 20}}


def test_page_and_limit_have_defaults(busy: Any) -> None:
    assert busy.get(PATH).body["meta"] == {"total": 14, "page": 1, "limit": 20}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("page", value) for value in ("0", "-1", "abc", "", "1.5", "9" * 24, "\0", "１")),
        *(("limit", value) for value in ("0", "101", "-5", "abc", "", "9" * 24)),
        *(("movementType", value) for value in ("in", "", "RETURN")),
        *((name, value) for name in ("from", "to") for value in ("", "yesterday", "2025-12-15T10:30:00", "2025-02-30")),
    ],
)
def test_a_parameter_of_the_wrong_form_is_named(shop: Any, name: str, value: str) -> None:
    answer = shop.get(PATH, **{name: value})
    assert answer.status == 400
    assert answer.body["error"] == "Bad Request"
    assert answer.body["message"].startswith(f"{name} must") or answer.body["message"].startswith(f"{name} has")


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"from": "2025-12-15T10:30:00Z", "to": "2025-12-15T10:30:00Z"}, ["R0"]),
        ({"from": "2025-12-15T10:30:01Z", "to": "2025-12-15T12:30:00Z"}, ["R2", "R1"]),
        ({"from": "2025-12-15T10:30:00.001Z", "to": "2025-12-15T12:29:59.999Z"}, ["R1"]),
        ({"from": "2025-12-15T18:30:00+08:00", "to": "2025-12-15T18:30:00+08:00"}, ["R0"]),
        ({"from": "2025-12-15", "to": "2025-12-15"}, ["R4", "R3", "R2", "R1", "R0"]),
        ({"from": "2025-12-16"}, []),
        ({"to": "2025-12-14"}, []),
        ({"from": "0001-01-01T00:00:00+23:59", "to": "9999-12-31"}, ["R4", "R3", "R2", "R1", "R0"]),
        ({"from": "2025-12-15T12:30:00Z", "to": "2025-12-15T10:30:00Z"}, []),
    ],
)
def test_both_ends_of_the_time_are_inside_and_a_date_is_a_whole_day(
    busy: Any, bounds: dict[str, str], found: list[str]
) -> None:
    answer = busy.get(PATH, productId="product-uuid", **bounds)
    assert references(answer) == found
    assert answer.body["meta"]["total"] == len(found)


def test_filters_hold_together(shop: Any) -> None:
    answer = shop.get(PATH, productId="prod_demo01", warehouseId="wh_main", movementType="TRANSFER_OUT")
    assert [row["quantity"] for row in answer.data] == [40]
    assert shop.get(PATH, productId="prod_demo01", movementType="OUT").data == []


@pytest.mark.parametrize("name", ["productId", "warehouseId"])
@pytest.mark.parametrize("value", ["nobody", "", "\0", "ё" * 1000])
def test_a_filter_that_names_nothing_gives_nothing(shop: Any, name: str, value: str) -> None:
    answer = shop.get(PATH, **{name: value})
    assert (answer.status, answer.data) == (200, [])


def test_of_a_repeated_parameter_the_last_counts_and_unknown_ones_are_ignored(shop: Any) -> None:
    assert shop.get(PATH, "limit=5&limit=7&Limit=9&color=red").body["meta"]["limit"] == 7


def test_a_bare_date_ends_with_its_last_second(shop: Any) -> None:
    shop.sandbox.advance(hours=13, minutes=29, seconds=59)
    shop.move("IN", 1, reference="of the day")
    shop.sandbox.advance(seconds=1)
    shop.move("IN", 1, reference="of the next")
    assert references(shop.get(PATH, **{"from": "2025-12-15", "to": "2025-12-15"})) == ["of the day"]
    assert references(shop.get(PATH, **{"from": "2025-12-16"})) == ["of the next"]
