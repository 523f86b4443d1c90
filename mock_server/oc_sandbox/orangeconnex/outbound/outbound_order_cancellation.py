"""Outbound Order Cancellation: stop one order that is not picked yet; its stock is available again at once.

Source: vendor docs page, undated; client test run 2022-09; limits: vendor help centre, vendor handbook 2021.
"""

from collections.abc import Mapping
from typing import Any

from ...domain.outbound import CANCELLABLE, cancel_outbound
from ...domain.records import OutboundStatus
from ...domain.world import World
from ...refusal import Rule, Wire, enforce

Broken = Mapping[str, Any] | None


def _about(number: str) -> Broken:
    return {"id": number, "order_number": number}


def order_unknown(number: str, world: World) -> Broken:
    """The seller has no such order."""
    return None if number in world.outbound else _about(number)


def already_cancelled(number: str, world: World) -> Broken:
    """The order was cancelled before, and a second cancellation is refused."""
    cancelled = world.outbound[number].status is OutboundStatus.CANCELLED
    return _about(number) if cancelled and world.choices["second_cancellation"] == "refused" else None


def too_late(number: str, world: World) -> Broken:
    """The order is past the states in which it can be stopped."""
    return None if world.outbound[number].status in (*CANCELLABLE, OutboundStatus.CANCELLED) else _about(number)


RULES = (
    Rule("order_unknown", order_unknown),
    Rule("already_cancelled", already_cancelled),
    Rule("too_late", too_late),
)


def handle(request: Wire, world: World) -> Wire:
    """Nothing: the envelope alone says that it is done."""
    number = request["data"]["orderNumber"]
    enforce(RULES, number, world)
    if world.outbound[number].status is not OutboundStatus.CANCELLED:
        cancel_outbound(world, number)
    return None
