"""Where the replies of two servers to the same case differ, though their worlds hold other things.

What the run itself sent and made, the envelope, codes and messages are compared to the letter, but for what each world
gives out: numbers, times, addresses. Records that stood there before are compared by their form: keys, types, null,
listed words, how dates are written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .forms import MISSING, broken, date_form, kind, kinds
from .memories import Names, Side, last_key, plain, scalars
from .scenes import things

Json = Any
Place = tuple[str, Json, Json]
"""A JSON pointer, in which * is any entry of a list, and what stands there at the one server and at the other."""

Pair = tuple[Sequence[Json], Sequence[Json]]
"""The values at one place, at the one server and at the other."""

NO_LISTS: frozenset[str] = frozenset()
ONE_HAS, NEITHER_HAS = "only one has records", "neither has records"
_EPOCH = 10**9
"""A number of the envelope from here on is a time."""


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
        elif not self._same(last_key(at), one, other) and not (_is_time(one) and _is_time(other)):
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
        if (one or other) and not one & other and last_key(at) not in self._own:
            known = one or other
            mine, its = (
                next((each for each in side if not known & lists.get(each, NO_LISTS)), side[0]) for side in pair
            )
            yield at, mine, its

    def _asked(self, pair: Pair, at: str) -> Iterator[Place]:
        """Where the one tells only of what was asked for by a field of that name, and the other of more."""
        asked = self._one.said_as(last_key(at)), self._other.said_as(last_key(at))
        more = [text for text in pair[0] if text not in asked[0]], [text for text in pair[1] if text not in asked[1]]
        if asked[0] and asked[1] and bool(more[0]) != bool(more[1]):
            yield at, (more[0] or pair[0])[0], (more[1] or pair[1])[0]

    # --- what is the run's ---

    def _is_runs(self, record: Json, side: Side, *, inside: bool) -> bool:
        """Whether an entry is the run's: by a number or reference of the run, and inside another by what was sent."""
        texts = [text for text in scalars(record) if isinstance(text, str)]
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
