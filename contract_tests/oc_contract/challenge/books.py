"""The world's books of two runs compared: what is missing, what is there twice, and what nobody expected.

A client may number its orders anew in each run. So two undisturbed runs show which of its words differ from run to run
though nothing went wrong; these are compared without their numbers, or not at all.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]
"""A row of `GET .../books`."""
REFERENCE = "/reference"
Key = tuple[str, tuple[tuple[str, str], ...]]
AS_IT_IS, WITHOUT_NUMBERS, NOT_AT_ALL = 0, 1, 2

_TIME = re.compile(r"\d{2,4}[-/:.T]\d{2}(?:[-/:.T ]\d{2,})*(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
_UNIQUE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[0-9a-f]*\d)[0-9a-f]{12,}|\d{4,}", re.IGNORECASE)


def shaped(text: str) -> str:
    """A text without what a clock or a generator of ids put into it."""
    return _UNIQUE.sub("#", _TIME.sub("@", text))


class Difference(NamedTuple):
    """How a run's books differ from the undisturbed ones. `missing` says of each row whether it is its cancellation."""

    missing: tuple[tuple[Row, bool], ...] = ()
    doubled: tuple[Row, ...] = ()
    extra: tuple[Row, ...] = ()


def called(row: Row) -> str:
    """A row in a few words."""
    return f"{row['kind']} {row['reference'] or row['number']}"


def new_rows(books: Iterable[Row], before: Iterable[Row]) -> list[Row]:
    """What was not there before."""
    known = {(row["kind"], row["number"]): row for row in before}
    return [row for row in books if known.get((row["kind"], row["number"])) != row]


class Eyes:
    """What to look at, learned from two undisturbed runs: by kind and field how it is compared."""

    def __init__(self, first: Sequence[Row], second: Sequence[Row]) -> None:
        mine, others = _values(first), _values(second)
        self._looks = {field: _look(mine[field], others[field]) for field in mine.keys() | others.keys()}

    def key(self, row: Row) -> Key:
        """The same for a thing of one run and the same thing of another, whether it was cancelled or not."""
        seen = ((field, self._see(row["kind"], field, value)) for field, value in _fields(row))
        return row["kind"], tuple(sorted((field, value) for field, value in seen if value is not None))

    def content(self, row: Row) -> Key:
        """The same without the client's own number."""
        kind, pairs = self.key(row)
        return kind, tuple(pair for pair in pairs if pair[0] != REFERENCE)

    def _see(self, kind: str, field: str, value: str) -> str | None:
        look = self._looks.get((kind, field), AS_IT_IS)
        return (value, shaped(value), None)[look]

    def difference(self, expected: Sequence[Row], got: Sequence[Row]) -> Difference:
        """What is missing of the one in the other, and what is too much."""
        wanted, found = list(expected), list(got)
        _pair(wanted, found, self._with_state)
        pairs = _pair(wanted, found, self.key)
        # One that is there again under its own number has not taken another's place.
        known = {self.key(row) for row in expected if row not in wanted}
        again = [row for row in found if self.key(row) in known]
        found = [row for row in found if row not in again]
        pairs += _pair(wanted, found, _shaped_key) + _pair(wanted, found, self.content)
        undone = [row for row, other in pairs if other["cancelled"] and not row["cancelled"]]
        kept = [row for row, other in pairs if row["cancelled"] and not other["cancelled"]]
        contents = {self.content(row) for row in expected}
        references = {(row["kind"], row["reference"]) for row in expected if row["reference"]}
        like = [row for row in found if self.content(row) in contents or (row["kind"], row["reference"]) in references]
        extra = [row for row in found if row not in like]
        return Difference(
            (*((row, False) for row in (*wanted, *undone)), *((row, True) for row in kept)),
            # What was cancelled again does no harm.
            tuple(row for row in (*again, *like) if not row["cancelled"]),
            tuple(row for row in extra if not row["cancelled"]),
        )

    def _with_state(self, row: Row) -> Hashable:
        return self.key(row), row["cancelled"]


def _pair(wanted: list[Row], found: list[Row], key: Callable[[Row], Hashable]) -> list[tuple[Row, Row]]:
    """Take those that are the same by a key out of both lists, and give them in pairs."""
    by_key: dict[Hashable, list[Row]] = defaultdict(list)
    for row in found:
        by_key[key(row)].append(row)
    pairs = []
    for row in list(wanted):
        if others := by_key[key(row)]:
            other = others.pop(0)
            pairs.append((row, other))
            wanted.remove(row)
            found.remove(other)
    return pairs


def _shaped_key(row: Row) -> Hashable:
    return row["kind"], tuple(sorted((field, shaped(value)) for field, value in _fields(row)))


def _values(rows: Iterable[Row]) -> dict[tuple[str, str], Counter[str]]:
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for field, value in _fields(row):
            found[row["kind"], field][value] += 1
    return found


def _look(mine: Counter[str], others: Counter[str]) -> int:
    if mine == others:
        return AS_IT_IS
    same = Counter(map(shaped, mine.elements())) == Counter(map(shaped, others.elements()))
    return WITHOUT_NUMBERS if same else NOT_AT_ALL


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    yield REFERENCE, row["reference"]
    # What was asked for has the client's own number, too.
    yield from (pair for pair in _scalars(row["says"], "") if pair[1] != row["reference"])


def _scalars(node: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _scalars(value, f"{at}/{name}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _scalars(value, f"{at}/{place}")
    elif node is not None:
        yield at, str(node)
