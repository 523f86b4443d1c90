"""A world: everything that one seller's account remembers, and the agenda of what will happen to it."""

import heapq
from bisect import bisect_left, bisect_right
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from .clock import Clock
from .ids import Ids
from .ledger import Ledger
from .records import (
    CustomsFile,
    Estimate,
    InboundOrder,
    OutboundOrder,
    OutboundStatus,
    ReturnedPiece,
    ReturnOrder,
    Sku,
    SkuStatus,
    Tracking,
    VasOrder,
)
from .shop import MovementBook, Product, Warehouse
from .timeline import Timeline
from .working_hours import WorkingHours


class Due(NamedTuple):
    """Something that happens to `key` at an instant; events of one instant happen in the order they were planned in."""

    at_s: int
    serial: int
    event: str
    key: str


class Happened(NamedTuple):
    """An event that has happened to `key`, for all to see who care. `state` is the one that it led to, where it tells.

    An order may be further on by the time that somebody looks, so the state is kept here.
    """

    at_s: int
    event: str
    key: str
    state: str = ""


Effect = Callable[["World", str, int], str | bool]
"""What an event does to a key at an instant. Gives the state it led to, or True; False where it was overtaken."""


@dataclass
class World:
    """One seller's account. Handlers read it, check, and change it; nothing else does.

    `address` tells it from all others in the URLs of its files. `choices` is what handlers act by where nobody knows
    how the vendor does. A region without `working_hours` works at any time. `outbound_troubles` has, by number, the
    orders that shall end in another state than Delivered, `sku_troubles` the SKUs that shall not become active. What
    stands under a key is replaced, never changed in place: a rehearsal leaves no trace.
    """

    clock: Clock
    ids: Ids
    address: str = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    skus: dict[str, Sku] = field(default_factory=dict)
    outbound: dict[str, OutboundOrder] = field(default_factory=dict)
    inbound: dict[str, InboundOrder] = field(default_factory=dict)
    vas: dict[str, VasOrder] = field(default_factory=dict)
    estimates: dict[str, Estimate] = field(default_factory=dict)
    returned: dict[str, ReturnedPiece] = field(default_factory=dict)
    returns: dict[str, ReturnOrder] = field(default_factory=dict)
    return_numbers: list[str] = field(default_factory=list)
    return_by_reference: dict[str, str] = field(default_factory=dict)
    returns_of_outbound: dict[str, tuple[str, ...]] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    shop_movements: MovementBook = field(default_factory=MovementBook)
    outbound_by_reference: dict[str, str] = field(default_factory=dict)
    outbound_again: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outbound_by_ebay_order: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outbound_left: Timeline = field(default_factory=Timeline)
    outbound_troubles: dict[str, OutboundStatus] = field(default_factory=dict)
    sku_troubles: dict[str, SkuStatus] = field(default_factory=dict)
    inbound_by_seller_number: dict[str, str] = field(default_factory=dict)
    inbound_timeline: Timeline = field(default_factory=Timeline)
    inbound_trackings: dict[str, dict[str, Tracking]] = field(default_factory=dict)
    inbound_files: dict[str, dict[tuple[str, str], CustomsFile]] = field(default_factory=dict)
    vas_by_reference: dict[str, str] = field(default_factory=dict)
    sku_by_reference: dict[str, str] = field(default_factory=dict)
    working_hours: Mapping[str, WorkingHours] = field(default_factory=dict)
    agenda: list[Due] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    news: list[Happened] = field(default_factory=list)
    _outbound_numbers: list[str] = field(default_factory=list, repr=False, compare=False)

    def one_copy(self, text: str) -> str:
        """The same text, as the one object that all records of this world share: a hundred thousand name one region."""
        return self.texts.setdefault(text, text)

    def rehearsal(self) -> "World":
        """A world that starts like this one, to try things in: nothing that is done there is done here.

        It costs what is done in it, however much this world remembers. What is due does not happen there.
        """
        own: dict[str, Any] = {
            each.name: ChainMap({}, value)
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), dict)
        }
        own |= {"ledger": self.ledger.rehearsal(), "ids": self.ids.copy(), "agenda": []}
        return replace(self, **own)

    def now(self) -> datetime:
        """The world's time, aware, UTC."""
        return self.clock.now()

    def now_s(self) -> int:
        """The world's time in epoch seconds, rounded down."""
        return self.clock.now_s()

    def outbound_numbers(self) -> list[str]:
        """The numbers of the outbound orders, oldest first: a list, so that a window of time is found by bisection.

        It catches up with `outbound`, which keeps the order of placing and from which nothing is ever taken.
        """
        missing = len(self.outbound) - len(self._outbound_numbers)
        self._outbound_numbers += reversed(list(islice(reversed(self.outbound), missing)))
        return self._outbound_numbers

    def outbound_created_between(self, start_s: int | None, end_s: int | None) -> Iterator[OutboundOrder]:
        """The outbound orders created in a window of time, both ends inside, the oldest first; None leaves one open."""
        numbers = self.outbound_numbers()

        def created(number: str) -> int:
            return self.outbound[number].created_at_s

        first = 0 if start_s is None else bisect_left(numbers, start_s, key=created)
        last = len(numbers) if end_s is None else bisect_right(numbers, end_s, key=created)
        return (self.outbound[numbers[row]] for row in range(first, last))

    def plan(self, at_s: int, event: str, key: str) -> None:
        """Put an event on the agenda."""
        heapq.heappush(self.agenda, Due(at_s, self.ids.next("agenda"), event, key))

    def take_off(self, due: Due) -> None:
        """Take an event off the agenda, which it is on."""
        self.agenda.remove(due)
        heapq.heapify(self.agenda)

    def happen(self, event: str, key: str, state: str) -> None:
        """Note what a call has made happen now, beside the agenda. Whoever settles next fetches `news` first."""
        self.news.append(Happened(self.now_s(), event, key, state))

    def settle(self, events: Mapping[str, Effect], now_s: int) -> list[Happened]:
        """Let everything happen that is due by now, in order. An event may plan others, which happen too if due.

        An event tells whether it still applied: what was overtaken, as by a cancellation, has not happened.
        """
        happened: list[Happened] = []
        while self.agenda and self.agenda[0].at_s <= now_s:
            due = heapq.heappop(self.agenda)
            state = events[due.event](self, due.key, due.at_s)
            if state:
                happened.append(Happened(due.at_s, due.event, due.key, "" if state is True else state))
        return happened
