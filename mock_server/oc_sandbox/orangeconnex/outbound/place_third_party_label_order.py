"""Orders to ship under labels that the seller brings. Otherwise as Place Outbound Order.

Source: vendor docs page, undated, cut off in the request; the rest is ours, after Place Outbound Order.
"""

from base64 import b64decode

from ...domain.records import OutboundOrder, OutboundStatus, OwnLabel
from ...domain.world import World
from ...refusal import Wire
from ...wire import packed
from ..wire import lines_from
from . import place_outbound_order
from .place_outbound_order import place_each

RULES = tuple(rule for rule in place_outbound_order.RULES if rule.error != "service_unknown")


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: number and reference of each order taken on; a Partial if some were refused."""
    return place_each(request["data"], _order_from, RULES, world)


def _order_from(row: Wire, world: World) -> OutboundOrder:
    return OutboundOrder(
        number="",
        reference=row.get("referenceNumber", ""),
        status=OutboundStatus.SUBMITTED,
        created_at_s=world.now_s(),
        region=row["serviceRegion"],
        service=row.get("serviceCode", ""),
        lines=lines_from(row["productList"], sku="MFSKUID", quantity="SKUQuantity"),
        # The label is much larger than the rest, and is kept decoded.
        details=packed({name: value for name, value in row.items() if name != "labelFile"}),
        own_label=OwnLabel(row["carrier"], row["trackingNumber"], b64decode(row["labelFile"])),
    )
