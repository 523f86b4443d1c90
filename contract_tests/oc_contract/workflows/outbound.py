"""Outbound orders: placed in batches, found again, cancelled while they can be, gone with the time."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import tariff
from .flow import Flow, Missing, Reply
from .looking import movements, wait
from .looking import window as movement_window
from .machine import Checks, Machine, places
from .model import COURSES, WITH_PARCEL, Row, Span, second_of, written
from .orders import (
    CANCEL_TIME,
    NO_REGION,
    NO_SKU,
    allowed,
    cancel,
    check_state,
    country_of,
    place_batch,
    products,
    sku_faults,
    wait_for,
)

NO_SERVICE = "NoSuchService"
# The smallest label that is a file at all.
LABEL = "JVBERi0xLjQKJSVFT0YK"


def place(flow: Flow, orders: list[Row], own_label: bool = False) -> None:
    """Orders in one call. Each succeeds, or is refused for stock, reference, SKU, region or service, by the model."""
    operation = "place_third_party_label_order" if own_label else "place_outbound_order"
    reply = flow.call(operation, {"data": [row_of(flow, order, own_label) for order in orders]})

    def faults(order: Row, now: Span) -> set[str]:
        lines = [(sku, quantity) for sku, quantity in order["lines"]]
        repeated = flow.book.by("outbound", "reference", order["reference"]) is not None
        answer = flow.book.answers["repeated_reference"]
        if repeated and answer == "same_number":
            return {""}
        found = sku_faults(flow, lines, now)
        if not any("" not in rule for rule in found) and order["region"] != NO_REGION:
            found.append({"stock_short" if short else "" for short in flow.book.short(order["region"], lines, now)})
        if repeated and answer == "refused":
            found.append({"reference_taken"})
        if order["region"] == NO_REGION:
            found.append({"region_unknown"})
        elif order["service"] == NO_SERVICE and not own_label:
            found.append({"service_unknown"})
        return allowed(found)

    place_batch(flow, "outbound", [{**order, "own_label": own_label} for order in orders], reply, faults)


def row_of(flow: Flow, order: Row, own_label: bool) -> Row:
    row = {
        "referenceNumber": flow.text(order["reference"]),
        "serviceRegion": order["region"],
        "productList": products(order["lines"]),
    }
    if own_label:
        return {**row, "carrier": "Royal Mail", "trackingNumber": "RM000000001GB", "labelFile": LABEL}
    if order.get("ebay"):
        row |= {"orderPlatform": "eBay", "ebayId": "alex-example", "ebayOrderId": _ebay_id(flow, order)}
    return row | {
        "shippingServiceCode": order["service"],
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCity": "Brighton",
        "consigneeZipCode": "BN2 5ES",
        "consigneeCountryCode": country_of(order["region"]),
    }


def _ebay_id(flow: Flow, order: Row) -> str:
    """An order number of eBay's, in its form, new in every run."""
    run = int(flow.scene.run, 16)
    return f"{run % 90 + 10}-{run // 90 % 100_000:05}-{int(order['label'][1:]):05}"


def cancel_one(flow: Flow, label: str) -> None:
    """Cancel an order, which succeeds until it is picked."""
    cancel(flow, "outbound", "outbound_order_cancellation", label)


def cancel_unknown(flow: Flow) -> None:
    """Cancel an order that nobody has placed."""
    reply = flow.call(
        "outbound_order_cancellation", {"data": {"orderNumber": "OCO9999999999999GB", "cancelTime": CANCEL_TIME}}
    )
    flow.outcome(reply, {"order_unknown"})


def query(flow: Flow, labels: list[str], by: str = "number") -> None:
    """Orders by number, by reference or by eBay's: all of them, as they were placed, in the state they must be in."""
    wanted = [flow.thing("outbound", label) for label in labels]
    if by == "ebay":
        wanted = [order for order in wanted if order.get("ebay")]
    if not wanted:
        raise Missing("none of them is of eBay's")
    lists = {
        "number": ("orderNumberList", "orderNumber", [order["number"] for order in wanted]),
        "reference": ("referenceNumberList", "referenceNumber", [flow.text(order["reference"]) for order in wanted]),
        "ebay": ("ebayOrderIdList", "ebayOrderId", [_ebay_id(flow, order) for order in wanted]),
    }
    name, key, values = lists[by]
    reply = flow.call("outbound_order_query_v2", {"data": {name: [{key: value} for value in values]}})
    flow.outcome(reply, {""})
    if by == "reference":
        references = {order["reference"] for order in wanted}
        wanted = [order for order in flow.book.things("outbound") if order["reference"] in references]
    expected = sorted({order["number"] for order in wanted})
    found = sorted(row["orderNumber"] for row in reply.data)
    flow.same(f"outbound_order_query_v2: finds the orders asked for by {by}, each once", expected, found)
    _check_rows(flow, reply)


def query_refused(flow: Flow, reference: str) -> None:
    """What was refused, or never sent, is not found."""
    if flow.book.by("outbound", "reference", reference):
        raise Missing("it was taken")
    asked = {"referenceNumberList": [{"referenceNumber": flow.text(reference)}]}
    reply = flow.call("outbound_order_query_v2", {"data": asked})
    flow.outcome(reply, {""})
    flow.same("outbound_order_query_v2: a refused order is not found", [], reply.data)


def _check_rows(flow: Flow, reply: Reply) -> None:
    known = {order["number"]: order for order in flow.book.things("outbound")}
    times = [second_of(row["orderCreationTime"]) for row in reply.data]
    flow.same("outbound_order_query_v2: orders come as they were created", sorted(times), times)
    for row in reply.data:
        if row["orderNumber"] in known:
            _check_row(flow, known[row["orderNumber"]], row, reply.now)


def _check_row(flow: Flow, order: Row, row: Row, now: Span) -> None:
    operation = "outbound_order_query_v2"
    given = (flow.text(order["reference"]), order["region"])
    told = (row["referenceNumber"], row["serviceRegion"])
    flow.same(f"{operation}: shows an order as it was placed", given, told)
    if "orderStatus" in row:
        check_state(flow, operation, order, row["orderStatus"], now)
    second = second_of(row["orderCreationTime"])
    created = f"{order['number']}: {row['orderCreationTime']} is not when it was placed"
    flow.claim(order["since"].holds(second), f"{operation}: tells when an order was placed", created)
    flow.same(f"{operation}: an order's creation stays", order.setdefault("created_s", second), second)
    _check_parcels(flow, order, row["trackingNumberList"], now)


def _check_parcels(flow: Flow, order: Row, parcels: list[Row], now: Span) -> None:
    operation = "outbound_order_query_v2"
    found = {state in WITH_PARCEL for state in flow.book.possible(order, now)}
    told = f"{order['number']} has {len(parcels)} parcels"
    flow.claim(len(parcels) <= 1 and bool(parcels) in found, f"{operation}: a parcel from packing on", told)
    for parcel in parcels:
        packed = sorted((line["MFSKUID"], line["SKUQuantity"]) for line in parcel["SKUList"])
        flow.same(f"{operation}: the parcel holds what was ordered", sorted(order["lines"]), packed)
        fee = (round(parcel["feeAmount"] * 100), parcel["feeAmountCurrency"])
        flow.same(f"{operation}: an order's fee stays", order.setdefault("fee", fee), fee)
        if flow.book.paced:
            flow.same(f"{operation}: the fee is the table's", _fee_of(order), fee)


def _fee_of(order: Row) -> tuple[int, str]:
    """Cents, by the sandbox's table of rates."""
    price = tariff.price(order["region"], order.get("service", ""), tariff.weight_g(order["lines"]))
    cents = tariff.handling() if order["own_label"] else price.ebay if order.get("ebay") else price.other
    return cents, price.currency


def window(flow: Flow, first: str, last: str) -> None:
    """The orders created from one's second to another's: both ends inside, none of another time, none missing."""
    ends = [_created(flow.thing("outbound", label)) for label in (first, last)]
    start, end = min(ends), max(ends)
    asked = {"startTime": written(start), "endTime": written(end, 1)}
    reply = flow.call("outbound_order_query_v2", {"data": asked})
    flow.outcome(reply, {""})
    for row in reply.data:
        inside = start <= second_of(row["orderCreationTime"]) <= end
        flow.claim(inside, "outbound_order_query_v2: every order lies in the window", row["orderCreationTime"])
    found = {row["orderNumber"] for row in reply.data}
    inside_ones = [order for order in flow.book.things("outbound") if _surely_in(order, start, end)]
    missing = [order["number"] for order in inside_ones if order["number"] not in found]
    if len(reply.data) < 1000:
        flow.same("outbound_order_query_v2: no order of the window is missing", [], missing)
    _check_rows(flow, reply)


def _created(order: Row) -> int:
    second = order.get("created_s", order["since"].second)
    if second is None:
        raise Missing("its second is not known")
    return int(second)


def _surely_in(order: Row, start: int, end: int) -> bool:
    if "created_s" in order:
        return bool(start <= order["created_s"] <= end)
    return bool(start * 1000 <= order["since"].least and order["since"].most < end * 1000 + 1000)


def all_found(flow: Flow) -> None:
    """Every order, by number."""
    labels = [order["label"] for order in flow.book.things("outbound")]
    if labels:
        query(flow, labels[:50])


faults = st.sampled_from(("", "", "", "", "ebay", "region", "service", "sku", "again", "again"))
wanted = st.lists(st.tuples(places, faults), min_size=1, max_size=3)


class Outbound(Machine):
    """Orders to ship."""

    final: ClassVar[Checks] = (all_found,)

    @rule(batch=wanted, own_label=st.sampled_from((False, False, True)))
    def place_orders(self, batch: list[tuple[list[tuple[int, int]], str]], own_label: bool) -> None:
        """Good ones, and such as break one rule."""
        orders: list[Row] = []
        for spots, fault in batch:
            region, lines = self.lines(spots)
            label = self.flow.label("o")
            known = [order["reference"] for order in self.flow.book.things("outbound")] + [
                o["reference"] for o in orders
            ]
            order: Row = {"label": label, "reference": label, "region": region, "lines": lines}
            order["service"] = self.flow.menu.service(region)
            changes: dict[str, Row] = {
                "region": {"region": NO_REGION},
                "service": {"service": NO_SERVICE},
                "sku": {"lines": [*lines, (NO_SKU, 1)]},
                "again": {"reference": known[-1]} if known else {},
                "ebay": {"ebay": not own_label},
            }
            orders.append(order | changes.get(fault, {}))
        self.do(place, orders=orders, own_label=own_label)
        if orders[0]["label"] not in self.flow.book.kinds["outbound"]:
            self.do(query_refused, reference=orders[0]["reference"])

    def walk(self) -> None:
        """An order cancelled in each of its states, twice; all pieces and one more; orders of two seconds."""
        for state, _ in COURSES["outbound"]:
            label = self.make_outbound()
            self.do(wait_for, kind="outbound", label=label, state=state)
            self.do(cancel_one, label=label)
            self.do(query, labels=[label])
            self.do(cancel_one, label=label)
        self.place_orders([([(1, -1)], "")], False)
        self.place_orders([([(1, 0)], "again"), ([(1, 1)], "sku")], True)
        self.place_orders([([(1, 0)], "")], False)
        first, last = self.make_outbound(), self.make_outbound(seconds_later=2)
        for ends in ((first, first), (last, last), (first, last)):
            self.do(window, first=ends[0], last=ends[1])
        self.do(query, labels=[first, last], by="reference")
        first, last = self.make_outbound(ebay=True), self.make_outbound(ebay=True)
        self.do(query, labels=[first, last], by="ebay")
        self.do(wait_for, kind="outbound", label=first, state="Packed")
        self.do(query, labels=[first])

    def make_outbound(self, seconds_later: int = 0, ebay: bool = False) -> str:
        """A good order; its label."""
        region, lines = self.lines([(0, 2)])
        label = self.flow.label("o")
        if seconds_later:
            self.do(wait, seconds=seconds_later)
        order: Row = {"label": label, "reference": label, "region": region, "lines": lines, "ebay": ebay}
        self.do(place, orders=[order | {"service": self.flow.menu.service(region)}])
        return label

    @rule(
        data=st.data(), state=st.sampled_from(("", "", "Create picking task", "Picked", "Picked", "Packed", "Outbound"))
    )
    def cancel_an_order(self, data: st.DataObject, state: str) -> None:
        """One that was placed, now or when it has come into a state."""
        for label in self.some(data, "outbound"):
            if state:
                self.do(wait_for, kind="outbound", label=label, state=state)
            self.do(cancel_one, label=label)

    @rule()
    def cancel_what_nobody_placed(self) -> None:
        """An unknown number."""
        self.do(cancel_unknown)

    @rule(data=st.data(), by=st.sampled_from(("number", "reference", "ebay")))
    def ask_for_orders(self, data: st.DataObject, by: str) -> None:
        """Some that were placed."""
        labels = self.some(data, "outbound", 3)
        if labels:
            self.do(query, labels=labels, by=by)

    @rule(data=st.data())
    def ask_for_a_window(self, data: st.DataObject) -> None:
        """From the creation of one to that of another."""
        labels = self.some(data, "outbound", 2)
        if labels:
            self.do(window, first=labels[0], last=labels[-1])

    @rule(data=st.data())
    def ask_what_an_order_moved(self, data: st.DataObject) -> None:
        """Of one of its shelves."""
        for label in self.some(data, "outbound"):
            order = self.flow.thing("outbound", label)
            shelf = (order["lines"][0][0], order["region"])
            self.do(movement_window, shelf=shelf, kind="outbound", label=label)
            self.do(movements, shelf=shelf)
