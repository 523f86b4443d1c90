"""What came of each thing that a run tried, and how much it weighs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from oc_sandbox.contract import Operation

from .places import Case, Expected
from .running import Calls, Result
from .scenes import Scene

AXES = ("positive", "negative", "boundary", "workflow")
OUTCOMES = ("passed", "failed", "drift", "untried")
GRADES = ("documented", "observed", "assumed")


class Finding(NamedTuple):
    """One thing that was tried.

    `outcome` is one of OUTCOMES: drift is a difference from what is only assumed, at a server that may know better;
    untried is what the server's world had nothing for. `evidence` is one of GRADES, the weakest that it rests on.
    `calls` show it again, the last one is what went wrong. `error` is the declared error that was met, if any.
    `waits` are the seconds that passed before the call of an index, `scene` is where it happened, if not in the run's
    own.
    """

    operation: str
    name: str
    axis: str
    rule: str
    evidence: str
    outcome: str
    problem: str = ""
    expected: str = ""
    calls: Calls = ()
    took_s: float = 0.0
    error: str = ""
    waits: Mapping[int, int] = MappingProxyType({})
    scene: Scene | None = None


def finding_of(result: Result, *, strict: bool) -> Finding:
    """A case's result as a finding. `strict` is for the fake, which has to be what we assume, in a world of our own."""
    operation, case = result.operation, result.case
    grade = grade_of(operation, case, result)
    untried = result.answer is None
    if not result.problem:
        outcome = "passed"
    elif strict:
        outcome = "failed"
    elif untried:
        outcome = "untried"
    else:
        outcome = "drift" if grade == "assumed" and _answered(result) else "failed"
    return Finding(
        operation.name,
        case.name,
        case.axis,
        case.rule,
        grade,
        outcome,
        result.problem,
        expected_text(operation, case.expected),
        result.calls,
        result.answer.took_s if result.answer else 0.0,
        "" if result.problem else case.expected.error,
    )


def grade_of(operation: Operation, case: Case, result: Result) -> str:
    """What a case rests on: its rule; and, where the call was refused after all, the code and text of the refusal."""
    grade = case.evidence.partition(" ")[0] or path_grade(operation)
    accepted = result.answer is not None and "and succeeds" in result.problem
    if result.problem and case.expected.error and not accepted:
        return _weakest(grade, *error_grades(operation, case.expected.error))
    return grade


def error_grades(operation: Operation, error: str) -> tuple[str, ...]:
    """The evidence for an error: that of its row, and of the envelope that it comes in."""
    rows = {**operation.api.document["errors"], **operation.document.get("errors", {})}
    envelopes = {**operation.api.document["envelopes"], **operation.document.get("envelopes", {})}
    envelope = envelopes.get(rows.get(error, {}).get("envelope"), {})
    return (_word(operation.errors[error].evidence), _word(envelope.get("x-evidence", "assumed")))


def expected_text(operation: Operation, expected: Expected) -> str:
    """What a case must lead to, in words."""
    if expected.error:
        row = operation.errors[expected.error]
        known = {name: value for name, value in expected.values.items() if f"{{{name}}}" in row.message}
        text = row.message
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        return f"refused with {expected.error}: {row.code} {text}".replace(":  ", ": ")
    if expected.not_errors:
        return f"not refused with {' or '.join(sorted(expected.not_errors))}"
    return "taken"


def _answered(result: Result) -> bool:
    """Whether the reply is at least this vendor's manner: no breakdown, no page for people."""
    answer = result.answer
    return answer is not None and answer.status < 500 and answer.body.lstrip()[:1] in (b"{", b"[")


def path_grade(operation: Operation) -> str:
    """The evidence for an operation's being there at all."""
    evidence = operation.document["x-evidence"]
    return _word(evidence if isinstance(evidence, str) else evidence.get("path", "assumed"))


def _word(evidence: str) -> str:
    return evidence.partition(" ")[0]


def _weakest(*grades: str) -> str:
    return max(grades, key=GRADES.index)
