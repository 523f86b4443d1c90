"""placeVasOrder: orders to do something to stock, up to 50 in one call. Each sets its stock aside at once.

Source: ours, after Place Outbound Order; the vendor's navigation of 2026-06-08 has the name and nothing else.
"""

from ...batches import take_each
from ...domain.records import VasOrder, VasStatus
from ...domain.vas import place_vas
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ..stock_orders import numbered, region_unknown, sku_not_reviewed, sku_unknown, stock_short, taken_on
from ..wire import lines_from


def reference_taken(order: VasOrder, world: World) -> Broken:
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
        return taken_on(world.vas[known])
    enforce(RULES, order, world)
    order = numbered(order, "vas_order", world)
    place_vas(world, order)
    return taken_on(order)


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
