"""What a run of each profile is made of: the one list of parts, each with its share of the time."""

import random
from collections.abc import Iterator, Mapping
from itertools import count
from types import ModuleType
from typing import NamedTuple

from .findings import Finding
from .parts import CASES, CHECKS, Job, Part


def _randomised() -> ModuleType:
    from . import randomised  # noqa: PLC0415 - needs Hypothesis, which the smoke profile does without

    return randomised


RANDOM = Part(
    "random",
    lambda job: [name for name, operation in job.covered().items() if operation.parameters == "json"],
    lambda job, unit: _randomised().run_search(job, unit),
    repeats=True,
)
WORKFLOWS = Part(
    "workflows",
    lambda job: _randomised().domains(job),
    lambda job, unit: _randomised().run_workflow(job, unit),
    repeats=True,
)


class Share(NamedTuple):
    """A part of a run, and how much of the time it may take where time is limited."""

    part: Part
    share: float


class Profile(NamedTuple):
    """A choice of parts. `seconds` is the time limit where the user sets none."""

    seconds: float | None
    shares: tuple[Share, ...]


def run_part(part: Part, job: Job) -> Iterator[Finding]:
    """The units of a part, in an order by the seed; where time is limited, again and again with other seeds."""
    units = part.units(job)
    random.Random(job.seed).shuffle(units)  # noqa: S311 - an order, no secret
    failed: set[str] = set()
    for turn in count() if job.until is not None and part.repeats else (0,):
        if turn and (job.time_is_up() or len(failed) == len(units)):
            return
        for unit in units:
            # What has failed once is known; what nobody had time for is told.
            if unit in failed or (turn and job.time_is_up()):
                continue
            for finding in part.run(job.of_turn(turn), unit):
                if finding.outcome == "failed" and part.repeats:
                    failed.add(unit)
                if not turn or finding.outcome != "passed":
                    yield finding


PROFILES: Mapping[str, Profile] = {
    "smoke": Profile(None, (Share(CASES, 0.7), Share(CHECKS, 0.3))),
    "ci": Profile(None, (Share(CASES, 0.2), Share(WORKFLOWS, 0.4), Share(RANDOM, 0.3), Share(CHECKS, 0.1))),
    "deep": Profile(300.0, (Share(CASES, 0.1), Share(WORKFLOWS, 0.5), Share(RANDOM, 0.35), Share(CHECKS, 0.05))),
}
