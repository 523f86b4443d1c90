"""How outbound orders go: their states, the time each lasts, and what a step does to the stock.

The states are the vendor's (clients name them); how long each lasts is ours, and plausible, not measured.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from .durations import DAY, HOUR, MINUTE
from .ledger import Bucket, Reason
from .records import OutboundOrder, OutboundStatus
from .steps import Course, Step
from .taking import give_back, set_aside
from .world import World

OutboundStep = Step[OutboundStatus]

OUTBOUND: Mapping[OutboundStatus, OutboundStep] = MappingProxyType(
    {
        OutboundStatus.SUBMITTED: Step(5 * MINUTE, OutboundStatus.ACCEPTED),
        OutboundStatus.ACCEPTED: Step(25 * MINUTE, OutboundStatus.PICKING),
        OutboundStatus.PICKING: Step(30 * MINUTE, OutboundStatus.PICKED),
        OutboundStatus.PICKED: Step(HOUR, OutboundStatus.PACKED),
        OutboundStatus.PACKED: Step(2 * HOUR, OutboundStatus.SHIPPED),
        OutboundStatus.SHIPPED: Step(DAY, OutboundStatus.IN_DELIVERY),
        OutboundStatus.IN_DELIVERY: Step(2 * DAY, OutboundStatus.DELIVERED),
    }
)
LEAVES_AFTER_S = sum(OUTBOUND[status].lasts_s for status in list(OUTBOUND)[:5])
"""How long an order takes from its creation to its leaving the warehouse, if it never waits."""
CANCELLABLE = frozenset({OutboundStatus.SUBMITTED, OutboundStatus.ACCEPTED, OutboundStatus.PICKING})
LEFT = frozenset(
    {
        OutboundStatus.SHIPPED,
        OutboundStatus.IN_DELIVERY,
        OutboundStatus.DELIVERED,
        OutboundStatus.EXCEPTION,
        OutboundStatus.UNDELIVERABLE_RETURN,
    }
)
"""The states of an order that has left the warehouse."""


def _instead(status: OutboundStatus, then: OutboundStatus) -> dict[OutboundStatus, OutboundStep]:
    """Another way out of a state, at the same time."""
    return {status: replace(OUTBOUND[status], then=then)}


TROUBLES: Mapping[OutboundStatus, Mapping[OutboundStatus, OutboundStep]] = MappingProxyType(
    {
        OutboundStatus.FAILED: _instead(OutboundStatus.PICKING, OutboundStatus.FAILED),
        OutboundStatus.EXCEPTION: _instead(OutboundStatus.IN_DELIVERY, OutboundStatus.EXCEPTION),
        OutboundStatus.UNDELIVERABLE_RETURN: {
            **_instead(OutboundStatus.IN_DELIVERY, OutboundStatus.EXCEPTION),
            OutboundStatus.EXCEPTION: Step(3 * DAY, OutboundStatus.UNDELIVERABLE_RETURN),
        },
    }
)
"""How an order that ends in trouble gets there: steps that take the place of the table's."""

OUTBOUND_CANCELLED = "outbound_order_cancelled"


def place_outbound(world: World, order: OutboundOrder, *, ebay_order: str = "") -> None:
    """Take an outbound order on: set its stock aside, which must be there, and plan its next step."""
    world.outbound[order.number] = order
    if order.reference:
        earlier = world.outbound_by_reference.get(order.reference)
        if earlier is not None:
            world.outbound_again[order.reference] = (*world.outbound_again.get(order.reference, ()), earlier)
        world.outbound_by_reference[order.reference] = order.number
    if ebay_order:
        world.outbound_by_ebay_order[ebay_order] = (*world.outbound_by_ebay_order.get(ebay_order, ()), order.number)
    set_aside(world, order, Bucket.ALLOCATED, Reason.OUTBOUND_SUBMITTED)
    OUTBOUND_COURSE.plan(world, order.number, order, order.created_at_s)


def cancel_outbound(world: World, number: str) -> None:
    """Cancel an outbound order that is still CANCELLABLE; its stock is available again at once."""
    order = world.outbound[number]
    give_back(world, order, Bucket.ALLOCATED, Reason.OUTBOUND_CANCELLED, world.now_s())
    world.outbound[number] = order._replace(status=OutboundStatus.CANCELLED)
    world.happen(OUTBOUND_CANCELLED, number, OutboundStatus.CANCELLED.value)


def can_end_in(order: OutboundOrder, trouble: OutboundStatus) -> bool:
    """Whether the point at which an order runs into a trouble still lies before it."""
    status = order.status
    while status in OUTBOUND and status not in TROUBLES[trouble]:
        status = OUTBOUND[status].then
    return status in OUTBOUND


def _step_of(world: World, order: OutboundOrder) -> OutboundStep | None:
    trouble = world.outbound_troubles.get(order.number)
    if trouble is not None and order.status in TROUBLES[trouble]:
        return TROUBLES[trouble][order.status]
    return OUTBOUND.get(order.status)


def _take_step(world: World, order: OutboundOrder, step: OutboundStep, at_s: int) -> OutboundOrder:
    if step.then is OutboundStatus.SHIPPED:
        order = order._replace(left_at_s=at_s)
        world.outbound_left.add(at_s, order.number)
        for line in order.lines:
            changes = ((Bucket.ALLOCATED, -line.quantity),)
            world.ledger.post((line.sku, order.region), at_s, changes, Reason.OUTBOUND_FULFILLED, order.number)
    elif step.then is OutboundStatus.FAILED:
        give_back(world, order, Bucket.ALLOCATED, Reason.OUTBOUND_CANCELLED, at_s)
    return order._replace(status=step.then)


def _leaves_at_s(world: World, order: OutboundOrder, due_s: int) -> int:
    """The warehouse may not be at work yet."""
    if order.status is not OutboundStatus.ACCEPTED or world.choices.get("working_hours") != "kept":
        return due_s
    hours = world.working_hours.get(order.region)
    return max(due_s, hours.worked_on_from_s(order.created_at_s)) if hours else due_s


OUTBOUND_COURSE = Course(
    "outbound_order_moves_on", lambda world: world.outbound, _step_of, _take_step, leaves_at_s=_leaves_at_s
)
