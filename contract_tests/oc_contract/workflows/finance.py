"""Fees: those of the orders that have left, each once, as much as the order query says."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import looking, outbound
from .flow import Flow, Missing, Reply
from .looking import keep_whole, same_page, whole
from .machine import Checks, Machine
from .model import COURSES, LEFT, Row, Span, begins, second_of, written

MONTH_S = 30 * 86_400
LEAVES_S = begins(COURSES["outbound"], "Outbound")
Fee = tuple[str, str, str]


def _key(row: Row) -> Fee:
    return row["orderNumber"], row["feeType"], row["MFSKUID"]


def fees(flow: Flow, labels: list[str] | None = None, page: int = 0, size: int = 0) -> None:
    """The fees of the last month, of some orders or of all; with a size a page of them."""
    if flow.book.told is None:
        raise Missing("the time is not known")
    end = flow.book.told // 1000 + 600
    data: Row = {"startTime": written(end - MONTH_S), "endTime": written(end)}
    if labels is not None:
        wanted = [flow.thing("outbound", label) for label in labels]
        data["orderNumberList"] = [{"orderNumber": order["number"]} for order in wanted]
    known = whole(flow, "fees") if size else []
    reply = flow.call("finance_fee_detail_query", {"data": data | {"pageNumber": page or 1, "pageSize": size or 200}})
    flow.outcome(reply, {""})
    rows = reply.data["feeList"]
    if size:
        flow.same("finance_fee_detail_query: counts all fees on every page", len(known), reply.data["total"])
        return same_page(flow, reply, known, [_key(row) for row in rows], page, size)
    if reply.data["total"] <= 200:
        flow.same("finance_fee_detail_query: counts its fees", len(rows), reply.data["total"])
    if labels is None:
        keep_whole(flow, "fees", rows, _key)
    for order in flow.book.things("outbound") if labels is None else wanted:
        _check_order(flow, order, [row for row in rows if row["orderNumber"] == order["number"]], reply, end - MONTH_S)
    return None


def _check_order(flow: Flow, order: Row, rows: list[Row], reply: Reply, start: int) -> None:
    operation = "finance_fee_detail_query"
    gone = {state in LEFT for state in flow.book.possible(order, reply.now)}
    # What left before the window is not in it; nobody else knows when an order left that keeps no pace.
    known = flow.book.paced and flow.book.answers["working_hours"] != "kept"
    gone |= set() if known and order["since"].after(LEAVES_S).least > start * 1000 else {False}
    claim = f"{operation}: charges an order when it has left, and not before"
    flow.claim(bool(rows) in gone, claim, f"{order['number']} has {len(rows)} fees")
    if not rows:
        return
    skus = {sku for sku, _ in order["lines"]}
    expected = sorted(
        [("OUTBOUND_HANDLING", sku) for sku in skus] + ([] if order["own_label"] else [("OUTBOUND_FREIGHT", "")])
    )
    told = sorted((row["feeType"], row["MFSKUID"]) for row in rows)
    flow.same(f"{operation}: one freight for a parcel, one handling for each SKU", expected, told)
    about = {(row["referenceNumber"], row["serviceRegion"]) for row in rows}
    flow.same(f"{operation}: tells whose fee it is", {(flow.text(order["reference"]), order["region"])}, about)
    if "fee" in order:
        total = (sum(round(row["feeAmount"] * 100) for row in rows), rows[0]["feeAmountCurrency"])
        flow.same(f"{operation}: together they are the order query's fee", order["fee"], total)
    times = {second_of(row["feeTime"]) for row in rows}
    left: Span = order["since"].after(LEAVES_S)
    in_time = not flow.book.paced or flow.book.answers["working_hours"] == "kept" or all(map(left.holds, times))
    flow.claim(in_time and len(times) == 1, f"{operation}: tells when an order left", f"{sorted(map(written, times))}")
    order["fee_s"] = times.pop()


def window(flow: Flow, first: str, last: str) -> None:
    """The fees from one's second to another's: both ends inside, none of another time."""
    ends = sorted(_fee_second(flow, flow.thing("outbound", label)) for label in (first, last))
    data = {"startTime": written(ends[0]), "endTime": written(ends[1], 3), "pageNumber": 1, "pageSize": 200}
    reply = flow.call("finance_fee_detail_query", {"data": data})
    flow.outcome(reply, {""})
    times = [second_of(row["feeTime"]) for row in reply.data["feeList"]]
    inside = all(ends[0] <= time <= ends[1] for time in times)
    flow.claim(inside, "finance_fee_detail_query: every fee lies in the window", f"{times} in {ends}")
    found = {row["orderNumber"] for row in reply.data["feeList"]}
    for order in flow.book.things("outbound"):
        if order.get("fee_s") and ends[0] <= order["fee_s"] <= ends[1] and reply.data["total"] <= 200:
            missing = f"{order['number']} left then"
            flow.claim(
                order["number"] in found, "finance_fee_detail_query: both ends of the window are inside", missing
            )


def long_ago(flow: Flow, labels: list[str]) -> None:
    """The fees that some orders had on the first day of 1970: an instant that is not known must not count as 0."""
    numbers = [{"orderNumber": flow.thing("outbound", label)["number"]} for label in labels]
    data: Row = {"orderNumberList": numbers, "startTime": written(0), "endTime": written(86_400)}
    reply = flow.call("finance_fee_detail_query", {"data": data})
    flow.outcome(reply, {""})
    flow.same("finance_fee_detail_query: nothing was charged before it was ordered", [], reply.data["feeList"])


def _fee_second(flow: Flow, order: Row) -> int:
    if "fee_s" in order:
        return int(order["fee_s"])
    second = order["since"].after(LEAVES_S).second
    gone = flow.book.told is not None and all(
        state in LEFT for state in flow.book.possible(order, Span(flow.book.told, flow.book.told))
    )
    if second is None or not gone or not flow.book.paced:
        raise Missing("when it left is not known")
    return int(second)


def all_charged(flow: Flow) -> None:
    """Every order's fee, by query and by fee list."""
    outbound.all_found(flow)
    if flow.book.kinds["outbound"]:
        fees(flow)


class Finance(Machine):
    """What orders cost."""

    final: ClassVar[Checks] = (all_charged,)

    @rule(
        spots=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=2),
        own_label=st.booleans(),
        seconds=st.sampled_from((14_500, 14_500, 7_300, 0)),
    )
    def place_and_wait(self, spots: list[tuple[int, int]], own_label: bool, seconds: int) -> None:
        """An order, which leaves, is packed or is cancelled."""
        region, lines = self.lines(spots)
        label = self.flow.label("o")
        order: Row = {"label": label, "reference": label, "region": region, "lines": lines}
        order["service"] = self.flow.menu.service(region)
        self.do(outbound.place, orders=[order], own_label=own_label)
        if seconds:
            self.do(looking.wait, seconds=seconds)
        else:
            self.do(outbound.cancel_one, label=label)
        self.do(fees)

    def walk(self) -> None:
        """Orders that wait, are cancelled and leave; their fees by pages and by windows of a second."""
        self.place_and_wait([(0, 1), (1, 2)], False, 7_300)
        self.do(long_ago, labels=self.labels("outbound"))
        self.place_and_wait([(0, 1)], True, 0)
        self.place_and_wait([(0, 1)], True, 14_500)
        self.do(all_charged)
        for page in (1, 2, 3):
            self.do(fees, page=page, size=2)
        labels = self.labels("outbound")
        for first, last in ((0, 0), (2, 2), (0, 2)):
            self.do(window, first=labels[first], last=labels[last])
        self.do(fees, labels=labels)

    def make_outbound(self) -> str:
        """An order that has left; its label."""
        self.place_and_wait([(0, 1)], False, 14_500)
        return self.labels("outbound")[-1]

    @rule(data=st.data(), what=st.sampled_from(("all", "some", "pages", "window", "query")))
    def ask_for_fees(self, data: st.DataObject, what: str) -> None:
        """Of all, of some, of a window, page by page."""
        if what in ("all", "pages"):
            self.do(fees)
        if what == "pages":
            self.do(fees, page=data.draw(st.integers(1, 3)), size=data.draw(st.integers(1, 3)))
        if what in ("all", "pages"):
            return None
        chosen = self.some(data, "outbound", 2)
        if not chosen:
            return None
        if what == "window":
            return self.do(window, first=chosen[0], last=chosen[-1])
        if what == "query":
            return self.do(outbound.query, labels=chosen)
        return self.do(fees, labels=list(dict.fromkeys(chosen)))
