"""The report for a terminal: a table of outcomes, each bad verdict with the calls, and what the client report finds."""

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from oc_sandbox.client_report.as_text import finding_lines, short_curl

from .judging import OUTCOMES

WIDTH = 110
MOST_SHOWN = 12
MOST_OF_A_KIND = 2
"""One cause makes an operation fail in many runs, which need not all be read."""
CALLS_SHOWN, LONGEST_CURL = 4, 400
"""Here; the other forms have them whole."""
GRADE_WORDS = {
    "any network": "can happen on any network",
    "documented": "documented",
    "observed": "observed",
    "assumed": "only assumed: nobody has seen the vendor do this, or in this form",
}
_COLOURS = {"doubled": "31;1", "lost": "31;1", "misread": "31", "hung": "31", "crashed": "33", "recovered": "32"}
Value = Mapping[str, Any]


def text_report(report: Value, *, colour: bool = False) -> str:
    """The report's JSON value as text."""
    return "\n".join(_lines(report, colour)) + "\n"


def call_line(call: Value) -> str:
    """What a call was, and what came of it, in a line."""
    status = f"HTTP {call['status']}" if call["status"] else "no answer"
    errors = f" {', '.join(dict.fromkeys(call['errors']))}" if call["errors"] else ""
    injected = " (the failure)" if call["injected"] else ""
    return f"call {call['id']} {call['operation'] or 'unknown path'}: {call['outcome']}, {status}{errors}{injected}"


def again(report: Value, run: Value) -> str:
    """The command that makes one run again."""
    options = ["--seed", str(report["seed"]), *report["options"], "--only", run["name"]]
    return shlex.join(["oc-sandbox", "challenge", *options, "--", *report["command"]])


def _lines(report: Value, colour: bool) -> Iterator[str]:
    bad = [run for run in report["runs"] if run["bad"]]
    shown = list(_worth_reading(bad))[:MOST_SHOWN]
    for run in shown:
        yield from _bad(report, run, colour)
        yield ""
    if len(bad) > len(shown):
        yield f"... and {len(bad) - len(shown)} more; --json, --junit and --html write them all"
        yield ""
    yield from _table(report)
    yield ""
    findings = report["client_report"]["findings"]
    if findings:
        yield "What the client report says of the undisturbed calls:"
    for finding in findings:
        yield ""
        yield from finding_lines(finding)
    if findings:
        yield ""
    effects = ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in report["effects"].items())
    calls = sum(report["used"].values())
    yield f"undisturbed: {calls} calls in {report['undisturbed_s']:.1f} s; {effects or 'nothing'} booked"
    yield f"seed {report['seed']}, {len(report['runs'])} runs in {report['took_s']:.1f} s: {report['verdict']}"


def _worth_reading(bad: list[Value]) -> Iterator[Value]:
    """The first of each operation and verdict, by which the others may go as well."""
    seen: Counter[tuple[str, str]] = Counter()
    for run in bad:
        kind = (_part(run), run["outcome"])
        seen[kind] += 1
        if seen[kind] <= MOST_OF_A_KIND:
            yield run


def _bad(report: Value, run: Value, colour: bool) -> Iterator[str]:
    yield f"{_paint(run['outcome'].upper(), run['outcome'], colour)}  {run['name']}"
    yield from _wrapped("what failed", run["says"])
    yield from _wrapped("evidence", GRADE_WORDS[run["grade"]])
    yield from _wrapped("came of it", run["why"])
    yield from _wrapped("fix", run["fix"])
    yield f"  again        {again(report, run)}"
    for call in run["calls"][:CALLS_SHOWN]:
        yield f"    {call_line(call)}"
        line = short_curl(call["curl"])
        yield f"      {line[:LONGEST_CURL]}{' ...' * (len(line) > LONGEST_CURL)}"
    left = run["calls_total"] - len(run["calls"][:CALLS_SHOWN])
    if left > 0:
        yield f"    and {left} more calls"


def _wrapped(label: str, text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent=f"  {label:12} ", subsequent_indent=" " * 15, break_on_hyphens=False)


def _table(report: Value) -> Iterator[str]:
    """By operation, how often each outcome was met."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for run in report["runs"]:
        rows[_part(run)][run["outcome"]] += 1
    met = [outcome for outcome in OUTCOMES if any(row[outcome] for row in rows.values())]
    width = max([len(name) for name in rows] + [len("what failed")])
    yield f"{'what failed':{width}}" + "".join(f"  {outcome:>{max(len(outcome), 5)}}" for outcome in met)
    for name in sorted(rows):
        cells = (f"  {rows[name][outcome] or '-'!s:>{max(len(outcome), 5)}}" for outcome in met)
        yield f"{name:{width}}" + "".join(cells)


def _part(run: Value) -> str:
    name: str = run["name"].partition(":")[0]
    return "another answer to an open question" if name == "assumption" else name


def _paint(text: str, outcome: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[outcome]}m{text}\x1b[0m" if colour and outcome in _COLOURS else text
