"""Estimates: asked for once, worked out in their time, and the same by either way."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import tariff
from .flow import Flow, Reply
from .looking import wait
from .machine import Machine, few
from .model import Row
from .orders import NO_SKU, allowed, country_of

TAKES_S = 5
ABROAD = "JP"
"""A country that is no region's."""
HEAVY = 100
"""More pieces than most parcels can hold."""


def _parcel(
    flow: Flow, reference: str, lines: list[tuple[str, int]], region: str, ebays: bool, service: str, abroad: bool
) -> Row:
    return {
        "consigneeCountryCode": ABROAD if abroad else country_of(region),
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
    flow: Flow,
    label: str,
    reference: str,
    lines: list[tuple[str, int]],
    region: str,
    ebays: bool,
    service: str,
    abroad: bool = False,
) -> None:
    """Ask for an estimate, under an id that is new or not."""
    parcel = _parcel(flow, reference, lines, region, ebays, service, abroad)
    reply = flow.call("cost_estimation_request", {"data": parcel})
    faults = [{"sku_unknown"}] if NO_SKU in dict(lines) else []
    if service == "NoSuchService":
        faults.append({"service_unknown"})
    if flow.book.by("estimate", "reference", reference):
        faults.append({"reference_repeated"})
    if flow.outcome(reply, allowed(faults), flow.text(reference)):
        about: Row = {"lines": lines, "region": region, "ebays": ebays, "service": service, "abroad": abroad}
        flow.book.add("estimate", label, reference=reference, since=reply.now, rows=None, **about)


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
    names = ("reference", "lines", "region", "ebays", "service", "abroad")
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
        if flow.book.paced:
            _as_the_table_says(flow, operation, asked, row)
        found.append((row["productOuterCode"], ebay, other, fees))
    if flow.book.paced and not asked["service"]:
        there = flow.menu.services[asked["region"]]
        go = {service for service in there if tariff.goes(service, abroad=asked["abroad"])} or set(there)
        flow.same(f"{operation}: prices the services that go there", go, {row[0] for row in found})
    if asked["service"]:
        flow.same(f"{operation}: prices the services asked for", [asked["service"]], [row[0] for row in found])
    return found


def _as_the_table_says(flow: Flow, operation: str, asked: Row, row: Row) -> None:
    """Errors: Wrong, unless a service can be had, weighs and costs what the sandbox's table of rates makes of it."""
    service, grams = row["productOuterCode"], tariff.weight_g(asked["lines"])
    to_be_had = tariff.goes(service, abroad=asked["abroad"]) and tariff.takes(service, grams)
    told = f"{grams} g by {service}, {'abroad' if asked['abroad'] else 'at home'}: {row['success']}"
    flow.claim(row["success"] is to_be_had, f"{operation}: a service takes what is not too heavy, to its places", told)
    if not to_be_had:
        return
    price, (channel,) = tariff.price(asked["region"], service, grams), row["freightTrialChannelResults"]
    sums = (round(row["ebayFee"] * 100), round(row["noEbayFee"] * 100), channel["currency"])
    flow.same(f"{operation}: sums follow the table", tuple(price), sums)
    flow.same(f"{operation}: tells the weight", grams, round(float(channel["chargeableWeight"])))


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
        fault=st.sampled_from(("", "", "one", "one", "again", "sku", "service", "abroad", "heavy")),
    )
    def ask_for_an_estimate(self, place: int, quantity: int, ebays: bool, fault: str) -> None:
        """Of all services, or of one."""
        sku, region = self.flow.menu.shelves[place % len(self.flow.menu.shelves)]
        label = self.flow.label("e")
        known = [asked["reference"] for asked in self.flow.book.things("estimate")]
        reference = known[-1] if fault == "again" and known else label
        lines = [(sku, quantity * (HEAVY if fault == "heavy" else 1)), *([(NO_SKU, 1)] if fault == "sku" else [])]
        service = {"one": self.flow.menu.service(region), "service": "NoSuchService"}.get(fault, "")
        values: Row = {"lines": lines, "region": region, "ebays": ebays, "service": service}
        values["abroad"] = fault == "abroad"
        self.do(request, label=label, reference=reference, **values)

    def walk(self) -> None:
        """An estimate too early, in time, again, at once, and asked for twice; for eBay's orders and for others.

        Of one piece, of some and of too many; to another country too.
        """
        for quantity, abroad in ((1, True), (3, False), (HEAVY, False)):
            self.do(at_once, label=self.make_estimate(False, quantity, abroad))
        for ebays in (False, True):
            label = self.make_estimate(ebays)
            self.do(response, label=label)
            self.do(wait, seconds=7)
            for fetch in (response, response, at_once):
                self.do(fetch, label=label)
            self.ask_for_an_estimate(0, 1, ebays, "again")

    def make_estimate(self, ebays: bool = False, quantity: int = 1, abroad: bool = False) -> str:
        """One of all services; its label."""
        sku, region = self.flow.menu.shelves[0]
        label = self.flow.label("e")
        values: Row = {"lines": [(sku, quantity)], "region": region, "ebays": ebays, "service": "", "abroad": abroad}
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
