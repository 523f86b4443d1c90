"""The label of a return: where it is, and how it looks. Its address and looks are ours."""

from collections.abc import Iterator

from ...domain.clock import from_ms
from ...domain.records import ReturnOrder
from ...domain.world import World
from ...paper import label
from ...wire import Link
from .orders import label_tracking

RETURN_LABELS = "return-labels"
LINES_ON_A_LABEL = 8


def return_label_link(order: ReturnOrder, world: World) -> Link:
    """Where a return's label is."""
    return Link(f"/files/{world.address}/{RETURN_LABELS}/{order.number}.pdf")


def return_label(name: str, world: World) -> bytes | None:
    """The PDF of that name; None where there is no such return, or no label of it was made."""
    order = world.returns.get(name.removesuffix(".pdf")) if name.endswith(".pdf") else None
    if order is None or order.labelled_at_s is None:
        return None
    return label("Return", label_tracking(order).number, _lines(order), from_ms(order.labelled_at_s * 1000))


def _lines(order: ReturnOrder) -> Iterator[str]:
    yield f"Return order: {order.number}"
    yield f"Seller's number: {order.reference}"
    yield f"Return to: {order.warehouse_code}, {order.region}"
    yield f"Carrier: {label_tracking(order).carrier}"
    for line in order.lines[:LINES_ON_A_LABEL]:
        yield f"{line.sku or 'SKU not told'} x {len(line.unique_ids)}"
    if len(order.lines) > LINES_ON_A_LABEL:
        yield f"and {len(order.lines) - LINES_ON_A_LABEL} more lines"
