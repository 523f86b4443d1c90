"""Where the replies of two servers to the same case differ, though their worlds hold other things.

What the run itself sent and made, the envelope, codes and messages are compared to the letter, but for what each world
gives out: numbers, times, addresses. Records that stood there before are compared by their form: keys, types, null,
listed words, how dates are written.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .forms import DATE, MISSING, broken, date_form, kind, kinds
from .running import Call, Calls
from .scenes import Scene, things

Json = Any
Place = tuple[str, Json, Json]
"""A JSON pointer, in which * is any entry of a list, and what stands there at the one server and at the other."""

Pair = tuple[Sequence[Json], Sequence[Json]]
"""The values at one place, at the one server and at the other."""

NO_LISTS: frozenset[str] = frozenset()
ONE_HAS, NEITHER_HAS = "only one has records", "neither has records"
_EPOCH = 10**9
"""A number of the envelope from here on is a time."""
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
        return [value for (_, at), value in self.sent.items() if _last(at).lower() == key.lower()]

    def counted(self, key: str, record: Json) -> bool:
        """Whether a number of a record is one that the run sent for it, or now, under a key that ends alike.

        Such are SKUQuantity and quantity. What leaves is told as less than 0.
        """
        number, key = abs(record[key]), key.lower()
        made = [self.made[text] for text in _scalars(record) if isinstance(text, str) and text in self.made]
        names = (
            (_last(at).lower(), value)
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

    def side(self, calls: Calls) -> Side:
        """What the run has done there, of which `calls` are a case's."""
        for call in self._scene.calls[self._read :]:
            operation = catalog().operations.get(call[0].operation)
            if operation is not None and operation.writes:
                self._wrote.add(operation.name)
                made = _made(operation, call)
                self._made |= dict.fromkeys(made, dict(_sent(call[0])) if made else {})
        self._read = len(self._scene.calls)
        sent = {place: value for request, _ in calls for place, value in _sent(request)}
        return Side(sent, f"OCT-{self._scene.run}-", self._made, self._wrote)


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


def note(uncompared: dict[Any, str], place: Any, why: str) -> None:
    """Note why something could not be compared; empty where it was, which once is enough."""
    if not why or uncompared.get(place, NEITHER_HAS) == NEITHER_HAS:
        uncompared[place] = why


class Comparing:
    """Compares the replies to one case of an operation; `told` says that both are those of a success."""

    def __init__(self, operation: Operation, one: Side, other: Side, names: Names, *, told: bool) -> None:
        self._operation, self._one, self._other, self._names = operation, one, other, names
        self._own = frozenset(things(operation.api.name).get("worlds_own", ()))
        self.uncompared: dict[str, str] = {}
        """By the place of a list: why its records cannot be compared; empty where they can."""
        self._data = _data_pointer(operation.success.body, "")
        if self._data == "" and not told:
            self._data = None  # the whole body is data, and this is none

    def bodies(self, one: Json, other: Json) -> Iterator[Place]:
        """Where two bodies differ."""
        yield from self._envelope(one, other, "", self._operation.response)

    def _envelope(self, one: Json, other: Json, at: str, schema: Json) -> Iterator[Place]:
        if at == self._data:
            yield from self._worlds(([one], [other]), at, schema, inside=False)
        elif isinstance(one, dict) and isinstance(other, dict):
            for key in sorted(one.keys() | other.keys()):
                if key in one and key in other:
                    yield from self._envelope(one[key], other[key], f"{at}/{key}", _property(schema, key))
                else:
                    yield f"{at}/{key}", one.get(key, MISSING), other.get(key, MISSING)
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                yield at, f"<{len(one)} entries>", f"<{len(other)} entries>"
            for index, pair in enumerate(zip(one, other, strict=False)):
                yield from self._envelope(*pair, f"{at}/{index}", schema.get("items", {}))
        elif not self._same(_last(at), one, other) and not (_is_time(one) and _is_time(other)):
            yield at, one, other

    # --- data ---

    def _worlds(self, pair: Pair, at: str, schema: Json, *, inside: bool) -> Iterator[Place]:
        """What stands at one place of the data, in all records together; `inside` one of the run's."""
        yield from _of_types(pair, at, schema)
        lists, records, texts = (_only(pair, type_) for type_ in (list, dict, str))
        if lists[0] and lists[1]:
            entries = [entry for each in lists[0] for entry in each], [entry for each in lists[1] for entry in each]
            yield from self._entries(entries, at, schema.get("items", {}), inside=inside)
        if records[0] and records[1]:
            yield from self._records(records, at, schema, inside=inside)
        if texts[0] and texts[1]:
            yield from self._texts(texts, at, schema)

    def _entries(self, pair: Pair, at: str, schema: Json, *, inside: bool) -> Iterator[Place]:
        """What the lists at one place hold. How many records a world has, if any, is its own matter."""
        note(self.uncompared, at, "" if pair[0] and pair[1] else ONE_HAS if pair[0] or pair[1] else NEITHER_HAS)
        if pair[0] and pair[1]:
            yield from self._worlds(pair, f"{at}/*", schema, inside=inside)
        elif self._missed(pair, inside=inside):
            yield at, f"<{len(pair[0])} entries>", f"<{len(pair[1])} entries>"

    def _missed(self, pair: Pair, *, inside: bool) -> bool:
        """Whether records of the run's stand at one of them alone, though it did the same at both."""
        shown, silent = (self._one, self._other) if pair[0] else (self._other, self._one)
        # What could not be called there has made nothing that could be shown: a consequence, told where it begins.
        return shown.wrote <= silent.wrote and any(
            self._is_runs(each, shown, inside=inside) for each in (*pair[0], *pair[1])
        )

    def _records(self, pair: Pair, at: str, schema: Json, *, inside: bool) -> Iterator[Place]:
        """Those of the run to the letter, the others by their form; also where only one server shows the run's."""
        one = [each for each in pair[0] if self._is_runs(each, self._one, inside=inside)]
        other = [each for each in pair[1] if self._is_runs(each, self._other, inside=inside)]
        if one and other:
            for mine, its in zip(one, other, strict=False):
                yield from self._of_run(mine, its, at, schema)
            pair = [each for each in pair[0] if each not in one], [each for each in pair[1] if each not in other]
        if pair[0] and pair[1]:
            yield from self._by_form(pair, at, schema, inside=inside)

    def _by_form(self, pair: Pair, at: str, schema: Json, *, inside: bool) -> Iterator[Place]:
        known, required = schema.get("properties", {}), schema.get("required", ())
        for key in dict.fromkeys(key for record in (*pair[0], *pair[1]) for key in record):
            one, other = ([record[key] for record in side if key in record] for side in pair)
            lacks = len(one) < len(pair[0]), len(other) < len(pair[1])
            if (key not in known and not (one and other)) or (key in required and lacks[0] != lacks[1]):
                yield f"{at}/{key}", MISSING if lacks[0] else one[0], MISSING if lacks[1] else other[0]
            elif one and other:
                yield from self._worlds((one, other), f"{at}/{key}", _property(schema, key), inside=inside)

    def _texts(self, pair: Pair, at: str, schema: Json) -> Iterator[Place]:
        """The first of what is odd about texts: what they say is a world's own matter."""
        dates = [text for text in pair[0] if date_form(text)], [text for text in pair[1] if date_form(text)]
        odd = chain(
            _unlike(pair, at, lambda text: broken(text, schema)),
            _unlike(dates, at, date_form) if dates[0] and dates[1] else (),
            self._listed(pair, at),
            self._asked(pair, at),
        )
        yield from islice(odd, 1)

    def _listed(self, pair: Pair, at: str) -> Iterator[Place]:
        """Where all words at the one stand in a list of the vendor's, and at the other in another or in none."""
        lists = _lists_of(self._operation.api.name)
        one, other = (frozenset.intersection(*(lists.get(text, NO_LISTS) for text in side)) for side in pair)
        if (one or other) and not one & other and _last(at) not in self._own:
            known = one or other
            mine, its = (
                next((each for each in side if not known & lists.get(each, NO_LISTS)), side[0]) for side in pair
            )
            yield at, mine, its

    def _asked(self, pair: Pair, at: str) -> Iterator[Place]:
        """Where the one tells only of what was asked for by a field of that name, and the other of more."""
        asked = self._one.said_as(_last(at)), self._other.said_as(_last(at))
        more = [text for text in pair[0] if text not in asked[0]], [text for text in pair[1] if text not in asked[1]]
        if asked[0] and asked[1] and bool(more[0]) != bool(more[1]):
            yield at, (more[0] or pair[0])[0], (more[1] or pair[1])[0]

    # --- what is the run's ---

    def _is_runs(self, record: Json, side: Side, *, inside: bool) -> bool:
        """Whether an entry is the run's: by a number or reference of the run, and inside another by what was sent."""
        texts = [text for text in _scalars(record) if isinstance(text, str)]
        return any(side.owns(text) for text in texts) or (inside and any(map(side.said, texts)))

    def _of_run(self, one: Json, other: Json, at: str, schema: Json) -> Iterator[Place]:
        for key in sorted(one.keys() | other.keys()):
            here, below = f"{at}/{key}", _property(schema, key)
            if key not in one or key not in other:
                yield here, one.get(key, MISSING), other.get(key, MISSING)
            elif isinstance(one[key], dict) and isinstance(other[key], dict):
                yield from self._of_run(one[key], other[key], here, below)
            elif isinstance(one[key], list) and isinstance(other[key], list):
                if bool(one[key]) != bool(other[key]):
                    yield here, f"<{len(one[key])} entries>", f"<{len(other[key])} entries>"
                else:
                    yield from self._worlds(([one[key]], [other[key]]), here, below, inside=True)
            elif kind(one[key]) is kind(other[key]) is float:
                # Prices and what is left are a world's own; what was sent comes back.
                if one[key] != other[key] and (self._one.counted(key, one) or self._other.counted(key, other)):
                    yield here, one[key], other[key]
            elif not self._same(key, one[key], other[key]):
                yield here, one[key], other[key]

    def _same(self, key: str, one: Json, other: Json) -> bool:
        if isinstance(one, str) and isinstance(other, str):
            return key in self._own or plain(one) == plain(other) or self._names.same(one, other)
        return kind(one) is kind(other) and bool(one == other)


def _of_types(pair: Pair, at: str, schema: Json) -> Iterator[Place]:
    """The types that only one of them has; null, where the schema lets it be, is a world's own matter."""
    if "null" in kinds(schema):
        pair = [each for each in pair[0] if each is not None], [each for each in pair[1] if each is not None]
    if pair[0] and pair[1]:
        yield from _unlike(pair, at, kind)


def _unlike(pair: Pair, at: str, trait: Callable[[Json], Any]) -> Iterator[Place]:
    """A value of each, where some of the one are of a trait that none of the other is of."""
    one, other = ({trait(value): value for value in values} for values in pair)
    odd = one.keys() ^ other.keys()
    if odd:
        mine, its = (
            next((side[key] for key in side if key in odd), next(iter(side.values()))) for side in (one, other)
        )
        yield at, mine, its


def _only(pair: Pair, type_: type) -> Pair:
    return [each for each in pair[0] if isinstance(each, type_)], [each for each in pair[1] if isinstance(each, type_)]


@cache
def _lists_of(api: str) -> Mapping[str, frozenset[str]]:
    """The lists of an API's vocabulary in which a text stands as a code, or as a text."""
    found: dict[str, set[str]] = {}
    for name, rows in catalog().apis[api].document.get("vocabulary", {}).items():
        for row in rows.values() if isinstance(rows, dict) else rows:
            for kind_ in ("code", "text"):
                if isinstance(row, dict) and isinstance(row.get(kind_), str):
                    found.setdefault(row[kind_], set()).add(f"{name}/{kind_}")
    return {text: frozenset(lists) for text, lists in found.items()}


def _is_time(value: Json) -> bool:
    return type(value) is int and value >= _EPOCH


def _last(at: str) -> str:
    """The key at the end of a pointer, past the places of lists."""
    return next((step for step in reversed(at.split("/")) if step != "*" and not step.isdigit()), "")


def _property(schema: Json, key: str) -> Json:
    return schema.get("properties", {}).get(key, {})


def _data_pointer(template: Json, at: str) -> str | None:
    """Where in an envelope the data stands; None where it has none."""
    if template == "$data":
        return at
    for key, part in template.items() if isinstance(template, dict) else ():
        found = _data_pointer(part, f"{at}/{key}")
        if found is not None:
            return found
    return None


def _scalars(record: Json) -> Iterator[Json]:
    """What a record itself says: not what its lists do."""
    if isinstance(record, dict):
        for value in record.values():
            yield from _scalars(value)
    elif not isinstance(record, list):
        yield record


def _sent(request: Any) -> Iterator[tuple[tuple[str, str], Json]]:
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
