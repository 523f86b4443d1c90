"""cancelVasOrder: stop one VAS order on which no work has begun; its stock is available again at once.

Source: ours, after Outbound Order Cancellation; the vendor's navigation of 2026-06-08 has the name and nothing else.
"""

from collections.abc import Mapping
from typing import Any

from ...domain.records import VasStatus
from ...domain.vas import CANCELLABLE, cancel_vas
from ...domain.world import World
from ...refusal import Rule, Wire, enforce

Broken = Mapping[str, Any] | None


def _about(number: str) -> Broken:
    return {"id": number, "order_number": number}


def order_unknown(number: str, world: World) -> Broken:
    """The seller has no such VAS order."""
    return None if number in world.vas else _about(number)


def already_cancelled(number: str, world: World) -> Broken:
    """The order was cancelled before, and a second cancellation is refused."""
    cancelled = world.vas[number].status is VasStatus.CANCELLED
    return _about(number) if cancelled and world.choices["second_cancellation"] == "refused" else None


def too_late(number: str, world: World) -> Broken:
    """Work on the order has begun."""
    return None if world.vas[number].status in (*CANCELLABLE, VasStatus.CANCELLED) else _about(number)


RULES = (
    Rule("order_unknown", order_unknown),
    Rule("already_cancelled", already_cancelled),
    Rule("too_late", too_late),
)


def handle(request: Wire, world: World) -> Wire:
    """Nothing: the envelope alone says that it is done."""
    number = request["data"]["orderNumber"]
    enforce(RULES, number, world)
    if world.vas[number].status is not VasStatus.CANCELLED:
        cancel_vas(world, number)
    return None
