"""The parts that a run may have: cases, checks over several replies, random requests, workflows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import NamedTuple

from oc_sandbox.contract import Operation

from . import checks
from .cases import cases_of
from .findings import Finding, finding_of, path_grade
from .places import Case
from .running import Result, run_operation, telling
from .scenes import Scene, Unfit

RULES_IN_SMOKE = 5
"""So many refusals of each operation are tried in the smoke profile, each by another kind of rule."""
NO_TIME = "no time was left"


@dataclass(frozen=True)
class Job:
    """What a part is given to do. `scene()` is a fresh tenant at a sandbox, and the one world of any other server.

    `answers` are those to open questions that the target is taken to give, where not the defaults. `strict` is for the
    fake. `narrowed` tells that the user has chosen some operations.
    """

    operations: tuple[Operation, ...]
    scene: Callable[[], Scene]
    strict: bool
    seed: int
    profile: str
    until: float | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    narrowed: bool = False

    def time_is_up(self) -> bool:
        """Whether the part has had its share; `until` is an instant of `perf_counter`."""
        return self.until is not None and perf_counter() > self.until

    def of_turn(self, turn: int) -> "Job":
        """The job with the seed of its nth turn."""
        return replace(self, seed=self.seed + turn) if turn else self

    def covered(self) -> dict[str, Operation]:
        """The operations of which requests can be made without more ado, by name."""
        return {operation.name: operation for operation in self.operations if not left_out(operation)}


class Part(NamedTuple):
    """A part of a run: `units` names what can be tried each by itself, `run` tries one.

    A part that `repeats` finds other things with another seed.
    """

    name: str
    units: Callable[[Job], list[str]]
    run: Callable[[Job, str], Iterator[Finding]]
    repeats: bool = False


def left_out(operation: Operation) -> str:
    """Why no case is made for an operation; empty where some are."""
    if operation.group == "files":
        return "it hands out files, whose addresses other operations tell"
    if "client_id" in operation.auth:
        return "logins and authorization codes belong to the workflow oauth"
    return ""


# --- cases ------------------------------------------------------------------------------------------------------------


def cases_in(profile: str, operation: Operation) -> list[Case]:
    """The cases of an operation that a profile tries."""
    every = list(cases_of(operation))
    return _smoke(every) if profile == "smoke" else every


def _smoke(cases: list[Case]) -> list[Case]:
    """The good request, and for the best documented rules one request that breaks each."""
    known = [case for case in cases if case.axis == "negative" and not case.evidence.startswith("assumed")]
    by_rule: dict[str, Case] = {}
    for case in sorted(known, key=lambda case: not case.evidence.startswith("documented")):
        by_rule.setdefault(case.rule, case)
    return [case for case in cases if case.rule == "success"] + list(by_rule.values())[:RULES_IN_SMOKE]


def _run_cases(job: Job, unit: str) -> Iterator[Finding]:
    operation = job.covered()[unit]
    cases, scene, done = cases_in(job.profile, operation), job.scene(), 0
    while done < len(cases) and not job.time_is_up():
        for result in run_operation(scene, operation, cases[done:]):
            done += 1
            yield finding_of(result, strict=job.strict)
            if job.time_is_up():
                break
    for case in cases[done:]:
        yield finding_of(Result(operation, case, None, None, NO_TIME), strict=False)


# --- checks -----------------------------------------------------------------------------------------------------------


def _checks_of(job: Job) -> list[str]:
    return [name for name, check in checks.CHECKS.items() if check.operation in job.covered()]


def _run_check(job: Job, unit: str) -> Iterator[Finding]:
    check = checks.CHECKS[unit]
    operation, scene = job.covered()[check.operation], job.scene()
    found = Finding(operation.name, unit.replace("_", " "), "workflow", "check", path_grade(operation), "passed")
    if job.time_is_up():
        yield found._replace(outcome="untried", problem=NO_TIME)
        return
    problems, outcome = [], "passed"
    try:
        for problem in check.run(scene):
            problems.append(problem)
            outcome = "failed"
    except Unfit as unfit:
        problems.append(checks.Problem(str(unfit), telling(scene.calls)))
        outcome = "failed" if job.strict or outcome == "failed" else "untried"
    if problems:
        told = "; ".join(problem.text for problem in problems[:3])
        found = found._replace(outcome=outcome, problem=told, calls=problems[0].calls, scene=scene)
    yield found


CASES = Part("cases", lambda job: list(job.covered()), _run_cases)
CHECKS = Part("checks", _checks_of, _run_check)
