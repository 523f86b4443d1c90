"""A tenant's books: what its clients have brought about, one row for each thing, whatever operation did it.

A row has `kind`, the sandbox's `number`, the client's own `reference`, whether it was `cancelled`, and `says`: what the
client asked for. How far the warehouse has come with it is left out, so that the same orders make the same books.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from ..domain.records import InboundOrder, InboundStatus, Line, OutboundStatus, ReturnStatus, VasStatus
from ..domain.shop import Wanted
from ..domain.world import World
from ..tenancy import Tenant

Row = dict[str, Any]
EVERY = 10**9


def books_view(tenant: Tenant) -> list[Row]:
    """Every order, SKU, product and movement of the tenant's, the oldest of a kind first."""
    return [row for world in tenant.worlds for write in WRITERS for row in write(world)]


def _row(kind: str, number: str, reference: str, says: Mapping[str, Any], *, cancelled: bool = False) -> Row:
    return {"kind": kind, "number": number, "reference": reference, "cancelled": cancelled, "says": dict(says)}


def _outbound(world: World) -> Iterator[Row]:
    for order in world.outbound.values():
        says = {"serviceRegion": order.region, **_details(order.details), "lines": _lines(order.lines)}
        yield _row(
            "outbound order", order.number, order.reference, says, cancelled=order.status is OutboundStatus.CANCELLED
        )


def _inbound(world: World) -> Iterator[Row]:
    for order in world.inbound.values():
        says = {"serviceRegion": order.region, **_details(order.details), "lines": _lines(order.lines)}
        cancelled = order.status is InboundStatus.CANCELLED
        yield _row("inbound order", order.number, order.seller_number, says, cancelled=cancelled)
        yield from _papers(world, order)


def _papers(world: World, order: InboundOrder) -> Iterator[Row]:
    for number, tracking in world.inbound_trackings.get(order.number, {}).items():
        says = {"carrier": tracking.carrier, "carton": tracking.carton, "order": order.seller_number}
        yield _row("inbound tracking", number, tracking.number, says)
    for name, file in world.inbound_files.get(order.number, {}).items():
        yield _row("customs file", "/".join(name), file.name, {"type": file.kind, "order": order.seller_number})


def _vas(world: World) -> Iterator[Row]:
    for order in world.vas.values():
        says = {"serviceRegion": order.region, "service": order.service, "lines": _lines(order.lines)}
        yield _row("VAS order", order.number, order.reference, says, cancelled=order.status is VasStatus.CANCELLED)


def _returns(world: World) -> Iterator[Row]:
    for order in world.returns.values():
        pieces = [{"sku": line.sku, "quantity": len(line.unique_ids)} for line in order.lines]
        says = {"serviceRegion": order.region, "warehouse": order.warehouse_code, "lines": pieces}
        yield _row(
            "return order", order.number, order.reference, says, cancelled=order.status is ReturnStatus.CANCELLED
        )


def _skus(world: World) -> Iterator[Row]:
    for sku in world.skus.values():
        says = {**_details(sku.details), "ebayFulfillment": _details(sku.ef_service)}
        yield _row("SKU", sku.code, sku.reference or sku.seller_code, says)


def _products(world: World) -> Iterator[Row]:
    for product in world.products.values():
        says = {"name": product.name, "unit_price_cents": product.unit_price_cents, "is_active": product.is_active}
        yield _row("product", product.product_id, product.sku, says, cancelled=product.deleted_at_s is not None)


def _movements(world: World) -> Iterator[Row]:
    _, newest_first = world.shop_movements.newest_first(Wanted(), 0, EVERY)
    for movement in reversed(newest_first):
        product = world.products.get(movement.product_id)
        says = {
            "product": product.sku if product else movement.product_id,
            "variant": movement.variant_id,
            "warehouse": movement.warehouse_id,
            "type": movement.kind.value,
            "quantity": movement.quantity,
            "unit_cost_cents": movement.unit_cost_cents,
            "batch_number": movement.batch_number,
            "notes": movement.notes,
        }
        yield _row("stock movement", movement.movement_id, movement.reference or "", says)


WRITERS: tuple[Callable[[World], Iterator[Row]], ...] = (
    _outbound,
    _inbound,
    _vas,
    _returns,
    _skus,
    _products,
    _movements,
)


def _lines(lines: tuple[Line, ...]) -> list[Row]:
    return [{"sku": line.sku, "quantity": line.quantity} for line in lines]


def _details(packed: bytes) -> Row:
    """What was kept of the call, in the wire's words."""
    read: Row = orjson.loads(packed) if packed else {}
    return read
