"""The report as one HTML page: no script, nothing fetched, light and dark by the reader's own setting."""

from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path

from ..findings import AXES, GRADES
from ..replays import NEEDED
from ..verifying import Report, Told
from .charts import evidence_bar, outcomes_bar, times_chart
from .counts import STILL_THERE, Row, rows, totals, verdict, where

MOST_SHOWN = 200
_KINDS = {
    "passed": "passed",
    "failed": "failed",
    "drift": "differs from an assumption",
    "untried": "could not be tried",
    "documented": "rests on documents",
    "observed": "rests on observation",
    "assumed": "rests on assumption",
}


def html_report(report: Report) -> bytes:
    """The page, in UTF-8."""
    return "\n".join(_page(report)).encode()


def _page(report: Report) -> Iterator[str]:
    style = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    table = rows(report)
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(verdict(report))}: {escape(where(report))}</title>"
    yield f"<style>{style}</style></head><body>"
    yield from _head(report)
    yield from _cards(report)
    yield from _coverage(table)
    yield "<h2>Time to answer</h2>"
    yield '<p class="soft">From the median (filled) to the slowest (hollow) call of each operation.</p>'
    tried = [row for row in table if row.slowest_ms]
    chart = times_chart([(row.operation, row.median_ms, row.slowest_ms) for row in tried])
    yield f'<div class="wide">{chart}</div>'
    yield from _wrong(report)
    yield from _not_tried(report)
    yield from _settled(report)
    yield from _left_behind(report)
    yield "</body></html>\n"


def _head(report: Report) -> Iterator[str]:
    kind = {0: "", 2: " drifted"}.get(report.exit_code, " bad")
    yield "<h1>Contract verification</h1>"
    yield f'<p class="verdict{kind}">{escape(verdict(report))}</p>'
    if report.words:
        yield f"<p><b>{'Stopped' if report.ended else 'Note'}:</b> {escape(report.words)}</p>"
    yield (
        f'<p class="soft">{escape(where(report))}, profile {escape(report.profile)}, seed'
        f" {report.seed}; {report.requests:,} requests in {report.took_s:.1f} s, begun {escape(report.started_at)};"
        f" orangeconnex-sandbox {escape(report.version)}</p>"
    )


def _cards(report: Report) -> Iterator[str]:
    yield '<div class="cards">'
    for axis, outcomes in totals(report).items():
        tried = outcomes.total() - outcomes["untried"]
        told = f"{outcomes['passed']:,} of {tried:,}" if tried else "none tried"
        chart = outcomes_bar(outcomes, outcomes.total(), width=200)
        yield f'<div class="card"><span class="soft">{axis}</span><b>{told}</b>{chart}</div>'
    grades = Counter(told.evidence for told in report.findings if told.outcome != "untried")
    told = f"{grades['documented'] + grades['observed']:,} known, {grades['assumed']:,} assumed"
    chart = evidence_bar(grades, grades.total(), width=200)
    yield f'<div class="card"><span class="soft">evidence of what was tried</span><b>{told}</b>{chart}</div>'
    yield "</div>"
    yield f'<div class="legend">{"".join(_swatch(kind, words) for kind, words in _KINDS.items())}</div>'


def _swatch(kind: str, words: str) -> str:
    box = f'<svg width="12" height="12" aria-hidden="true"><rect class="{kind}" width="12" height="12"></rect></svg>'
    return f"<span>{box}{words}</span>"


def _coverage(table: list[Row]) -> Iterator[str]:
    yield "<h2>Coverage by operation</h2>"
    yield '<p class="soft">Passed of tried on each axis; every column has a scale of its own, and none is averaged'
    yield "with another. Errors met: declared errors that the server gave where it must, of those declared.</p>"
    heads = "".join(f"<th>{head}</th>" for head in ("operation", *AXES, "errors met", "evidence"))
    yield f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>'
    most = {axis: max((row.axes[axis].total() for row in table), default=0) for axis in AXES}
    most_evidence = max((row.evidence.total() for row in table), default=0)
    group = ""
    for row in table:
        if row.group != group:
            group = row.group
            yield f'<tr class="group"><th colspan="{len(AXES) + 3}" scope="rowgroup">{escape(group)}</th></tr>'
        cells = "".join(_axis_cell(row, axis, most[axis]) for axis in AXES)
        met = f'<span class="n" title="{escape(", ".join(row.reached))}">{len(row.reached)} of {row.declared}</span>'
        grades = " · ".join(str(row.evidence[grade]) for grade in GRADES)
        evidence = f'<span class="n grades">{grades}</span>{evidence_bar(row.evidence, most_evidence, width=90)}'
        name = f'<td title="{escape(row.title)}">{escape(row.operation)}</td>'
        yield f"<tr>{name}{cells}<td>{met}</td><td>{evidence}</td></tr>"
    yield "</tbody></table></div>"


def _axis_cell(row: Row, axis: str, most: int) -> str:
    outcomes = row.axes[axis]
    tried = outcomes.total() - outcomes["untried"]
    if not outcomes.total():
        return '<td class="soft">–</td>'
    worse = " worse" if outcomes["failed"] else " off" if outcomes["drift"] else ""
    number = f'<span class="n{worse}">{outcomes["passed"]}/{tried}</span>'
    return f"<td>{number}{outcomes_bar(outcomes, most, width=70)}</td>"


def _wrong(report: Report) -> Iterator[str]:
    wrong = report.outcomes("failed") + report.outcomes("drift")
    if not wrong:
        return
    yield f"<h2>What differs ({len(wrong)})</h2>"
    yield f'<p class="soft">The lines want {NEEDED} in the environment;'
    yield '<code>eval "$(oc-sandbox verify --keys --target URL)"</code> sets them to a fresh tenant of a sandbox.</p>'
    by_operation: dict[str, list[Told]] = {}
    for told in wrong[:MOST_SHOWN]:
        by_operation.setdefault(told.operation, []).append(told)
    for operation, findings in by_operation.items():
        yield f"<h3>{escape(operation)}</h3>"
        yield from map(_detail, findings)
    if len(wrong) > MOST_SHOWN:
        yield f'<p class="soft">{len(wrong) - MOST_SHOWN} more are in the JSON report.</p>'


def _detail(told: Told) -> str:
    facts = {"expected": told.expected, "problem": told.problem, "came": told.came, "rule": told.rule}
    listed = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in facts.items() if text)
    lines = f"<pre>{escape(chr(10).join(told.replay))}</pre>" if told.replay else ""
    calls = f", {told.requests} request{'s' if told.requests > 1 else ''}" if told.requests else ""
    tail = f'<span class="soft">{told.axis}, {told.evidence}{calls}</span>'
    summary = f"<summary>{escape(told.name)} {tail}</summary>"
    return f'<details class="{told.outcome}">{summary}<dl>{listed}</dl>{lines}</details>'


def _not_tried(report: Report) -> Iterator[str]:
    untried = Counter((told.operation, told.problem) for told in report.outcomes("untried"))
    if not untried and not report.left_out:
        return
    yield "<h2>Not tried</h2><ul>"
    for (operation, reason), count in sorted(untried.items()):
        yield f"<li>{escape(operation)}, {count} times: {escape(reason)}</li>"
    for operation, reason in sorted(report.left_out.items()):
        yield f"<li>{escape(operation)}: {escape(reason)}</li>"
    yield "</ul>"


def _settled(report: Report) -> Iterator[str]:
    if report.settled:
        yield "<h2>Open questions, and what the target answers</h2><ul>"
        for each in report.settled:
            assumed = "as assumed" if each.answer == each.assumed else f"not {each.assumed}, as is assumed"
            told = f"{each.answer}, {assumed}" if each.answer else each.why
            yield f"<li>{escape(each.question)}: {escape(told)}</li>"
        yield "</ul>"


def _left_behind(report: Report) -> Iterator[str]:
    if report.left_behind:
        yield f"<h2>Left behind</h2><p>{escape(STILL_THERE)}:</p><ul>"
        for operation, count in sorted(report.left_behind.items()):
            yield f"<li>{escape(operation)}: {count}</li>"
        yield "</ul>"
