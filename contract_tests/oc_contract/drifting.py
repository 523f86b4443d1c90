"""The same cases on two targets, and where their replies differ: by operation, case and place, with both values."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from oc_sandbox.contract import Operation

from .cases import cases_of
from .differing import Comparing, Memory, Names, Place
from .guards import Spent
from .places import Case
from .running import Result, Runner
from .scenes import AnyDialect
from .targets import Answer, Target, Unreachable

Json = Any
NO_BODY = "<no JSON>"


class Difference(NamedTuple):
    """One place at which two targets answer a case differently: a JSON pointer, or `status`.

    It is `confirmed` where it was there a second time, too.
    """

    operation: Operation
    case: Case
    at: str
    one: Json
    other: Json
    confirmed: bool = True


Compared = dict[tuple[str, str], bool]
"""By operation and place of a list, whether both targets ever showed records there; and by operation and no place,
whether both were ever called."""


def drift(
    one: Target, other: Target, operations: Iterable[Operation], compared: Compared | None = None
) -> Iterator[Difference]:
    """Every difference between two targets over all cases that is there a second time.

    What is once so and then otherwise was a matter of the moment: a row that left its window between two calls. Where
    the run ends before its second look, what was seen once is told, not confirmed. `compared` is filled in. Errors:
    Unreachable; Spent.
    """
    pair = _Pair(one, other, {} if compared is None else compared)
    suspected: list[tuple[Operation, Case, list[Difference]]] = []
    try:
        for operation in operations:
            for case in cases_of(operation):
                found = pair.differences(operation, case)
                if found:
                    suspected.append((operation, case, found))
        while suspected:
            operation, case, found = suspected[0]
            again = {each.at for each in pair.differences(operation, case)}
            yield from (each for each in found if each.at in again)
            del suspected[0]
    except (Spent, Unreachable, KeyboardInterrupt):
        yield from (each._replace(confirmed=False) for _, _, found in suspected for each in found)
        raise


class _Pair:
    """Two targets, and what the run has done at each."""

    def __init__(self, one: Target, other: Target, compared: Compared) -> None:
        scenes = AnyDialect(one), AnyDialect(other)
        self._runners = tuple(map(Runner, scenes))
        self._memories = tuple(map(Memory, scenes))
        self._names, self._compared = Names(), compared

    def differences(self, operation: Operation, case: Case) -> list[Difference]:
        """Where a case's replies differ. Errors: Unreachable; Spent."""
        left, right = (runner.run(operation, case) for runner in self._runners)
        both = left.answer is not None and right.answer is not None
        self._note(operation, "", both=both)
        return [Difference(operation, case, *place) for place in self._places(left, right)]

    def _note(self, operation: Operation, at: str, *, both: bool) -> None:
        place = operation.name, at
        self._compared[place] = both or self._compared.get(place, False)

    def _places(self, left: Result, right: Result) -> Iterator[Place]:
        if left.answer is None or right.answer is None:
            return  # where a world lacks what a call takes, that is its own matter
        if left.answer.status != right.answer.status:
            yield "status", left.answer.status, right.answer.status
        one, other = (memory.side(result.calls) for memory, result in zip(self._memories, (left, right), strict=True))
        self._names.learn(one, other)
        told = left.answer.status == right.answer.status == left.operation.success_status
        comparing = Comparing(left.operation, one, other, self._names, told=told)
        yield from comparing.bodies(_body(left.answer), _body(right.answer))
        for at, both in comparing.compared.items():
            self._note(left.operation, at, both=both)


def _body(answer: Answer) -> Json:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return NO_BODY
