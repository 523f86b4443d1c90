"""A server that shares no code with the fake: right it passes, wrong it is told apart, and its answers are settled."""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from oc_contract import parts
from oc_contract.checks import CHECKS
from oc_contract.drifting import drift
from oc_contract.parts import Job
from oc_contract.running import MOST_CALLS, run_operation
from oc_contract.scenes import Scene
from oc_contract.searching import search
from oc_contract.settling import LOOKS, settle
from oc_contract.targets import Http, InProcess, Keys
from oc_sandbox.catalog import catalog
from other_operations import CLIENT, SECRET
from other_server import ANSWERS, WRONGS, OtherServer

JUDGED = [
    "get_service_list",
    "sku_query_v3",
    "stock_snapshot_v2",
    "get_stock_movement",
    "place_outbound_order",
    "outbound_order_query_v2",
    "outbound_order_cancellation",
]
# By wrong: the operation whose cases tell it, and a part of what they say.
BY_CASES = {
    "limit_off_by_one": ("stock_snapshot_v2", "pageSize maximum: 201: must be refused with field_value, and succeeds"),
    "error_code": ("get_stock_movement", "neither the success nor a declared refusal"),
    "message_text": ("stock_snapshot_v2", "neither the success nor a declared refusal"),
    "echo_missing": ("outbound_order_query_v2", "comes back as"),
    "signature_unchecked": ("get_service_list", "must be refused with signature_wrong, and succeeds"),
    "any_token_taken": ("stock_snapshot_v2", "must be refused with token_invalid, and succeeds"),
}
PLACE, CANCEL, SNAPSHOT, MOVEMENTS = (
    "place_outbound_order",
    "outbound_order_cancellation",
    "stock_snapshot_v2",
    "get_stock_movement",
)
# By wrong: the check that tells it, a part of what it says, and the operations of the calls that show it.
BY_CHECKS = {
    "window_end_outside": (
        "movements_are_found_by_time",
        "must be in a window that ends in its second",
        [PLACE, MOVEMENTS, MOVEMENTS],
    ),
    "page_2_loses_a_row": ("paging_of_the_skus", "lose ['OC", ["sku_query_v3"] * 4),
    "order_takes_nothing": (
        "stock_is_conserved",
        "an order of 2 changes what is available by 0",
        [SNAPSHOT, PLACE, SNAPSHOT],
    ),
    "cancel_gives_nothing_back": (
        "stock_is_conserved",
        "a cancelled order leaves other stock than before it",
        [SNAPSHOT, PLACE, CANCEL, SNAPSHOT],
    ),
    "number_repeated": ("orders_are_found", "two orders have the number", [PLACE, PLACE]),
    "zone_ignored": ("movements_are_found_by_time", "in the zone -0800", [PLACE, MOVEMENTS, MOVEMENTS]),
}
BY_SEARCH = {"address_in_ascii_only": ("place_outbound_order", "the schema allows it, and it is refused")}
LAST = {name: list(catalog().questions[name].answers)[-1] for name in ANSWERS}
POSITIONS = [
    (name, answer) for name in ANSWERS for answer in catalog().questions[name].answers if answer != ANSWERS[name]
]


@contextmanager
def served(wrong: str = "", **answers: str) -> Iterator[Http]:
    with OtherServer(wrong, **answers).running() as url:
        target = Http(url, Keys(CLIENT, SECRET, "first-token", refresh_token="first-refresh"))
        try:
            yield target
        finally:
            target.close()


def settled(target: Any) -> dict[str, str | None]:
    return {each.question: each.answer for each in settle(target)}


def case_problems(target: Any, name: str) -> list[str]:
    results = run_operation(Scene(target), catalog().operations[name])
    return [f"{each.case.name}: {each.problem}" for each in results if each.problem]


@pytest.mark.parametrize("file", ["other_server.py", "other_operations.py", "other_reading.py"])
def test_it_shares_no_code_with_the_fake_or_the_kit(file: str) -> None:
    tree = ast.parse((Path(__file__).parent / file).read_text("utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    roots = {str(name).partition(".")[0] for name in names}
    assert roots - sys.stdlib_module_names <= {"jsonschema", "other_operations", "other_reading"}


@pytest.mark.parametrize("name", JUDGED)
def test_right_it_passes_all_cases_and_a_search(name: str) -> None:
    with served() as target:
        assert case_problems(target, name) == []
        assert list(search(Scene(target), catalog().operations[name], examples=20)) == []


def test_right_it_passes_the_checks_as_the_fake_does() -> None:
    with served() as target:
        assert [list(check.run(Scene(target))) for check in CHECKS.values()] == [[]] * len(CHECKS)
    assert [list(check.run(Scene(InProcess()))) for check in CHECKS.values()] == [[]] * len(CHECKS)


def test_drift_from_the_fake_is_not_in_its_world_but_in_what_it_says() -> None:
    operations = [catalog().operations[name] for name in JUDGED]
    with served() as target:
        found = {(each.case.name, each.at) for each in drift(target, InProcess(), operations)}
    # Two messages name another field: of a key that stands twice, and of a query for nothing.
    assert found == {
        ("the keys apiVersion and APIvERSION", "/errors/0/message"),
        ("nothing is asked for", "/errors/0/message"),
    }


def test_there_is_a_witness_for_each_wrong() -> None:
    assert {*BY_CASES, *BY_CHECKS, *BY_SEARCH} == {*WRONGS}


@pytest.mark.parametrize("wrong", BY_CASES)
def test_cases_tell_a_wrong_server(wrong: str) -> None:
    name, words = BY_CASES[wrong]
    with served(wrong) as target:
        found = case_problems(target, name)
    assert any(words in each for each in found), found


@pytest.mark.parametrize("wrong", BY_CHECKS)
def test_checks_tell_a_wrong_server(wrong: str) -> None:
    name, words, operations = BY_CHECKS[wrong]
    with served(wrong) as target:
        problem = next(each for each in CHECKS[name].run(Scene(target)) if words in each.text)
    assert [request.operation for request, _ in problem.calls] == operations
    assert len(operations) <= MOST_CALLS


def test_what_a_check_found_is_told_though_it_cannot_go_on() -> None:
    with served("order_takes_nothing") as target:
        job = Job(tuple(catalog().operations.values()), lambda: Scene(target), False, 0, "ci")
        (finding,) = parts.CHECKS.run(job, "stock_is_conserved")
    assert finding.outcome == "failed"
    assert finding.problem.startswith("an order of 2 changes what is available by 0; ")
    assert finding.problem.endswith("-2 is less than the minimum of 0")
    assert [request.operation for request, _ in finding.calls] == [SNAPSHOT, PLACE, SNAPSHOT]


def test_the_pages_that_lose_a_row_are_shown_beside_the_whole_that_has_it() -> None:
    with served("page_2_loses_a_row") as target:
        problem = next(each for each in CHECKS["paging_of_the_skus"].run(Scene(target)) if "lose" in each.text)
    (_, whole), *pages = problem.calls
    lost = problem.text.split("'")[1].encode()
    assert lost in whole.body
    assert all(lost not in page.body for _, page in pages)


def test_a_window_that_a_movement_is_missing_in_is_the_last_call_shown() -> None:
    with served("window_end_outside") as target:
        problem = next(CHECKS["movements_are_found_by_time"].run(Scene(target)))
    (_, placed), (_, told), (asked, answer) = problem.calls
    number = orjson.loads(placed.body)["data"][0]["orderNumber"].encode()
    assert number in told.body
    assert number not in answer.body
    at = orjson.loads(told.body)["data"][0]["serviceRegionList"][0]["inventoryList"][0]["movementList"]
    assert orjson.loads(asked.body)["data"]["endTime"] in {line["updateTime"] for line in at}


@pytest.mark.parametrize("wrong", BY_SEARCH)
def test_a_search_tells_a_wrong_server(wrong: str) -> None:
    name, words = BY_SEARCH[wrong]
    with served(wrong) as target:
        (found,) = search(Scene(target), catalog().operations[name], examples=400)
    assert words in found.problem


def test_its_answers_are_told_and_what_it_does_not_serve_is_not() -> None:
    with served() as target:
        found = settled(target)
    assert {name: found[name] for name in ANSWERS} == ANSWERS
    # It has no inbound orders, no value-added services and no labels: a 404 is not taken for a refusal.
    unserved = LOOKS.keys() - ANSWERS.keys()
    assert unserved == {"inbound_arrival", "repeated_own_number", "unknown_sku_in_labels"}
    assert {found[name] for name in unserved} == {None}


@pytest.mark.parametrize(("question", "answer"), POSITIONS, ids=["=".join(position) for position in POSITIONS])
def test_each_answer_of_its_own_is_recovered(question: str, answer: str) -> None:
    with served(**{question: answer}) as target:
        found = settled(target)
    assert {name: found[name] for name in ANSWERS} == {**ANSWERS, question: answer}


def test_all_its_answers_at_once_are_recovered() -> None:
    with served(**LAST) as target:
        found = settled(target)
    assert {name: found[name] for name in ANSWERS} == LAST


def test_a_server_that_refuses_everything_settles_nothing_by_its_refusals() -> None:
    with served() as target:
        target.keys = target.keys._replace(access_token="of-somebody-else")
        found = settled(target)
    form = {"signing", "refused_token", "refused_signature"}
    by_refusal = {"seven_day_edge", "twelve_month_edge", "repeated_reference", "empty_sku_list", "second_cancellation"}
    assert {found[name] for name in by_refusal | {"unknown_sku_in_movements", "batch_outcome"}} == {None}
    assert {found[name] for name in form} == {None, "http_200", "code_1"}  # signing is told by what is taken
