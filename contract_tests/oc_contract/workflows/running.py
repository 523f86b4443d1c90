"""Running workflows, and bringing a failure down to the calls that it needs."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test
from oc_sandbox.assumptions import Choices
from oc_sandbox.catalog import catalog

from ..scenes import Scene, Unfit
from ..targets import Request, Target, Unreachable
from .flow import ANSWERS, KEEPS, Flow, Settings, Step, Wrong, discover
from .machine import Failure, Machine

TargetFactory = Callable[[], Target]
MOST_REPLAYS = 300


class Profile(NamedTuple):
    """How much is tried: so many runs of so many steps for each domain.

    A failure is made smaller by Hypothesis if it `shrink`s, then by leaving out steps, in at most `replays` more runs.
    """

    examples: int
    steps: int
    shrink: bool = True
    replays: int = MOST_REPLAYS


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {"smoke": Profile(3, 12), "ci": Profile(25, 20), "deep": Profile(60, 40)}
)
"""Where time is limited `deep` is run again and again, with other seeds."""


class WorkflowResult(NamedTuple):
    """What came of one domain. `claim` and `problem` are empty where nothing is wrong.

    `scene` is where the calls of a failure were made, and no others; `waits` are the seconds that passed before the
    call of an index; `steps` are the model's words for them. `called` counts all calls, by operation.
    """

    domain: str
    claim: str = ""
    problem: str = ""
    steps: tuple[str, ...] = ()
    scene: Scene | None = None
    waits: Mapping[int, int] = MappingProxyType({})
    called: Mapping[str, int] = MappingProxyType({})
    took_s: float = 0.0

    @property
    def requests(self) -> tuple[Request, ...]:
        """The calls that a failure needs, in order."""
        return tuple(request for request, _ in self.scene.calls) if self.scene else ()

    @property
    def operation(self) -> str:
        """The operation that was called last in a failure."""
        return self.requests[-1].operation if self.requests else ""

    @property
    def broken(self) -> bool:
        """Whether what is wrong is a reply that no contract allows, whatever a server's ways."""
        return self.claim.endswith((ANSWERS, KEEPS))


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
    replays: int = MOST_REPLAYS,
) -> list[WorkflowResult]:
    """Run the machine of each domain, by default of all, and one over all; a result for each.

    `target_factory` gives a target for every example, a fresh tenant where there can be one. A domain is a name of
    `DOMAINS`, or a class of one's own. `answers` are those to the open questions that the target is taken to give,
    where not the defaults. `shrink` and `replays` as a Profile's. `paced` tells whether things move on as fast as in
    the sandbox; elsewhere nobody knows.
    Errors: UnknownAnswer; KeyError, if there is no such domain.
    """
    from .everything import DOMAINS  # noqa: PLC0415 - which imports the machines, and they this package

    wanted = [DOMAINS[each] if isinstance(each, str) else each for each in (DOMAINS if domains is None else domains)]
    choices = Choices(catalog().questions)
    choices.take(answers or {})
    try:
        offered = Settings(discover(target_factory(), choices), choices, paced)
    except (Unfit, Unreachable, Wrong) as problem:
        return [WorkflowResult(_name(machine), "the target can be used", str(problem)) for machine in wanted]
    profile = Profile(examples, steps, shrink, replays)
    return [_run(machine, target_factory, offered, seed, profile) for machine in wanted]


def _name(machine: type[Machine]) -> str:
    return machine.__name__.lower()


def _run(
    machine: type[Machine], factory: TargetFactory, offered: Settings, number: int, profile: Profile
) -> WorkflowResult:
    started = time.perf_counter()
    values = {
        "target_factory": staticmethod(factory),
        "settings_of": offered,
        "calls_made": Counter(),
        "last_failure": None,
    }
    # A class of this run's own, for Hypothesis keeps what it knows of a machine with its class.
    one: type[Machine] = hypothesis.seed(number)(type(machine.__name__, (machine,), values))
    failure, problem = _walked(one)
    if failure is None and not problem:
        failure, problem = _failure_of(one, profile)
    result = WorkflowResult(_name(machine))
    if failure is not None:
        result = _shortest(factory, offered, failure, result, profile.replays)
    elif problem:
        result = result._replace(claim="the target answers", problem=problem)
    return result._replace(called=dict(one.calls_made), took_s=time.perf_counter() - started)


def _walked(machine: type[Machine]) -> tuple[Failure | None, str]:
    """The failure of the domain's own walk, or what else went wrong."""
    try:
        one = machine()
        try:
            one.walk()
        finally:
            one.teardown()
    except Failure as failure:
        return failure, ""
    except Unreachable as problem:
        return None, str(problem)
    return None, ""


def _failure_of(machine: type[Machine], profile: Profile) -> tuple[Failure | None, str]:
    """The failure of the shrunk example, or what else went wrong."""
    phases = (Phase.generate, Phase.shrink) if profile.shrink else (Phase.generate,)
    settled = settings(
        max_examples=profile.examples,
        stateful_step_count=profile.steps,
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
    try:
        for step in steps:
            flow.do(step.make, **step.values)
    except Wrong as wrong:
        return Replayed(wrong, tuple(flow.steps), flow)
    finally:
        flow.close()
    return Replayed(None, tuple(flow.steps), flow)


def _shortest(
    factory: TargetFactory, offered: Settings, failure: Failure, result: WorkflowResult, most: int
) -> WorkflowResult:
    """The failure with every step left out that it does without; as it came, where it does not come again."""
    try:
        best = replay(factory, offered, failure.flow.steps)
        if best.wrong is None:
            told = "it did not happen again when the same steps were made once more"
            return _told(result, failure.wrong, failure.flow, told)
        best = _without_needless(factory, offered, best, best.wrong.claim, most)
    except Unreachable as problem:
        return _told(result, failure.wrong, failure.flow, str(problem))
    return _told(result, best.wrong or failure.wrong, best.flow)


def _without_needless(factory: TargetFactory, offered: Settings, best: Replayed, claim: str, left: int) -> Replayed:
    """Steps that break the same claim, and of which none can be left out. Errors: Unreachable.

    Halves are tried first, then quarters and so on: of a walk of a hundred steps a failure needs three.
    """
    many = max(len(best.steps) // 2, 1)
    while left > 0:
        place, shorter = len(best.steps), False
        while place > 0 and left > 0:
            tried = replay(factory, offered, best.steps[: max(place - many, 0)] + best.steps[place:])
            left -= 1
            place -= many
            if tried.wrong is not None and tried.wrong.claim == claim:
                best, shorter = tried, True
                place = min(place, len(best.steps))
        # What was needed by what is gone may now be needless too.
        if many == 1 and not shorter:
            break
        many = max(many // 2, 1)
    return best


def _told(result: WorkflowResult, wrong: Wrong, flow: Flow, more: str = "") -> WorkflowResult:
    return result._replace(
        claim=wrong.claim,
        problem=f"{wrong.told} ({more})" if more else wrong.told,
        steps=tuple(map(str, flow.steps)),
        scene=flow.scene,
        waits=flow.waits(),
    )
