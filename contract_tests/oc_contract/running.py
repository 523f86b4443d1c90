"""Running cases against a target, and what came of each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .cases import cases_of
from .judging import UNCHECKED, Verdict, judge
from .places import Case, Expected
from .scenes import Draft, Scene, Unfit, things
from .targets import Answer, Request

Call = tuple[Request, Answer]
Calls = tuple[Call, ...]
MOST_CALLS = 6


class Result(NamedTuple):
    """One case, its call, and what is wrong with the reply; nothing where it is right.

    `calls` are what it takes to see it again: those that made the things which the request names, and the call itself.
    """

    operation: Operation
    case: Case
    request: Request | None
    answer: Answer | None
    problem: str
    calls: Calls = ()


class Runner:
    """Runs cases upon good requests; of each operation one is kept, until it may have been taken."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._good: dict[str, tuple[Draft, Calls]] = {}

    def run(self, operation: Operation, case: Case) -> Result:
        """One case. Errors: Unreachable."""
        before = len(self.scene.calls)
        kept = self._good.get(operation.name)
        if kept is None:
            try:
                good = self.scene.draft(operation)
            except Unfit as unfit:
                return Result(operation, case, None, None, str(unfit), telling(self.scene.calls[before:]))
            kept = self._good[operation.name] = good, writes(self.scene.calls[before:])
        good, made = kept
        result = run_case(self.scene, operation, case, good)
        untouched = case.expected.error and not result.problem and len(result.calls) == 1
        if operation.writes and not untouched:
            del self._good[operation.name]
        return result._replace(calls=(*made, *result.calls)[-MOST_CALLS:])


def run_operation(scene: Scene, operation: Operation, cases: Iterable[Case] | None = None) -> Iterator[Result]:
    """Cases of an operation, by default all. Errors: Unreachable."""
    runner = Runner(scene)
    for case in cases_of(operation) if cases is None else cases:
        yield runner.run(operation, case)


def telling(calls: Sequence[Call]) -> Calls:
    """What it takes to see the last call's answer again, as far as a few calls hold it: those that made something."""
    return (*writes(calls[:-1]), *calls[-1:])[-MOST_CALLS:]


def writes(calls: Sequence[Call]) -> Calls:
    """The calls that made something; what only looked at the world is left out."""
    operations = catalog().operations
    return tuple(call for call in calls if call[0].operation in operations and operations[call[0].operation].writes)


def run_case(scene: Scene, operation: Operation, case: Case, good: Draft) -> Result:
    """One case. Errors: Unreachable."""
    before = len(scene.calls)
    draft = case.change(good, scene)
    answer = scene.send(draft, case.headers, case.raw)
    calls = tuple(scene.calls[before:])
    message_id = draft.message_id if case.raw is None else UNCHECKED
    verdict = judge(operation, answer, message_id)
    not_yet = things(operation.api.name)["operations"].get(operation.name, {}).get("not_yet")
    if scene.may_be_early and case.expected == Expected() and not_yet in verdict.errors:
        return Result(operation, case, None, None, f"it takes its time there: {not_yet}", calls)
    return Result(operation, case, calls[-1][0], answer, problem_of(case.expected, verdict, answer), calls)


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
