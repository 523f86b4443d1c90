"""PlaceInboundOrder: goods announced to a warehouse, one order in a call. They are in transit at once.

Source: vendor docs page, undated; course of an order and its number in the answer: vendor handbook 2021.
"""

from ...domain.inbound import place_inbound
from ...domain.records import InboundOrder, InboundStatus, SkuStatus
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import packed
from ..vocabulary import REGION_COUNTRIES, number
from ..wire import lines_from


def region_unknown(order: InboundOrder, world: World) -> Broken:
    """The service list has no such region."""
    return None if order.region in REGION_COUNTRIES else {"service_region": order.region}


def seller_number_taken(order: InboundOrder, world: World) -> Broken:
    """The seller has an inbound order under that number."""
    taken = order.seller_number in world.inbound_by_seller_number
    return {"seller_inbound_number": order.seller_number} if taken else None


def sku_unknown(order: InboundOrder, world: World) -> Broken:
    """A line names a SKU that the seller does not have."""
    unknown = (line.sku for line in order.lines if line.sku not in world.skus)
    return _named(next(unknown, None))


def sku_not_reviewed(order: InboundOrder, world: World) -> Broken:
    """A line names a SKU that is not reviewed yet."""
    unfit = (line.sku for line in order.lines if world.skus[line.sku].status is not SkuStatus.ACTIVE)
    return _named(next(unfit, None))


def _named(code: str | None) -> Broken:
    return None if code is None else {"mf_sku_id": code}


RULES = (
    Rule("region_unknown", region_unknown),
    Rule("seller_number_taken", seller_number_taken),
    Rule("sku_unknown", sku_unknown),
    Rule("sku_not_reviewed", sku_not_reviewed),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: OrangeConnex's number of the order, and the caller's."""
    order = _order_from(request["data"], world)
    known = world.inbound_by_seller_number.get(order.seller_number)
    if known is not None and world.choices["repeated_own_number"] == "same_number":
        return _taken_on(world.inbound[known])
    enforce(RULES, order, world)
    return _place(order, world)


def _order_from(row: Wire, world: World) -> InboundOrder:
    now_s = world.now_s()
    products = [product for carton in row["cartonList"] for product in carton["productList"]]
    return InboundOrder(
        number="",
        seller_number=row["sellerInboundNumber"],
        status=InboundStatus.NOT_ARRIVED,
        created_at_s=now_s,
        changed_at_s=now_s,
        region=row["serviceRegion"],
        lines=lines_from(products, sku="mfskuid", quantity="quantity"),
        details=packed(row),
        needs_customs_file=row.get("needClearanceDoc", False),
    )


def _place(order: InboundOrder, world: World) -> Wire:
    order = order._replace(number=number("inbound_order", world.ids.next("inbound_order"), order.region))
    place_inbound(world, order)
    return _taken_on(order)


def _taken_on(order: InboundOrder) -> Wire:
    return {"inboundNumber": order.number, "sellerInboundNumber": order.seller_number}
