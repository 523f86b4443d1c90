"""The machine without its rules: sellers at one tenant, a clock, and what must hold after every step."""

import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from random import Random
from typing import Any, ClassVar

from hypothesis import currently_in_test_context, event, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from machine.books import DAY_S, Book, Outbound, Shelf
from machine.courses import hear
from machine.looks import look, note_id, read_movements
from machine.openings import adopt
from machine.shop import Answer, Shop
from oc_sandbox import Sandbox
from oc_sandbox.control.events import events_view

START = datetime(2026, 11, 20, 13, 55, 30, tzinfo=timezone.utc)
"""A Friday, five minutes before the British warehouse's cut-off, where one is kept."""
STRIDE_S = 20 * DAY_S
REGIONS = ["UK", "UK", "UK", "DE", "US-South", "AU"]
STRANGE = "OC9999999999999"
PACES_S = [
    [0, 0, 0, 1],
    [0, 0, 1, 299, 600],
    [0, 1, 299, 300, 600, 1800],
    [0, 1800, 7199, 7200, 6 * 3600, DAY_S],
    [0, 0, DAY_S, 3 * DAY_S, 8 * DAY_S],
]
"""How long it is from one thing to the next, on days of several kinds: most of what can go wrong is over in an hour."""
AHEAD_S = {"UK": 0, "DE": 3600, "AU": 10 * 3600, "US-South": -6 * 3600}
CUT_OFF_S = 14 * 3600
"""Working hours, where they are kept: the regions' time against UTC, and how late on a day is too late for the day."""


class Base(RuleBasedStateMachine):
    """Two sellers, whose books must agree with every answer."""

    assumptions: ClassVar[Mapping[str, str]] = {}

    @initialize(seed=st.sampled_from(["demo", "empty"]))
    def open_the_warehouse(self, seed: str) -> None:
        self.sandbox = Sandbox(
            clock="manual", now=START, seed=seed, sellers=2, assumptions=self.assumptions, client_key="machine"
        )
        self.shops = [Shop(self.sandbox, seller) for seller in self.sandbox.describe()["sellers"]]
        self.ids: set[str] = set()
        self.outcomes: Counter[str] = Counter()
        self.heard, self.looked_s, self.happened = 0, int(START.timestamp()), set[int]()
        if seed == "demo":
            for shop in self.shops:
                adopt(shop, self.ids)
        else:
            for shop in self.shops:
                self.stock_up(shop)

    def stock_up(self, shop: Shop) -> None:
        """SKUs for an empty world, and something on the shelf. The rules say how."""
        raise NotImplementedError

    def now_s(self) -> int:
        """The world's time."""
        return self.shops[0].now_s()

    def wait(self, seconds: int) -> None:
        """Let time pass, and hear what happened meanwhile."""
        if seconds > STRIDE_S:
            # Whatever is under way ends by then. Later its movements might be too old to be asked for.
            self.sandbox.advance(seconds=STRIDE_S)
            seconds -= STRIDE_S
            self.read()
            self.sandbox.advance(seconds=seconds)
            self.hear()
            assert not self.happened
            self.looked_s = max(self.looked_s, self.now_s() - DAY_S)
        else:
            self.sandbox.advance(seconds=seconds)
            self.hear()

    def remembered(self) -> bytes:
        """Everything that the tenant's worlds remember, to compare with later: neither the clock nor the id source."""
        apart = ("clock", "ids", "choices", "working_hours")
        return pickle.dumps(
            [
                [value for name, value in vars(world).items() if name not in apart]
                for world in self.sandbox.tenant.worlds
            ]
        )

    def hear(self) -> None:
        """Bring all books up to date with what has happened."""
        self.sandbox.tenant.settle()
        for row in events_view(self.sandbox.tenant, self.heard):
            self.heard += 1
            assert row["id"] == self.heard
            at_s = int(datetime.fromisoformat(row["at"].replace("Z", "+00:00")).timestamp())
            assert at_s <= self.now_s()
            self.happened.add(at_s)
            hear([shop.book for shop in self.shops], row, at_s)
            if row["state"] == "picking" and self.assumptions.get("working_hours") == "kept":
                (book,) = [shop.book for shop in self.shops if row["key"] in shop.book.outbound]
                _check_hours(book.outbound[row["key"]])

    def read(self) -> None:
        """Read what has happened and what has moved since the last time."""
        self.hear()
        for shop in self.shops:
            read_movements(shop, self.looked_s, self.happened, self.ids)
        self.looked_s = self.now_s()
        self.happened.clear()

    @invariant()
    def everything_agrees(self) -> None:
        self.read()
        for shop in self.shops:
            look(shop, self.ids)

    def say(self, what: str) -> None:
        """Have a line printed if the run fails."""
        if currently_in_test_context():
            note(what)

    def tell(self, what: str) -> None:
        """Count an outcome, for the statistics."""
        self.outcomes[what] += 1
        if currently_in_test_context():
            event(what)

    # What rules draw and do.

    def a_shop(self, dice: Random) -> Shop:
        return dice.choice([self.shops[0], self.shops[0], self.shops[1]])

    def other(self, shop: Shop) -> Shop:
        return self.shops[0] if shop is self.shops[1] else self.shops[1]

    def a_sku(self, dice: Random, shop: Shop) -> str:
        """One to be ordered, mostly; or one that is not reviewed, another seller's, or nobody's."""
        good = [code for code in shop.book.skus if shop.book.active(code)]
        new = [code for code in shop.book.skus if not shop.book.active(code)]
        foreign = list(self.other(shop).book.skus)[:1]
        return dice.choice([*good[:6] * 3, *good[-2:] * 4, *new[-3:] * 2, *foreign, STRANGE])

    def some_lines(self, dice: Random, shop: Shop, region: str) -> list[tuple[str, int]]:
        """Mostly of what lies in the region. All of it, and a piece more or less, is where mistakes are made."""
        figures = shop.book.figures()
        there = [shelf.sku for shelf, pieces in figures.items() if shelf[1:] == (region, "AVL") and pieces > 0]
        lines = []
        for _ in range(dice.choice([1, 1, 1, 2, 3])):
            sku = dice.choice(there) if there and dice.random() < 0.85 else self.a_sku(dice, shop)
            most = figures[Shelf(sku, region, "AVL")]
            lines.append((sku, max(dice.choice([1, 1, 2, 3, most - 1, most, most + 1]), 1)))
        return lines

    def one_of(
        self, dice: Random, kind: Mapping[str, Any], others: Mapping[str, Any], wrong: str, early: tuple[str, ...] = ()
    ) -> str:
        """A number: of one in an early state, or the newest, mostly; sometimes another seller's, or nobody's."""
        known = list(kind)
        rest = [*known[-4:] * 2, *known[-9:], *list(others)[-1:], wrong]
        young = [number for number, each in kind.items() if early and each.status in early]
        return dice.choice(young if young and dice.random() < 0.7 else rest)

    def write(self, shop: Shop, operation: str, data: Any, fault: str | None) -> Any:
        """A call that succeeds, or is refused as foretold; a refusal changes nothing."""
        before = self.remembered() if fault else None
        got = shop.ask(operation, data)
        self.tell(f"{operation}: {fault or 'taken'}")
        assert got.codes == ([fault] if fault else []), (operation, data, got.body)
        assert fault is None or self.remembered() == before
        return got.data

    def batch(
        self,
        shop: Shop,
        operation: str,
        rows: list[dict[str, Any]],
        judge: Callable[[dict[str, Any]], str | None],
        key: str,
        take: Callable[[dict[str, Any], dict[str, Any]], None],
    ) -> None:
        """A call with many things. `judge` foretells what is wrong with each, the ones before being taken."""
        faults = [judge(row) for row in rows]
        wrong = [(fault, row.get(key, "")) for fault, row in zip(faults, rows, strict=True) if fault]
        taken = [row for fault, row in zip(faults, rows, strict=True) if not fault]
        if wrong and self.assumptions.get("batch_outcome") == "atomic":
            taken = []
        before = None if taken else self.remembered()
        got: Answer = shop.ask(operation, rows)
        for fault in faults:
            self.tell(f"{operation}: {fault or 'taken'}")
        assert list(zip(got.codes, got.ids, strict=True)) == wrong, (rows, got.body)
        assert got.body["code"] == (4 if wrong else 0)
        assert len(got.data) == len(taken)
        assert taken or self.remembered() == before
        for row, told in zip(taken, got.data, strict=True):
            take(row, told)

    def new_number(self, number: str) -> str:
        """A number that nobody has."""
        return note_id(self.ids, number)


def _check_hours(order: Outbound) -> None:
    """An order that has just been begun was begun on a working day, and on a later one if it came too late."""
    begun_s, placed_s = (at_s + AHEAD_S[order.region] for at_s in (order.changed_s, order.created_s))
    # The first day of all was a Thursday.
    weekday, placed_on = ((at_s // DAY_S + 3) % 7 for at_s in (begun_s, placed_s))
    assert weekday < 5
    if placed_on > 4 or placed_s % DAY_S > CUT_OFF_S:
        assert begun_s // DAY_S > placed_s // DAY_S


def book_of(shops: list[Shop], number: str) -> Book | None:
    """Whose outbound order it is."""
    return next((shop.book for shop in shops if number in shop.book.outbound), None)
