"""Submission of a return order: what a buyer sends back, and where to.

Source: navigation of the vendor docs page 2026-06-17, which has name and method; the rest is ours, after its siblings.
"""

from collections import Counter

from ...domain.lifecycles import LEFT
from ...domain.records import OutboundOrder, ReturnLine, ReturnOrder, ReturnStatus
from ...domain.returns import returns_of, submit_return
from ...domain.world import World
from ...refusal import Rule, Wire, enforce
from ..vocabulary import RETURN_WAREHOUSES, number
from .orders import Broken, size_of


def region_unknown(order: Wire, world: World) -> Broken:
    """The service list has no such region."""
    region = order["serviceRegion"]
    return None if region in RETURN_WAREHOUSES else {"service_region": region}


def reference_taken(order: Wire, world: World) -> Broken:
    """The seller has a return under that number."""
    reference = order["referenceNumber"]
    return {"reference_number": reference} if reference in world.return_by_reference else None


def sku_unknown(order: Wire, world: World) -> Broken:
    """A line names a SKU that the seller does not have."""
    named = (row["mfSkuId"] for row in order["productList"] if "mfSkuId" in row)
    unknown = next((sku for sku in named if sku not in world.skus), None)
    return None if unknown is None else {"mf_sku_id": unknown}


def outbound_unknown(order: Wire, world: World) -> Broken:
    """The outbound order that it names is none of the seller's."""
    named = order.get("outboundOrderNumber")
    return None if named is None or named in world.outbound else {"outbound_order_number": named}


def outbound_not_shipped(order: Wire, world: World) -> Broken:
    """The goods of the outbound order are still here."""
    outbound = _outbound(order, world)
    return None if outbound is None or outbound.status in LEFT else {"outbound_order_number": outbound.number}


def more_than_shipped(order: Wire, world: World) -> Broken:
    """With this return more would come back than went out, of one SKU or in all."""
    outbound = _outbound(order, world)
    if outbound is None:
        return None
    left: Counter[str] = Counter()
    for line in outbound.lines:
        left[line.sku] += line.quantity
    in_all = left.total()
    for earlier in returns_of(world, outbound.number):
        for back in earlier.lines:
            left[back.sku] -= len(back.unique_ids)
            in_all -= len(back.unique_ids)
    for row in order["productList"]:
        left[row.get("mfSkuId", "")] -= int(row["quantity"])
        in_all -= int(row["quantity"])
    too_many = in_all < 0 or any(pieces < 0 for sku, pieces in left.items() if sku)
    return {"outbound_order_number": outbound.number} if too_many else None


def _outbound(order: Wire, world: World) -> OutboundOrder | None:
    named = order.get("outboundOrderNumber")
    return None if named is None else world.outbound[named]


RULES = (
    Rule("region_unknown", region_unknown),
    Rule("reference_taken", reference_taken),
    Rule("sku_unknown", sku_unknown),
    Rule("outbound_unknown", outbound_unknown),
    Rule("outbound_not_shipped", outbound_not_shipped),
    Rule("more_than_shipped", more_than_shipped),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `result`: OrangeConnex's number of the return, and the caller's."""
    enforce(RULES, request["data"], world)
    order = _order_from(request["data"], world)
    submit_return(world, order)
    return {"orderNumber": order.number, "referenceNumber": order.reference}


def _order_from(row: Wire, world: World) -> ReturnOrder:
    now_s, region = world.now_s(), row["serviceRegion"]
    return ReturnOrder(
        number=number("return_order", world.ids.next("return_order"), region),
        reference=row["referenceNumber"],
        status=ReturnStatus.SUBMITTED,
        created_at_s=now_s,
        changed_at_s=now_s,
        region=world.one_copy(region),
        warehouse_code=RETURN_WAREHOUSES[region],
        lines=tuple(_line_from(product, region, world) for product in row["productList"]),
        outbound_number=row.get("outboundOrderNumber", ""),
    )


def _line_from(product: Wire, region: str, world: World) -> ReturnLine:
    sku = product.get("mfSkuId", "")
    pieces = range(int(product["quantity"]))
    unique_ids = tuple(number("returned_piece", world.ids.next("returned_piece"), region) for _ in pieces)
    return ReturnLine(world.one_copy(sku), unique_ids, size_of(sku))
