"""The kit against one server: what it finds first, and in how many requests."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from mutant import ROOT, Mutant
from oc_contract.running import Result, run_case, run_operation
from oc_contract.scenes import Scene, Unfit
from oc_contract.searching import search
from oc_contract.targets import Unreachable, fake_at
from oc_sandbox.catalog import catalog

try:
    from oc_contract.workflows import DOMAINS, run_workflows
except ImportError:  # the kit of this checkout has none
    DOMAINS = {}  # type: ignore[assignment]

STAGES = ("case", "search", "workflow")
COPIED = ("mock_server/oc_sandbox", "schemas", "fixtures")
STARTS = "import sys; from oc_sandbox.cli import main; sys.exit(main(['serve', '--port', '0']))"
URL = "OC_SANDBOX_URL="
EXAMPLES = 15
SEED = 4
FLOW_EXAMPLES, FLOW_STEPS = 25, 20
"""As profile `ci`."""


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
            [sys.executable, "-c", STARTS],
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
    """What is wrong with the server at a URL, what lies near to the mutant first.

    Cases and workflows of the mutant's own group, then all other cases, all other workflows, and random requests.
    """
    near, far = _operations(mutant)
    near_domains, far_domains = _domains(mutant)
    for stage, names in (
        ("case", near),
        ("workflow", near_domains),
        ("case", far),
        ("workflow", far_domains),
        ("search", [*near, *far]),
    ):
        for name in names if stage in stages else ():
            yield from _guarded(stage, name, TRIES[stage](url, name))


def _operations(mutant: Mutant | None) -> tuple[list[str], list[str]]:
    """The operations that can be tried without a login: the mutant's own and its group's, and the others."""
    fit = [each for each in catalog().operations.values() if "client_id" not in each.auth and each.group != "files"]
    if mutant is None:
        return [], [each.name for each in fit]
    own = [each.name for each in fit if each.name == mutant.path.stem]
    near = [each.name for each in fit if each.group == mutant.group and each.name not in own]
    return [*own, *near], [each.name for each in fit if each.name not in (*own, *near)]


def _domains(mutant: Mutant | None) -> tuple[list[str], list[str]]:
    """The workflows' domains: those of the mutant's group or API, and the others."""
    own = () if mutant is None else (mutant.group, *mutant.path.parts)
    return [name for name in DOMAINS if name in own], [name for name in DOMAINS if name not in own]


def _guarded(stage: str, name: str, found: Iterator[Kill]) -> Iterator[Kill]:
    try:
        yield from found
    except (Unfit, Unreachable) as problem:
        yield Kill(stage, name, type(problem).__name__, str(problem), 1)
    except (ValueError, KeyError, TypeError, LookupError, AttributeError) as problem:
        # The kit trips over an answer of a shape that no contract allows. Told apart, though not in good words.
        yield Kill(stage, name, "the kit cannot read the answer", repr(problem), 1)


def _by_cases(url: str, name: str) -> Iterator[Kill]:
    operation = catalog().operations[name]
    scene = Scene(fake_at(url))
    for result in run_operation(scene, operation):
        if result.problem:
            alone = _alone(url, result)
            yield Kill("case", operation.name, result.case.name, result.problem, alone or len(scene.calls))
            return


def _alone(url: str, result: Result) -> int:
    """How many requests the case needs in a fresh tenant; 0 where it then is as it should be."""
    scene = Scene(fake_at(url))
    try:
        good = scene.draft(result.operation)
        again = run_case(scene, result.operation, result.case, good)
    except Unfit:
        return len(scene.calls)
    return len(scene.calls) if again.problem else 0


def _by_search(url: str, name: str) -> Iterator[Kill]:
    operation = catalog().operations[name]
    scene = Scene(fake_at(url))
    for found in search(scene, operation, examples=EXAMPLES, start=SEED):
        again = Scene(fake_at(url))
        again.draft(operation)
        yield Kill("search", operation.name, "a random request", found.problem, len(again.calls) + 1)


def _by_workflow(url: str, domain: str) -> Iterator[Kill]:
    results = run_workflows(
        lambda: fake_at(url), domains=[domain], seed=SEED, examples=FLOW_EXAMPLES, steps=FLOW_STEPS, shrink=False
    )
    for result in results:
        if result.problem:
            yield Kill("workflow", domain, result.claim, result.problem, len(result.requests))


TRIES: Mapping[str, Callable[[str, str], Iterator[Kill]]] = {
    "case": _by_cases,
    "search": _by_search,
    "workflow": _by_workflow,
}
