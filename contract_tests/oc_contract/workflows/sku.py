"""SKUs: made, reviewed with the time, found by id and by day, set up for eBay fulfillment, ordered once reviewed."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import inbound, outbound
from .flow import Flow, Missing, Reply, item_errors
from .looking import keep_whole, same_page, whole
from .machine import Checks, Machine
from .model import BUCKETS, COURSES, Row, Span, begins, written
from .orders import NO_REGION, NO_SKU, allowed, check_state, wait_for

DAY_S = 86_400


def create(flow: Flow, skus: list[tuple[str, str]]) -> None:
    """SKUs in one call, each a label and a reference."""
    rows = [
        {
            "referenceSKUID": flow.text(reference),
            "SKUNameList": [{"SKUName": f"Desk lamp {label}", "languageCode": "en-US"}],
            "withBattery": False,
            "serviceRegionList": [{"serviceRegion": flow.menu.regions()[0], "withBrand": "WOB"}],
        }
        for label, reference in skus
    ]
    reply = flow.call("sku_creation_v3", {"data": rows})
    atomic = flow.book.answers["batch_outcome"] == "atomic"
    fresh: dict[str, str] = {}
    refused: list[str] = []
    for label, reference in skus:
        if reference in fresh.values() or flow.book.by("sku", "reference", reference):
            refused.append(flow.text(reference))
        else:
            fresh[label] = reference
    if atomic and refused:
        fresh = {}
    data = reply.data if reply.verdict.success else (reply.body or {}).get("data", [])
    told = [row["referenceSKUID"] for row in data]
    flow.same(
        "sku_creation_v3: takes each SKU as it must", [flow.text(reference) for reference in fresh.values()], told
    )
    errors = item_errors(reply)
    flow.same("sku_creation_v3: refuses a repeated reference", refused, [id_ for id_, _ in errors])
    flow.claim(
        all("reference_taken" in names for _, names in errors),
        "sku_creation_v3: refuses a repeated reference",
        f"{errors}",
    )
    for (label, reference), row in zip(fresh.items(), data, strict=True):
        twice = row["MFSKUID"] in flow.menu.skus or flow.book.by("sku", "number", row["MFSKUID"]) is not None
        flow.claim(not twice, "every SKU has an id of its own", f"{row['MFSKUID']} was given twice")
        flow.book.add(
            "sku", label, reference=reference, number=row["MFSKUID"], since=reply.now, set_up=None, touched=None
        )


def query(flow: Flow, labels: list[str], by: str = "number") -> None:
    """SKUs by id or by reference: all of them, in the state they must be in."""
    wanted = [flow.thing("sku", label) for label in dict.fromkeys(labels)]
    lists = {
        "number": {"mfskulist": [{"MFSKUID": sku["number"]} for sku in wanted]},
        "reference": {"referenceSKUIDList": [{"referenceSKUID": flow.text(sku["reference"])} for sku in wanted]},
    }
    reply = flow.call("sku_query_v3", {"data": {**lists[by], "page": 1, "limit": 200}})
    flow.outcome(reply, {""})
    found = [row["MFSKUID"] for row in reply.data]
    flow.same(f"sku_query_v3: finds the SKUs asked for by {by}", [sku["number"] for sku in wanted], found)
    _check_rows(flow, reply)


def _check_rows(flow: Flow, reply: Reply) -> None:
    known = {sku["number"]: sku for sku in flow.book.things("sku")}
    for row in reply.data:
        sku = known.get(row["MFSKUID"])
        if sku is not None:
            told = (row["referenceSKUID"], row.get("SKUNameList", [{}])[0].get("SKUName"))
            given = (flow.text(sku["reference"]), f"Desk lamp {sku['label']}")
            flow.same("sku_query_v3: shows a SKU as it was made", given, told)
            check_state(flow, "sku_query_v3", sku, row["status"], reply.now)


def changed_on(flow: Flow, label: str, days: int, length: int, hours: int) -> None:
    """The SKUs changed in a window of whole days of some zone, beginning so many days from a SKU's last change."""
    sku = flow.thing("sku", label)
    if flow.book.told is None or not flow.book.paced:
        raise Missing("when it changed is not known")
    now = Span(flow.book.told, flow.book.told + 60_000)
    changes = _changes(flow, sku, now)
    day = (changes[0].least // 1000 + hours * 3600) // DAY_S + days
    start = day * DAY_S - hours * 3600
    end = start + (length + 1) * DAY_S
    first, last = written(start, hours), written(end - 1, hours)
    data = {"startTime": first[:10] + first[19:], "endTime": last[:10] + last[19:], "page": 1, "limit": 200}
    reply = flow.call("sku_query_v3", {"data": data})
    if not flow.outcome(reply, {""} if flow.book.answers["empty_sku_list"] == "everything" else {"field_required"}):
        return
    found = {row["MFSKUID"] for row in reply.data}
    for each in flow.book.things("sku"):
        inside = {_within(at, start, end) for at in _changes(flow, each, reply.now)}
        if len(inside) == 1 and None not in inside and len(reply.data) < 200:
            claim = "sku_query_v3: the SKUs changed in the window and no others"
            flow.same(claim, (each["number"], inside.pop()), (each["number"], each["number"] in found))
    _check_rows(flow, reply)


def _changes(flow: Flow, sku: Row, now: Span) -> list[Span]:
    """When a SKU may have changed last."""
    steps = [sku["since"].after(begins(COURSES["sku"], state)) for state in flow.book.possible(sku, now)]
    return [max(step, sku["touched"]) if sku["touched"] else step for step in steps]


def _within(at: Span, start: int, end: int) -> bool | None:
    if at.least >= start * 1000 and at.most < end * 1000:
        return True
    return False if at.most < start * 1000 or at.least >= end * 1000 else None


def listing(flow: Flow, page: int = 0, size: int = 0) -> None:
    """All SKUs of the seller, as far as a page holds; with a size a page of them."""
    day = written((flow.book.told or 0) // 1000 + 2 * DAY_S)
    if flow.book.told is None:
        raise Missing("the time is not known")
    known = whole(flow, "sku") if size else []
    data = {"startTime": "2000-01-01+0800", "endTime": day[:10] + day[19:], "page": page or 1, "limit": size or 200}
    reply = flow.call("sku_query_v3", {"data": data})
    if not flow.outcome(reply, {""} if flow.book.answers["empty_sku_list"] == "everything" else {"field_required"}):
        return None
    keys = [row["MFSKUID"] for row in reply.data]
    if size:
        return same_page(flow, reply, known, keys, page, size)
    keep_whole(flow, "sku", reply.data, lambda row: row["MFSKUID"])
    if len(keys) < 200:
        missing = [sku["number"] for sku in flow.book.things("sku") if sku["number"] not in keys]
        flow.same("sku_query_v3: no SKU is missing", [], missing)
    return _check_rows(flow, reply)


def set_up(flow: Flow, label: str, region: str) -> None:
    """Let eBay fulfillment keep a SKU in a region; it must be reviewed."""
    number = NO_SKU if label == NO_SKU else flow.thing("sku", label)["number"]
    service = flow.menu.service(region if region != NO_REGION else flow.menu.regions()[0])
    center = {"serviceRegion": region, "domesticServiceList": [{"shippingServiceCode": service}]}
    reply = flow.call("sku_setup_ef_service", {"data": [{"MFSKUID": number, "fulfillmentCenterList": [center]}]})
    faults: list[set[str]] = [{"sku_unknown"}] if label == NO_SKU else []
    if label != NO_SKU:
        states = flow.book.possible(flow.thing("sku", label), reply.now)
        faults.append({"" if state == "Reviewed" else "sku_not_reviewed" for state in states})
    if region == NO_REGION:
        faults.append({"region_unknown"})
    if flow.outcome(reply, allowed(faults), number):
        flow.same("sku_setup_ef_service: tells the SKU", [number], [row["MFSKUID"] for row in reply.data])
        flow.book.version += 1
        sku = flow.thing("sku", label)
        sku["set_up"], sku["touched"] = [center], reply.now


def query_set_up(flow: Flow, labels: list[str]) -> None:
    """What is set up: for those that are, as it was wanted, and for no others."""
    wanted = [flow.thing("sku", label) for label in dict.fromkeys(labels)]
    asked = {"mfskulist": [{"mfskuid": sku["number"]} for sku in wanted], "page": 1, "limit": 200}
    reply = flow.call("query_sku_ef_service", {"data": asked})
    flow.outcome(reply, {""})
    expected = [(sku["number"], sku["set_up"]) for sku in wanted if sku["set_up"]]
    told = [(row["MFSKUID"], row["fulfillmentCenterList"]) for row in reply.data]
    flow.same("query_sku_ef_service: tells what was set up", expected, told)


def order(flow: Flow, label: str, kind: str, thing: str) -> None:
    """Order a SKU, or announce it: refused until it is reviewed, by inbound as by outbound."""
    number, region = flow.thing("sku", thing)["number"], flow.menu.regions()[0]
    if kind == "inbound":
        inbound.place(flow, label, label, region, [[(number, 3)]])
    else:
        row = {"label": label, "reference": label, "region": region, "service": flow.menu.service(region)}
        # Of a new SKU nothing lies anywhere. No shelf is kept: a snapshot has no row of it before goods come.
        flow.book.base[number, region] = dict.fromkeys(BUCKETS, 0)
        outbound.place(flow, [row | {"lines": [(number, 1)]}])
        del flow.book.base[number, region]
        flow.book.stale.discard((number, region))


def all_found(flow: Flow) -> None:
    """Every SKU, by id, and what is set up."""
    labels = [sku["label"] for sku in flow.book.things("sku")]
    if labels:
        query(flow, labels)
        query_set_up(flow, labels)


class Sku(Machine):
    """The seller's catalogue."""

    final: ClassVar[Checks] = (all_found,)

    @rule(faults=st.lists(st.sampled_from(("", "", "again")), min_size=1, max_size=3))
    def make_skus(self, faults: list[str]) -> None:
        """Some of them under references that are taken."""
        skus: list[tuple[str, str]] = []
        for fault in faults:
            label = self.flow.label("k")
            known = [sku["reference"] for sku in self.flow.book.things("sku")] + [reference for _, reference in skus]
            skus.append((label, known[-1] if fault == "again" and known else label))
        self.do(create, skus=skus)

    def walk(self) -> None:
        """A SKU in each of its states: found by day, ordered and set up; made again; pages."""
        label = self.make_sku()
        for state, _ in COURSES["sku"]:
            self.do(wait_for, kind="sku", label=label, state=state)
            self.do(query, labels=[label])
            for days in (-1, 0, 1):
                self.do(changed_on, label=label, days=days, length=0, hours=8)
            for kind in ("outbound", "inbound"):
                self.do(order, label=self.flow.label("n"), kind=kind, thing=label)
            self.do(set_up, label=label, region=self.flow.menu.regions()[0])
            self.do(query_set_up, labels=[label])
        self.do(query, labels=[label], by="reference")
        self.do(create, skus=[(self.flow.label("k"), label)])
        self.do(listing)
        for page in (1, 2, 3):
            self.do(listing, page=page, size=5)

    def make_sku(self) -> str:
        """A good one; its label."""
        label = self.flow.label("k")
        self.do(create, skus=[(label, label)])
        return label

    @rule(data=st.data(), by=st.sampled_from(("number", "reference")))
    def ask_for_skus(self, data: st.DataObject, by: str) -> None:
        """Some that were made."""
        labels = self.some(data, "sku", 3)
        if labels:
            self.do(query, labels=labels, by=by)

    @rule(data=st.data(), days=st.integers(-2, 1), length=st.integers(0, 1), hours=st.sampled_from((8, 0, -8)))
    def ask_for_days(self, data: st.DataObject, days: int, length: int, hours: int) -> None:
        """Around the last change of a SKU."""
        for label in self.some(data, "sku"):
            self.do(changed_on, label=label, days=days, length=length, hours=hours)

    @rule(page=st.integers(1, 3), size=st.integers(3, 12))
    def page_through_skus(self, page: int, size: int) -> None:
        """A page against the whole."""
        self.do(listing)
        self.do(listing, page=page, size=size)

    @rule(data=st.data(), unknown=st.sampled_from(("", "", "", "sku", "region")))
    def set_one_up(self, data: st.DataObject, unknown: str) -> None:
        """And ask for what is set up."""
        regions = self.flow.menu.regions()
        if unknown == "sku":
            return self.do(set_up, label=NO_SKU, region=regions[0])
        for label in self.some(data, "sku"):
            region = NO_REGION if unknown == "region" else data.draw(st.sampled_from(regions))
            self.do(set_up, label=label, region=region)
            self.do(query_set_up, labels=[label])
        return None

    @rule(data=st.data(), kind=st.sampled_from(("outbound", "inbound")))
    def order_a_new_sku(self, data: st.DataObject, kind: str) -> None:
        """Reviewed or not."""
        for label in self.some(data, "sku"):
            self.do(order, label=self.flow.label("n"), kind=kind, thing=label)
