"""Value-added service: pieces set aside, worked on and given back, none lost."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from .flow import Flow
from .looking import movements
from .machine import Checks, Machine, places
from .model import COURSES, Row, Span, second_of
from .orders import (
    CANCEL_TIME,
    NO_REGION,
    NO_SKU,
    allowed,
    cancel,
    check_state,
    place_batch,
    products,
    sku_faults,
    wait_for,
)


def place(flow: Flow, orders: list[Row]) -> None:
    """Orders in one call."""
    rows = [
        {
            "referenceNumber": flow.text(order["reference"]),
            "serviceRegion": order["region"],
            "serviceType": "LABELLING",
            "remarks": "One label on each box.",
            "productList": products(order["lines"]),
        }
        for order in orders
    ]
    reply = flow.call("place_vas_order", {"data": rows})

    def faults(order: Row, now: Span) -> set[str]:
        lines = [(sku, quantity) for sku, quantity in order["lines"]]
        found = sku_faults(flow, lines, now)
        if order["region"] == NO_REGION:
            found.append({"region_unknown"})
        elif not any("" not in rule for rule in found):
            found.append({"stock_short" if short else "" for short in flow.book.short(order["region"], lines, now)})
        if flow.book.by("vas", "reference", order["reference"]):
            found.append({"reference_taken"})
        return allowed(found)

    place_batch(flow, "vas", orders, reply, faults)


def cancel_one(flow: Flow, label: str) -> None:
    """Cancel an order, which succeeds until work begins."""
    cancel(flow, "vas", "cancel_vas_order", label)


def cancel_unknown(flow: Flow) -> None:
    """Cancel an order that nobody has placed."""
    asked = {"orderNumber": "OCV9999999999999GB", "cancelTime": CANCEL_TIME}
    flow.outcome(flow.call("cancel_vas_order", {"data": asked}), {"order_unknown"})


def query(flow: Flow, labels: list[str], by: str = "number") -> None:
    """Orders by number or reference: all of them, with the pieces that are done."""
    operation = "query_vas_order_detail"
    wanted = [flow.thing("vas", label) for label in dict.fromkeys(labels)]
    lists = {
        "number": ("orderNumberList", [order["number"] for order in wanted]),
        "reference": ("referenceNumberList", [flow.text(order["reference"]) for order in wanted]),
    }
    name, values = lists[by]
    reply = flow.call(operation, {"data": {name: values}})
    flow.outcome(reply, {""})
    found = [row["orderNumber"] for row in reply.data]
    flow.same(f"{operation}: finds the orders asked for by {by}", [order["number"] for order in wanted], found)
    for order, row in zip(wanted, reply.data, strict=True):
        given = (flow.text(order["reference"]), order["region"], "LABELLING", sorted(order["lines"]))
        lines = sorted((line["MFSKUID"], line["SKUQuantity"]) for line in row["productList"])
        told = (row["referenceNumber"], row["serviceRegion"], row["serviceType"], lines)
        flow.same(f"{operation}: shows an order as it was placed", given, told)
        check_state(flow, operation, order, row["orderStatus"], reply.now)
        done = sum(quantity for _, quantity in order["lines"]) if row["orderStatus"] == "Completed" else 0
        flow.same(
            f"{operation}: counts what is done", done, sum(line["completedQuantity"] for line in row["productList"])
        )
        created = second_of(row["orderCreationTime"])
        flow.claim(
            order["since"].holds(created), f"{operation}: tells when an order was placed", row["orderCreationTime"]
        )


def query_nothing(flow: Flow) -> None:
    """A query that names no order, and one of an unknown number."""
    flow.outcome(flow.call("query_vas_order_detail", {"data": {}}), {"nothing_asked"})
    asked = {"orderNumberList": ["OCV9999999999999GB"]}
    flow.outcome(flow.call("query_vas_order_detail", {"data": asked}), {"order_unknown"})


def all_found(flow: Flow) -> None:
    """Every order, by number."""
    labels = [order["label"] for order in flow.book.things("vas")]
    if labels:
        query(flow, labels[:50])


class Vas(Machine):
    """Something done to goods on the shelf."""

    final: ClassVar[Checks] = (all_found,)

    @rule(
        batch=st.lists(
            st.tuples(places, st.sampled_from(("", "", "", "again", "region", "sku"))), min_size=1, max_size=2
        )
    )
    def have_something_done(self, batch: list[tuple[list[tuple[int, int]], str]]) -> None:
        """Good orders, and such as break one rule."""
        orders: list[Row] = []
        for spots, fault in batch:
            region, lines = self.lines(spots)
            label = self.flow.label("v")
            known = [order["reference"] for order in self.flow.book.things("vas")]
            order: Row = {"label": label, "reference": label, "region": region, "lines": lines}
            changes: dict[str, Row] = {
                "region": {"region": NO_REGION},
                "sku": {"lines": [*lines, (NO_SKU, 1)]},
                "again": {"reference": known[-1]} if known else {},
            }
            orders.append(order | changes.get(fault, {}))
        self.do(place, orders=orders)

    def walk(self) -> None:
        """An order cancelled in each of its states, twice; all pieces of a shelf and one more."""
        for state, _ in COURSES["vas"]:
            label = self.make_vas()
            self.do(wait_for, kind="vas", label=label, state=state)
            self.do(query, labels=[label])
            self.do(cancel_one, label=label)
            self.do(cancel_one, label=label)
            self.what_was_touched_lies_where_it_must()
        self.have_something_done([([(1, -1)], "")])
        self.have_something_done([([(1, 0)], ""), ([(1, 1)], "again")])

    def make_vas(self) -> str:
        """A good order; its label."""
        region, lines = self.lines([(0, 2)])
        label = self.flow.label("v")
        self.do(place, orders=[{"label": label, "reference": label, "region": region, "lines": lines}])
        return label

    @rule(data=st.data(), state=st.sampled_from(("", "Accepted", "In progress", "In progress", "Completed")))
    def stop_what_is_done(self, data: st.DataObject, state: str) -> None:
        """One that was placed, now or when it has come into a state."""
        for label in self.some(data, "vas"):
            if state:
                self.do(wait_for, kind="vas", label=label, state=state)
            self.do(cancel_one, label=label)

    @rule()
    def ask_for_what_nobody_wanted(self) -> None:
        """An unknown number, or none at all."""
        self.do(cancel_unknown)
        self.do(query_nothing)

    @rule(data=st.data(), by=st.sampled_from(("number", "reference")))
    def ask_what_is_done(self, data: st.DataObject, by: str) -> None:
        """Some orders, and what they moved."""
        chosen = self.some(data, "vas", 3)
        if chosen:
            self.do(query, labels=chosen, by=by)
            order = self.flow.thing("vas", chosen[0])
            self.do(movements, shelf=(order["lines"][0][0], order["region"]))
