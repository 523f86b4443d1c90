"""Inbound Label Query: where the carton labels and the packing list of inbound orders are.

Source: vendor docs page, undated; that the answer holds URLs: client in production 2026-04.
"""

from collections.abc import Mapping

from ...domain.records import InboundOrder
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from .orders import Carton, cartons_of
from .papers import carton_label_link, packing_list_link


def inbound_number_unknown(numbers: Mapping[str, None], world: World) -> Broken:
    """The seller has no order under one of the numbers."""
    number = next((number for number in numbers if number not in world.inbound), None)
    return None if number is None else {"inbound_number": number}


RULES = (Rule("inbound_number_unknown", inbound_number_unknown),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: a row for each order, each once. Nothing is drawn before its URL is fetched."""
    numbers = dict.fromkeys(row["inboundOrder"] for row in request["data"]["inboundOrderList"])
    enforce(RULES, numbers, world)
    return {"inboundOrderList": [_order_to(world.inbound[number], world) for number in numbers]}


def _order_to(order: InboundOrder, world: World) -> Wire:
    return {
        "cartonList": [_carton_to(carton, place, order, world) for place, carton in enumerate(cartons_of(order), 1)],
        "inboundOrder": order.number,
        "packingListURL": packing_list_link(order, world),
    }


def _carton_to(carton: Carton, place: int, order: InboundOrder, world: World) -> Wire:
    return {
        "cartonNumber": carton.number,
        "labelURL": carton_label_link(order, place, world),
        "sellerCartonNumber": carton.seller_number,
    }
