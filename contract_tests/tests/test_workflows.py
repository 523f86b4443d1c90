"""The workflows: the fake passes them all, wherever it runs and whatever it assumes, and a failure can be replayed."""

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis.stateful import rule
from oc_contract.targets import Answer, InProcess, Request, Unreachable, fake_at
from oc_contract.workflows import DOMAINS, PROFILES, Flow, Machine, WorkflowResult, run_workflows
from oc_contract.workflows.everything import PARTS
from oc_contract.workflows.model import COURSES, Book, Span, pieces, states
from oc_sandbox.catalog import catalog
from servers import running_server

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
SMOKE = PROFILES["smoke"]._asdict()
# The domain that shows which answer a server gives. Nothing that workflows send depends on the other questions.
SHOWN_BY = {
    "batch_outcome": "outbound",
    "repeated_reference": "outbound",
    "refused_token": "oauth",
    "refused_signature": "oauth",
    "success_key": "outbound",
    "movement_reason": "stock",
    "movement_id_key": "stock",
    "movement_ids": "stock",
    "sku_query_rows": "sku",
    "inbound_list_rows": "inbound",
    "inbound_arrival": "inbound",
    "refresh_rotation": "oauth",
    "message_language": "outbound",
    "second_cancellation": "outbound",
    "unknown_sku_in_movements": "stock",
}
OTHER_ANSWERS = [
    pytest.param(question.name, answer, id=f"{question.name}-{answer}")
    for question in catalog().questions.values()
    for answer in question.answers
    if answer != question.default
]


def problems(results: list[WorkflowResult]) -> list[str]:
    return [f"{each.domain}: {each.claim}: {each.problem} {each.steps}" for each in results if each.claim]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_fake_passes(domain: str) -> None:
    results = run_workflows(InProcess, domains=[domain])
    assert problems(results) == []
    assert sum(results[0].called.values()) > 100


def test_every_domain_runs_by_default() -> None:
    assert [each.domain for each in run_workflows(InProcess, **SMOKE)] == list(DOMAINS)


@pytest.mark.parametrize(("question", "answer"), OTHER_ANSWERS)
def test_the_fake_passes_under_every_answer(question: str, answer: str) -> None:
    taken = {question: answer}
    domains = ["everything", "mercozy"]
    results = run_workflows(lambda: InProcess(assumptions=taken), domains=domains, answers=taken, examples=8)
    assert problems(results) == []


@pytest.mark.parametrize(("question", "answer"), [row for row in OTHER_ANSWERS if row.values[0] in SHOWN_BY])
def test_a_server_that_gives_another_answer_is_told(question: str, answer: str) -> None:
    domains = [SHOWN_BY[question]]
    assert problems(run_workflows(lambda: InProcess(assumptions={question: answer}), domains=domains, shrink=False))


class Still(InProcess):
    """A target whose time nobody can move."""

    def wait(self, seconds: float) -> bool:
        return False


def test_time_need_not_be_movable() -> None:
    assert problems(run_workflows(Still, examples=4)) == []


@pytest.mark.parametrize("clock", ["manual", "real", "accelerated"])
def test_the_clock_may_go_as_it_likes(clock: Any) -> None:
    assert problems(run_workflows(lambda: InProcess(clock=clock, now=NOW), examples=4)) == []


def test_an_unknown_pace_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = {kind: tuple((state, lasts * 3) for state, lasts in course) for kind, course in COURSES.items()}
    monkeypatch.setattr("oc_contract.workflows.model.COURSES", slow)
    domains = ["outbound", "inbound", "vas", "stock"]
    assert problems(run_workflows(InProcess, domains=domains, examples=4, shrink=False))
    assert problems(run_workflows(InProcess, domains=domains, examples=4, paced=False)) == []


def test_the_fake_passes_over_http() -> None:
    with running_server() as (url, _):
        assert problems(run_workflows(lambda: fake_at(url), **SMOKE)) == []


def test_a_target_that_cannot_be_reached_is_told() -> None:
    class Dead(InProcess):
        def send(self, request: Request) -> Answer:
            raise Unreachable("nobody answers")

    (result,) = run_workflows(Dead, domains=["stock"])
    assert (result.claim, result.problem) == ("the target can be used", "nobody answers")


def test_a_target_that_dies_half_way_is_told() -> None:
    class Dying(InProcess):
        def send(self, request: Request) -> Answer:
            if request.operation == "place_outbound_order":
                raise Unreachable("nobody answers any more")
            return super().send(request)

    (result,) = run_workflows(Dying, domains=["outbound"])
    assert (result.claim, result.problem) == ("the target answers", "nobody answers any more")


# --- failures ---------------------------------------------------------------------------------------------------------


class Forgetful(InProcess):
    """A server that takes cancellations, and does nothing."""

    def send(self, request: Request) -> Answer:
        if request.operation == "outbound_order_cancellation":
            told = b'{"code":0,"message":"Success","messageId":"1700000000000","success":true}'
            return Answer(200, (), told, 0.0)
        return super().send(request)


def test_a_failure_is_as_small_as_can_be_and_the_same_every_time() -> None:
    results = [run_workflows(Forgetful, domains=["outbound"], seed=7)[0] for _ in range(2)]
    assert results[0].steps == results[1].steps
    assert results[0].claim == "outbound_order_cancellation: succeeds and refuses as it must"
    assert results[0].requests[-1].operation == "outbound_order_cancellation"
    assert len(results[0].requests) <= 2


def test_a_wait_stands_before_the_call_that_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oc_sandbox.orangeconnex.pricing.cost_estimation_response.TAKES_S", 10**6)
    (result,) = run_workflows(InProcess, domains=["pricing"])
    assert [request.operation for request in result.requests] == ["cost_estimation_request", "cost_estimation_response"]
    assert [*result.waits] == [1]
    assert result.waits[1] >= 5


def test_a_failure_that_does_not_come_again_is_told_with_all_its_calls() -> None:
    answers = iter([True])

    class Once(InProcess):
        def send(self, request: Request) -> Answer:
            if request.operation == "get_stock_age" and next(answers, False):
                return Answer(200, (), b"<html>", 0.0)
            return super().send(request)

    (result,) = run_workflows(Once, domains=["stock"])
    assert result.claim == "get_stock_age: keeps to its contract"
    assert "did not happen again" in result.problem
    assert "get_stock_age" in [request.operation for request in result.requests]


# --- one's own --------------------------------------------------------------------------------------------------------


def nobody_is_called_ada(flow: Flow) -> None:
    """A claim of a user's own, which no server of this API holds."""
    reply = flow.call("get_service_list")
    flow.outcome(reply, {""})
    flow.same("the service list knows Ada", "Ada", reply.data[0]["serviceRegion"])


class Own(DOMAINS["vas"]):  # type: ignore[misc]
    """A domain with a rule more."""

    @rule()
    def look_for_ada(self) -> None:
        self.do(nobody_is_called_ada)


def test_a_domain_can_be_extended() -> None:
    (result,) = run_workflows(InProcess, domains=[Own])
    assert (result.domain, result.claim) == ("own", "the service list knows Ada")
    assert len(result.requests) == 1


def test_no_rule_of_a_domain_hides_another_in_the_machine_over_all() -> None:
    shared = {"final", *vars(Machine)}
    own = [name for part in PARTS for name in vars(part) if not name.startswith("_") and name not in shared]
    # Two domains make an order to ship where there is none.
    assert sorted(name for name in own if own.count(name) > 1) == ["make_outbound", "make_outbound"]


# --- the model --------------------------------------------------------------------------------------------------------


def test_a_state_is_certain_away_from_the_ends_and_open_near_them() -> None:
    placed = Span(0, 0)
    assert states(COURSES["outbound"], placed, Span(60_000, 60_000)) == ("Submitted",)
    assert states(COURSES["outbound"], placed, Span(300_000, 300_000)) == ("Submitted", "Accepted")
    assert states(COURSES["outbound"], Span(0, 120_000), Span(350_000, 350_000)) == ("Submitted", "Accepted")
    assert states(COURSES["outbound"], placed, Span(10**12, 10**12)) == ("Delivered",)


@pytest.mark.parametrize("kind", ["inbound", "vas"])
@pytest.mark.parametrize("quantity", [1, 2, 5])
def test_pieces_are_neither_lost_nor_made_on_their_way(kind: str, quantity: int) -> None:
    total = {sum(pieces(kind, state, quantity).values()) for state, _ in COURSES[kind]}
    assert total == {quantity if kind == "inbound" else 0}


def test_two_lines_of_one_sku_are_counted_together() -> None:
    book = Book({"working_hours": "round_the_clock"})
    now = Span(0, 0)
    book.look(("A", "UK"), dict.fromkeys(book.moved(("A", "UK"), now), 0) | {"available": 3}, now)
    assert book.short("UK", [("A", 2)], now) == {False}
    assert book.short("UK", [("A", 2), ("A", 2)], now) == {True}
    assert book.short("UK", [("B", 1)], now) == {True, False}
