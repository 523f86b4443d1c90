"""The movements that a shop reported, in the order of time, and how to find some of them among very many.

The ledger holds what the stock is; this book holds what was said of each change of it.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from .records import MovementKind, ShopMovement

_Key = tuple[str | None, str | None, MovementKind | None]
_EVERYTHING: _Key = (None, None, None)


class Wanted(NamedTuple):
    """Which movements are looked for; None leaves a thing open. Both ends of the time are inside, in epoch seconds."""

    product_id: str | None = None
    warehouse_id: str | None = None
    kind: MovementKind | None = None
    start_s: int | None = None
    end_s: int | None = None


class MovementBook:
    """All movements of one shop, oldest first.

    For each combination of product, warehouse and kind the book keeps the row numbers of its movements: 28 bytes a
    movement. Rows stand in the order of time, so a total is the distance of two binary searches, and a page costs what
    its rows cost, however many movements there are.

    A book opens with the movements of a template, whose times count from `opened_at_s`; they are written when the book
    is first used, so that a fresh tenant costs nothing for movements it never looks at.
    """

    __slots__ = ("_at", "_opened_at_s", "_opening", "_rows", "_rows_of")

    def __init__(self, opening: Sequence[ShopMovement] = (), *, opened_at_s: int = 0) -> None:
        self._opening = opening
        self._opened_at_s = opened_at_s
        self._rows: list[ShopMovement] = []
        self._at = array("q")
        self._rows_of: defaultdict[_Key, array[int]] = defaultdict(_row_numbers)

    def append(self, movement: ShopMovement) -> None:
        """Add the newest movement; its time must not lie before the last one's."""
        self._open()
        self._add(movement)

    def newest_first(self, wanted: Wanted, skip: int, count: int) -> tuple[int, list[ShopMovement]]:
        """How many movements are as wanted, and up to `count` of them after the first `skip`."""
        self._open()
        numbers = self._numbers(wanted)
        first, last = 0, len(numbers)
        if wanted.start_s is not None:
            first = bisect_left(numbers, bisect_left(self._at, wanted.start_s))
        if wanted.end_s is not None:
            last = bisect_left(numbers, bisect_right(self._at, wanted.end_s))
        top = last - skip
        places = range(top - 1, max(first, top - count) - 1, -1)
        return max(last - first, 0), [self._rows[numbers[place]] for place in places]

    def latest(self, product_id: str, warehouse_id: str) -> ShopMovement | None:
        """The newest movement of a product in a warehouse."""
        found = self.newest_first(Wanted(product_id, warehouse_id), 0, 1)[1]
        return found[0] if found else None

    def _numbers(self, wanted: Wanted) -> Sequence[int]:
        key = (wanted.product_id, wanted.warehouse_id, wanted.kind)
        if key == _EVERYTHING:
            return range(len(self._rows))
        return self._rows_of.get(key, ())

    def _open(self) -> None:
        opening, self._opening = self._opening, ()
        for movement in opening:
            self._add(movement._replace(created_at_s=self._opened_at_s + movement.created_at_s))

    def _add(self, movement: ShopMovement) -> None:
        row = len(self._rows)
        self._rows.append(movement)
        self._at.append(movement.created_at_s)
        for key in product((None, movement.product_id), (None, movement.warehouse_id), (None, movement.kind)):
            if key != _EVERYTHING:
                self._rows_of[key].append(row)

    def __iter__(self) -> Iterator[ShopMovement]:
        """Oldest first."""
        self._open()
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._opening) + len(self._rows)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MovementBook):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def _row_numbers() -> "array[int]":
    return array("I")
