"""The same cases on two targets, and where their replies differ: by operation, case and place, with both values."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from oc_sandbox.contract import Operation

from .cases import cases_of
from .guards import Spent
from .places import Case
from .running import Result, Runner
from .scenes import AnyDialect
from .targets import Answer, Request, Target, Unreachable

Json = Any
NO_BODY = "<no JSON>"
ENVELOPE_CODE = "/code"
_OWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"OCT-[0-9a-f]{8}-\d+"), "<reference>"),
    (re.compile(r"OC[A-Z]?\d{0,2}[A-Z]{0,2}\d{8,13}([A-Z]{2})?"), "<number>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?)?([+-]\d{4}|Z|[+-]\d{2}:\d{2})?"), "<time>"),
    (re.compile(r"https?://[^/\"]+/files/[^/]+/"), "<files>/"),
    (re.compile(r"\b[a-z]+_[0-9a-f]{16}\b"), "<number>"),
    (re.compile(r"\b\d{9,}\b"), "<digits>"),
)
"""What one world calls otherwise than another: each run's words, numbers that are given out, times, addresses."""


class Difference(NamedTuple):
    """One place at which two targets answer a case differently. `at` is a JSON pointer, or `status`.

    It is `confirmed` where it was there a second time, too.
    """

    operation: Operation
    case: Case
    at: str
    one: Json
    other: Json
    request: Request
    confirmed: bool = True


def drift(one: Target, other: Target, operations: Iterable[Operation]) -> Iterator[Difference]:
    """Every difference between two targets over all cases that is there a second time.

    What is once so and then otherwise was a matter of the moment: a row that left its window between two calls. Where
    the run ends before its second look, what was seen once is told, not confirmed. Errors: Unreachable; Spent.
    """
    first, second = Runner(AnyDialect(one)), Runner(AnyDialect(other))
    suspected: list[tuple[Operation, Case, list[Difference]]] = []
    try:
        for operation in operations:
            for case in cases_of(operation):
                found = _differences(first.run(operation, case), second.run(operation, case))
                if found:
                    suspected.append((operation, case, found))
        while suspected:
            operation, case, found = suspected[0]
            again = {each.at for each in _differences(first.run(operation, case), second.run(operation, case))}
            yield from (each for each in found if each.at in again)
            del suspected[0]
    except (Spent, Unreachable, KeyboardInterrupt):
        yield from (each._replace(confirmed=False) for _, _, found in suspected for each in found)
        raise


def _differences(left: Result, right: Result) -> list[Difference]:
    return [*_differing_places(left, right)]


def _differing_places(left: Result, right: Result) -> Iterator[Difference]:
    if left.answer is None or right.answer is None or left.request is None:
        if left.problem != right.problem and left.request is not None:
            yield Difference(left.operation, left.case, "call", left.problem, right.problem, left.request)
        return
    if left.answer.status != right.answer.status:
        told = left.answer.status, right.answer.status
        yield Difference(left.operation, left.case, "status", *told, left.request)
    for at, one, other in differing(_body(left.answer), _body(right.answer)):
        yield Difference(left.operation, left.case, at, one, other, left.request)


def _body(answer: Answer) -> Json:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return NO_BODY


def differing(one: Json, other: Json, at: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Where two JSON values differ once each world's own words are left out; of lists the first entries' form."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if key in one and key in other:
                yield from differing(one[key], other[key], f"{at}/{key}")
            else:
                yield f"{at}/{key}", one.get(key, "<missing>"), other.get(key, "<missing>")
    elif isinstance(one, list) and isinstance(other, list):
        # How many rows a world has is its own matter; whether it has any is not.
        if bool(one) != bool(other):
            yield at, f"<{len(one)} entries>", f"<{len(other)} entries>"
        elif one:
            yield from differing(one[0], other[0], f"{at}/0")
    elif one != other and (at == ENVELOPE_CODE or not _alike(one, other)):
        yield at, one, other


def _alike(one: Json, other: Json) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return plain(one) == plain(other)
    numbers = (int, float)
    if type(one) in numbers and type(other) in numbers:
        return True  # quantities and prices are a world's own
    return type(one) is type(other) and bool(one == other)


def plain(text: str) -> str:
    """A text without what one world calls otherwise than another."""
    for pattern, word in _OWN:
        text = pattern.sub(word, text)
    return text
