"""The books of two runs compared: modulo what a client makes up anew in each run."""

from typing import Any

import pytest
from oc_contract.challenge.books import Eyes, new_rows, shaped

Row = dict[str, Any]


def order(reference: str, *, sku: str = "CUP", cancelled: bool = False, number: str = "", **says: Any) -> Row:
    lines = [{"sku": sku, "quantity": 1}]
    says["referenceNumber"] = reference
    return {
        "kind": "outbound order",
        "number": number or f"OCO-{reference}-{sku}-{cancelled}",
        "reference": reference,
        "cancelled": cancelled,
        "says": {"lines": lines, **says},
    }


STEADY = [order("A-1"), order("A-2", sku="POT")]


def eyes(first: list[Row] = STEADY, second: list[Row] = STEADY) -> Eyes:
    return Eyes(first, second)


def test_the_same_books_differ_in_nothing() -> None:
    assert eyes().difference(STEADY, list(reversed(STEADY))) == ((), (), ())


def test_an_order_that_is_not_there_is_missing() -> None:
    assert eyes().difference(STEADY, STEADY[:1]).missing == ((STEADY[1], False),)


def test_an_order_that_is_there_twice_is_doubled_though_another_is_missing() -> None:
    again = order("A-1", number="OCO-again")
    difference = eyes().difference(STEADY, [STEADY[0], again])
    assert difference.doubled == (again,)
    assert difference.missing == ((STEADY[1], False),)


def test_an_order_that_is_there_under_a_second_number_is_doubled() -> None:
    again = order("A-1-retry")
    assert eyes().difference(STEADY, [*STEADY, again]).doubled == (again,)


def test_an_order_under_a_new_number_alone_is_the_same_order() -> None:
    assert eyes().difference(STEADY, [order("A-1-retry"), STEADY[1]]) == ((), (), ())


def test_a_double_that_was_cancelled_does_no_harm() -> None:
    again = order("A-1", number="OCO-again", cancelled=True)
    assert eyes().difference(STEADY, [*STEADY, again]) == ((), (), ())


def test_an_order_that_nobody_placed_undisturbed_is_extra() -> None:
    stranger = order("B-9", sku="PAN")
    assert eyes().difference(STEADY, [*STEADY, stranger]).extra == (stranger,)


def test_a_cancellation_that_is_not_there_is_missing() -> None:
    expected = [order("A-1", cancelled=True)]
    assert eyes().difference(expected, [order("A-1")]).missing == ((expected[0], True),)


def test_an_order_that_was_cancelled_instead_is_missing() -> None:
    assert eyes().difference([order("A-1")], [order("A-1", cancelled=True)]).missing == ((order("A-1"), False),)


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("R-1795383959647-1", "R-1795383960001-1", "R-1795383999999-1"),
        (
            "c3a1f5f0-9a3e-4b58-8ad0-2f6d3d6b1c11",
            "0b0e6a7e-1111-4b58-8ad0-2f6d3d6b1c12",
            "ffffffff-9a3e-4b58-8ad0-2f6d3d6b1c13",
        ),
        ("xk-qz", "mm-ab", "or-st"),
    ],
    ids=["epoch", "uuid", "letters"],
)
def test_numbers_that_are_new_in_each_run_are_learned_from_two(first: str, second: str, third: str) -> None:
    looks = eyes([order(first)], [order(second)])
    assert looks.difference([order(first)], [order(third)]) == ((), (), ())
    assert looks.difference([order(first)], []).missing


def test_a_number_by_the_clock_is_known_though_both_first_runs_fell_into_one_second() -> None:
    first = [order("R-1795383959-1")]
    assert eyes(first, first).difference(first, [order("R-1795383971-1")]) == ((), (), ())


def test_two_orders_whose_numbers_change_are_told_apart_by_their_content() -> None:
    first, second = [order("a1b"), order("c2d", sku="POT")], [order("zz"), order("yy", sku="POT")]
    difference = eyes(first, second).difference(first, [order("q", sku="POT")])
    assert [row["reference"] for row, _ in difference.missing] == ["a1b"]


def test_what_was_there_before_is_not_the_clients_unless_it_changed() -> None:
    before = [order("A-1"), order("A-2")]
    after = [order("A-1"), {**order("A-2"), "cancelled": True}, order("A-3")]
    assert [row["reference"] for row in new_rows(after, before)] == ["A-2", "A-3"]


def test_a_shape_has_neither_times_nor_long_numbers() -> None:
    assert shaped("2026-11-22 10:11:12,345 order D-1795383959647-1 took 12 ms") == shaped(
        "2026-11-23 01:01:59,001 order D-1795383960000-1 took 12 ms"
    )
    assert shaped("placed 2 of 3") != shaped("placed 3 of 3")
