"""The report on a client: every check over its tenant's journal, in one value that all forms are written from."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .. import __version__
from ..catalog import catalog
from ..curls import curl
from ..domain.clock import from_ms
from ..tenancy import Tenant
from . import creations, credentials, duplicates, leaks, paging, partials, retries, shapes, tokens, windows
from .as_text import text_report
from .findings import SEVERITIES, Finding
from .relied import guessed_errors, relied
from .story import Seen, Story, story_of

CHECKS: Mapping[str, Callable[[Story], Iterator[Finding]]] = MappingProxyType(
    {
        "credentials": credentials.check,
        "leaks": leaks.check,
        "shapes": shapes.check,
        "windows": windows.check,
        "paging": paging.check,
        "tokens": tokens.check,
        "partial failures": partials.check,
        "retries": retries.check,
        "duplicates": duplicates.check,
        "creations": creations.check,
    }
)
CALLS_SHOWN = 5
"""Of each finding; how many there are is told."""


@dataclass(frozen=True)
class ClientReport:
    """What a tenant's journal says of the client that made the calls. `findings` come with the worst first."""

    story: Story
    findings: tuple[Finding, ...]
    client_key: str
    root_url: str
    at_ms: int

    @property
    def passed(self) -> bool:
        """Whether there is neither an error nor a warning; notes do not count."""
        return all(finding.severity == "note" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON value. Keys may be added, none goes or changes its meaning."""
        counts = Counter(finding.severity for finding in self.findings)
        calls = self.story.calls
        return {
            "report_version": 1,
            "version": __version__,
            "client_key": self.client_key,
            "at": _instant(self.at_ms),
            "passed": self.passed,
            "calls": len(calls),
            "calls_lost": self.story.lost,
            "not_judged": list(self._not_judged()),
            "totals": {severity: counts[severity] for severity in SEVERITIES},
            "findings": [self._finding(finding) for finding in self.findings],
            "operations": [_operation(name, seen) for name, seen in self.story.by_operation.items()],
            "assumptions": [
                {
                    "name": each.question.name,
                    "asks": each.question.asks,
                    "answer": each.answer,
                    "says": each.question.answers[each.answer].says,
                    "others": [name for name in each.question.answers if name != each.answer],
                    "seen": each.seen,
                    "calls": [seen.id for seen in each.calls[:CALLS_SHOWN]],
                    "calls_total": len(each.calls),
                }
                for each in relied(self.story)
            ],
            "assumed_errors": guessed_errors(self.story),
        }

    def as_text(self) -> str:
        """The report for a terminal."""
        return text_report(self.as_json())

    def _not_judged(self) -> Iterator[str]:
        if self.story.lost:
            yield (
                f"the oldest calls: {self.story.lost} had fallen out of the journal, which keeps the newest. What is"
                " told of the others is right all the same."
            )
        if not self.story.clock_rate:
            yield "whether retries waited: the tenant's clock stands still, so that no wait is seen."

    def _finding(self, finding: Finding) -> dict[str, Any]:
        return {
            "check": finding.check,
            "severity": finding.severity,
            "operation": finding.operation,
            "says": finding.says,
            "fix": finding.fix,
            "assumed": finding.assumed,
            "basis": [{**each._asdict(), "sources": list(each.sources)} for each in finding.basis],
            "calls": [self._call(seen) for seen in finding.calls[:CALLS_SHOWN]],
            "calls_total": len(finding.calls),
        }

    def _call(self, seen: Seen) -> dict[str, Any]:
        call = leaks.hidden(seen, self.story.kept)
        return {
            "id": seen.id,
            "at": _instant(seen.entry.at_ms),
            "outcome": seen.entry.outcome,
            "errors": list(seen.entry.errors),
            "curl": curl(call.method, self.root_url, call.path, call.query, dict(call.headers), call.body),
        }


def report_of(tenant: Tenant, root_url: str, *, expected: Collection[str] = ()) -> ClientReport:
    """The report on the client that called a tenant.

    `expected` are error rows (`window_too_wide`) that a test provokes on purpose: a finding all of whose calls were
    refused so is but a note.
    """
    story = story_of(
        tenant.journal.since(),
        catalog(),
        tenant.choices,
        lost=tenant.journal.lost,
        clock_rate=tenant.clock.rate,
        expected=expected,
        kept=leaks.kept_by(tenant),
    )
    return ClientReport(story, findings_of(story), tenant.client_key, root_url, tenant.clock.now_ms())


def findings_of(story: Story) -> tuple[Finding, ...]:
    """What every check finds, the worst first."""
    found = [_as_told(_as_expected(finding, story), story) for check in CHECKS.values() for finding in check(story)]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _as_expected(finding: Finding, story: Story) -> Finding:
    wanted = all(set(seen.entry.errors) & story.expected for seen in finding.calls)
    if not wanted or not story.expected or finding.severity == "note":
        return finding
    return finding._replace(severity="note", says=f"{finding.says} Expected: the tests say so.")


def _as_told(finding: Finding, story: Story) -> Finding:
    """A finding may show what was sent: a value, a path."""
    says, operation = (leaks.told_without(text, story.kept) for text in (finding.says, finding.operation))
    return finding._replace(says=says, operation=operation)


def _operation(name: str, calls: list[Seen]) -> dict[str, Any]:
    outcomes = Counter(seen.entry.outcome for seen in calls)
    errors = Counter(error for seen in calls for error in seen.entry.errors)
    return {
        "operation": name,
        "calls": len(calls),
        "ok": outcomes["ok"],
        "partial": outcomes["partial"],
        "refused": outcomes["refused"],
        "injected": sum(bool(seen.faults) for seen in calls),
        "errors": dict(errors),
    }


def _instant(ms: int) -> str:
    return from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
