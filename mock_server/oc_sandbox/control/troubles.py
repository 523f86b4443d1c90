"""Trouble for an outbound order, on demand: it ends in another state than Delivered when its time comes."""

from collections.abc import Iterable
from typing import Any

from ..domain.outbound import TROUBLES, can_end_in
from ..domain.records import OutboundStatus
from ..domain.world import World
from .problems import Conflict, NotThere


class NoTrouble(ValueError):
    """No order can end as wanted. The message says how one can."""


def make_trouble(worlds: Iterable[World], order_number: Any, trouble: Any) -> dict[str, Any]:
    """Let an order of one of the worlds end in a trouble: failed, exception or undeliverable_return.

    Gives the order's number, its state now, and the trouble. A later trouble takes an earlier one's place. Errors:
    NoTrouble; NotThere, for an unknown order; Conflict, for one that is past the point.
    """
    names: dict[Any, OutboundStatus] = {status.value: status for status in TROUBLES}
    if not isinstance(trouble, str) or trouble not in names:
        raise NoTrouble(f"trouble must be {', '.join(names)}, not {trouble!r}")
    if not isinstance(order_number, str):
        raise NoTrouble(f"order_number must be an outbound order's number, not {order_number!r}")
    world = next((world for world in worlds if order_number in world.outbound), None)
    if world is None:
        raise NotThere(f"there is no outbound order {order_number!r}")
    order = world.outbound[order_number]
    if not can_end_in(order, names[trouble]):
        raise Conflict(f"{order_number} is {order.status.value} and can no longer end as {trouble}")
    world.outbound_troubles[order_number] = names[trouble]
    return {"order_number": order_number, "status": order.status.value, "trouble": trouble}
