"""What a run remembers of each server: what it sent and made there, and what the two worlds call the same thing."""

import re
from collections.abc import Iterator, Mapping, Set
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .forms import DATE, date_form, kind
from .running import Call, Calls
from .scenes import Scene, things
from .targets import Answer, Request

Json = Any

_OWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"OCT-[0-9a-f]{8}-\d+"), "<reference>"),
    (re.compile(r"OC[A-Z]?\d{0,2}[A-Z]{0,2}\d{8,13}([A-Z]{2})?"), "<number>"),
    (re.compile(r"https?://[^/\"]+/files/[^/]+/"), "<files>/"),
    (re.compile(r"\b[a-z]+_[0-9a-f]{16}\b"), "<number>"),
    (re.compile(r"\b\d{9,}\b"), "<digits>"),
)
"""What one world calls otherwise than another: each run's words, numbers that are given out, addresses."""


def plain(text: str) -> str:
    """A text without what one world calls otherwise than another; of a date its form stays."""
    for pattern, word in _OWN:
        text = pattern.sub(word, text)
    return DATE.sub(lambda found: f"<{date_form(found[0])}>", text)


Sent = Mapping[tuple[str, str], Json]
"""What a request says, or several: by operation and place."""


class Side(NamedTuple):
    """What a run has done at one server.

    `sent` in the calls of a case; `made` are the numbers of what the run made, each with what was sent for it; `wrote`
    names the operations that write of which it made calls.
    """

    sent: Sent = MappingProxyType({})
    run: str = ""
    made: Mapping[str, Sent] = MappingProxyType({})
    wrote: Set[str] = frozenset()

    def owns(self, text: str) -> bool:
        """Whether a text names something of the run's."""
        return text in self.made or bool(self.run and self.run in text)

    def said(self, value: Json) -> bool:
        """Whether the run sent a text."""
        return isinstance(value, str) and value != "" and value in self.sent.values()

    def said_as(self, key: str) -> list[Json]:
        """What the run sent under a key, in any case of letters."""
        return [value for (_, at), value in self.sent.items() if last_key(at).lower() == key.lower()]

    def counted(self, key: str, record: Json) -> bool:
        """Whether a number of a record is one that the run sent for it, or now, under a key that ends alike.

        Such are SKUQuantity and quantity. What leaves is told as less than 0.
        """
        number, key = abs(record[key]), key.lower()
        made = [self.made[text] for text in scalars(record) if isinstance(text, str) and text in self.made]
        names = (
            (last_key(at).lower(), value)
            for sent in (self.sent, *made)
            for (_, at), value in sent.items()
            if kind(value) is float
        )
        return any(number == abs(value) and (name.endswith(key) or key.endswith(name)) for name, value in names)


class Memory:
    """The calls of a run at one server, read as far as they have come."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._read = scene, 0
        self._made: dict[str, Sent] = {}
        self._wrote: set[str] = set()
        self._looks: dict[str, dict[tuple[str, str, bytes], Answer]] = {}

    def side(self, calls: Calls) -> Side:
        """What the run has done there, of which `calls` are a case's."""
        self._read_on()
        sent = {place: value for request, _ in calls for place, value in _sent(request)}
        return Side(sent, f"OCT-{self._scene.run}-", self._made, self._wrote)

    def looks(self, operation: str) -> Mapping[tuple[str, str, bytes], Answer]:
        """The last replies to calls of an operation that writes nothing, by path, query and body."""
        self._read_on()
        return self._looks.get(operation, {})

    def _read_on(self) -> None:
        for call in self._scene.calls[self._read :]:
            operation = catalog().operations.get(call[0].operation)
            if operation is not None and operation.writes:
                self._wrote.add(operation.name)
                made = _made(operation, call)
                self._made |= dict.fromkeys(made, dict(_sent(call[0])) if made else {})
            else:
                request = call[0]
                self._looks.setdefault(request.operation, {})[request.path, request.query, request.body] = call[1]
        self._read = len(self._scene.calls)


class Names(dict[str, set[str]]):
    """What the two servers' worlds call the same thing: by the one's name, those of the other. A run learns them."""

    def learn(self, one: Side, other: Side) -> None:
        """From what was sent at the same place."""
        for place, mine in one.sent.items():
            its = other.sent.get(place)
            if mine and its and isinstance(mine, str) and isinstance(its, str) and plain(mine) != plain(its):
                self.setdefault(mine, set()).add(its)

    def same(self, one: str, other: str) -> bool:
        """Whether two texts are the same, but for the names in them."""
        for mine in sorted(self, key=len, reverse=True):
            for its in self[mine] if mine in one else ():
                if its in other:
                    one, other = one.replace(mine, "<name>"), other.replace(its, "<name>")
        return plain(one) == plain(other)


def scalars(record: Json) -> Iterator[Json]:
    """What a record itself says: not what its lists do."""
    if isinstance(record, dict):
        for value in record.values():
            yield from scalars(value)
    elif not isinstance(record, list):
        yield record


def last_key(at: str) -> str:
    """The key at the end of a pointer, past the places of lists."""
    return next((step for step in reversed(at.split("/")) if step != "*" and not step.isdigit()), "")


def _sent(request: Request) -> Iterator[tuple[tuple[str, str], Json]]:
    """What a request says, by operation and place."""
    for index, step in enumerate(request.path.split("/")):
        yield (request.operation, f"path:/{index}"), step
    for key, value in parse_qsl(request.query):
        yield (request.operation, f"query:/{key}"), value
    for at, value in _leaves(_json(request.body), ""):
        yield (request.operation, at), value


def _leaves(node: Json, at: str) -> Iterator[tuple[str, Json]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{at}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(value, f"{at}/{index}")
    else:
        yield at, node


def _json(body: bytes) -> Json:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _made(operation: Operation, call: Call) -> set[str]:
    """The numbers of what a call has made, where the API's data file says that its reply names it."""
    told = things(operation.api.name)
    places = {str(row.get("at", "")) for row in told["things"].values() if row.get("made_by") == operation.name}
    undone = told["operations"].get(operation.name, {}).get("undone_by")
    places |= {undone["names"]} if undone else set()
    wanted = {re.sub(r"/\d+(?=/|$)", "/*", place) for place in places}
    leaves = _leaves(_json(call[1].body), "")
    return {text for at, text in leaves if re.sub(r"/\d+(?=/|$)", "/*", at) in wanted and isinstance(text, str)}
