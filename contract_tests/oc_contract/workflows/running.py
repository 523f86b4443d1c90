"""Running workflows, and bringing a failure down to the calls that it needs."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test
from oc_sandbox.assumptions import Choices
from oc_sandbox.catalog import catalog

from ..scenes import Unfit
from ..targets import Request, Target, Unreachable
from .flow import Flow, Settings, Step, Wrong, discover
from .machine import Failure, Machine

TargetFactory = Callable[[], Target]
MOST_REPLAYS = 300


class Profile(NamedTuple):
    """How much is tried: so many runs of so many steps for each domain."""

    examples: int
    steps: int


PROFILES: Mapping[str, Profile] = {"smoke": Profile(2, 10), "ci": Profile(25, 20), "deep": Profile(300, 40)}


class WorkflowResult(NamedTuple):
    """What came of one domain. `claim` and `problem` are empty where nothing is wrong.

    `requests` are the calls that a failure needs, in order, and `curls` the same as command lines, waits among them as
    comments; `steps` are the model's words for them.
    """

    domain: str
    claim: str = ""
    problem: str = ""
    steps: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    curls: tuple[str, ...] = ()
    calls: int = 0
    took_s: float = 0.0


def run_workflows(
    target_factory: TargetFactory,
    *,
    domains: Iterable[str | type[Machine]] | None = None,
    seed: int = 0,
    examples: int = PROFILES["ci"].examples,
    steps: int = PROFILES["ci"].steps,
    answers: Mapping[str, str] | None = None,
    paced: bool = True,
    shrink: bool = True,
) -> list[WorkflowResult]:
    """Run the machine of each domain, by default of all, and one over all; a result for each.

    `target_factory` gives a target for every example, a fresh tenant where there can be one. A domain is a name of
    `DOMAINS`, or a class of one's own. `answers` are those to the open questions that the target is taken to give,
    where not the defaults. `paced` tells whether things move on as fast as in the sandbox; elsewhere nobody knows.
    Errors: UnknownAnswer; KeyError, if there is no such domain.
    """
    from .everything import DOMAINS  # noqa: PLC0415 - which imports the machines, and they this package

    wanted = [DOMAINS[each] if isinstance(each, str) else each for each in (DOMAINS if domains is None else domains)]
    choices = Choices(catalog().questions)
    choices.take(answers or {})
    try:
        offered = Settings(discover(target_factory(), choices), choices, paced)
    except (Unfit, Unreachable, Wrong) as problem:
        return [WorkflowResult(machine.__name__.lower(), "the target can be used", str(problem)) for machine in wanted]
    return [_run(machine, target_factory, offered, seed, examples, steps, shrink) for machine in wanted]


def _run(
    machine: type[Machine],
    factory: TargetFactory,
    offered: Settings,
    number: int,
    examples: int,
    steps: int,
    shrink: bool,
) -> WorkflowResult:
    started = time.perf_counter()
    name = machine.__name__.lower()
    values = {"target_factory": staticmethod(factory), "settings_of": offered, "calls_made": 0, "last_failure": None}
    # A class of this run's own, for Hypothesis keeps what it knows of a machine with its class.
    one: type[Machine] = hypothesis.seed(number)(type(machine.__name__, (machine,), values))
    failure, problem = _failure_of(one, examples, steps, shrink)
    result = WorkflowResult(name, *(("", "") if failure is None else (failure.wrong.claim, failure.wrong.told)))
    if failure is not None:
        result = _shortest(factory, offered, failure, result)
    elif problem:
        result = result._replace(claim="the target answers", problem=problem)
    return result._replace(calls=one.calls_made, took_s=time.perf_counter() - started)


def _failure_of(machine: type[Machine], examples: int, steps: int, shrink: bool) -> tuple[Failure | None, str]:
    """The failure of the shrunk example, or what else went wrong."""
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    settled = settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        derandomize=False,  # the seed decides
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=settled)
    except Failure as failure:
        return failure, ""
    except Unreachable as problem:
        return None, str(problem)
    except HypothesisException as problem:
        # A target that answers otherwise the second time is wrong all the same: what was seen is told.
        return machine.last_failure, f"{type(problem).__name__}: {problem}"
    return None, ""


# --- a failure, brought down ------------------------------------------------------------------------------------------


class Replayed(NamedTuple):
    """Steps made again: the first claim that did not hold, if any, after so many steps."""

    wrong: Wrong | None
    steps: tuple[Step, ...]
    flow: Flow


def replay(factory: TargetFactory, offered: Settings, steps: Sequence[Step]) -> Replayed:
    """Make steps on a fresh target, up to the first claim that does not hold. Errors: Unreachable."""
    flow = Flow(factory(), offered)
    for step in steps:
        try:
            flow.do(step.make, **step.values)
        except Wrong as wrong:
            return Replayed(wrong, tuple(flow.steps), flow)
    return Replayed(None, tuple(flow.steps), flow)


def _shortest(factory: TargetFactory, offered: Settings, failure: Failure, result: WorkflowResult) -> WorkflowResult:
    """The failure with every step left out that it does without."""
    best = replay(factory, offered, failure.steps)
    if best.wrong is None:
        told = f"{failure.wrong.told} (it did not happen again when the steps were made once more)"
        return result._replace(problem=told, steps=tuple(map(str, failure.steps)))
    left = MOST_REPLAYS
    shorter = True
    while shorter and left > 0:
        shorter = False
        for place in reversed(range(len(best.steps))):
            tried = replay(factory, offered, best.steps[:place] + best.steps[place + 1 :])
            left -= 1
            if tried.wrong is not None and tried.wrong.claim == best.wrong.claim:
                best, shorter = tried, True
            if left <= 0:
                break
    return result._replace(
        claim=best.wrong.claim,
        problem=best.wrong.told,
        steps=tuple(map(str, best.steps)),
        requests=tuple(request for request, _ in best.flow.scene.calls),
        curls=tuple(_lines(best.flow)),
    )


def _lines(flow: Flow) -> Iterable[str]:
    """The calls as command lines, and the waits between them."""
    for event in flow.events:
        if event.waited_s:
            at = f"{flow.target.root_url}/_sandbox/tenants/{flow.target.keys.client_key}/clock"
            yield f"# {event.waited_s} s pass: PUT {at} with advance_seconds {event.waited_s}"
        elif event.call < len(flow.scene.calls):
            yield flow.scene.calls[event.call][0].curl(flow.target.root_url)
