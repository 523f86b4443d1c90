"""The verdict on one run."""

from collections import Counter
from typing import Any

import pytest
from oc_contract.challenge.books import Difference
from oc_contract.challenge.commands import Ran, decoded
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


def test_a_longer_number_does_not_name_the_order_that_it_begins_like() -> None:
    both = Difference(missing=((ROW, False), ({**ROW, "number": "OCO2", "reference": "A-1001"}, False)))
    assert judged(ran(0, err="refused A-1001"), both, CALM, (), RULES).outcome == LOST


def test_an_order_is_known_by_its_name_though_a_part_of_it_is_new_in_each_run() -> None:
    first = {**ROW, "reference": "D1-1795383959647"}
    said = ran(0, err="D1-1795383999999: no stock")
    assert judged(said, Difference(missing=((first, False),)), CALM, (), RULES).outcome == FAILED_CLEANLY


OWNS_UP = [
    "gave up after 3 attempts",
    "order not taken: giving up, will not try again",
    "attempt 3/3 failed",
    "error: no answer after 3 attempts",
    "order A-100: failed after two retries",
    '{"level":"error","msg":"order failed","attempt":3}',
    '{"level":50,"msg":"order lost","ref":"A-100"}',
    '{"ref":"A-100","ok":false}',
    "placed A-100: HTTP 503",
    "sent A-100, no answer",
    "A-100 wasn't placed",
    "A-100 skipped",
    "10 errors",
    "failed: 2",
    "errors=[400448]",
    "0 retries left, 1 error",
    "error: none of the orders was placed",
    "no stock for order A-100",
    "\x1b[31mERROR\x1b[0m order A-100",
    "下单失败",
    "订单A-100未成功",
    "订单 A-100 重试3次后仍然失败",
    "10 个失败",
    "请求超时",
    "Traceback (most recent call last):",
    "unable to place the order",
    "401 Unauthorized",
    "read ECONNRESET",
    "fetch: socket hang up",
    "retries exhausted",
    "errors 0, failed 1",
    "错误: 无法连接",
    "系统繁忙",
    "1 个订单未提交",
]
"""Lines of which each says that something was not done."""
SAYS_NOTHING = [
    "done: 1 of 2 orders, 0 errors",
    "done, no errors",
    "finished without any warnings",
    "0 orders failed",
    "failed: 0, errors=[], exceptions: none",
    '{"level":"info","placed":1,"errors":0,"failed":[],"error":null,"reason":""}',
    '{"level":"info","error_count":"0","timeout":false}',
    "retrying A-100",
    "A-100: HTTP 503, trying again",
    "attempt 1/3 failed",
    "placed A-100: order number None",
    "sent A-100 in 12.5 ms, ok",
    "error=none placed=1",
    "下单 1 个, 失败 0 个",
    "失败数：0",
    "0 个失败",
    "没有错误",
    "订单 A-100 失败，重试",
    "订单 A-100 下单成功",
    "0 of 1 failed",
    "placed 1, errors 0",
    "errors 0 warnings 0",
    "failed orders: none",
    "失败:无",
    "下单成功 1, 错误: 没有",
]
"""Lines of which none does, though a word of failure or the order's name stands in them."""


@pytest.mark.parametrize("line", OWNS_UP)
def test_a_line_that_owns_up_to_a_failure_is_enough(line: str) -> None:
    assert judged(ran(0, err=line), MISSING, CALM, {"400448"}, RULES).outcome == FAILED_CLEANLY


@pytest.mark.parametrize("line", [*SAYS_NOTHING, "", "\n".join(SAYS_NOTHING)])
def test_a_line_that_tells_of_no_failure_is_not(line: str) -> None:
    assert judged(ran(0, err=line), MISSING, CALM, {"400448"}, RULES).outcome == LOST


def test_a_line_that_is_as_always_but_for_its_duration_says_nothing_of_the_order_in_it() -> None:
    calm = CALM._replace(lines=frozenset({'{"ref":"A-100","ms":12.25}', "A-100 after 8 ms"}))
    for line in ('{"ref":"A-100","ms":345.5}', "A-100 after # ms", "A-100 after 1012 ms"):
        assert judged(ran(0, out=line), MISSING, calm, (), RULES).outcome == LOST


def test_a_code_that_is_a_single_digit_is_not_looked_for() -> None:
    assert judged(ran(0, err="took 4 s"), MISSING, CALM, {"4"}, RULES).outcome == LOST


def test_a_reader_that_counts_no_errors_has_not_owned_up_to_missing_rows() -> None:
    rules = RULES._replace(compares_output=True)
    calm = CALM._replace(stable_lines=Counter(["read 3 rows, 0 errors"]), lines=frozenset({"read 3 rows, 0 errors"}))
    assert judged(ran(0, out="read 2 rows, 0 errors"), Difference(), calm, (), rules).outcome == MISREAD


def test_what_a_chinese_console_prints_is_read() -> None:
    told = decoded("第1行\n".encode() + "有1个订单失败\n".encode("gbk") + b"\xff\xff ok")
    assert told.splitlines()[:2] == ["第1行", "有1个订单失败"]
    assert told.endswith(" ok")


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
