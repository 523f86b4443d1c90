"""Orders to ship under labels that the seller brings. Otherwise as Place Outbound Order.

Source: vendor docs page, undated, cut off in the request; the rest is ours, after Place Outbound Order.
"""

from base64 import b64decode

from ...domain.records import OutboundOrder, OwnLabel
from ...domain.world import World
from ...refusal import Wire
from . import place_outbound_order
from .place_outbound_order import order_from, place_each

RULES = tuple(rule for rule in place_outbound_order.RULES if rule.error != "service_unknown")


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: number and reference of each order taken on; a Partial if some were refused."""
    return place_each(request["data"], _order_from, RULES, world)


def _order_from(row: Wire, world: World) -> OutboundOrder:
    # The label is much larger than the rest, and is kept decoded.
    details = {name: value for name, value in row.items() if name != "labelFile"}
    label = OwnLabel(row["carrier"], row["trackingNumber"], b64decode(row["labelFile"]))
    return order_from(row, world, service=row.get("serviceCode", ""), details=details)._replace(own_label=label)
