"""The same cases on two targets, and where their replies differ: by operation, case and place, with both values."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .cases import cases_of
from .differing import Comparing, Place, note
from .guards import Spent
from .memories import Memory, Names, Side
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


Uncompared = dict[tuple[str, str], str]
"""By operation and place of a list, why its records could not be compared; and by operation and no place, why its
replies could not. Empty where they were."""


def drift(
    one: Target, other: Target, operations: Iterable[Operation], uncompared: Uncompared | None = None
) -> Iterator[Difference]:
    """Every difference between two targets over all cases that is there a second time.

    What is once so and then otherwise was a matter of the moment: a row that left its window between two calls. Where
    the run ends before its second look, what was seen once is told, not confirmed. `uncompared` is filled in. Errors:
    Unreachable; Spent.
    """
    pair = _Pair(one, other, {} if uncompared is None else uncompared)
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

    def __init__(self, one: Target, other: Target, uncompared: Uncompared) -> None:
        scenes = AnyDialect(one), AnyDialect(other)
        self._runners = tuple(map(Runner, scenes))
        self._memories = tuple(map(Memory, scenes))
        self._names, self._uncompared = Names(), uncompared
        self._met: dict[str, tuple[str, str]] = {}

    def differences(self, operation: Operation, case: Case) -> list[Difference]:
        """Where a case's replies differ. Errors: Unreachable; Spent."""
        left, right = (runner.run(operation, case) for runner in self._runners)
        why = next((each.problem for each in (left, right) if each.answer is None), "")
        note(self._uncompared, (operation.name, ""), why)
        found = {at: Difference(operation, case, at, *values) for at, *values in self._places(left, right)}
        return [*found.values(), *self._before(operation, case, left, right)]

    def _before(self, operation: Operation, case: Case, left: Result, right: Result) -> Iterator[Difference]:
        """Where the looks differ after which one of them came no further: told with the first case it is met at.

        A snapshot that cannot be read, say, keeps all orders from being placed.
        """
        for name in dict.fromkeys(
            each.calls[-1][0].operation for each in (left, right) if not each.answer and each.calls
        ):
            one, other = (memory.looks(name) for memory in self._memories)
            same = next((look for look in one if look in other), None)
            first = self._met.setdefault(name, (operation.name, case.name))
            if same is not None and first == (operation.name, case.name):
                asked = catalog().operations[name]
                case_ = next(iter(cases_of(asked)))
                mine, its = (memory.side(()) for memory in self._memories)
                for place in self._compared(asked, one[same], other[same], mine, its):
                    yield Difference(asked, case_, *place)

    def _places(self, left: Result, right: Result) -> Iterator[Place]:
        if left.answer is None or right.answer is None:
            return  # where a world lacks what a call takes, that is its own matter
        mine, its = (memory.side(result.calls) for memory, result in zip(self._memories, (left, right), strict=True))
        self._names.learn(mine, its)
        yield from self._compared(left.operation, left.answer, right.answer, mine, its)

    def _compared(self, operation: Operation, one: Answer, other: Answer, mine: Side, its: Side) -> Iterator[Place]:
        if one.status != other.status:
            yield "status", one.status, other.status
        told = one.status == other.status == operation.success_status
        comparing = Comparing(operation, mine, its, self._names, told=told)
        yield from comparing.bodies(_body(one), _body(other))
        for at, why in comparing.uncompared.items():
            note(self._uncompared, (operation.name, at), why)


def _body(answer: Answer) -> Json:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return NO_BODY
