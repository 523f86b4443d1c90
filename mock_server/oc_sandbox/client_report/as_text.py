"""The report for a terminal: the verdict, each finding with its calls, and what was used."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from ..call import NO_HOST
from ..curls import shared_tokens, with_variables

WIDTH = 110
LONGEST_CURL = 2000
LONGEST_TOKENS = 2000
"""What a line has of tokens, and loses before it is shown."""


def text_report(report: Mapping[str, Any]) -> str:
    """The report's JSON value as text."""
    return "\n".join(_lines(report)) + "\n"


def verdict(report: Mapping[str, Any]) -> str:
    """The report in a few words."""
    if not report["calls"]:
        return "no calls: nothing to judge"
    counts = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in report["totals"].items() if count]
    return ", ".join(counts) if counts else "no findings"


def basis_words(basis: Mapping[str, Any]) -> str:
    """A fact with its grade and its sources, in one line."""
    sources = f", {'; '.join(basis['sources'])}" if basis["sources"] else ""
    return f"{basis['fact']} ({basis['grade']}{sources}; {basis['where']})"


def assumption_words(each: Mapping[str, Any]) -> str:
    """An assumption that was relied on, in one line."""
    known = f"seen: {each['seen']}" if each["seen"] else f"it could be {' or '.join(each['others'])}"
    calls = f"{each['calls_total']} call{'s' if each['calls_total'] > 1 else ''}"
    return f"{each['name']}={each['answer']}: {each['asks']} {each['says']} ({calls}; {known})"


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    curls = [finding["calls"][0]["curl"] for finding in report["findings"] if finding["calls"]]
    tokens = shared_tokens(curls)
    for finding in report["findings"]:
        yield from finding_lines(finding, tokens)
        yield ""
    if tokens and not any(f"//{NO_HOST}/" in curl for curl in curls):
        yield "The curl lines want, in the same shell:"
        yield from (f"  {name}={token}" for token, name in tokens.items())
        yield ""
    yield from _table(report["operations"])
    relied = report["assumptions"]
    if relied:
        yield ""
        yield f"The replies relied on {len(relied)} assumption{'s' if len(relied) > 1 else ''}:"
        for each in relied:
            yield from _wrapped(assumption_words(each), "  ", "    ")
    if report["assumed_errors"]:
        yield ""
        yield "Errors met whose code or text is a guess of the sandbox's:"
        for operation, errors in report["assumed_errors"].items():
            yield f"  {operation}: {', '.join(errors)}"
    for words in report["not_judged"]:
        yield ""
        yield from _wrapped(f"Not judged: {words}", "", "  ")
    yield ""
    yield f"{report['calls']} calls of {report['client_key']}: {verdict(report)}"


def finding_lines(finding: Mapping[str, Any], tokens: Mapping[str, str] | None = None) -> Iterator[str]:
    """One finding with what it rests on and its calls; `tokens` as `short_curl` takes them."""
    mark = "; rests on an assumption" if finding["assumed"] else ""
    yield f"{finding['severity'].upper()}  {finding['check']}{mark}"
    yield from _wrapped(finding["says"], "  ", "  ")
    yield from _wrapped(f"fix:   {finding['fix']}", "  ", "         ")
    for basis in finding["basis"]:
        yield from _wrapped(
            f"{'fact:  ' if basis['about'] == 'rule' else 'reply: '}{basis_words(basis)}", "  ", "         "
        )
    for call in finding["calls"]:
        errors = f" {', '.join(dict.fromkeys(call['errors']))}" if call["errors"] else ""
        yield f"  call {call['id']} at {call['at']}: {call['outcome']}{errors}"
    left = finding["calls_total"] - len(finding["calls"])
    if left:
        yield f"  and {left} more"
    if finding["calls"]:
        yield f"  {short_curl(finding['calls'][0]['curl'], tokens)}"


def short_curl(curl: str, tokens: Mapping[str, str] | None = None) -> str:
    """A command line that a terminal can show: tokens are left to the shell, a long body to the other forms.

    `tokens` are their names by token where several lines stand together; otherwise the line's own are named.
    """
    if len(curl) <= LONGEST_CURL + LONGEST_TOKENS:
        curl = with_variables(curl, shared_tokens([curl]) if tokens is None else tokens)
    return curl if len(curl) <= LONGEST_CURL else f"(its curl has {len(curl):,} characters: see the JSON or the page)"


def _table(operations: list[Mapping[str, Any]]) -> Iterator[str]:
    if not operations:
        return
    width = max(len(row["operation"]) for row in operations)
    yield f"{'operation':{width}}  {'calls':>6} {'ok':>6} {'partial':>8} {'refused':>8}  errors met"
    for row in operations:
        errors = ", ".join(f"{name} {count}" for name, count in row["errors"].items()) or "-"
        yield (
            f"{row['operation']:{width}}  {row['calls']:>6} {row['ok']:>6} {row['partial']:>8} {row['refused']:>8}"
            f"  {errors}"
        )


def _wrapped(text: str, first: str, others: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False) or [""]
