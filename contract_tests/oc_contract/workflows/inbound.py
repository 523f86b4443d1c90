"""Inbound orders: announced, under way, put away, in list and detail alike; their parcels and customs files."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import papers
from .flow import Flow, Missing, Reply
from .looking import keep_whole, look, movements, same_page, wait, whole
from .machine import Checks, Machine, places
from .model import COURSES, Row, Span, begins, pieces, written
from .orders import NO_REGION, NO_SKU, allowed, check_state, country_of, sku_faults, wait_for

PDF = "JVBERi0xLjQKJSVFT0YK"
FILE_REVIEW_S = 7200
WEEK_S = 7 * 86_400 - 3600


def place(
    flow: Flow, label: str, reference: str, region: str, cartons: list[list[tuple[str, int]]], by: str = "TK"
) -> None:
    """Goods announced in cartons, by truck (TK) or express (EX)."""
    lines = [(sku, quantity) for carton in cartons for sku, quantity in carton]
    order: Row = {
        "sellerInboundNumber": flow.text(reference),
        "serviceRegion": region,
        "shippingFrom": "CN" if country_of(region) != "CN" else "DE",
        "shippingMethod": by,
        "eta": "2027-12-27+0800",
        "cartonList": [
            {
                "sellerCartonNumber": f"C{place}",
                "productList": [{"MFSKUID": sku, "quantity": quantity} for sku, quantity in carton],
            }
            for place, carton in enumerate(cartons, 1)
        ],
    }
    reply = flow.call("place_inbound_order", {"data": order})
    faults = sku_faults(flow, lines, reply.now)
    if region == NO_REGION:
        faults.append({"region_unknown"})
    if flow.book.by("inbound", "reference", reference):
        faults.append({"seller_number_taken"})
    if flow.outcome(reply, allowed(faults), f"{flow.text(reference)}"):
        flow.same(
            "place_inbound_order: tells the seller's number", flow.text(reference), reply.data["sellerInboundNumber"]
        )
        number = reply.data["inboundNumber"]
        twice = flow.book.by("inbound", "number", number)
        flow.claim(twice is None, "every order has a number of its own", f"{number} was given twice")
        about: Row = {"reference": reference, "region": region, "number": number, "since": reply.now, "by": by}
        flow.book.add("inbound", label, lines=lines, cartons=len(cartons), parcels={}, files={}, **about)


def detail(flow: Flow, labels: list[str], by: str = "number") -> None:
    """Orders by either party's number: all of them, as announced, in the state they must be in."""
    wanted = [flow.thing("inbound", label) for label in dict.fromkeys(labels)]
    lists = {
        "number": ("inboundNumberList", [order["number"] for order in wanted]),
        "reference": ("sellerinboundNumberList", [flow.text(order["reference"]) for order in wanted]),
    }
    name, values = lists[by]
    reply = flow.call("inbound_order_detail_query", {"data": {name: values}})
    flow.outcome(reply, {""})
    rows = reply.data["inboundOrderList"]
    found = [row["inboundNumber"] for row in rows]
    flow.same(f"inbound_order_detail_query: finds the orders asked for by {by}", [o["number"] for o in wanted], found)
    for order, row in zip(wanted, rows, strict=True):
        _check_detail(flow, order, row, reply.now)


def detail_in_window(flow: Flow, labels: list[str], label: str, state: str) -> None:
    """The same orders, as far as they were placed or moved on in the one second in which one came into a state."""
    second = _second_of_state(flow, flow.thing("inbound", label), state)
    wanted = [flow.thing("inbound", each) for each in dict.fromkeys(labels)]
    numbers = [order["number"] for order in wanted]
    data = {"inboundNumberList": numbers, "startTime": written(second), "endTime": written(second, 0)}
    reply = flow.call("inbound_order_detail_query", {"data": data})
    flow.outcome(reply, {""})
    found = [row["inboundNumber"] for row in reply.data["inboundOrderList"]]
    for order in wanted:
        moved = _moved_in(flow, order, second, second, reply.now)
        told = f"{order['number']}: {order['number'] in found}"
        claim = "inbound_order_detail_query: a window narrows what numbers find"
        flow.claim((order["number"] in found) in moved, claim, told)


def detail_unknown(flow: Flow) -> None:
    """One number that nobody has fails the query."""
    reply = flow.call("inbound_order_detail_query", {"data": {"inboundNumberList": ["OCI5DE99999999"]}})
    flow.outcome(reply, {"inbound_number_unknown"})


def _check_detail(flow: Flow, order: Row, row: Row, now: Span) -> None:
    operation = "inbound_order_detail_query"
    flow.same(f"{operation}: tells the seller's number", flow.text(order["reference"]), row["sellerinboundNumber"])
    check_state(flow, operation, order, row["status"], now)
    if "SKUList" in row:
        told = {each["MFSKUID"]: each["skuquantity"] for each in row["SKUList"]}
        flow.same(f"{operation}: tells the pieces of each SKU", _by_sku(order), told)
    if row["status"] in ("Arrived", "Partially Put away", "Put away"):
        arrival = order["by"] == "TK" and flow.book.answers["inbound_arrival"] == "told"
        told_of = [name for name in ("asnList", "batchList", "bookingNumber") if name in row]
        flow.same(f"{operation}: tells of an arrival by truck, as an answer says", 3 if arrival else 0, len(told_of))
    parcels = {each["trackingNumber"]: each.get("cartonNumber", "") for each in row.get("trackingList", ())}
    flow.same(f"{operation}: has the parcels that were told of", order["parcels"], parcels)
    files = {(each["fileType"], each["fileName"]): each["verifyStatus"] for each in row.get("fileList", ())}
    flow.same(f"{operation}: has the files that were uploaded", sorted(order["files"]), sorted(files))
    for name, status in files.items():
        since, readable = order["files"][name]
        _check_file(flow, status, since, readable, now)


def _check_file(flow: Flow, status: str, since: Span, readable: bool, now: Span) -> None:
    after = "Approved" if readable else "Rejected"
    possible = {"Under review", after}
    if flow.book.paced and now.least > since.most + FILE_REVIEW_S * 1000 + 1000:
        possible = {after}
    if flow.book.paced and now.most < since.least + FILE_REVIEW_S * 1000 - 1000:
        possible = {"Under review"}
    claim = "inbound_order_detail_query: a file is reviewed in its time"
    flow.claim(status in possible, claim, f"{' or '.join(sorted(possible))} is expected, not {status}")


def _by_sku(order: Row) -> Row:
    total: Row = {}
    for sku, quantity in order["lines"]:
        total[sku] = total.get(sku, 0) + quantity
    return total


def told_of_parcel(flow: Flow, label: str, parcel: str, carton: int) -> None:
    """A parcel's tracking number; only express has such, and only the order's own cartons are in it (0: untold)."""
    order = flow.thing("inbound", label)
    row = {"trackingNumber": parcel, "carrier": "DPD (DE)", **({"cartonNumber": f"C{carton}"} if carton else {})}
    data = {"inboundNumber": order["number"], "referenceNumber": flow.text(order["reference"]), "trackingList": [row]}
    reply = flow.call("upload_tracking_no", {"data": data})
    faults = [{"not_express"}] if order["by"] != "EX" else []
    if carton > order["cartons"]:
        faults.append({"carton_unknown"})
    if flow.outcome(reply, allowed(faults), f"{order['number']} by {order['by']}"):
        flow.same("upload_tracking_no: tells the order's number", order["number"], reply.data["inboundNumber"])
        order["parcels"][parcel] = f"C{carton}" if carton else ""


def uploaded(flow: Flow, label: str, kind: str, readable: bool, name: str = "paper.pdf") -> None:
    """A customs file of an order; the last of its kind and name counts."""
    order = flow.thing("inbound", label)
    file = {"file": PDF if readable else "not a file!", "fileName": name, "fileType": kind}
    reply = flow.call("upload_clearance_doc", {"data": {"inboundNumber": order["number"], "fileList": [file]}})
    flow.outcome(reply, {""})
    order["files"][kind, name] = (reply.now, readable)


def uploads_unknown(flow: Flow) -> None:
    """Papers of an order that nobody has announced."""
    data: Row = {"inboundNumber": "OCI5DE99999999", "referenceNumber": "x", "trackingList": [{"trackingNumber": "1"}]}
    flow.outcome(flow.call("upload_tracking_no", {"data": data}), {"order_unknown"})


def listing(flow: Flow, page: int = 0, size: int = 0) -> None:
    """The orders of the last week: each once, its row agreeing with the detail's. With a size a page of them."""
    if flow.book.told is None:
        raise Missing("the time is not known")
    end = flow.book.told // 1000 + 600
    data: Row = {"startTime": written(end - WEEK_S), "endTime": written(end)}
    known = whole(flow, "inbound") if size else []
    reply = flow.call("inbound_order_list_query", {"data": data | ({"page": page, "limit": size} if size else {})})
    flow.outcome(reply, {""})
    if size:
        return same_page(flow, reply, known, [row["inboundNumber"] for row in reply.data], page, size)
    keep_whole(flow, "inbound", reply.data, lambda row: row["inboundNumber"])
    return _check_rows(flow, reply, end - WEEK_S, end)


def window(flow: Flow, label: str, state: str) -> None:
    """The list of the one second in which an order came into a state: both ends of a window are inside."""
    order = flow.thing("inbound", label)
    second = _second_of_state(flow, order, state)
    reply = flow.call(
        "inbound_order_list_query", {"data": {"startTime": written(second), "endTime": written(second, -5)}}
    )
    flow.outcome(reply, {""})
    found = [row["inboundNumber"] for row in reply.data]
    claim = "inbound_order_list_query: both ends of the window are inside"
    flow.claim(order["number"] in found, claim, f"{order['number']} came into {state} then and is missing")
    _check_rows(flow, reply, second, second)


def _second_of_state(flow: Flow, order: Row, state: str) -> int:
    """The epoch second in which an order came into a state. Errors: Missing."""
    since: Span = order["since"]
    second = since.after(begins(COURSES["inbound"], state)).second
    if second is None or flow.book.told is None or second > flow.book.told // 1000 - 2 or not flow.book.paced:
        raise Missing("its second is not known, or not over")
    return second


def labels_of(flow: Flow, labels: list[str], fetch: bool = False) -> None:
    """The papers of orders: of each its own, a label for each carton as it was announced."""
    operation = "inbound_label_query"
    wanted = [flow.thing("inbound", label) for label in dict.fromkeys(labels)]
    rows = [{"inboundOrder": order["number"]} for order in wanted]
    reply = flow.call(operation, {"data": {"inboundOrderList": rows}})
    flow.outcome(reply, {""})
    told = [
        (row["inboundOrder"], [carton["sellerCartonNumber"] for carton in row["cartonList"]])
        for row in reply.data["inboundOrderList"]
    ]
    expected = [(order["number"], [f"C{place + 1}" for place in range(order["cartons"])]) for order in wanted]
    flow.same(f"{operation}: a row for each order asked for, with its cartons", expected, told)
    for row in reply.data["inboundOrderList"]:
        papers.named(flow, operation, row["packingListURL"], f"{row['inboundOrder']}.pdf")
        for place, carton in enumerate(row["cartonList"], 1):
            papers.named(flow, operation, carton["labelURL"], f"{row['inboundOrder']}-{place}.pdf")
        for url in (row["packingListURL"], row["cartonList"][-1]["labelURL"]) if fetch else ():
            papers.fetched(flow, operation, url)


def _check_rows(flow: Flow, reply: Reply, start: int, end: int) -> None:
    operation = "inbound_order_list_query"
    rows = {row["inboundNumber"]: row for row in reply.data}
    for order in flow.book.things("inbound"):
        moved = _moved_in(flow, order, start, end, reply.now)
        told = order["number"] in rows
        flow.claim(told in moved, f"{operation}: the orders of the window and no others", f"{order['number']}: {told}")
        if told:
            _check_row(flow, order, rows[order["number"]], reply.now)


def _moved_in(flow: Flow, order: Row, start: int, end: int, now: Span) -> set[bool]:
    """Whether an order was placed or brought to another status in a window: what it may be."""
    course, since = COURSES["inbound"], order["since"]
    found = {False}
    for state, _ in course:
        at = since.after(begins(course, state) if flow.book.paced else 0)
        if at.most <= now.least and start * 1000 <= at.least and at.most < end * 1000 + 1000:
            return {True}
        if at.most >= start * 1000 and at.least < end * 1000 + 1000:
            found.add(True)
    return found


def _check_row(flow: Flow, order: Row, row: Row, now: Span) -> None:
    operation = "inbound_order_list_query"
    told = (row["sellerinboundNumber"], row["serviceRegion"], row["shippingMethod"], row["SKUQuantity"])
    total = sum(quantity for _, quantity in order["lines"])
    flow.same(
        f"{operation}: shows an order as announced",
        (flow.text(order["reference"]), order["region"], order["by"], total),
        told,
    )
    check_state(flow, operation, order, row["status"], now)
    on_the_shelf = sum(pieces("inbound", row["status"], quantity).get("available", 0) for _, quantity in order["lines"])
    flow.same(f"{operation}: counts what is put away", on_the_shelf, row["putawayQuantity"])


def all_found(flow: Flow) -> None:
    """Every order in list and detail."""
    labels = [order["label"] for order in flow.book.things("inbound")]
    if labels:
        detail(flow, labels)
        listing(flow)


class Inbound(Machine):
    """Goods announced."""

    final: ClassVar[Checks] = (all_found,)

    @rule(
        cartons=st.lists(places, min_size=1, max_size=2),
        by=st.sampled_from(("TK", "EX")),
        fault=st.sampled_from(("", "", "", "", "again", "region", "sku")),
    )
    def announce_goods(self, cartons: list[list[tuple[int, int]]], by: str, fault: str) -> None:
        """Good orders, and such as break one rule."""
        boxes: list[list[tuple[str, int]]] = []
        region = None
        for spots in cartons:
            region, lines = self.lines([(spot, abs(quantity) + 1) for spot, quantity in spots], region)
            boxes += [lines] if lines else []
        label = self.flow.label("i")
        known = [order["reference"] for order in self.flow.book.things("inbound")]
        reference = known[-1] if fault == "again" and known else label
        if fault == "sku":
            boxes.append([(NO_SKU, 1)])
        where = NO_REGION if fault == "region" else region
        self.do(place, label=label, reference=reference, region=where, cartons=boxes, by=by)

    def walk(self) -> None:
        """Three orders, two of them by express, seen in every state; parcels, files, papers and pages of them."""
        labels = [self.make_inbound(by) for by in ("TK", "EX")]
        self.do(wait, seconds=3)
        labels.append(self.make_inbound("EX"))
        for label in labels[:2]:
            for parcel, carton in (("01234567890123", 0), ("01234567890124", 1), ("01234567890125", 2)):
                self.do(told_of_parcel, label=label, parcel=parcel, carton=carton)
            for kind, readable, name in (("PL", True, "paper.pdf"), ("IN", False, "paper.pdf"), ("PL", True, "page 2")):
                self.do(uploaded, label=label, kind=kind, readable=readable, name=name)
            self.do(detail, labels=[label])
        self.do(labels_of, labels=labels)
        self.do(labels_of, labels=labels[:1], fetch=True)
        self.do(listing)
        for page in (1, 2, 3):
            self.do(listing, page=page, size=1)
        for state, _ in COURSES["inbound"]:
            self.do(wait_for, kind="inbound", label=labels[0], state=state)
            self.do(detail, labels=labels)
            self.do(detail, labels=labels, by="reference")
            self.do(window, label=labels[0], state=state)
            self.do(detail_in_window, labels=labels, label=labels[0], state=state)
            for shelf in sorted(self.flow.book.base):
                self.do(look, shelf=shelf)
                self.do(movements, shelf=shelf)

    def make_inbound(self, by: str = "TK") -> str:
        """A good order, of an odd number of pieces; its label."""
        region, lines = self.lines([(0, 5)])
        label = self.flow.label("i")
        self.do(place, label=label, reference=label, region=region, cartons=[lines], by=by)
        return label

    @rule(data=st.data(), by=st.sampled_from(("number", "reference")))
    def ask_for_announced(self, data: st.DataObject, by: str) -> None:
        """Some that were announced."""
        labels = self.some(data, "inbound", 3)
        if labels:
            self.do(detail, labels=labels, by=by)

    @rule()
    def ask_for_what_nobody_announced(self) -> None:
        """An unknown number."""
        self.do(detail_unknown)
        self.do(uploads_unknown)

    @rule(size=st.integers(1, 3), page=st.integers(1, 3))
    def page_through_announced(self, size: int, page: int) -> None:
        """A page against the whole."""
        while len(self.flow.book.kinds["inbound"]) < 2:
            self.make_inbound()
        self.do(listing)
        self.do(listing, page=page, size=size)

    @rule(data=st.data(), parcel=st.sampled_from(("01234567890123", "01234567890124")), carton=st.integers(0, 3))
    def tell_of_a_parcel(self, data: st.DataObject, parcel: str, carton: int) -> None:
        """Of an order by express, or not."""
        for label in self.some(data, "inbound"):
            self.do(told_of_parcel, label=label, parcel=parcel, carton=carton)
            self.do(detail, labels=[label])

    @rule(data=st.data())
    def ask_for_labels(self, data: st.DataObject) -> None:
        """Of some that were announced."""
        labels = self.some(data, "inbound", 3)
        if labels:
            self.do(labels_of, labels=labels)

    @rule(
        data=st.data(),
        kind=st.sampled_from(("PL", "IN")),
        readable=st.booleans(),
        name=st.sampled_from(("paper.pdf", "page 2")),
    )
    def upload_a_file(self, data: st.DataObject, kind: str, readable: bool, name: str) -> None:
        """Of any order."""
        for label in self.some(data, "inbound"):
            self.do(uploaded, label=label, kind=kind, readable=readable, name=name)
            self.do(detail, labels=[label], by="reference")

    @rule(data=st.data(), state=st.sampled_from([state for state, _ in COURSES["inbound"]]))
    def wait_for_a_change_and_ask_for_its_second(self, data: st.DataObject, state: str) -> None:
        """Of any order."""
        for label in self.some(data, "inbound"):
            self.do(wait_for, kind="inbound", label=label, state=state)
            self.do(listing)
            self.do(window, label=label, state=state)
            order = self.flow.thing("inbound", label)
            if (order["lines"][0][0], order["region"]) in self.flow.book.base:
                self.do(movements, shelf=(order["lines"][0][0], order["region"]))
