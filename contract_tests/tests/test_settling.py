"""Settling: whatever answers a server gives, it is told which."""

from itertools import islice

import orjson
import pytest
from oc_contract.scenes import AnyDialect
from oc_contract.settling import LOOKS, as_file, settle
from oc_contract.targets import InProcess
from oc_sandbox.catalog import catalog

QUESTIONS = {name: question for name, question in catalog().questions.items() if question.api == "orangeconnex"}
SEEN = [name for name in QUESTIONS if name in LOOKS]
NOT_SEEN = {"working_hours", "consent", "redirect_act"}
POSITIONS = [(name, answer) for name in SEEN for answer in QUESTIONS[name].answers]


def answers(**assumptions: str) -> dict[str, str | None]:
    """What a fake with these answers is found to give."""
    return {each.question: each.answer for each in settle(InProcess(assumptions=assumptions))}


def test_all_questions_but_a_few_can_be_seen_from_outside() -> None:
    assert QUESTIONS.keys() - LOOKS.keys() == NOT_SEEN
    assert LOOKS.keys() <= QUESTIONS.keys()


def test_what_is_said_to_be_looked_at_is_looked_at() -> None:
    assert {name for name, question in QUESTIONS.items() if question.looked_at} == LOOKS.keys()
    for each in settle(InProcess()):
        question = QUESTIONS.get(each.question)
        looked_at = question.looked_at - {"*"} if question else frozenset()
        assert looked_at <= {request.operation for request, _ in each.calls}, each.question


def test_the_defaults_are_told() -> None:
    found = answers()
    assert {name: found[name] for name in SEEN} == {name: QUESTIONS[name].default for name in SEEN}


@pytest.mark.parametrize(("question", "answer"), POSITIONS, ids=["=".join(position) for position in POSITIONS])
def test_each_answer_is_told_from_the_others(question: str, answer: str) -> None:
    target = InProcess(assumptions={question: answer})
    if (question, answer) == ("signing", "stage"):
        target.keys = target.keys._replace(signing="stage")
    assert LOOKS[question](AnyDialect(target)) == answer


def test_many_answers_at_once_are_told() -> None:
    # A server that lists nothing unasked leaves no way to find a SKU to ask with.
    last = {name: list(QUESTIONS[name].answers)[-1] for name in SEEN} | {"empty_sku_list": "everything"}
    found = answers(**last)
    assert {name: found[name] for name in SEEN} == last


def test_what_a_run_did_not_come_to_stands_in_the_file_as_that() -> None:
    told = orjson.loads(as_file(islice(settle(InProcess()), 8), target="the fake", date="2026-11-22"))
    assert len(told["assumptions"]) + len(told["not_seen"]) == len(catalog().questions)
    assert told["not_seen"]["refresh_rotation"] == "the run ended before it was asked"


def test_the_file_has_what_was_seen_and_what_was_not() -> None:
    told = orjson.loads(as_file(settle(InProcess()), target="the fake", date="2026-11-22"))
    assert told["assumptions"]["batch_outcome"] == "partial"
    assert "working_hours" in told["not_seen"]
    assert (told["target"], told["date"]) == ("the fake", "2026-11-22")
