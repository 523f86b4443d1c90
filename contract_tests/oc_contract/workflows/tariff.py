"""What a parcel weighs and costs by the sandbox's own table, reckoned once more in whole grams and cents.

The table is `rates.json` of the contract files; a server that is no sandbox has another.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import orjson
from oc_sandbox import paths

ELSE = "*"


class Price(NamedTuple):
    """What a service costs, in cents: an order of eBay's, and any other."""

    ebay: int
    other: int
    currency: str


@cache
def _rates() -> Mapping[str, Any]:
    rates: Mapping[str, Any] = orjson.loads((paths.SCHEMAS / "orangeconnex" / "_shared" / "rates.json").read_bytes())
    return rates


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def weight_g(lines: Iterable[tuple[str, int]]) -> int:
    """Grams of all pieces together."""
    each_g = _rates()["pieces_g"]
    return sum(each_g.get(sku, each_g[ELSE]) * quantity for sku, quantity in lines)


def price(region: str, service: str, grams: int) -> Price:
    """Base, and so much for each started kilogram, of the service's carrier or else the region's."""
    rates = _rates()
    of_service = [row for row in rates["carriers"] if service in row["services"]]
    of_region = [row for row in rates["carriers"] if region in row.get("regions", ())]
    of_others = [row for row in rates["carriers"] if ELSE in row.get("regions", ())]
    row = (of_service + of_region + of_others)[0]
    cents = _cents(row["base"]) + _cents(row["per_kg"]) * -(-grams // 1000)
    currency = rates["currencies"].get(region, rates["currencies"][ELSE])
    return Price(cents - _cents(rates["ebay_discount"]["amount"]), cents, currency)


def handling() -> int:
    """The warehouse's part of every parcel's cost, in cents: all of it where the seller brings the label."""
    return _cents(_rates()["handling"]["amount"])


def takes(service: str, grams: int) -> bool:
    """Whether a service carries so much."""
    limits = _rates()["limits"]
    return grams <= Decimal(limits.get(service, limits[ELSE])["heaviest_kg"]) * 1000


def goes(service: str, *, abroad: bool) -> bool:
    """Whether a service goes abroad, or stays at home."""
    return (service in _rates()["international"]) is abroad
