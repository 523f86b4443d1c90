"""The limits page: per operation what is documented, observed and assumed, what nobody knows, and what is not imitated.

Written from the contract files alone, so it cannot claim more than they do.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .assumptions import Question
from .catalog import Catalog
from .contract import Api, Operation, Webhook, graded

GRADES = ("documented", "observed", "assumed")
SIDES = ("request", "response")

_HEAD = """\
# Limits

What the sandbox knows about each operation, and how. **Documented** is what the vendor's own pages and handbook say,
**observed** what was seen in the vendor's request collections, recorded replies, test runs and clients in production,
**assumed** everything else: our guess, to be trusted the least. This page is written from the contract files
(`python3 make.py limits`); a test holds it to them.
"""


_SEEN = """\
What was assumed and has been seen at {target} is told as observed. Where a question and its answer stand behind the
date, that answer is what was seen: code, text and keys beside it may still be ours.
"""


def limits_page(book: Catalog, *, seen: str = "") -> str:
    """The page, as Markdown. `seen` is the target whose sightings the catalogue tells of."""
    parts = [_HEAD, *([_SEEN.format(target=seen)] if seen else []), _overview(book)]
    for api in book.apis.values():
        parts.append(f"## {api.title}\n")
        parts += _shared(api)
        questions = [question for question in book.questions.values() if question.api == api.name]
        if questions:
            parts.append("**Open questions**, each with its answers; `oc-sandbox assumptions` tells more.\n")
            parts.append(_bullets(map(_question, questions)))
        for operation in _all(book):
            if operation.api is api:
                parts += _operation(operation, questions)
    return "\n".join(parts)


def _all(book: Catalog) -> list[Operation | Webhook]:
    """The operations, and then the calls that go the other way."""
    return [*book.operations.values(), *book.webhooks.values()]


def way(operation: Operation | Webhook) -> str:
    """How an operation is called, or where a webhook goes."""
    if isinstance(operation, Webhook):
        return f"`{operation.method}` to your webhook URL"
    return f"`{operation.method} {operation.path}`"


def counts(operation: Operation | Webhook) -> list[int]:
    """How many facts of an operation are documented, observed and assumed."""
    grades = [evidence.split()[0] for _, evidence in operation.evidence()]
    return [grades.count(grade) for grade in GRADES]


def _overview(book: Catalog) -> str:
    rows = ["| operation | | documented | observed | assumed |", "|---|---|---|---|---|"]
    totals = [0, 0, 0]
    for operation in _all(book):
        numbers = counts(operation)
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        link = f"[{operation.document['title']}](#{operation.name})"
        rows.append(f"| {link} | {way(operation)} | {' | '.join(map(str, numbers))} |")
    rows.append(f"| {len(_all(book))} operations | | {' | '.join(map(str, totals))} |")
    return "\n".join(rows) + "\n"


def _shared(api: Api) -> Iterator[str]:
    yield from _facts(api.document)
    yield from _errors(api.document)


def _operation(operation: Operation | Webhook, questions: Sequence[Question]) -> Iterator[str]:
    document = operation.document
    yield f'### <a id="{operation.name}"></a>{document["title"]}\n'
    evidence = _sentence(document["x-evidence"]["path"], document)
    yield f"{way(operation)} ({evidence}); `{operation.name}`\n"
    yield f"{document['summary']}\n"
    yield from _facts(document)
    for side in SIDES:
        yield from _fields(document, side)
    yield from _errors(document)
    if document.get("not_modelled"):
        yield "**Known, but not imitated**\n"
        yield _bullets(document["not_modelled"])
    if document["unknown"]:
        yield "**Nobody knows**\n"
        yield _bullets(document["unknown"])
    open_here = [question for question in questions if operation.name in question.operations]
    if open_here:
        yield f"**Open questions**: {', '.join(f'`{question.name}`' for question in open_here)}\n"


def _facts(document: Mapping[str, Any]) -> Iterator[str]:
    for grade in GRADES:
        facts = [row for row in document["facts"] if row["x-evidence"].split()[0] == grade]
        if facts:
            yield f"**{grade.capitalize()}**\n"
            yield _bullets(f"{row['fact']}{_sources(row['x-evidence'], document)}" for row in facts)


def _fields(document: Mapping[str, Any], side: str) -> Iterator[str]:
    """The fields of a side by grade; a field may stand in several, each time with the keywords that are graded so."""
    by_grade: dict[str, dict[str, list[str]]] = {grade: {} for grade in GRADES}
    for pointer, evidence in graded(document[side], ""):
        name, keyword = _field(pointer)
        if name:
            by_grade[evidence.split()[0]].setdefault(name, []).append(keyword)
    told = []
    for grade, fields in by_grade.items():
        if fields:
            names = (f"`{name}`{_keywords(keywords)}" for name, keywords in fields.items())
            told.append(f"{grade} {', '.join(names)}")
    if told:
        yield f"**Fields of the {side}**\n"
        yield _bullets(told)


def _keywords(keywords: list[str]) -> str:
    named = [keyword for keyword in keywords if keyword]
    return f" ({', '.join(named)})" if named else ""


def _field(pointer: str) -> tuple[str, str]:
    """Name and keyword out of a pointer into a schema: data.startTime and format; the schema itself has no name."""
    steps = pointer.split("/")[1:]
    names: list[str] = []
    while steps and steps[0] in ("properties", "items"):
        if steps.pop(0) == "items":
            if names:
                names[-1] += "[]"
        else:
            names.append(steps.pop(0))
    if "x-date-range" in steps:
        return ".".join([*names, "window of time"]), steps[-1]
    return ".".join(names), "/".join(steps)


def _errors(document: Mapping[str, Any]) -> Iterator[str]:
    if not document["errors"]:
        return
    rows = ["| error | code | text | evidence |", "|---|---|---|---|"]
    for name, row in document["errors"].items():
        evidence = _sentence(row["x-evidence"], document)
        rows.append(f"| `{name}` | {row.get('code', '')} | {_cell(row['message'])} | {evidence} |")
    yield "\n".join(rows) + "\n"


def _question(question: Question) -> str:
    answers = "; ".join(
        f"{'**' if answer.name == question.default else ''}`{answer.name}`"
        f"{'**' if answer.name == question.default else ''} {answer.says}"
        for answer in question.answers.values()
    )
    return f"`{question.name}`: {question.asks} {answers}"


def _sentence(evidence: str, document: Mapping[str, Any]) -> str:
    """A grade and its sources: documented, vendor docs page 2025-06-18."""
    return evidence.split()[0] + _named(evidence, document, ", ")


def _sources(evidence: str, document: Mapping[str, Any]) -> str:
    named = _named(evidence, document, "")
    return f" ({named})" if named else ""


def _named(evidence: str, document: Mapping[str, Any], lead: str) -> str:
    sources = [document["sources"][key] for key in evidence.split()[1:]]
    told = dict.fromkeys(f"{source['kind']} {source['date']}".strip() for source in sources)
    return lead + "; ".join(told) if told else ""


def _cell(text: str) -> str:
    return re.sub(r"([|*_<])", r"\\\1", text)


def _bullets(lines: Any) -> str:
    return "".join(f"- {line}\n" for line in lines)
