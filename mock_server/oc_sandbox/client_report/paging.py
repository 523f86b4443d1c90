"""Queries in pages: stopped before the last one, or asked for beyond it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from ..contract import Operation
from .findings import Basis, Finding, Severity, of_field, of_named_fact, times
from .story import Seen, Story


class Paging(NamedTuple):
    """How an operation spells paging: the names of page and size, and the object's schema that has them."""

    page: str
    size: str
    schema: Mapping[str, Any]
    pointer: str


class Page(NamedTuple):
    """One page that was asked for. `more` is what the reply says of it; None where it says nothing."""

    seen: Seen
    number: int
    size: int
    rows: int
    more: bool | None


def check(story: Story) -> Iterator[Finding]:
    """Each query once: where its pages end in the middle, and where empty ones were asked for."""
    for name, calls in story.by_operation.items():
        operation = calls[0].operation
        paging = _paging(operation) if operation is not None else None
        if operation is None or paging is None:
            continue
        early: dict[Severity, list[Page]] = {}
        late: dict[Severity, list[Page]] = {}
        for pages in _queries(operation, paging, calls):
            severity = _stopped(pages)
            if severity:
                early.setdefault(severity, []).append(pages[-1])
            for page, knew in _beyond(pages):
                late.setdefault("warning" if knew else "note", []).append(page)
        for severity, last in early.items():
            yield _early(name, operation, paging, severity, last)
        for severity, beyond in late.items():
            yield _late(name, operation, paging, severity, beyond)


def _early(name: str, operation: Operation, paging: Paging, severity: Severity, last: list[Page]) -> Finding:
    page = last[0]
    told = "the reply says that there is more" if page.more else f"it was full ({page.rows} rows of {page.size})"
    return Finding(
        "paging-stopped-early",
        severity,
        name,
        f"{name}: page {page.number} was the last that was asked for, and {told} ({times(len(last))}).",
        f"Ask for the next {paging.page} until a page has fewer rows than {paging.size}, or the reply says that it was"
        " the last. If the first rows are all that is wanted, ask for so many and no more.",
        _basis(operation, paging),
        tuple(each.seen for each in last),
    )


def _late(name: str, operation: Operation, paging: Paging, severity: Severity, beyond: list[Page]) -> Finding:
    says = f"{name}: further pages were asked for after an empty one ({times(len(beyond))})"
    fix = f"Stop at the first page that has fewer rows than {paging.size}, at the latest at an empty one."
    if severity == "note":
        says += "; whether the client had that one by then cannot be told, for they came on other connections"
        fix = f"Nothing, if it asks for several pages at once. If it asks for one after the other: {fix}"
    return Finding(
        "paging-past-the-end",
        severity,
        name,
        f"{says}.",
        fix,
        (*_basis(operation, paging), *of_named_fact(operation, "page_end")),
        tuple(page.seen for page in beyond),
    )


def _basis(operation: Operation, paging: Paging) -> tuple[Basis, ...]:
    schema = paging.schema["properties"][paging.size]
    words = f"{paging.size}: {schema.get('description', 'rows on a page')}"
    field = of_field(operation, schema, f"{paging.pointer}/properties/{paging.size}", "type", words)
    return (*of_named_fact(operation, "paging"), field)


def _stopped(pages: list[Page]) -> Severity | None:
    """How bad it is to have stopped there; None where the last page was the last one."""
    last = max(pages, key=lambda page: page.number)
    full = last.rows >= last.size
    if last.size == 1 or last.more is False or not (full or last.more):
        return None  # who asks for one row wants to know whether there is any
    if len({page.number for page in pages}) > 1:
        return "warning"
    # Who reads a total may want no more than the first rows; who reads none, cannot know what is left.
    return "note" if last.more else "warning"


def _beyond(pages: list[Page]) -> Iterator[tuple[Page, bool]]:
    """Pages asked for after one that was empty, and whether the client had that one when it asked.

    One empty page is how a client learns of the end: no mistake. Nor is it one to ask for several pages at once. Who
    does so uses several lines, each as it gets free, and the pages come in any order. So it is sure of the others only:
    all from the first page on, one after the other, on one line.
    """
    first = min(page.number for page in pages)
    ended_at: int | None = None
    lines: set[str] = set()
    before = first
    in_order = False
    for page in pages:
        if page.number == first:
            lines, in_order = set(), True
        elif page.number not in (before, before + 1):
            in_order = False
        before = page.number
        lines.add(page.seen.entry.call.line)
        if ended_at is not None and page.number > ended_at:
            yield page, in_order and len(lines) == 1 and "" not in lines
        else:
            ended_at = page.number if page.rows == 0 else None


def _queries(operation: Operation, paging: Paging, calls: list[Seen]) -> Iterator[list[Page]]:
    """The pages of each query: the calls of one caller that ask the same but for the page, however often it does.

    Where each of them came to an end is not asked: two that go on side by side would look like one that stops.
    """
    by_query: dict[bytes, list[Page]] = {}
    for seen in calls:
        if not seen.taken or not isinstance(seen.request, dict):
            continue
        holder = seen.request.get("data", seen.request) if "/data" in paging.pointer else seen.request
        if paging.size not in holder or paging.page not in holder or _whole(holder, paging, seen):
            continue
        number, size = holder[paging.page], holder[paging.size]
        rest = {key: value for key, value in holder.items() if key != paging.page}
        key = orjson.dumps([seen.caller, rest], option=orjson.OPT_SORT_KEYS)
        rows, more = _answer(operation, seen.reply, number, size)
        by_query.setdefault(key, []).append(Page(seen, number, size, rows, more))
    yield from by_query.values()


def _whole(holder: Mapping[str, Any], paging: Paging, seen: Seen) -> bool:
    """Whether the query names things one by one, as many as it can get: then a full page is all of them."""
    lists = [value for value in holder.values() if isinstance(value, list) and value]
    rows = _rows(seen.reply)
    return bool(lists) and 0 < rows <= max(map(len, lists)) and holder[paging.page] == 1


def _answer(operation: Operation, reply: Any, number: int, size: int) -> tuple[int, bool | None]:
    """How many rows a reply has, and whether it says that there are more."""
    words = operation.api.document["paging"]
    more = _find(reply, words.get("more"))
    total = _find(reply, words.get("total"))
    if isinstance(more, bool):
        return _rows(reply), more
    if isinstance(total, int):
        return _rows(reply), total > number * size
    return _rows(reply), None


def _rows(reply: Any) -> int:
    """The length of the first list in a reply's data, wherever it stands there."""
    if isinstance(reply, list):
        return len(reply)
    if isinstance(reply, dict):
        for name, value in reply.items():
            if name != "errors" and isinstance(value, list | dict) and (isinstance(value, list) or _has_list(value)):
                return _rows(value)
    return 0


def _has_list(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(each, list) or _has_list(each) for each in value.values())


def _find(value: Any, name: str | None) -> Any:
    """The value of a key, outside of lists; None where it is not there."""
    if name is None or not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    return next((found for child in value.values() if (found := _find(child, name)) is not None), None)


def _paging(operation: Operation) -> Paging | None:
    words = operation.api.document.get("paging")
    if words is None:
        return None
    for pointer in ("", "/properties/data"):
        schema = operation.request.schema
        if pointer:
            schema = schema.get("properties", {}).get("data", {})
        properties = schema.get("properties", {})
        page = next((name for name in words["page"] if name in properties), None)
        size = next((name for name in words["size"] if name in properties), None)
        if page and size:
            return Paging(page, size, schema, pointer)
    return None
