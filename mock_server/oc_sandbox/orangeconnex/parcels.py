"""The parcel of an outbound order: carrier, weight, fee. A small table, kept as data beside the schemas.

The vendor's own example (vendor docs page) fits it; nearly all else in it is ours.
"""

from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Any, NamedTuple

import orjson

from .. import paths
from ..domain.records import OutboundOrder, OutboundStatus

PACKED = frozenset(
    {OutboundStatus.PACKED, OutboundStatus.SHIPPED, OutboundStatus.IN_DELIVERY, OutboundStatus.DELIVERED}
)
"""The states in which an order has its parcel."""
ELSE = "*"


class Parcel(NamedTuple):
    """What the carrier gets and asks. The fee is in `currency`."""

    carrier_code: str
    carrier_name: str
    tracking_number: str
    weight_g: int
    fee: Decimal
    currency: str


@cache
def _table() -> dict[str, Any]:
    file = paths.SCHEMAS / "orangeconnex" / "_shared" / "rates.json"
    table: dict[str, Any] = orjson.loads(file.read_bytes())
    table["by_service"] = {service: row for row in table["carriers"] for service in row["services"]}
    table["by_region"] = {region: row for row in table["carriers"] for region in row.get("regions", ())}
    return table


def parcel_of(order: OutboundOrder) -> Parcel | None:
    """The order's one parcel; None before it is packed."""
    if order.status not in PACKED:
        return None
    table = _table()
    by_region, currencies, pieces_g = table["by_region"], table["currencies"], table["pieces_g"]
    carrier = table["by_service"].get(order.service) or by_region.get(order.region, by_region[ELSE])
    weight_g = sum(pieces_g.get(line.sku, pieces_g[ELSE]) * line.quantity for line in order.lines)
    started_kg = (Decimal(weight_g) / 1000).to_integral_value(ROUND_CEILING)
    return Parcel(
        carrier_code=carrier["code"],
        carrier_name=carrier["name"],
        tracking_number=carrier["code"] + "".join(character for character in order.number if character.isdecimal()),
        weight_g=weight_g,
        fee=Decimal(carrier["base"]) + Decimal(carrier["per_kg"]) * started_kg,
        currency=currencies.get(order.region, currencies[ELSE]),
    )
