"""Stock: what every endpoint tells of it, while orders of all kinds come and go; and the pages of its lists."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import inbound, looking, outbound, vas
from .machine import Machine, few
from .model import COURSES, begins

OLD_S = 32 * 86_400
"""Longer than the youngest bracket of ages."""


class Stock(Machine):
    """Pieces that are neither lost nor made, whichever endpoint is asked."""

    def walk(self) -> None:
        """Every page of several sizes; orders of all kinds on one shelf, seen by every endpoint; what grows old."""
        for size in (1, 3, 7):
            for number in (1, 2, 3):
                self.page_through(number, size, False)
                self.page_through(number, size, True)
        for kind in ("outbound", "vas", "inbound"):
            self.order_pieces(0, 2, kind)
            self.ask_every_endpoint(0)
        self.do(looking.unknown)
        self.grow_old()

    def grow_old(self) -> None:
        """Pieces that are set aside for a month and given back are as old as before; what is put away then is new."""
        shelf = self.shelf(1)
        self.do(looking.age, shelf=shelf)
        for kind in ("outbound", "vas"):
            self.do(looking.wait, seconds=OLD_S)
            self.order_pieces(1, 2, kind)
            self.do(outbound.cancel_one if kind == "outbound" else vas.cancel_one, label=self.labels(kind)[-1])
            self.do(looking.age, shelf=shelf)
        self.order_pieces(1, 3, "inbound")
        self.do(looking.wait, seconds=begins(COURSES["inbound"], "Put away") + 60)
        self.do(looking.age, shelf=shelf)

    @rule(place=st.integers(0, 3), quantity=few, kind=st.sampled_from(("outbound", "vas", "inbound")))
    def order_pieces(self, place: int, quantity: int, kind: str) -> None:
        """One line, by an order of any kind."""
        shelf = self.shelf(place)
        label, lines = self.flow.label("s"), [(shelf[0], quantity)]
        if kind == "inbound":
            return self.do(inbound.place, label=label, reference=label, region=shelf[1], cartons=[lines])
        order = {"label": label, "reference": label, "region": shelf[1], "lines": lines}
        if kind == "vas":
            return self.do(vas.place, orders=[order])
        return self.do(outbound.place, orders=[order | {"service": self.flow.menu.service(shelf[1])}])

    @rule(data=st.data())
    def cancel_what_was_ordered(self, data: st.DataObject) -> None:
        """An order of any kind that can be cancelled at all."""
        labels = self.labels("outbound", "vas")
        if labels:
            label = data.draw(st.sampled_from(labels))
            known = label in self.flow.book.kinds["outbound"]
            self.do(outbound.cancel_one if known else vas.cancel_one, label=label)

    @rule(place=st.integers(0, 3))
    def ask_every_endpoint(self, place: int) -> None:
        """Snapshot, movements and age of a shelf."""
        shelf = self.shelf(place)
        self.do(looking.look, shelf=shelf)
        self.do(looking.movements, shelf=shelf)
        self.do(looking.age, shelf=shelf)

    @rule(number=st.integers(1, 3), size=st.integers(1, 12), age=st.booleans())
    def page_through(self, number: int, size: int, age: bool) -> None:
        """A page of a list against the whole."""
        self.do(looking.everything)
        operation = "get_stock_age" if age else "stock_snapshot_v2"
        self.do(looking.page, number=number, size=size, operation=operation)

    @rule()
    def ask_for_what_nobody_has(self) -> None:
        """An unknown SKU."""
        self.do(looking.unknown)
