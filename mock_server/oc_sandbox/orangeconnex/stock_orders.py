"""Orders that take stock, of whatever kind: the rules that hold for all of them, and how one is taken on."""

from collections.abc import Callable
from typing import TypeVar

from ..domain.ledger import Bucket
from ..domain.records import Line, OutboundOrder, SkuStatus, VasOrder
from ..domain.taking import Taking
from ..domain.world import World
from ..refusal import Broken, Wire
from .vocabulary import REGION_COUNTRIES, number

Order = TypeVar("Order", OutboundOrder, VasOrder)


def region_unknown(order: Taking, world: World) -> Broken:
    """The service list has no such region."""
    return None if order.region in REGION_COUNTRIES else {"id": order.reference, "service_region": order.region}


def sku_unknown(order: Taking, world: World) -> Broken:
    """A line names a SKU that the seller does not have."""
    return _first_line(order, lambda code: code not in world.skus)


def sku_not_reviewed(order: Taking, world: World) -> Broken:
    """A line names a SKU that is not reviewed yet."""
    return _first_line(order, lambda code: world.skus[code].status is not SkuStatus.ACTIVE)


def stock_short(order: Taking, world: World) -> Broken:
    """Less is available in the region than the lines of the order ask for together."""
    wanted: dict[str, int] = {}
    for line in order.lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    balance = world.ledger.balance
    return _first_line(order, lambda code: balance(code, order.region, Bucket.AVAILABLE) < wanted[code])


def _first_line(order: Taking, broken: Callable[[str], bool]) -> Broken:
    for line in order.lines:
        if broken(line.sku):
            return {"id": order.reference, "mf_sku_id": line.sku}
    return None


def numbered(order: Order, kind: str, world: World) -> Order:
    """The order under a new number of its kind, with texts that are the world's own copies."""
    return order._replace(
        number=number(kind, world.ids.next(kind), order.region),
        region=world.one_copy(order.region),
        service=world.one_copy(order.service),
        lines=tuple(Line(world.skus[line.sku].code, line.quantity) for line in order.lines),
    )


def taken_on(order: Taking) -> Wire:
    """What the answer says of an order that was taken on: OrangeConnex's number, and the caller's."""
    return {"orderNumber": order.number, "referenceNumber": order.reference}
