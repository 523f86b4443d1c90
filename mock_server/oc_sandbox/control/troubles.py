"""Trouble on demand: an outbound order, or a SKU, ends in another state than the good one when its time comes."""

from collections.abc import Iterable
from typing import Any

from ..domain.outbound import TROUBLES, can_end_in
from ..domain.records import OutboundStatus, SkuStatus
from ..domain.skus import SKU, SKU_TROUBLES
from ..domain.world import World
from .problems import Conflict, NotThere

OF_ORDERS: dict[str, OutboundStatus] = {status.value: status for status in TROUBLES}
OF_SKUS: dict[str, SkuStatus] = {status.value: status for status in SKU_TROUBLES}


class NoTrouble(ValueError):
    """No order and no SKU can end as wanted. The message says how one can."""


def make_trouble(worlds: Iterable[World], number: Any, trouble: Any) -> dict[str, Any]:
    """Let an outbound order of one of the worlds end as failed, exception or undeliverable_return, by its number.

    Or a SKU as review_failed, by its id. Gives number or id, the state now, and the trouble. A later trouble takes an
    earlier one's place. Errors: NoTrouble; NotThere, for an unknown order or SKU; Conflict, for one past the point.
    """
    if not isinstance(trouble, str) or trouble not in OF_ORDERS.keys() | OF_SKUS.keys():
        names = f"{', '.join(OF_ORDERS)}, or of a SKU {', '.join(OF_SKUS)}"
        raise NoTrouble(f"trouble must be {names}, not {trouble!r}")
    return _of_sku(worlds, number, trouble) if trouble in OF_SKUS else _of_order(worlds, number, trouble)


def _of_order(worlds: Iterable[World], number: Any, trouble: str) -> dict[str, Any]:
    if not isinstance(number, str):
        raise NoTrouble(f"order_number must be an outbound order's number, not {number!r}")
    world = next((world for world in worlds if number in world.outbound), None)
    if world is None:
        raise NotThere(f"there is no outbound order {number!r}")
    order = world.outbound[number]
    if not can_end_in(order, OF_ORDERS[trouble]):
        raise Conflict(f"{number} is {order.status.value} and can no longer end as {trouble}")
    world.outbound_troubles[number] = OF_ORDERS[trouble]
    return {"order_number": number, "status": order.status.value, "trouble": trouble}


def _of_sku(worlds: Iterable[World], code: Any, trouble: str) -> dict[str, Any]:
    if not isinstance(code, str):
        raise NoTrouble(f"mf_sku_id must be a SKU's id, not {code!r}")
    world = next((world for world in worlds if code in world.skus), None)
    if world is None:
        raise NotThere(f"there is no SKU {code!r}")
    status = world.skus[code].status
    if status not in SKU:
        raise Conflict(f"{code} is {status.value} and can no longer end as {trouble}")
    world.sku_troubles[code] = OF_SKUS[trouble]
    return {"mf_sku_id": code, "status": status.value, "trouble": trouble}
