"""What a run of each profile is made of: the one list of parts, each with its share of the time."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

from oc_sandbox.contract import Operation

from .cases import cases_of
from .findings import Finding, finding_of
from .places import Case
from .running import Result, run_operation
from .scenes import Scene

RULES_IN_SMOKE = 5
"""So many refusals of each operation are tried in the smoke profile, each by another kind of rule."""


@dataclass(frozen=True)
class Job:
    """What a part is given to do. `scene()` is a fresh tenant at a sandbox, and the one world of any other server."""

    operations: tuple[Operation, ...]
    scene: Callable[[], Scene]
    strict: bool
    seed: int
    profile: str
    until: float | None = None

    def time_is_up(self) -> bool:
        """Whether the part has had its share; `until` is an instant of `perf_counter`."""
        return self.until is not None and perf_counter() > self.until


class Part(NamedTuple):
    """A part of a run: a share of the time, where time is limited, and what gives the findings."""

    name: str
    share: float
    run: Callable[[Job], Iterator[Finding]]


class Profile(NamedTuple):
    """A choice of parts. `seconds` is the time limit where the user sets none."""

    seconds: float | None
    parts: tuple[Part, ...]


def run_cases(job: Job) -> Iterator[Finding]:
    """The cases made from the contract files, operation by operation, in an order by the seed."""
    operations = list(job.operations)
    random.Random(job.seed).shuffle(operations)  # noqa: S311 - an order, no secret
    for operation in operations:
        cases = cases_in(job.profile, operation)
        scene = job.scene()
        done = 0
        while done < len(cases) and not job.time_is_up():
            for result in run_operation(scene, operation, cases[done:]):
                done += 1
                yield finding_of(result, strict=job.strict)
                if job.time_is_up():
                    break
        for case in cases[done:]:
            left = Result(operation, case, None, None, "no time was left")
            yield finding_of(left, strict=False)


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


def left_out(operation: Operation) -> str:
    """Why no case is made for an operation; empty where some are."""
    if operation.api.name != "orangeconnex":
        return f"no cases are made for {operation.api.title} yet"
    if operation.group == "files":
        return "it hands out files, whose addresses other operations tell"
    if "client_id" in operation.auth:
        return "logins and authorization codes belong to workflows"
    return ""


CASES = Part("cases", 0.3, run_cases)
# Workflows and random requests are added here: Part("workflows", 0.4, ...), Part("random", 0.3, ...).

PROFILES: Mapping[str, Profile] = {
    "smoke": Profile(None, (CASES,)),
    "ci": Profile(None, (CASES,)),
    "deep": Profile(300.0, (CASES,)),
}
