"""Parcels: who carries them, what they weigh and cost. One small table, kept as data beside the schemas.

Estimates and the fees of outbound orders both come from here, so they agree. The vendor's own example (vendor docs
page) fits the table; nearly all else in it is ours.
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Any, NamedTuple

import orjson

from .. import paths
from ..domain.outbound import LEFT
from ..domain.records import Line, OutboundOrder, OutboundStatus
from . import tracking

PACKED = LEFT | {OutboundStatus.PACKED}
"""The states in which an order has its parcel."""
ELSE = "*"
RETURNS_AHEAD = 5_000_000
"""How far the serials of returned parcels are ahead: the number of a return may end like that of an outbound order, and
the shortest form has room for ten million."""


class Channel(NamedTuple):
    """How a region's service travels: with which carrier, and what a parcel costs in `currency`.

    `tracking` is the form of the carrier's numbers, and `check` the name of the rule for their check digit, or empty.
    """

    code: str
    name: str
    base: Decimal
    per_kg: Decimal
    currency: str
    tracking: str
    check: str

    def fee(self, weight_g: Decimal, *, ebay: bool) -> Decimal:
        """What a parcel costs; an order of eBay's another sum than others."""
        started_kg = (weight_g / 1000).to_integral_value(ROUND_CEILING)
        discount = Decimal(_table()["ebay_discount"]["amount"]) if ebay else Decimal(0)
        return self.base + self.per_kg * started_kg - discount

    def tracking_number(self, order_number: str, *, comes_back: bool = False) -> str:
        """The carrier's number of an order's parcel, outbound or returned; it follows from the order's number."""
        serial = int("".join(character for character in order_number if character.isdecimal()))
        return tracking.tracking_number(self.tracking, self.check, serial + RETURNS_AHEAD * comes_back)


class Limits(NamedTuple):
    """The most that a service takes."""

    heaviest_g: Decimal
    longest_cm: Decimal


class Parcel(NamedTuple):
    """What the carrier gets, and what it costs in `currency`: the carrier's part and the warehouse's."""

    carrier_code: str
    carrier_name: str
    tracking_number: str
    weight_g: Decimal
    freight: Decimal
    handling: Decimal
    currency: str

    @property
    def fee(self) -> Decimal:
        """All that the parcel costs."""
        return self.freight + self.handling


@cache
def _table() -> dict[str, Any]:
    file = paths.SCHEMAS / "orangeconnex" / "_shared" / "rates.json"
    table: dict[str, Any] = orjson.loads(file.read_bytes())
    table["by_service"] = {service: row for row in table["carriers"] for service in row["services"]}
    table["by_region"] = {region: row for row in table["carriers"] for region in row.get("regions", ())}
    return table


def channel_of(region: str, service: str) -> Channel:
    """Carrier and rate: the service's own, or those of the region."""
    table = _table()
    by_region, currencies = table["by_region"], table["currencies"]
    row = table["by_service"].get(service) or by_region.get(region, by_region[ELSE])
    currency = currencies.get(region, currencies[ELSE])
    return Channel(
        code=row["code"],
        name=row["name"],
        base=Decimal(row["base"]),
        per_kg=Decimal(row["per_kg"]),
        currency=currency,
        tracking=row["tracking"]["form"],
        check=row["tracking"].get("check", ""),
    )


def limits_of(service: str) -> Limits:
    """The most that a service takes."""
    limits = _table()["limits"]
    row = limits.get(service, limits[ELSE])
    return Limits(1000 * Decimal(row["heaviest_kg"]), Decimal(row["longest_cm"]))


def goes_abroad(service: str) -> bool:
    """Whether a service leaves its region's country; one that does not stays inside."""
    return service in _table()["international"]


def weight_of(lines: Iterable[Line]) -> Decimal:
    """Grams; the weight of each SKU is the table's."""
    pieces_g = _table()["pieces_g"]
    return Decimal(sum(pieces_g.get(line.sku, pieces_g[ELSE]) * line.quantity for line in lines))


def parcel_of(order: OutboundOrder) -> Parcel | None:
    """The order's one parcel; None before it is packed."""
    if order.status not in PACKED:
        return None
    channel, weight_g = channel_of(order.region, order.service), weight_of(order.lines)
    handling = Decimal(_table()["handling"]["amount"])
    if order.own_label is not None:
        carrier, tracking_number, _ = order.own_label
        return Parcel(carrier, carrier, tracking_number, weight_g, Decimal(0), handling, channel.currency)
    return Parcel(
        carrier_code=channel.code,
        carrier_name=channel.name,
        tracking_number=channel.tracking_number(order.number),
        weight_g=weight_g,
        freight=channel.fee(weight_g, ebay=_is_ebays(order)) - handling,
        handling=handling,
        currency=channel.currency,
    )


def _is_ebays(order: OutboundOrder) -> bool:
    platform: str = orjson.loads(order.details).get("orderPlatform", "")
    return platform.lower() == "ebay"
