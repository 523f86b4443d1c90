"""The report as one HTML page: no script, nothing fetched, light and dark by the reader's own setting."""

from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import oc_sandbox.client_report
from oc_sandbox.client_report.page import finding_section

from .as_text import GRADE_WORDS, again, call_line
from .judging import BAD, OUTCOMES, UNTRIED

Value = Mapping[str, Any]
STYLES = (Path(oc_sandbox.client_report.__file__).with_name("style.css"), Path(__file__).with_name("style.css"))


def html_report(report: Value) -> bytes:
    """The report's JSON value as a page in UTF-8."""
    return "\n".join(_page(report)).encode()


def _page(report: Value) -> Iterator[str]:
    style = "".join(file.read_text(encoding="utf-8") for file in STYLES)
    runs = report["runs"]
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Challenge: {escape(report['verdict'])}</title><style>{style}</style></head><body>"
    yield f'<h1>Challenge</h1><p class="soft"><code>{escape(" ".join(report["command"]))}</code></p>'
    yield f'<p class="verdict {"bad" if report["exit_code"] else "good"}">{escape(report["verdict"])}</p>'
    used = ", ".join(f"{name} {count}" for name, count in report["used"].items())
    effects = ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in report["effects"].items())
    yield (
        f'<p class="soft">Undisturbed in {report["undisturbed_s"]:.1f} s: {escape(used)}; booked: '
        f"{escape(effects or 'nothing')}. Seed {report['seed']}, {len(runs)} runs in {report['took_s']:.1f} s, each"
        f" given {report['limit_s']:.0f} s; orangeconnex-sandbox {escape(report['version'])}</p>"
    )
    yield _bar(runs)
    yield from (_bad(report, run) for run in runs if run["bad"])
    findings = report["client_report"]["findings"]
    if findings:
        yield "<h2>What the client report says of the undisturbed calls</h2>"
        yield from map(finding_section, findings)
    yield from _table(runs)
    yield "</body></html>\n"


def _bar(runs: list[Value]) -> str:
    """The share of each outcome, and what its colour means."""
    counts = Counter(run["outcome"] for run in runs)
    met = [outcome for outcome in OUTCOMES if counts[outcome]]
    parts = "".join(f'<i class="{_css(outcome)}" style="flex:{counts[outcome]}"></i>' for outcome in met)
    legend = "".join(f'<span><i class="{_css(outcome)}"></i>{counts[outcome]} {outcome}</span>' for outcome in met)
    return f'<div class="bar">{parts}</div><p class="legend">{legend}</p>'


def _bad(report: Value, run: Value) -> str:
    calls = "".join(map(_call, run["calls"]))
    left = run["calls_total"] - len(run["calls"])
    more = f'<p class="soft">and {left} more</p>' if left > 0 else ""
    printed = "\n".join(part for part in (run["out"].strip(), run["err"].strip()) if part)
    return (
        f'<section class="{_css(run["outcome"])}"><h3><b class="severity">{escape(run["outcome"])}</b>'
        f' {escape(run["name"])} <span class="mark">{escape(GRADE_WORDS[run["grade"]])}</span></h3>'
        f"<p>{_soft('What failed:')} {escape(run['says'])}</p><p>{_soft('What came of it:')} {escape(run['why'])}</p>"
        f"<p>{_soft('How to mend it:')} {escape(run['fix'])}</p>"
        f"<details><summary>what the client did</summary>{calls}{more}"
        f"<p>{_soft('What it printed:')}</p><pre>{escape(printed)}</pre>"
        f"<p>{_soft('The same run again:')}</p><pre>{escape(again(report, run))}</pre></details></section>"
    )


def _call(call: Value) -> str:
    return f'<p class="call">{escape(call_line(call))}</p><pre>{escape(call["curl"])}</pre>'


def _table(runs: list[Value]) -> Iterator[str]:
    heads = "".join(f"<th>{head}</th>" for head in ("run", "what failed", "evidence", "outcome", "seconds"))
    yield f'<h2>Every run</h2><div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>'
    for run in runs:
        yield (
            f"<tr><td>{escape(run['name'])}</td><td>{escape(run['says'])}</td>"
            f'<td><span class="grade {_css(run["grade"])}">{run["grade"]}</span></td>'
            f'<td><b class="{_css(run["outcome"])}">{run["outcome"]}</b><br>{_soft(run["why"])}</td>'
            f'<td class="n">{run["took_s"]:.2f}</td></tr>'
        )
    yield "</tbody></table></div>"


def _soft(text: str) -> str:
    return f'<span class="soft">{escape(text)}</span>'


def _css(word: str) -> str:
    """The class of an outcome or a grade. All that is bad is an error, but for a crash."""
    if word in BAD:
        return "warning crashed" if word == "crashed" else f"error {word}"
    return "note" if word == UNTRIED else word.replace(" ", "-")
