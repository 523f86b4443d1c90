"""What a run has made at a server that is not ours, and taking it back as far as the API lets anybody."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from oc_sandbox.catalog import catalog

from .judging import UNCHECKED, judge
from .scenes import Draft, Scene, things
from .targets import Answer, Request

Json = Any


class Undoing(NamedTuple):
    """How what an operation made is taken back: the operation that does, where the reply names it, where to name it."""

    operation: str
    names: str
    at: str


class Made:
    """The things that calls have made, in order."""

    def __init__(self) -> None:
        self._things: list[tuple[str, Undoing, str]] = []
        self._stays: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many things can be taken back."""
        return len(self._things)

    def hear(self, request: Request, answer: Answer) -> None:
        """Keep what a call has made, by its reply; forget what it has taken back."""
        operation = catalog().operations.get(request.operation)
        if operation is None or not operation.writes:
            return
        how = _undoing(operation.name)
        if how is not None:
            # Of a batch that was refused in part some was made all the same.
            texts = _texts(_json(answer.body), how.names.split("/")[1:])
            self._things += [(operation.name, how, text) for text in texts]
        elif judge(operation, answer, UNCHECKED).success:
            if operation.name not in _that_undo():
                self._stays[operation.name] += 1
            # Anywhere in the body, for keys are spelt in many ways.
            self._things = [
                (name, how, text)
                for name, how, text in self._things
                if how.operation != operation.name or (text.encode() not in request.body and text not in request.path)
            ]

    def counted(self) -> Mapping[str, int]:
        """How much there is still, by the operation that made it."""
        return dict(Counter(name for name, _, _ in self._things) + self._stays)

    def undo(self, scene: Scene) -> Mapping[str, int]:
        """Take back what can be, the latest first; what stays is counted. Errors: Unreachable."""
        for thing in reversed(self._things.copy()):
            _, how, text = thing
            operation = scene.operation(how.operation)
            body, path = scene.good_body(operation), {}
            if f"{{{how.at[1:]}}}" in operation.path:
                path = {how.at[1:]: text}
            else:
                _name(body, how.at.split("/")[1:], text)
            draft = Draft(operation, path, {}, body)
            if not scene.why_not(draft, scene.send(draft)):
                self._things.remove(thing)
        return self.counted()


def _json(body: bytes) -> Json:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _undoing(name: str) -> Undoing | None:
    told = things(catalog().operations[name].api.name)["operations"].get(name, {}).get("undone_by")
    return Undoing(**told) if told else None


def _that_undo() -> frozenset[str]:
    """The operations that only take back."""
    found = (_undoing(name) for name in catalog().operations)
    return frozenset(how.operation for how in found if how is not None)


def _texts(node: Json, steps: list[str]) -> Iterator[str]:
    """The texts where a pointer leads; `*` is every entry of a list."""
    if not steps:
        if isinstance(node, str):
            yield node
    elif isinstance(node, list) and steps[0] == "*":
        for item in node:
            yield from _texts(item, steps[1:])
    elif isinstance(node, dict) and steps[0] in node:
        yield from _texts(node[steps[0]], steps[1:])


def _name(body: Json, steps: list[str], text: str) -> None:
    for step in steps[:-1]:
        body = body[step]
    body[steps[-1]] = text
