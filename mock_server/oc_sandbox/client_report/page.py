"""The report as one HTML page: no script, nothing fetched, light and dark by the reader's own setting."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from .as_text import assumption_words, verdict


def html_report(report: Mapping[str, Any]) -> bytes:
    """The report's JSON value as a page in UTF-8."""
    return "\n".join(_page(report)).encode()


def _page(report: Mapping[str, Any]) -> Iterator[str]:
    style = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Client report: {escape(verdict(report))}</title><style>{style}</style></head><body>"
    yield "<h1>Client report</h1>"
    kind = "good" if report["passed"] else "bad"
    yield f'<p class="verdict {kind if report["calls"] else ""}">{escape(verdict(report))}</p>'
    yield (
        f'<p class="soft">{report["calls"]:,} calls of {escape(report["client_key"])}, as of {escape(report["at"])};'
        f" orangeconnex-sandbox {escape(report['version'])}</p>"
    )
    for words in report["not_judged"]:
        yield f"<p><b>Not judged:</b> {escape(words)}</p>"
    yield from map(finding_section, report["findings"])
    yield from _operations(report["operations"])
    yield from _assumptions(report)
    yield "</body></html>\n"


def finding_section(finding: Mapping[str, Any]) -> str:
    """One finding as a section, which wants the classes of style.css."""
    mark = '<span class="mark">rests on an assumption</span>' if finding["assumed"] else ""
    facts = "".join(_basis(basis) for basis in finding["basis"])
    calls = "".join(_call(call) for call in finding["calls"])
    left = finding["calls_total"] - len(finding["calls"])
    more = f'<p class="soft">and {left} more</p>' if left else ""
    return (
        f'<section class="{finding["severity"]}"><h3><b class="severity">{finding["severity"]}</b>'
        f" {escape(finding['check'])} {mark}</h3><p>{escape(finding['says'])}</p>"
        f'<p><span class="soft">How to mend it:</span> {escape(finding["fix"])}</p>'
        f"<details><summary>{_counted(len(finding['basis']), 'fact')},"
        f" {_counted(finding['calls_total'], 'call')}</summary>"
        f"<ul>{facts}</ul>{calls}{more}</details></section>"
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _basis(basis: Mapping[str, Any]) -> str:
    sources = f", {'; '.join(basis['sources'])}" if basis["sources"] else ""
    grade = f'<span class="grade {basis["grade"]}">{basis["grade"]}</span>'
    return f'<li>{escape(basis["fact"])} {grade} <span class="soft">{escape(basis["where"] + sources)}</span></li>'


def _call(call: Mapping[str, Any]) -> str:
    errors = ", ".join(dict.fromkeys(call["errors"]))
    head = f"call {call['id']} at {call['at']}: {call['outcome']} {errors}"
    return f'<p class="call">{escape(head)}</p><pre>{escape(call["curl"])}</pre>'


def _operations(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    heads = "".join(f"<th>{head}</th>" for head in ("operation", "calls", "ok", "partial", "refused", "errors met"))
    yield f'<h2>Operations used</h2><div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>'
    for row in rows:
        errors = ", ".join(f"{name} {count}" for name, count in row["errors"].items())
        cells = "".join(f'<td class="n">{row[key]}</td>' for key in ("calls", "ok", "partial", "refused"))
        yield f"<tr><td>{escape(row['operation'])}</td>{cells}<td>{escape(errors)}</td></tr>"
    yield "</tbody></table></div>"


def _assumptions(report: Mapping[str, Any]) -> Iterator[str]:
    if report["assumptions"]:
        yield f"<h2>Assumptions that the replies relied on ({len(report['assumptions'])})</h2>"
        yield '<p class="soft">Another answer could have changed a reply, or what comes of the call; to try it:'
        yield "<code>oc-sandbox assumptions NAME=ANSWER</code></p><ul>"
        yield from (f"<li>{escape(assumption_words(each))}</li>" for each in report["assumptions"])
        yield "</ul>"
    if report["assumed_errors"]:
        yield "<h2>Errors met whose code or text is a guess of the sandbox's</h2><ul>"
        for operation, errors in report["assumed_errors"].items():
            yield f"<li>{escape(operation)}: {escape(', '.join(errors))}</li>"
        yield "</ul>"
