"""Returns: submitted, tracked or cancelled, put away piece by piece; no more of an order than went out."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import looking, outbound, papers
from .flow import Flow, Missing, Reply
from .looking import keep_whole, same_page, whole
from .machine import Checks, Machine
from .model import CANCELLED, COURSES, LEFT, Row, Span, second_of, written
from .orders import NO_REGION, NO_SKU, allowed, cancel_outcomes, check_state, note_cancelled, wait_for

UNDER_WAY = ("Submitted", "Accepted", "In transit")
NO_RETURN = "OCR9999999999999GB"


def submit(flow: Flow, label: str, reference: str, region: str, lines: list[tuple[str, int]], of: str = "") -> None:
    """Goods that come back, of an outbound order or of none. A line of no SKU has an empty one."""
    rows = [{"quantity": quantity, **({"mfSkuId": sku} if sku else {})} for sku, quantity in lines]
    data: Row = {"referenceNumber": flow.text(reference), "serviceRegion": region, "productList": rows}
    order = flow.thing("outbound", of) if of else None
    if order is not None:
        data["outboundOrderNumber"] = order["number"]
    reply = flow.call("returns_erp_submit_order", {"data": data})
    faults = [{"sku_unknown"}] if NO_SKU in dict(lines) else []
    if region == NO_REGION:
        faults.append({"region_unknown"})
    if flow.book.by("returns", "reference", reference):
        faults.append({"reference_taken"})
    if order is not None:
        gone = {state in LEFT for state in flow.book.possible(order, reply.now)}
        faults.append({"" if each else "outbound_not_shipped" for each in gone})
        if _too_many(flow, order, lines):
            faults.append({"more_than_shipped"})
    if flow.outcome(reply, allowed(faults), f"{flow.text(reference)} of {order['number'] if order else 'no order'}"):
        flow.same(
            "returns_erp_submit_order: tells the seller's number", flow.text(reference), reply.data["referenceNumber"]
        )
        number = reply.data["orderNumber"]
        twice = flow.book.by("returns", "number", number)
        flow.claim(twice is None, "every return has a number of its own", f"{number} was given twice")
        about: Row = {"reference": reference, "region": region, "number": number, "since": reply.now, "of": of}
        flow.book.add("returns", label, lines=[(sku, q) for sku, q in lines], tracking="", ids=None, **about)


def _too_many(flow: Flow, order: Row, lines: list[tuple[str, int]]) -> bool:
    """Whether more would come back than went out, of a SKU or in all."""
    left: dict[str, int] = {}
    for sku, quantity in order["lines"]:
        left[sku] = left.get(sku, 0) + quantity
    in_all = sum(left.values())
    earlier = [
        each["lines"] for each in flow.book.things("returns") if each["of"] == order["label"] and not each["ended"]
    ]
    for sku, quantity in [line for rows in [*earlier, lines] for line in rows]:
        in_all -= quantity
        if sku:
            left[sku] = left.get(sku, 0) - quantity
    return in_all < 0 or any(quantity < 0 for quantity in left.values())


def cancel_one(flow: Flow, label: str) -> None:
    """Cancel a return, which succeeds until it travels."""
    order = flow.thing("returns", label)
    reply = flow.call("returns_cancel_or_track", {"data": {"orderNumber": order["number"]}})
    if flow.outcome(reply, cancel_outcomes(flow, order, reply.now), f"the cancellation of {order['number']}"):
        note_cancelled(flow, order, reply.now)
        flow.same("returns_cancel_or_track: tells the state", CANCELLED, reply.data["orderStatus"])


def track(flow: Flow, label: str, tracking: str) -> None:
    """Tell under which number a return travels, which succeeds until it arrives."""
    order = flow.thing("returns", label)
    asked = {"orderNumber": order["number"], "trackingNumber": tracking, "carrier": "Evri"}
    reply = flow.call("returns_cancel_or_track", {"data": asked})
    outcomes = {"" if state in UNDER_WAY else "not_under_way" for state in flow.book.possible(order, reply.now)}
    if flow.outcome(reply, {"already_cancelled"} if order["ended"] else outcomes, f"the tracking of {order['number']}"):
        flow.book.version += 1
        order["tracking"] = tracking
        check_state(flow, "returns_cancel_or_track", order, reply.data["orderStatus"], reply.now)


def label_of(flow: Flow, label: str, fetch: bool = False) -> None:
    """The return's label, which is made when it is accepted."""
    order = flow.thing("returns", label)
    reply = flow.call("returns_get_label", query={"orderNumber": order["number"]})
    states = flow.book.possible(order, reply.now)
    outcomes = {"label_not_ready" if state == "Submitted" else "" for state in states}
    if flow.outcome(reply, {"already_cancelled"} if order["ended"] else outcomes, f"the label of {order['number']}"):
        flow.same("returns_get_label: is the return's", order["number"], reply.data["orderNumber"])
        papers.named(flow, "returns_get_label", reply.data["labelUrl"], f"{order['number']}.pdf")
        if fetch:
            papers.fetched(flow, "returns_get_label", reply.data["labelUrl"])


def find(flow: Flow, label: str, by: str = "orderNumber") -> None:
    """A return by either party's number."""
    order = flow.thing("returns", label)
    value = order["number"] if by == "orderNumber" else flow.text(order["reference"])
    reply = flow.call("returns_query_orders", query={by: value})
    flow.outcome(reply, {""})
    flow.same(f"returns_query_orders: finds the one asked for by {by}", [order["number"]], _numbers(reply))
    _check_rows(flow, reply)


def with_state(flow: Flow, state: str) -> None:
    """The returns in a state, and no others."""
    reply = flow.call("returns_query_orders", query={"orderStatus": state, "pageSize": 200})
    flow.outcome(reply, {""})
    told = {row["orderStatus"] for row in reply.data["orderList"]}
    flow.claim(told <= {state}, "returns_query_orders: only those in the state asked for", f"{told}, not {state}")
    for order in flow.book.things("returns"):
        possible = {each == state for each in flow.book.possible(order, reply.now)}
        found = order["number"] in _numbers(reply)
        flow.claim(found in possible, "returns_query_orders: all in the state asked for", f"{order['number']}: {found}")
    _check_rows(flow, reply)


def window(flow: Flow, first: str, last: str) -> None:
    """The returns submitted from one's second to another's, both inside."""
    ends = sorted((flow.thing("returns", label)["since"].second or 0) for label in (first, last))
    if not ends[0]:
        raise Missing("its second is not known")
    asked = {"startTime": written(ends[0]), "endTime": written(ends[1], 2), "pageSize": 200}
    reply = flow.call("returns_query_orders", query=asked)
    flow.outcome(reply, {""})
    times = [second_of(row["createTime"]) for row in reply.data["orderList"]]
    inside = all(ends[0] <= time <= ends[1] for time in times)
    flow.claim(inside, "returns_query_orders: every return lies in the window", f"{times} in {ends}")
    for order in flow.book.things("returns"):
        since: Span = order["since"]
        if ends[0] * 1000 <= since.least and since.most < ends[1] * 1000 + 1000:
            found = order["number"] in _numbers(reply)
            flow.claim(found, "returns_query_orders: no return of the window is missing", order["number"])


def listing(flow: Flow, page: int = 0, size: int = 0) -> None:
    """All returns, as far as a page holds; with a size a page of them."""
    known = whole(flow, "returns") if size else []
    reply = flow.call("returns_query_orders", query={"pageNumber": page or 1, "pageSize": size or 200})
    flow.outcome(reply, {""})
    if size:
        pages = -(-len(known) // size)
        told = (reply.data["totalPage"], reply.data["hasNextPage"])
        flow.same("returns_query_orders: counts its pages", (pages, page < pages), told)
        return same_page(flow, reply, known, _numbers(reply), page, size)
    keep_whole(flow, "returns", reply.data["orderList"], lambda row: row["orderNumber"])
    missing = [order["number"] for order in flow.book.things("returns") if order["number"] not in _numbers(reply)]
    if not reply.data["hasNextPage"]:
        flow.same("returns_query_orders: no return is missing", [], missing)
    return _check_rows(flow, reply)


def _numbers(reply: Reply) -> list[str]:
    return [row["orderNumber"] for row in reply.data["orderList"]]


def _check_rows(flow: Flow, reply: Reply) -> None:
    known = {order["number"]: order for order in flow.book.things("returns")}
    for row in reply.data["orderList"]:
        if row["orderNumber"] in known:
            _check_row(flow, known[row["orderNumber"]], row, reply.now)


def _check_row(flow: Flow, order: Row, row: Row, now: Span) -> None:
    operation = "returns_query_orders"
    of = flow.thing("outbound", order["of"])["number"] if order["of"] else ""
    given = (flow.text(order["reference"]), order["region"], of, [[sku, quantity] for sku, quantity in order["lines"]])
    lines = [[line["mfSkuId"], line["quantity"]] for line in row["productList"]]
    told = (row["referenceNumber"], row["serviceRegion"], row["outboundOrderNumber"], lines)
    flow.same(f"{operation}: shows a return as it was submitted", given, told)
    check_state(flow, operation, order, row["orderStatus"], now)
    created = order["since"].holds(second_of(row["createTime"]))
    flow.claim(created, f"{operation}: tells when a return was submitted", row["createTime"])
    if order["tracking"]:
        flow.same(f"{operation}: tells the tracking number", order["tracking"], row["trackingNumber"])
    ids = [line["uniqueIdList"] for line in row["productList"]]
    wanted = [quantity if row["orderStatus"] == "Put away" else 0 for _, quantity in order["lines"]]
    flow.same(f"{operation}: a unique id for each piece put away", wanted, [len(each) for each in ids])
    if row["orderStatus"] == "Put away":
        order["ids"] = order["ids"] or ids
        flow.same(f"{operation}: the unique ids stay", order["ids"], ids)


def on_the_shelf(flow: Flow, label: str) -> None:
    """The pieces of a return that was put away: each is one, of its SKU, and nobody else's."""
    order = flow.thing("returns", label)
    if not order["ids"]:
        raise Missing("nothing is put away yet")
    ids = [each for line in order["ids"] for each in line]
    asked = {"uniqueIdList": [*ids, "XX00UC000"], "pageNumber": 1, "pageSize": 200}
    reply = flow.call("returns_query_stock", {"data": asked})
    flow.outcome(reply, {""})
    operation = "returns_query_stock"
    found = [row["uniqueId"] for row in reply.data["inventoryList"]]
    flow.same(f"{operation}: finds the pieces asked for, each once", sorted(ids), sorted(found))
    flow.same(f"{operation}: tells what it does not find", ["XX00UC000"], reply.data["failedList"])
    counts = (reply.data["requestCount"], reply.data["successCount"], reply.data["failedCount"])
    flow.same(f"{operation}: counts what was asked for", (len(ids) + 1, len(ids), 1), counts)
    skus = order.setdefault("linked", {})
    for line, ((sku, _), mine) in enumerate(zip(order["lines"], order["ids"], strict=True)):
        for row in (row for row in reply.data["inventoryList"] if row["uniqueId"] in mine):
            flow.same(f"{operation}: a piece is of the SKU that it was linked to", skus.get(line, sku), row["mfSkuId"])
            flow.same(f"{operation}: a piece counts one", 1, row["available"])


def link(flow: Flow, label: str, line: int, sku: str, others: int = 0) -> None:
    """Tell of which SKU the pieces of a line are, and so many that are nobody's."""
    order = flow.thing("returns", label)
    if not order["ids"]:
        raise Missing("nothing is put away yet")
    line %= len(order["ids"])
    nobodys = [f"XX00UC00{place}" for place in range(others)]
    reply = flow.call("returns_link_sku", {"data": {"uniqueIdList": [*nobodys, *order["ids"][line]], "mfSkuId": sku}})
    if flow.outcome(reply, {"sku_unknown" if sku == NO_SKU else ""}):
        count = len(order["ids"][line])
        told = tuple(reply.data[name] for name in ("requestCount", "successCount", "failedCount", "failedList"))
        expected = (count + others, count, others, nobodys)
        flow.same("returns_link_sku: links every piece, and tells what it does not find", expected, told)
        flow.book.version += 1
        order.setdefault("linked", {})[line] = sku


def nothing_there(flow: Flow) -> None:
    """A return that nobody has submitted."""
    flow.outcome(flow.call("returns_cancel_or_track", {"data": {"orderNumber": NO_RETURN}}), {"return_unknown"})
    flow.outcome(flow.call("returns_get_label", query={"orderNumber": NO_RETURN}), {"return_unknown"})
    reply = flow.call("returns_query_orders", query={"orderNumber": NO_RETURN})
    flow.outcome(reply, {""})
    flow.same("returns_query_orders: an unknown number finds nothing", [], _numbers(reply))


def all_found(flow: Flow) -> None:
    """Every return, listed."""
    if flow.book.kinds["returns"]:
        listing(flow)
        for order in list(flow.book.things("returns")):
            if order["ids"]:
                on_the_shelf(flow, order["label"])


class Returns(Machine):
    """What buyers send back."""

    final: ClassVar[Checks] = (all_found,)

    @rule(place=st.integers(0, 3), quantity=st.integers(1, 4))
    def ship_something(self, place: int, quantity: int) -> None:
        """An order of which something may come back, a day on."""
        sku, region = self.flow.menu.shelves[place % len(self.flow.menu.shelves)]
        label = self.flow.label("o")
        order = {"label": label, "reference": label, "region": region, "lines": [(sku, quantity)]}
        self.do(outbound.place, orders=[order | {"service": self.flow.menu.service(region)}])
        self.let_time_pass_by(14_500)

    def let_time_pass_by(self, seconds: int) -> None:
        """So many seconds, where the target can."""
        self.do(looking.wait, seconds=seconds)

    @rule(
        data=st.data(),
        quantities=st.lists(st.tuples(st.booleans(), st.integers(1, 4)), min_size=1, max_size=2),
        fault=st.sampled_from(("", "", "", "", "again", "region", "sku")),
    )
    def submit_a_return(self, data: st.DataObject, quantities: list[tuple[bool, int]], fault: str) -> None:
        """Of an order or of none; good, or such as breaks a rule."""
        of = data.draw(st.sampled_from([*self.labels("outbound"), ""]))
        order = self.flow.book.kinds["outbound"].get(of)
        sku, region = self.flow.menu.shelves[0]
        if order is not None:
            sku, region = order["lines"][0][0], order["region"]
        lines = [(sku if named else "", quantity) for named, quantity in quantities]
        label = self.flow.label("r")
        known = [each["reference"] for each in self.flow.book.things("returns")]
        reference = known[-1] if fault == "again" and known else label
        lines += [(NO_SKU, 1)] if fault == "sku" else []
        where = NO_REGION if fault == "region" else region
        self.do(submit, label=label, reference=reference, region=where, lines=lines, of=of)

    @rule(
        data=st.data(),
        tracking=st.sampled_from(("", "", "H01HYA0012345678", "H01HYA0012345679")),
        state=st.sampled_from(("", "Accepted", "In transit", "In transit", "Arrived", "Put away")),
    )
    def cancel_or_track(self, data: st.DataObject, tracking: str, state: str) -> None:
        """A return in whatever state."""
        for label in self.some(data, "returns"):
            if state:
                self.do(wait_for, kind="returns", label=label, state=state)
            if tracking:
                self.do(track, label=label, tracking=tracking)
            else:
                self.do(cancel_one, label=label)
            self.do(find, label=label)

    def walk(self) -> None:
        """A return tracked, labelled, cancelled in each of its states; one put away; more than went out."""
        for state, _ in COURSES["returns"]:
            label = self.make_returns()
            self.do(wait_for, kind="returns", label=label, state=state)
            self.do(label_of, label=label)
            self.do(track, label=label, tracking="H01HYA0012345678")
            self.do(find, label=label)
            self.do(cancel_one, label=label)
            self.do(cancel_one, label=label)
            self.do(with_state, state=state)
        self.do(on_the_shelf, label=label)
        self.do(label_of, label=label, fetch=True)
        skus = (self.flow.menu.skus[-1], self.flow.menu.skus[0], NO_SKU)
        for line, others, sku in zip((0, 1, 1), (0, 2, 0), skus, strict=True):
            self.do(link, label=label, line=line, sku=sku, others=others)
            self.do(on_the_shelf, label=label)
        self.do(window, first=label, last=label)
        self.do(listing)
        for page in (1, 2, 3):
            self.do(listing, page=page, size=2)
        self.bring_back_what_went_out()

    def bring_back_what_went_out(self) -> None:
        """Before it has left; all of it; a piece more."""
        sku, region = self.flow.menu.shelves[0]
        of = self.flow.label("o")
        order = {"label": of, "reference": of, "region": region, "lines": [(sku, 2)]}
        self.do(outbound.place, orders=[order | {"service": self.flow.menu.service(region)}])
        for state in ("Packed", "Outbound", "Outbound", "Outbound"):
            self.do(wait_for, kind="outbound", label=of, state=state)
            label = self.flow.label("r")
            self.do(submit, label=label, reference=label, region=region, lines=[(sku, 1)], of=of)

    def make_returns(self) -> str:
        """A good one, of no order: some of a SKU, some of none; its label."""
        sku, region = self.flow.menu.shelves[0]
        label = self.flow.label("r")
        self.do(submit, label=label, reference=label, region=region, lines=[(sku, 1), ("", 2)])
        return label

    @rule()
    def ask_for_what_nobody_sent(self) -> None:
        """An unknown number."""
        self.do(nothing_there)

    @rule(data=st.data(), what=st.sampled_from(("orderNumber", "referenceNumber", "label", "pages", "window", "state")))
    def ask_for_returns(self, data: st.DataObject, what: str) -> None:
        """By number, state, time, or page by page."""
        if what == "pages":
            self.do(listing)
            self.do(listing, page=data.draw(st.integers(1, 3)), size=data.draw(st.integers(1, 3)))
        elif what == "state":
            states = ("Submitted", "Accepted", "In transit", "Put away", CANCELLED)
            self.do(with_state, state=data.draw(st.sampled_from(states)))
        elif labels := self.some(data, "returns", 2):
            if what == "window":
                self.do(window, first=labels[0], last=labels[-1])
            elif what == "label":
                self.do(label_of, label=labels[0])
            else:
                self.do(find, label=labels[0], by=what)

    @rule(data=st.data(), line=st.integers(0, 1), known=st.sampled_from((True, True, False)), others=st.integers(0, 2))
    def wait_until_it_is_put_away_and_link_it(self, data: st.DataObject, line: int, known: bool, others: int) -> None:
        """The pieces of a line to a SKU."""
        for label in self.some(data, "returns"):
            if not self.flow.thing("returns", label)["ids"]:
                self.let_time_pass_by(400_000)
                self.do(find, label=label)
            self.do(on_the_shelf, label=label)
            sku = data.draw(st.sampled_from(self.flow.menu.skus)) if known else NO_SKU
            self.do(link, label=label, line=line, sku=sku, others=others)
            self.do(on_the_shelf, label=label)
