"""The papers of an inbound order, a label for each carton and a packing list: where they are, and how they look.

That there are such PDFs behind URLs: client in production 2026-04. Their addresses and their looks are ours.
"""

import re
from collections.abc import Iterator

from ...domain.clock import from_ms
from ...domain.records import InboundOrder
from ...domain.world import World
from ...paper import Column, label, listing
from ...wire import Link
from .orders import Carton, cartons_of

CARTON_LABELS, PACKING_LISTS = "carton-labels", "packing-lists"
SKUS_ON_A_LABEL = 8
_NAME = re.compile(r"([A-Z0-9]+)(?:-([1-9][0-9]{0,6}))?\.pdf", re.ASCII)
_COLUMNS = (Column("Carton", 44), Column("SKU", 44), Column("Seller's SKU", 76), Column("Pieces", 30))


def carton_mark(order: InboundOrder, place: int) -> str:
    """What a carton's barcode holds: the order's number and the carton's place, from 1."""
    return f"{order.number}-{place}"


def carton_label_link(order: InboundOrder, place: int, world: World) -> Link:
    """Where a carton's label is."""
    return Link(f"/files/{world.address}/{CARTON_LABELS}/{carton_mark(order, place)}.pdf")


def packing_list_link(order: InboundOrder, world: World) -> Link:
    """Where the packing list is."""
    return Link(f"/files/{world.address}/{PACKING_LISTS}/{order.number}.pdf")


def carton_label(name: str, world: World) -> bytes | None:
    """The PDF of that name; None where there is no such carton."""
    order, place = _named(name, world)
    cartons = cartons_of(order) if order else []
    if order is None or not 0 < place <= len(cartons):
        return None
    carton = cartons[place - 1]
    return label(
        f"Carton {place} of {len(cartons)}",
        carton_mark(order, place),
        [*_order_lines(order), *_carton_lines(carton)],
        from_ms(order.created_at_s * 1000),
    )


def packing_list(name: str, world: World) -> bytes | None:
    """The PDF of that name; None where there is no such order."""
    order, place = _named(name, world)
    if order is None or place:
        return None
    rows = [
        (carton.number, line.sku, world.skus[line.sku].seller_code, str(line.quantity))
        for carton in cartons_of(order)
        for line in carton.lines
    ]
    made_at = from_ms(order.created_at_s * 1000)
    return listing("Packing list", order.number, _order_lines(order), _COLUMNS, rows, made_at)


def _named(name: str, world: World) -> tuple[InboundOrder | None, int]:
    """The order in a file's name, and the place of a carton, or 0."""
    found = _NAME.fullmatch(name)
    return (world.inbound.get(found[1]), int(found[2] or 0)) if found else (None, 0)


def _order_lines(order: InboundOrder) -> Iterator[str]:
    yield f"Inbound order: {order.number}"
    yield f"Seller's number: {order.seller_number}"
    yield f"Service region: {order.region}"


def _carton_lines(carton: Carton) -> Iterator[str]:
    yield f"Carton number: {carton.number}"
    if carton.seller_number:
        yield f"Seller's carton number: {carton.seller_number}"
    for line in carton.lines[:SKUS_ON_A_LABEL]:
        yield f"{line.sku} x {line.quantity}"
    if len(carton.lines) > SKUS_ON_A_LABEL:
        yield f"and {len(carton.lines) - SKUS_ON_A_LABEL} more SKUs"
