"""A run of the kit against one target, and the report of it: nothing is in it that must not be written down."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple, Protocol

from oc_sandbox import __version__
from oc_sandbox.assumptions import Choices
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.domain.clock import Clock

from .findings import Finding
from .guards import Spent
from .interruptions import INTERRUPTED, uninterrupted, words_of
from .parts import Job, Part, left_out
from .plans import PROFILES, run_part
from .redaction import Redactor
from .replays import script
from .scenes import Scene
from .settling import Settled, settle
from .targets import Unreachable

ENDS = ("", "unreachable", "budget", "fail-fast", "interrupted")


class Told(NamedTuple):
    """A finding as it may be written. Where it did not pass, `came` is the last reply, `replay` are shell lines."""

    operation: str
    name: str
    axis: str
    rule: str
    evidence: str
    outcome: str
    took_s: float
    error: str = ""
    problem: str = ""
    expected: str = ""
    came: str = ""
    replay: tuple[str, ...] = ()
    requests: int = 0


class Answered(NamedTuple):
    """An open question, the answer that the target gives, or why none could be told, and what is assumed."""

    question: str
    answer: str
    why: str
    assumed: str


@dataclass
class Report:
    """What a run found. `ended` is why it stopped early, one of ENDS, and `words` says so.

    `target` is a root URL, empty in process. `settled` are answers to open questions, where they were asked for.
    `left_behind` counts what was made and is still there, by the operation that made it.
    """

    target: str
    kind: str
    profile: str
    seed: int
    started_at: str
    operations: tuple[Operation, ...]
    left_out: Mapping[str, str]
    version: str = __version__
    took_s: float = 0.0
    requests: int = 0
    ended: str = ""
    words: str = ""
    findings: list[Told] = field(default_factory=list)
    settled: tuple[Answered, ...] = ()
    left_behind: Mapping[str, int] = field(default_factory=dict)

    def outcomes(self, outcome: str) -> list[Told]:
        """The findings with that outcome."""
        return [told for told in self.findings if told.outcome == outcome]

    @property
    def exit_code(self) -> int:
        """0 all is well, 1 something failed, 2 only what is assumed differs, 3 the run could not be made."""
        if self.ended == "unreachable":
            return 3
        if self.ended == "interrupted":
            return INTERRUPTED
        if self.outcomes("failed"):
            return 1
        if self.outcomes("drift"):
            return 2
        return 0 if self.outcomes("passed") else 3


class World(Protocol):
    """A target as a run has it: scenes to play in, and what all of them together asked."""

    root_url: str
    kind: str
    own: bool
    secrets: tuple[str, ...]

    choices: Choices

    @property
    def answers(self) -> Mapping[str, str]:
        """To open questions, where not the defaults."""

    def as_there(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """Operations as they are with those answers."""

    def scene(self) -> Scene:
        """A fresh tenant at a sandbox; the same scene each time at any other server."""

    @property
    def requests(self) -> int:
        """How many calls were made."""


class Settings(NamedTuple):
    """How a run is made.

    `seconds` limits it; `narrowed` as a Job's; `on_finding` hears of each finding, with the part's name.
    """

    profile: str = "ci"
    seed: int = 0
    seconds: float | None = None
    fail_fast: bool = False
    narrowed: bool = False
    on_finding: Callable[[str, Told], None] = lambda part, told: None


class Verifying:
    """One run."""

    def __init__(
        self, world: World, operations: tuple[Operation, ...], excluded: Mapping[str, str], settings: Settings
    ) -> None:
        self._world, self._settings = world, settings
        self._redactor = Redactor(own_world=world.own, secrets=world.secrets)
        self._scene: Scene | None = None
        self.report = Report(
            world.root_url, world.kind, settings.profile, settings.seed, _now(), operations, dict(excluded)
        )

    def run(self) -> Report:
        """Try every part of the profile; what was found stands in the report, however the run ends."""
        started = perf_counter()
        report = self.report
        if not report.ended:
            with self.ending():
                self._run_parts(started)
        with uninterrupted():
            self._leave_out()
            report.took_s = perf_counter() - started
            report.requests = self._world.requests
        return report

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Where the target is gone, the budget spent, or somebody ends the run, it ends, and the report says so."""
        report = self.report
        try:
            yield
        except Unreachable as dead:
            report.ended, report.words = "unreachable", self._redactor.text(str(dead))
        except Spent as spent:
            report.ended, report.words = "budget", str(spent)
        except KeyboardInterrupt as interruption:
            report.ended, report.words = "interrupted", words_of(interruption)

    def settle(self) -> list[Settled]:
        """Ask the open questions, as far as the run comes; the rest of it judges by the answers.

        What is told of replies is fit to be written.
        """
        found: list[Settled] = []
        with self.ending():
            scene = self._next_scene()
            for each in settle(scene.target):
                self._redactor.learn(scene.target.keys)
                why = each.why
                for _, answer in each.calls:
                    why = self._redactor.text(why, answer)
                found.append(each._replace(why=why))
        with uninterrupted():
            self._world.choices.take({each.question: each.answer for each in found if each.answer})
            self.report.operations = self._world.as_there(self.report.operations)
            questions = catalog().questions
            self.report.settled = tuple(
                Answered(each.question, each.answer or "", each.why, questions[each.question].default) for each in found
            )
        return found

    def _leave_out(self) -> None:
        """Say which operations nothing was tried of, where that is so by design."""
        met = {told.operation for told in self.report.findings}
        missed = {each.name: left_out(each) for each in self.report.operations if each.name not in met}
        missed = {name: reason for name, reason in missed.items() if reason}
        self.report.operations = tuple(each for each in self.report.operations if each.name not in missed)
        self.report.left_out = {**self.report.left_out, **missed}

    def _run_parts(self, started: float) -> None:
        profile = PROFILES[self._settings.profile]
        seconds = self._settings.seconds if self._settings.seconds is not None else profile.seconds
        remaining = sum(each.share for each in profile.shares)
        for part, share in profile.shares:
            until = None
            if seconds is not None:
                # What an earlier part did not need is there for the later ones.
                left_s = max(0.0, started + seconds - perf_counter())
                until = perf_counter() + left_s * share / remaining
            remaining -= share
            for finding in self._findings(part, until):
                told = told_of(finding, self._scene, self._redactor)
                self.report.findings.append(told)
                self._settings.on_finding(part.name, told)
                if told.outcome == "failed" and self._settings.fail_fast:
                    self.report.ended, self.report.words = "fail-fast", "the run ended at its first failure"
                    return

    def _findings(self, part: Part, until: float | None) -> Iterator[Finding]:
        job = Job(
            self.report.operations,
            self._next_scene,
            self._world.own,
            self._settings.seed,
            self.report.profile,
            until,
            self._world.answers,
            self._settings.narrowed,
        )
        return run_part(part, job)

    def _next_scene(self) -> Scene:
        self._scene = self._world.scene()
        return self._scene


def dead_report(target: str, profile: str, words: str) -> Report:
    """The report where nothing was there to be checked."""
    return Report(target, "a server", profile, 0, _now(), (), {}, ended="unreachable", words=words)


def _now() -> str:
    return Clock().now().isoformat(timespec="seconds").replace("+00:00", "Z")


def today() -> str:
    """The date of this machine, as ISO 8601 has it."""
    return Clock().now().date().isoformat()


def told_of(finding: Finding, scene: Scene | None, redactor: Redactor) -> Told:
    """A finding as it may be written; `scene` is where it was made, if it does not say so itself."""
    scene = finding.scene or scene
    if scene is not None:
        redactor.learn(scene.target.keys)
        redactor.learn_tokens(scene.tokens)
    told = Told(
        finding.operation,
        finding.name,
        finding.axis,
        finding.rule,
        finding.evidence,
        finding.outcome,
        finding.took_s,
        finding.error,
    )
    if finding.outcome == "passed":
        return told
    answer = finding.calls[-1][1] if finding.calls else None
    lines = script(finding.calls, scene, finding.waits) if scene is not None else []
    return told._replace(
        problem=redactor.text(finding.problem, answer),
        expected=redactor.text(finding.expected),
        came=redactor.reply(answer) if answer else "",
        replay=tuple(redactor.text(line) for line in lines),
        requests=len(finding.calls),
    )
