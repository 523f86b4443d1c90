"""What an account must look like, in plain dicts and whole numbers: arithmetic of its own, shared with no server.

Instants are epoch milliseconds of the target. When something happened is known as a span, for it happened between the
reply before and the reply to the call that did it; what follows from it is then a set of possible states, and every
figure a least and a most. On a clock that stands still these are one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any, NamedTuple

Row = dict[str, Any]
Shelf = tuple[str, str]
"""SKU and region."""
SECOND = 1000
ANY_TIME = 10**15
UNKNOWN_TIME = (-ANY_TIME, ANY_TIME)


class Span(NamedTuple):
    """An instant, as well as it is known: not before `least`, not after `most`."""

    least: int
    most: int

    @property
    def second(self) -> int | None:
        """The epoch second, where there is only one."""
        return self.least // SECOND if self.least // SECOND == self.most // SECOND else None

    def after(self, seconds: int) -> "Span":
        """The instant so much later."""
        return Span(self.least + seconds * SECOND, self.most + seconds * SECOND)

    def holds(self, second: int) -> bool:
        """Whether it may have been in this epoch second."""
        return self.least // SECOND <= second <= self.most // SECOND


Course = tuple[tuple[str, int], ...]
"""The states of an order with the seconds that each lasts; the last one stays."""

COURSES: Mapping[str, Course] = MappingProxyType(
    {
        "outbound": (
            ("Submitted", 300),
            ("Accepted", 1500),
            ("Create picking task", 1800),
            ("Picked", 3600),
            ("Packed", 7200),
            ("Outbound", 86_400),
            ("In-delivery", 172_800),
            ("Delivered", 0),
        ),
        "inbound": (("Not arrived", 604_800), ("Arrived", 43_200), ("Partially Put away", 43_200), ("Put away", 0)),
        "vas": (("Submitted", 600), ("Accepted", 14_400), ("In progress", 86_400), ("Completed", 0)),
        "returns": (
            ("Submitted", 600),
            ("Accepted", 86_400),
            ("In transit", 259_200),
            ("Arrived", 43_200),
            ("Put away", 0),
        ),
        "sku": (("Draft", 3600), ("Under review", 86_400), ("Reviewed", 0)),
    }
)
CANCELLABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "outbound": ("Submitted", "Accepted", "Create picking task"),
        "vas": ("Submitted", "Accepted"),
        "returns": ("Submitted", "Accepted"),
        "inbound": (),
    }
)
CANCELLED = "Cancelled"
LEFT = ("Outbound", "In-delivery", "Delivered")
WITH_PARCEL = ("Packed", *LEFT)
BUCKETS: Mapping[str, str] = MappingProxyType(
    {
        "available": "AVL",
        "inTransit": "INTRAN",
        "received": "RCVD",
        "reservedAllocated": "RSVALOC",
        "reservedHold": "RSVHOLD",
        "reservedVAS": "RSVVAS",
        "suspend": "SUSPEND",
        "unfulfillable": "UNFULFIL",
    }
)
"""A bucket's name in the snapshot, and among movements."""
REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "outbound": {"placed": "OOS", CANCELLED: "OOC", "Outbound": "OOF"},
        "vas": {"placed": "VOS", CANCELLED: "VOC", "Completed": "VOF"},
        "inbound": {"placed": "IOS", "Arrived": "IOS", "Partially Put away": "PAC", "Put away": "PAC"},
    }
)


def states(course: Course, since: Span, now: Span) -> tuple[str, ...]:
    """The states that something begun at `since` may be in."""
    youngest = (now.least - since.most) // SECOND - 1
    oldest = (now.most - since.least) // SECOND + 1
    found, began = [], 0
    for state, lasts in course:
        ends = began + lasts if lasts else ANY_TIME
        if began <= oldest and ends >= youngest:
            found.append(state)
        began = ends
    return tuple(found)


def begins(course: Course, state: str) -> int:
    """After how many seconds something comes into a state."""
    names = [name for name, _ in course]
    return sum(lasts for _, lasts in course[: names.index(state)])


def pieces(kind: str, state: str, quantity: int) -> Row:
    """What one line of an order in a state has changed so far, bucket by bucket."""
    if state == CANCELLED:
        return {}
    if kind == "outbound":
        return {"available": -quantity, **({} if state in LEFT else {"reservedAllocated": quantity})}
    if kind == "vas":
        return {} if state == "Completed" else {"available": -quantity, "reservedVAS": quantity}
    first = quantity // 2
    return {
        "Not arrived": {"inTransit": quantity},
        "Arrived": {"received": quantity},
        "Partially Put away": {"received": quantity - first, "available": first},
        "Put away": {"available": quantity},
    }[state]


def second_of(text: str) -> int:
    """The epoch second of a time on the wire, of either API."""
    return int(datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S%z").timestamp())


def written(second: int, hours_ahead: int = 8) -> str:
    """An epoch second as OrangeConnex writes it, in a zone."""
    zone = timezone(timedelta(hours=hours_ahead))
    return datetime.fromtimestamp(second, zone).strftime("%Y-%m-%dT%H:%M:%S%z")


class Book:
    """What the calls so far have made, and what must follow from it.

    `kinds` holds by kind (outbound, inbound, vas, returns, sku, estimate) the things that were made, by label. A thing
    is a dict; `since` is when it was made, `ended` the state that somebody brought it to, if any. `paced` tells whether
    the courses are the target's: else something is in any state that it has not left behind.
    """

    def __init__(self, answers: Mapping[str, str], paced: bool = True) -> None:
        self.answers = answers
        self.paced = paced
        self.told: int | None = None
        self.waited = 0
        self.version = 0
        self.kinds: dict[str, dict[str, Row]] = {kind: {} for kind in (*COURSES, "estimate")}
        self.base: dict[Shelf, Row] = {}
        self.looked: dict[Shelf, Span] = {}
        self.stale: set[Shelf] = set()
        self.seen: dict[tuple[Any, ...], tuple[int, Any]] = {}

    # --- time ---------------------------------------------------------------------------------------------------------

    def wait(self, seconds: int) -> None:
        """So much time has passed."""
        self.version += 1
        self.waited += seconds * SECOND
        if self.told is not None:
            self.told += seconds * SECOND

    def possible(self, thing: Row, now: Span) -> tuple[str, ...]:
        """The states that a thing may be in."""
        if thing["ended"]:
            return (thing["ended"],)
        course = COURSES[thing["kind"]]
        if self.paced and not (thing["kind"] == "outbound" and self.answers["working_hours"] == "kept"):
            return states(course, thing["since"], now)
        names = [name for name, _ in course]
        return tuple(names[names.index(thing.get("state", names[0])) :])

    # --- things -------------------------------------------------------------------------------------------------------

    def add(self, kind: str, label: str, **thing: Any) -> Row:
        """Note a thing that was made."""
        self.version += 1
        made: Row = {"kind": kind, "label": label, "ended": "", **thing}
        self.kinds[kind][label] = made
        self._touch(made)
        return made

    def _touch(self, thing: Row) -> None:
        if thing["kind"] in ("outbound", "inbound", "vas"):
            touched = {(sku, thing["region"]) for sku, _ in thing["lines"]}
            self.stale |= touched & self.base.keys()

    def drop(self, kind: str, label: str) -> None:
        """Forget a thing: it was not made after all."""
        del self.kinds[kind][label]

    def end(self, thing: Row, state: str, at: Span) -> None:
        """Note that somebody brought a thing to an end."""
        self.version += 1
        thing["ended"], thing["ended_at"] = state, at
        self._touch(thing)

    def things(self, *kinds: str) -> Iterator[Row]:
        """All that were made of some kinds, the oldest first."""
        for kind in kinds:
            yield from self.kinds[kind].values()

    def by(self, kind: str, name: str, value: str) -> Row | None:
        """The first thing of a kind with this value."""
        return next((thing for thing in self.things(kind) if thing.get(name) == value), None)

    # --- stock --------------------------------------------------------------------------------------------------------

    def moved(self, shelf: Shelf, now: Span) -> dict[str, tuple[int, int]]:
        """By bucket, the least and the most that all known orders have changed on a shelf."""
        least, most = dict.fromkeys(BUCKETS, 0), dict.fromkeys(BUCKETS, 0)
        for order in self.things("outbound", "inbound", "vas"):
            mine = [quantity for sku, quantity in order["lines"] if (sku, order["region"]) == shelf]
            if not mine:
                continue
            found = [self._together(order["kind"], state, mine) for state in self.possible(order, now)]
            for bucket in BUCKETS:
                least[bucket] += min(each.get(bucket, 0) for each in found)
                most[bucket] += max(each.get(bucket, 0) for each in found)
        return {bucket: (least[bucket], most[bucket]) for bucket in BUCKETS}

    @staticmethod
    def _together(kind: str, state: str, lines: Sequence[int]) -> Row:
        total: Row = {}
        for quantity in lines:
            for bucket, change in pieces(kind, state, quantity).items():
                total[bucket] = total.get(bucket, 0) + change
        return total

    def look(self, shelf: Shelf, row: Mapping[str, int], now: Span) -> None:
        """Take what is seen on a shelf for what lay there from the start. Nothing is learnt while it is uncertain."""
        moved = self.moved(shelf, now)
        if all(least == most for least, most in moved.values()):
            self.base[shelf] = {bucket: row[bucket] - moved[bucket][0] for bucket in BUCKETS}
            self.looked[shelf] = now

    def stock(self, shelf: Shelf, now: Span) -> dict[str, tuple[int, int]] | None:
        """By bucket, the least and the most that must lie on a shelf; None while nobody has looked."""
        if shelf not in self.base:
            return None
        moved = self.moved(shelf, now)
        return {
            name: (self.base[shelf][name] + least, self.base[shelf][name] + most)
            for name, (least, most) in moved.items()
        }

    def short(self, region: str, lines: Sequence[tuple[str, int]], now: Span) -> set[bool]:
        """Whether less is available than the lines together ask for: what it may be."""
        wanted: dict[str, int] = {}
        for sku, quantity in lines:
            wanted[sku] = wanted.get(sku, 0) + quantity
        found = []
        for sku, quantity in wanted.items():
            stock = self.stock((sku, region), now)
            if stock is None:
                found.append({True, False})
            else:
                least, most = stock["available"]
                found.append({False} if quantity <= least else {True} if quantity > most else {True, False})
        if {True} in found:
            return {True}
        return {False} if all(each == {False} for each in found) else {True, False}

    def movements(self, shelf: Shelf, order: Row, now: Span) -> list[tuple[str, int, str]] | None:
        """What an order has written on a shelf: bucket code, change and reason code; None while that is uncertain."""
        found = self.possible(order, now)
        quantities = [quantity for sku, quantity in order["lines"] if (sku, order["region"]) == shelf]
        kind = order["kind"]
        if order["ended"]:
            names = [COURSES[kind][0][0], order["ended"]]
        elif len(found) > 1:
            return None
        else:
            course = [name for name, _ in COURSES[kind]]
            names = course[: course.index(found[0]) + 1]
        rows = []
        for quantity in quantities:
            before: Row = {}
            for place, name in enumerate(names):
                after = pieces(kind, name, quantity)
                reason = REASONS[kind].get("placed" if place == 0 else name, "")
                for bucket in BUCKETS:
                    change = after.get(bucket, 0) - before.get(bucket, 0)
                    if change:
                        rows.append((BUCKETS[bucket], change, reason))
                before = after
        return sorted(rows)
