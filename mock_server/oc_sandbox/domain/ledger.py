"""Stock as a ledger of movements.

A shelf is one SKU in one region. Its movements are kept in columns, about 42 bytes each, and its balances are their
running sums; every answer about stock derives from here, so no two can disagree.

The pieces on a shelf are alike, so which of them leaves is a question of counting: the oldest, always. What an order
set aside and gave back had not left, and so is as old as before; the same holds of what had something done to it.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple


class Bucket(IntEnum):
    """What state a piece of stock is in."""

    AVAILABLE = 0
    IN_TRANSIT = 1
    RECEIVED = 2
    ALLOCATED = 3
    ON_HOLD = 4
    IN_VALUE_ADDED_SERVICE = 5
    SUSPENDED = 6
    UNFULFILLABLE = 7


class Reason(IntEnum):
    """Why stock moved."""

    INBOUND_SUBMITTED = 0
    GOODS_ARRIVED = 1
    PUT_AWAY = 2
    OUTBOUND_SUBMITTED = 3
    OUTBOUND_FULFILLED = 4
    OUTBOUND_CANCELLED = 5
    FROZEN = 6
    ADJUSTED = 7
    VAS_SUBMITTED = 8
    VAS_COMPLETED = 9
    VAS_CANCELLED = 10
    BLACK_FROZEN = 11


BUCKETS = tuple(Bucket)
REASONS = tuple(Reason)
GIVEN_BACK = frozenset(
    {
        Reason.OUTBOUND_CANCELLED,
        Reason.VAS_COMPLETED,
        Reason.VAS_CANCELLED,
        Reason.FROZEN,
        Reason.BLACK_FROZEN,
    }
)
"""Why pieces become available that had never left: they are as old as before."""
Key = tuple[str, str]
"""SKU code and region."""


class Overdrawn(ValueError):
    """A movement would take a bucket below zero. Handlers check first, so this is a mistake of ours."""


class Movement(NamedTuple):
    """One change of one bucket, in pieces; negative when they leave. `after` is the bucket's balance then.

    `serial` is the event's: one that moves pieces from a bucket to another writes a movement in each, so serial and
    bucket together are a movement's own.
    """

    serial: int
    at_s: int
    bucket: Bucket
    change: int
    after: int
    reason: Reason
    order_number: str | None


class Layer(NamedTuple):
    """So many pieces that became available at one time and still are."""

    at_s: int
    pieces: int


class Shelf:
    """The movements and balances of one SKU in one region. Balances are indexed by Bucket."""

    __slots__ = ("_after", "_arrivals", "_at", "_bucket", "_change", "_order", "_reason", "_serial", "balances")

    def __init__(self) -> None:
        self.balances = [0] * len(BUCKETS)
        self._at = array("q")
        self._serial = array("q")
        self._change = array("q")
        self._after = array("q")
        self._bucket = array("B")
        self._reason = array("B")
        self._order: list[str | None] = []
        self._arrivals = array("I")  # rows

    def post(
        self,
        serial: int,
        at_s: int,
        bucket: Bucket,
        change: int,
        reason: Reason,
        order_number: str | None,
        *,
        below_zero: bool = False,
    ) -> None:
        """Append one movement. Errors: Overdrawn, unless it may go `below_zero`; the shelf is then as it was."""
        after = self.balances[bucket] + change
        if after < 0 and not below_zero:
            raise Overdrawn(f"{bucket.name} holds {self.balances[bucket]}, a change of {change} would leave {after}")
        self.balances[bucket] = after
        if bucket is Bucket.AVAILABLE and change > 0 and reason not in GIVEN_BACK:
            self._arrivals.append(len(self._at))
        self._at.append(at_s)
        self._serial.append(serial)
        self._change.append(change)
        self._after.append(after)
        self._bucket.append(bucket)
        self._reason.append(reason)
        self._order.append(order_number)

    def between(self, start_s: int, end_s: int) -> Iterator[Movement]:
        """The movements from `start_s` to `end_s`, both inside, in the order of time."""
        first = bisect_left(self._at, start_s)
        last = bisect_right(self._at, end_s, lo=first)
        for row in range(first, last):
            yield Movement(
                self._serial[row],
                self._at[row],
                BUCKETS[self._bucket[row]],
                self._change[row],
                self._after[row],
                REASONS[self._reason[row]],
                self._order[row],
            )

    def layers(self) -> Iterator[Layer]:
        """What is available, by when it came: the newest first. It costs what lies there, not what ever did."""
        left = self.balances[Bucket.AVAILABLE]
        for row in reversed(self._arrivals):
            if left <= 0:
                return
            pieces = min(left, self._change[row])
            left -= pieces
            yield Layer(self._at[row], pieces)
        # A count found them in another bucket, so nothing tells when they came: as old as anything here.
        if left and self._at:
            yield Layer(self._at[0], left)

    def __len__(self) -> int:
        return len(self._at)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Shelf):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]


class Ledger:
    """All shelves of one seller.

    A world opens with the stock of a template; the opening movement of a shelf is written when the shelf is first
    touched, so that a fresh tenant costs nothing for stock it never looks at. Its serial is its place in the template,
    so that looking leaves no trace. Serials count from `first_serial`, which tells the movements of two ledgers apart.
    """

    def __init__(
        self, opening: Mapping[Key, int] | None = None, *, opened_at_s: int = 0, first_serial: int = 0
    ) -> None:
        self.first_serial = first_serial
        self._opening = {} if opening is None else opening
        self._opened_at_s = opened_at_s
        self._shelves: dict[Key, Shelf] = {}
        self._sorted: list[Key] | None = None
        self._written = first_serial + len(self._opening)

    @cached_property
    def _regions(self) -> dict[str, list[str]]:
        """The regions of each SKU. At its first use every shelf is one of the template's."""
        regions: dict[str, list[str]] = {}
        for sku, region in self._opening:
            regions.setdefault(sku, []).append(region)
        return regions

    def shelf(self, sku: str, region: str) -> Shelf:
        """The shelf of a SKU in a region; made if there is none."""
        key = (sku, region)
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = Shelf()
            opening = self._opening.get(key)
            if opening is None:
                self._regions.setdefault(sku, []).append(region)
                if self._sorted is not None:
                    insort(self._sorted, key)
            elif opening:
                serial = self.first_serial + list(self._opening).index(key)
                shelf.post(serial, self._opened_at_s, Bucket.AVAILABLE, opening, Reason.PUT_AWAY, None)
        return shelf

    def balance(self, sku: str, region: str, bucket: Bucket) -> int:
        """Pieces in a bucket; 0 where the SKU never was. Touches nothing."""
        shelf = self._shelves.get((sku, region))
        if shelf is not None:
            return shelf.balances[bucket]
        return self._opening.get((sku, region), 0) if bucket is Bucket.AVAILABLE else 0

    def layers(self, sku: str, region: str) -> Iterator[Layer]:
        """As the shelf's; nothing where the SKU never was. Touches nothing."""
        shelf = self._shelves.get((sku, region))
        if shelf is not None:
            return shelf.layers()
        opening = self._opening.get((sku, region), 0)
        return iter([Layer(self._opened_at_s, opening)] if opening else ())

    def post(
        self,
        key: Key,
        at_s: int,
        changes: Iterable[tuple[Bucket, int]],
        reason: Reason,
        order_number: str | None = None,
        *,
        below_zero: bool = False,
    ) -> None:
        """Write one event: a movement in each bucket it touches.

        Errors: Overdrawn, unless it may go `below_zero`; nothing is then written.
        """
        shelf = self.shelf(*key)
        changes = tuple(changes)
        left = shelf.balances.copy()
        for bucket, change in changes:
            held = left[bucket]
            left[bucket] = held + change
            if held + change < 0 and not below_zero:
                raise Overdrawn(f"{key[0]} in {key[1]}: {bucket.name} holds {held}, a change of {change} is impossible")
        serial = self._serial()
        for bucket, change in changes:
            shelf.post(serial, at_s, bucket, change, reason, order_number, below_zero=below_zero)

    def rehearsal(self) -> "Ledger":
        """A ledger that opens with the balances of this one, to try things in. It costs what is done in it."""
        return _Rehearsal(self)

    def regions(self, sku: str) -> list[str]:
        """The regions in which a SKU has or had stock, in the order in which it came there."""
        return self._regions.get(sku, [])

    def shelves(self) -> list[Key]:
        """Every shelf, touched or not, ordered by SKU and then by region's arrival."""
        return [(sku, region) for sku in sorted(self._regions) for region in self._regions[sku]]

    def sorted_shelves(self) -> Sequence[Key]:
        """The same ordered by SKU and region; kept in order, so that a page costs what its rows cost."""
        if self._sorted is None:
            self._sorted = sorted(self.shelves())
        return self._sorted

    def _serial(self) -> int:
        serial = self._written
        self._written = serial + 1
        return serial

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ledger):
            return NotImplemented
        keys = self.shelves()
        return keys == other.shelves() and all(self.shelf(*key) == other.shelf(*key) for key in keys)

    __hash__ = None  # type: ignore[assignment]


class _Rehearsal(Ledger):
    """A ledger over another, whose shelves it copies, without their past, as they are touched."""

    def __init__(self, real: Ledger) -> None:
        super().__init__()
        self._real = real

    def shelf(self, sku: str, region: str) -> Shelf:
        shelf = self._shelves.get((sku, region))
        if shelf is None:
            shelf = self._shelves[sku, region] = Shelf()
            shelf.balances = [self._real.balance(sku, region, bucket) for bucket in BUCKETS]
        return shelf

    def balance(self, sku: str, region: str, bucket: Bucket) -> int:
        return self.shelf(sku, region).balances[bucket]
