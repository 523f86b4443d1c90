"""Running cases against a target, and what came of each."""

from collections.abc import Iterator
from typing import NamedTuple

from oc_sandbox.contract import Operation

from .cases import Case, Expected, cases_of
from .judging import UNCHECKED, Verdict, judge
from .scenes import Draft, Scene, Unfit
from .targets import Answer, Request


class Result(NamedTuple):
    """One case, its call, and what is wrong with the reply; nothing where it is right."""

    operation: Operation
    case: Case
    request: Request | None
    answer: Answer | None
    problem: str


def run_operation(scene: Scene, operation: Operation) -> Iterator[Result]:
    """Every case of an operation, upon good requests: a fresh one wherever the last may have been taken."""
    good: Draft | None = None
    for case in cases_of(operation):
        if good is None:
            try:
                good = scene.draft(operation)
            except Unfit as unfit:
                yield Result(operation, case, None, None, str(unfit))
                continue
        result = run_case(scene, operation, case, good)
        yield result
        if operation.writes and not (case.expected.error and not result.problem):
            good = None


def run_case(scene: Scene, operation: Operation, case: Case, good: Draft) -> Result:
    """One case. Errors: Unreachable."""
    draft = case.change(good, scene)
    answer = scene.send(draft, case.headers, case.raw)
    request = scene.calls[-1][0]
    message_id = draft.message_id if case.raw is None and case.headers is None else UNCHECKED
    verdict = judge(operation, answer, message_id)
    return Result(operation, case, request, answer, problem_of(case.expected, verdict, answer))


def problem_of(expected: Expected, verdict: Verdict, answer: Answer) -> str:
    """What is wrong with a reply; empty where nothing is."""
    if answer.status >= 500:
        return f"HTTP {answer.status}: {answer.body[:200]!r}"
    if verdict.wrong:
        return "; ".join(verdict.wrong)
    if expected.error:
        return _wrong_refusal(expected, verdict)
    if expected.not_errors:
        met = expected.not_errors.intersection(verdict.errors)
        return f"must not be refused with {', '.join(sorted(met))}" if met else ""
    return "" if verdict.success else f"must succeed, and is refused with {' or '.join(verdict.errors)}"


def _wrong_refusal(expected: Expected, verdict: Verdict) -> str:
    if verdict.success:
        return f"must be refused with {expected.error}, and succeeds"
    for refusal in verdict.refusals:
        if refusal.error == expected.error:
            told = refusal.values[0]
            wrong = {
                name: told[name] for name, value in expected.values.items() if name in told and told[name] != value
            }
            if not wrong:
                return ""
            return f"{expected.error} must tell of {dict(expected.values)}, not of {wrong}"
    return f"must be refused with {expected.error}, and is with {' or '.join(verdict.errors)}"
