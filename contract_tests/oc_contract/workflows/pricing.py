"""Estimates: asked for once, worked out in their time, and the same by either way."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from .flow import Flow, Reply
from .looking import wait
from .machine import Machine, few
from .model import Row
from .orders import NO_SKU, allowed, country_of

TAKES_S = 5


def _parcel(flow: Flow, reference: str, lines: list[tuple[str, int]], region: str, ebays: bool, service: str) -> Row:
    return {
        "consigneeCountryCode": country_of(region),
        "consigneePostCode": "4610",
        "referenceId": flow.text(reference),
        "serviceRegion": region,
        "serviceType": "EF",
        "mfservice": ebays,
        "skuType": True,
        "skuList": [{"skuId": sku, "pieceQuantity": quantity} for sku, quantity in lines],
        **({"shippingServiceCode": [service]} if service else {}),
    }


def request(
    flow: Flow, label: str, reference: str, lines: list[tuple[str, int]], region: str, ebays: bool, service: str
) -> None:
    """Ask for an estimate, under an id that is new or not."""
    parcel = _parcel(flow, reference, lines, region, ebays, service)
    reply = flow.call("cost_estimation_request", {"data": parcel})
    faults = [{"sku_unknown"}] if NO_SKU in dict(lines) else []
    if service == "NoSuchService":
        faults.append({"service_unknown"})
    if flow.book.by("estimate", "reference", reference):
        faults.append({"reference_repeated"})
    if flow.outcome(reply, allowed(faults), flow.text(reference)):
        about: Row = {"lines": lines, "region": region, "ebays": ebays, "service": service, "rows": None}
        flow.book.add("estimate", label, reference=reference, since=reply.now, **about)


def response(flow: Flow, label: str) -> None:
    """Fetch an estimate: pending for a while, then always the same."""
    asked = flow.thing("estimate", label)
    reply = flow.call("cost_estimation_response", {"data": {"referenceId": flow.text(asked["reference"])}})
    pending = {False, True}
    if flow.book.paced:
        since = asked["since"]
        youngest, oldest = (reply.now.least - since.most) / 1000, (reply.now.most - since.least) / 1000
        pending = {False} if youngest >= TAKES_S + 1 else {True} if oldest < TAKES_S - 1 else pending
    if _estimated(flow, reply, {"still_pending" if each else "" for each in pending}):
        _same_as_before(flow, asked, _rows(flow, reply, asked))


def at_once(flow: Flow, label: str) -> None:
    """The estimate without waiting, of the same parcel: the same sums."""
    asked = flow.thing("estimate", label)
    names = ("reference", "lines", "region", "ebays", "service")
    reply = flow.call("sync_freight_estimate", {"data": _parcel(flow, *(asked[name] for name in names))})
    if _estimated(flow, reply, {""}):
        _same_as_before(flow, asked, _rows(flow, reply, asked))


def unknown(flow: Flow) -> None:
    """An estimate that nobody asked for."""
    reply = flow.call("cost_estimation_response", {"data": {"referenceId": flow.text("none")}})
    flow.outcome(reply, {"reference_unknown"})


FAULTY = {"split_failed", "packaging_odd", "packaging_unmatched", "service_unavailable"}


def _estimated(flow: Flow, reply: Reply, allowed: set[str]) -> bool:
    """Whether there are sums; a service that cannot be had is told of beside them."""
    partial = FAULTY if "" in allowed else set()
    flow.outcome(reply, allowed | partial)
    return reply.verdict.success or bool(reply.outcome & partial)


def _rows(flow: Flow, reply: Reply, asked: Row) -> list[tuple[str, int, int, list[tuple[str, int]]]]:
    operation = reply.operation.name
    found = []
    for row in reply.body["data"]:
        fees = [(each["currency"], round(each["fulfillmentFee"] * 100)) for each in row["freightTrialChannelResults"]]
        ebay, other = round(row["ebayFee"] * 100), round(row["noEbayFee"] * 100)
        flow.same(f"{operation}: a service that can be had is priced, and no other", row["success"], bool(fees))
        for _, fee in fees:
            flow.same(
                f"{operation}: the fee is that for eBay's orders, or for others", ebay if asked["ebays"] else other, fee
            )
        found.append((row["productOuterCode"], ebay, other, fees))
    if asked["service"]:
        flow.same(f"{operation}: prices the services asked for", [asked["service"]], [row[0] for row in found])
    return found


def _same_as_before(flow: Flow, asked: Row, rows: list[tuple[str, int, int, list[tuple[str, int]]]]) -> None:
    if asked["rows"] is None:
        asked["rows"] = rows
    flow.same("an estimate stays, by either way", asked["rows"], rows)


class Pricing(Machine):
    """Parcels to price."""

    @rule(
        place=st.integers(0, 3),
        quantity=few,
        ebays=st.booleans(),
        fault=st.sampled_from(("", "", "one", "one", "again", "sku", "service")),
    )
    def ask_for_an_estimate(self, place: int, quantity: int, ebays: bool, fault: str) -> None:
        """Of all services, or of one."""
        sku, region = self.flow.menu.shelves[place % len(self.flow.menu.shelves)]
        label = self.flow.label("e")
        known = [asked["reference"] for asked in self.flow.book.things("estimate")]
        reference = known[-1] if fault == "again" and known else label
        lines = [(sku, quantity), *([(NO_SKU, 1)] if fault == "sku" else [])]
        service = {"one": self.flow.menu.service(region), "service": "NoSuchService"}.get(fault, "")
        values: Row = {"lines": lines, "region": region, "ebays": ebays, "service": service}
        self.do(request, label=label, reference=reference, **values)

    def walk(self) -> None:
        """An estimate too early, in time, again, at once, and asked for twice; for eBay's orders and for others."""
        for ebays in (False, True):
            label = self.make_estimate(ebays)
            self.do(response, label=label)
            self.do(wait, seconds=7)
            for fetch in (response, response, at_once):
                self.do(fetch, label=label)
            self.ask_for_an_estimate(0, 1, ebays, "again")

    def make_estimate(self, ebays: bool = False) -> str:
        """One of all services; its label."""
        sku, region = self.flow.menu.shelves[0]
        label = self.flow.label("e")
        values: Row = {"lines": [(sku, 1)], "region": region, "ebays": ebays, "service": ""}
        self.do(request, label=label, reference=label, **values)
        return label

    @rule(data=st.data(), sync=st.booleans(), seconds=st.sampled_from((0, 0, 4, 7)))
    def fetch_one(self, data: st.DataObject, sync: bool, seconds: int) -> None:
        """By either way, at once or a little later."""
        for label in self.some(data, "estimate"):
            if seconds:
                self.do(wait, seconds=seconds)
            self.do(at_once if sync else response, label=label)

    @rule()
    def fetch_what_nobody_asked_for(self) -> None:
        """An unknown id."""
        self.do(unknown)
