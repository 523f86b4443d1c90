"""What several operations of the group read of an inbound order."""

from typing import NamedTuple

import orjson

from ...domain.records import InboundOrder, Line
from ...domain.world import World
from ...refusal import Broken, Wire
from ..wire import lines_from


class Carton(NamedTuple):
    """One carton of an order. `number` is the caller's, or else its place in the order, counted from 1."""

    number: str
    seller_number: str
    lines: tuple[Line, ...]


def shipping_method(order: InboundOrder) -> str:
    """The vendor's code: the vocabulary's BY_TRUCK or EXPRESS."""
    return str(orjson.loads(order.details)["shippingMethod"])


def cartons_of(order: InboundOrder) -> list[Carton]:
    """The cartons, in the order's own order; an order that says nothing of cartons is one."""
    rows = orjson.loads(order.details).get("cartonList")
    if rows is None:
        return [Carton("1", "", order.lines)]
    return [_carton_from(row, str(place)) for place, row in enumerate(rows, 1)]


def _carton_from(row: Wire, place: str) -> Carton:
    lines = lines_from(row["productList"], sku="mfskuid", quantity="quantity")
    return Carton(row.get("cartonNumber") or place, row.get("sellerCartonNumber", ""), lines)


def moved_between(world: World, start_s: int, end_s: int) -> list[InboundOrder]:
    """The orders placed or brought to another status from `start_s` to `end_s`, both inside, as they were placed."""
    found = (world.inbound[number] for number in world.inbound_timeline.between(start_s, end_s))
    return sorted(found, key=lambda order: order.created_at_s)


def order_unknown(upload: Wire, world: World) -> Broken:
    """The seller has no order under OrangeConnex's number."""
    number = upload["inboundNumber"]
    return None if number in world.inbound else {"inbound_number": number}
