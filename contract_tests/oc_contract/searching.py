"""Random requests against a target: what the schema allows must not be refused as a mistake of form."""

from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from oc_sandbox.contract import Operation

from .judging import judge
from .scenes import Draft, Scene, Unfit
from .strategies import requests
from .targets import Answer, Request

EVERY_CHECK = list(HealthCheck)


class Found(NamedTuple):
    """The smallest request that a target answered wrongly, and how."""

    operation: Operation
    request: Request
    answer: Answer
    problem: str
    made: int
    """So many calls of the scene made the things that the request names."""


class _Wrong(Exception):
    def __init__(self, request: Request, answer: Answer, problem: str) -> None:
        super().__init__(problem)
        self.found = request, answer, problem


def search(scene: Scene, operation: Operation, *, examples: int, start: int = 0) -> Iterator[Found]:
    """Random requests of an operation, `examples` of them, from the seed `start`; at most one finding.

    Errors: Unreachable, Unfit.
    """
    good = scene.draft(operation)
    made = len(scene.calls)

    @seed(start)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=EVERY_CHECK,
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(requests(operation, good))
    def look(draft: Draft) -> None:
        answer = scene.send(scene.renewed(draft))
        problem = _problem(operation, draft, answer)
        if problem:
            raise _Wrong(scene.calls[-1][0], answer, problem)

    try:
        look()
    except _Wrong as wrong:
        yield Found(operation, *wrong.found, made)


def search_all(scene: Scene, operations: list[Operation], *, examples: int, start: int = 0) -> Iterator[Found | Unfit]:
    """The same for many operations; one that the world does not fit is told."""
    for operation in operations:
        try:
            yield from search(scene, operation, examples=examples, start=start)
        except Unfit as unfit:
            yield unfit


def _problem(operation: Operation, draft: Draft, answer: Answer) -> str:
    verdict = judge(operation, answer, draft.message_id)
    if answer.status >= 500:
        return f"HTTP {answer.status}"
    if verdict.wrong:
        return "; ".join(verdict.wrong)
    own = operation.document["errors"].keys()
    if verdict.success or own & set(verdict.errors):
        return ""
    return f"the schema allows it, and it is refused with {' or '.join(verdict.errors)}"
