"""The kit against one server: what it finds first, and in how many requests."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from mutant import ROOT, Mutant
from oc_contract.cases import cases_of
from oc_contract.findings import Finding
from oc_contract.parts import Job, Part
from oc_contract.plans import PROFILES
from oc_contract.running import Runner
from oc_contract.scenes import Unfit
from oc_contract.targets import Unreachable
from oc_contract.worlds import FakeAt, Wishes
from oc_sandbox.catalog import catalog

STAGES = tuple(part.name for part, _ in PROFILES["ci"].shares)
COPIED = ("mock_server/oc_sandbox", "schemas", "fixtures")
STARTS = "import sys; from oc_sandbox.cli import main; sys.exit(main(['serve', '--port', '0', *sys.argv[1:]]))"
URL = "OC_SANDBOX_URL="
SEED = 4


class Kill(NamedTuple):
    """What told a server from the right one. `requests` are those that the finding needs."""

    stage: str
    operation: str
    told: str
    problem: str
    requests: int


class Verdict(NamedTuple):
    """What came of one mutant. Without a kill it lives, or could not be tried: `trouble` says why."""

    mutant: str
    kill: Kill | None
    took_s: float
    trouble: str = ""


class DoesNotStart(Exception):
    """The changed server does not start, so nobody would ever meet it."""


@contextlib.contextmanager
def server(mutant: Mutant | None) -> Iterator[str]:
    """The URL of a server from a copy of the product, with the mutant's change in it. Errors: DoesNotStart."""
    with TemporaryDirectory(prefix="oc-mutant-") as folder:
        copy = Path(folder)
        for each in COPIED:
            shutil.copytree(ROOT / each, copy / each)
        if mutant is not None:
            mutant.write(copy)
        source = str(copy / "mock_server")
        process = subprocess.Popen(
            [sys.executable, "-c", STARTS, *(["--assume", mutant.assume] if mutant and mutant.assume else [])],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": source},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = next((line for line in process.stdout if line.startswith(URL)), "")
            if not line:
                raise DoesNotStart
            yield line.removeprefix(URL).strip()
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()


def hunt(mutant: Mutant | None, known: frozenset[tuple[str, str]], stages: Sequence[str] = STAGES) -> Verdict:
    """The first thing that the kit finds wrong; what it says of the right server, `known`, is not looked at."""
    started = perf_counter()
    kill, trouble = None, ""
    try:
        with server(mutant) as url:
            found = findings(url, mutant, stages)
            kill = next((kill for kill in found if (kill.stage, kill.operation) not in known), None)
    except DoesNotStart:
        trouble = "does not start"
    return Verdict(mutant.name if mutant else "", kill, perf_counter() - started, trouble)


def findings(url: str, mutant: Mutant | None, stages: Sequence[str] = STAGES) -> Iterator[Kill]:
    """What profile ci finds wrong with the server at a URL; of each part what lies near the mutant is tried first."""
    with closing(FakeAt(url, Wishes())) as world:
        job = Job(
            world.as_there(catalog().operations.values()),
            world.scene,
            strict=True,
            seed=SEED,
            profile="ci",
            answers=world.answers,
        )
        parts = {part.name: part for part, _ in PROFILES[job.profile].shares}
        for name in stages:
            near, far = _by_nearness(parts[name].units(job), mutant)
            for unit in (*near, *far):
                yield from _guarded(parts[name], job, unit)


def _by_nearness(units: Sequence[str], mutant: Mutant | None) -> tuple[list[str], list[str]]:
    """The units of the mutant's own file, group or API, and the others."""
    own = () if mutant is None else (mutant.group, *mutant.path.parts, mutant.path.stem)
    operations = catalog().operations
    near = [each for each in units if each in own or (each in operations and operations[each].group in own)]
    near.sort(key=lambda unit: unit != own[-1])
    return near, [each for each in units if each not in near]


def _guarded(part: Part, job: Job, unit: str) -> Iterator[Kill]:
    try:
        for finding in part.run(job, unit):
            if finding.outcome == "failed":
                requests = _alone(job, part, unit, finding) or len(finding.calls)
                yield Kill(part.name, finding.operation, finding.name, finding.problem, requests)
                return
    except (Unfit, Unreachable) as problem:
        yield Kill(part.name, unit, type(problem).__name__, str(problem), 1)
    except (ValueError, KeyError, TypeError, LookupError, AttributeError) as problem:
        # The kit trips over an answer of a shape that no contract allows. Told apart, though not in good words.
        yield Kill(part.name, unit, "the kit cannot read the answer", repr(problem), 1)


def _alone(job: Job, part: Part, unit: str, finding: Finding) -> int:
    """How many requests it takes in a fresh tenant to see a case's failure again; 0 where that is known or is not so.

    A check is not brought down to fewer calls than it makes.
    """
    if part.name == "checks" and finding.scene is not None:
        return len(finding.scene.calls)
    if part.name != "cases":
        return 0
    operation, scene = job.covered()[unit], job.scene()
    case = next(case for case in cases_of(operation) if case.name == finding.name)
    again = Runner(scene).run(operation, case)
    return len(again.calls) if again.problem else 0
