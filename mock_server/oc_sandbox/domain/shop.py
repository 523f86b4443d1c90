"""What a shop of its own remembers beside its stock: products, warehouses, and the movements that it reported.

The ledger holds what the stock is; the book of movements holds what was said of each change of it, in the order of
time, and finds some of them among very many.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import Enum
from itertools import product
from typing import NamedTuple


class Product(NamedTuple):
    """A product of a shop's own catalogue. Prices are in cents of the shop's currency.

    A product that was deleted is kept, for its stock and movements are; `deleted_at_s` says since when.
    """

    product_id: str
    sku: str
    name: str
    unit_price_cents: int
    low_stock_threshold: int
    created_at_s: int
    updated_at_s: int
    description: str | None = None
    barcode: str | None = None
    brand: str | None = None
    category_id: str | None = None
    normal_price_cents: int | None = None
    purchase_price_cents: int | None = None
    weight_g: Decimal | None = None
    is_active: bool = True
    images: tuple[str, ...] = ()
    deleted_at_s: int | None = None


class Warehouse(NamedTuple):
    """A shop's own warehouse."""

    warehouse_id: str
    name: str


class MovementKind(Enum):
    """What a shop says that a change of its stock is."""

    IN = "in"
    OUT = "out"
    ADJUSTMENT = "adjustment"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


class ShopMovement(NamedTuple):
    """One change of a shop's stock, as it was reported. `quantity` is positive whatever the kind."""

    movement_id: str
    product_id: str
    warehouse_id: str
    variant_id: str | None
    quantity: int
    kind: MovementKind
    reference: str | None
    unit_cost_cents: int | None
    batch_number: str | None
    notes: str | None
    created_at_s: int


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
