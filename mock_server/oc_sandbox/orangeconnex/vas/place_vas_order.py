"""placeVasOrder: orders to do something to stock, up to 50 in one call. Each sets its stock aside at once.

Source: ours, after Place Outbound Order; the vendor's navigation of 2026-06-08 has the name and nothing else.
"""

from collections.abc import Mapping
from typing import Any

from ...batches import take_each
from ...domain.records import Line, VasOrder, VasStatus
from ...domain.vas import place_vas
from ...domain.world import World
from ...refusal import Rule, Wire, enforce
from ..outbound.place_outbound_order import region_unknown, sku_not_reviewed, sku_unknown, stock_short
from ..vocabulary import number
from ..wire import lines_from


def reference_taken(order: VasOrder, world: World) -> Mapping[str, Any] | None:
    """The seller has a VAS order under that reference number."""
    return {"id": order.reference} if order.reference in world.vas_by_reference else None


# In the order of Place Outbound Order.
RULES: tuple[Rule[VasOrder, World], ...] = (
    Rule("region_unknown", region_unknown),
    Rule("sku_unknown", sku_unknown),
    Rule("sku_not_reviewed", sku_not_reviewed),
    Rule("stock_short", stock_short),
    Rule("reference_taken", reference_taken),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: number and reference of each order taken on; a Partial if some were refused."""
    return take_each(request["data"], _take, world)


def _take(row: Wire, world: World) -> Wire:
    order = _order_from(row, world)
    known = world.vas_by_reference.get(order.reference)
    if known is not None and world.choices["repeated_own_number"] == "same_number":
        return _taken_on(world.vas[known])
    enforce(RULES, order, world)
    order = order._replace(
        number=number("vas_order", world.ids.next("vas_order"), order.region),
        region=world.one_copy(order.region),
        service=world.one_copy(order.service),
        lines=tuple(Line(world.skus[line.sku].code, line.quantity) for line in order.lines),
    )
    place_vas(world, order)
    return _taken_on(order)


def _taken_on(order: VasOrder) -> Wire:
    return {"orderNumber": order.number, "referenceNumber": order.reference}


def _order_from(row: Wire, world: World) -> VasOrder:
    now_s = world.now_s()
    return VasOrder(
        number="",
        reference=row.get("referenceNumber", ""),
        status=VasStatus.SUBMITTED,
        created_at_s=now_s,
        changed_at_s=now_s,
        region=row["serviceRegion"],
        service=row["serviceType"],
        lines=lines_from(row["productList"], sku="MFSKUID", quantity="SKUQuantity"),
        remarks=row.get("remarks", ""),
    )
