"""The verdict on one run."""

from collections import Counter
from typing import Any

import pytest
from oc_contract.challenge.books import Difference
from oc_contract.challenge.commands import Ran
from oc_contract.challenge.judging import (
    BAD,
    CRASHED,
    DOUBLED,
    FAILED_CLEANLY,
    FIXES,
    HUNG,
    LOST,
    MISREAD,
    RECOVERED,
    Rules,
    Undisturbed,
    judged,
)

ROW: dict[str, Any] = {"kind": "outbound order", "number": "OCO1", "reference": "A-100", "cancelled": False, "says": {}}
MISSING = Difference(missing=((ROW, False),))
CALM = Undisturbed([ROW], Counter(["stock 3 rows"]), frozenset({"stock 3 rows"}))
RULES = Rules(9)
NODE = "file:///client.mjs:9\nTypeError: no\n    at main (client.mjs:9:1)\n\nNode.js v20.20.2\n"


def ran(code: int | None, out: str = "stock 3 rows\n", err: str = "") -> Ran:
    return Ran(code, out, err, 0.1)


@pytest.mark.parametrize(
    ("code", "err", "difference", "outcome"),
    [
        (0, "", Difference(), RECOVERED),
        (2, "", Difference(), FAILED_CLEANLY),
        (1, "A-100 refused", MISSING, FAILED_CLEANLY),
        (0, "order A-100: 400448", MISSING, FAILED_CLEANLY),
        (0, "1 order failed", MISSING, FAILED_CLEANLY),
        (0, "attempt failed, trying again", MISSING, LOST),
        (0, "", MISSING, LOST),
        (0, "", Difference(doubled=(ROW,)), DOUBLED),
        (1, "it failed", Difference(doubled=(ROW,)), DOUBLED),
        (None, "", Difference(doubled=(ROW,)), DOUBLED),
        (0, "", Difference(extra=(ROW,)), DOUBLED),
        (None, "", Difference(), HUNG),
        (None, "", MISSING, HUNG),
        (-11, "", Difference(), CRASHED),
        (1, "Traceback (most recent call last):\nKeyError: 'data'", Difference(), CRASHED),
        (1, NODE, MISSING, CRASHED),
        (2, "panic: runtime error\n\ngoroutine 1 [running]:", MISSING, CRASHED),
        (1, 'Exception in thread "main" java.io.IOException', MISSING, CRASHED),
        (0, "Traceback (most recent call last):\nKeyError: 'data'", Difference(), RECOVERED),
    ],
)
def test_a_run_is_judged_by_the_books_first_and_then_by_how_it_ended(
    code: int | None, err: str, difference: Difference, outcome: str
) -> None:
    verdict = judged(ran(code, err=err), difference, CALM, {"400448"}, RULES)
    assert verdict.outcome == outcome
    assert verdict.bad == (outcome in BAD)
    assert bool(verdict.fix) == verdict.bad


def test_what_is_missing_is_named() -> None:
    assert "outbound order A-100" in judged(ran(0), MISSING, CALM, (), RULES).says


def test_an_order_that_no_line_names_beside_another_that_one_does_is_lost() -> None:
    both = Difference(missing=((ROW, False), ({**ROW, "number": "OCO2", "reference": "A-200"}, False)))
    assert judged(ran(0, err="refused A-100"), both, CALM, (), RULES).outcome == LOST
    assert judged(ran(0, err="refused A-100\nrefused A-200"), both, CALM, (), RULES).outcome == FAILED_CLEANLY


def test_an_order_is_known_by_its_name_though_a_part_of_it_is_new_in_each_run() -> None:
    first = {**ROW, "reference": "D1-1795383959647"}
    said = ran(0, err="D1-1795383999999: no stock")
    assert judged(said, Difference(missing=((first, False),)), CALM, (), RULES).outcome == FAILED_CLEANLY


def test_where_the_exit_code_alone_counts_words_do_not() -> None:
    rules = RULES._replace(exit_code_alone=True)
    assert judged(ran(0, err="order A-100 refused"), MISSING, CALM, (), rules).outcome == LOST


def test_a_line_that_is_printed_undisturbed_too_admits_nothing() -> None:
    calm = CALM._replace(lines=frozenset({"0 orders failed"}))
    assert judged(ran(0, err="0 orders failed"), MISSING, calm, (), RULES).outcome == LOST
    assert judged(ran(0, err="1 orders failed"), MISSING, calm, (), RULES).outcome == FAILED_CLEANLY


def test_other_lines_are_no_matter_unless_they_are_compared() -> None:
    other = ran(0, out="stock 2 rows\n")
    assert judged(other, Difference(), CALM, (), RULES).outcome == RECOVERED
    assert judged(other, Difference(), CALM, (), RULES._replace(compares_output=True)).outcome == MISREAD


def test_every_bad_outcome_has_a_way_to_mend_it() -> None:
    assert {*FIXES} == BAD
