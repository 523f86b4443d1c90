"""How value-added service goes: the states of such an order, the time each lasts, and where the goods are meanwhile.

States, times and movements are ours: of the vendor's nothing is known but that stock has a bucket for it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .ledger import Bucket, Reason
from .records import VasOrder, VasStatus
from .world import Effect, World

MINUTE, HOUR, DAY = 60, 3600, 86400


class VasStep(NamedTuple):
    """A state, how long an order stays in it, and the state that follows."""

    lasts_s: int
    then: VasStatus


VAS: Mapping[VasStatus, VasStep] = MappingProxyType(
    {
        VasStatus.SUBMITTED: VasStep(10 * MINUTE, VasStatus.ACCEPTED),
        VasStatus.ACCEPTED: VasStep(4 * HOUR, VasStatus.IN_PROGRESS),
        VasStatus.IN_PROGRESS: VasStep(DAY, VasStatus.COMPLETED),
    }
)
VAS_CANCELLABLE = frozenset({VasStatus.SUBMITTED, VasStatus.ACCEPTED})

VAS_DUE = "vas_order_moves_on"
VAS_CANCELLED = "vas_order_cancelled"


def place_vas(world: World, order: VasOrder) -> None:
    """Take a VAS order on: set its stock aside, which must be there, and plan its next step."""
    world.vas[order.number] = order
    if order.reference:
        world.vas_by_reference[order.reference] = order.number
    for line in order.lines:
        changes = ((Bucket.AVAILABLE, -line.quantity), (Bucket.IN_VALUE_ADDED_SERVICE, line.quantity))
        world.ledger.post((line.sku, order.region), order.created_at_s, changes, Reason.VAS_SUBMITTED, order.number)
    _plan_next(world, order)


def cancel_vas(world: World, number: str) -> None:
    """Cancel a VAS order that is still VAS_CANCELLABLE; its stock is available again at once."""
    order, now_s = world.vas[number], world.now_s()
    _give_back(world, order, now_s, Reason.VAS_CANCELLED)
    world.vas[number] = order._replace(status=VasStatus.CANCELLED, changed_at_s=now_s)
    world.happen(VAS_CANCELLED, number, VasStatus.CANCELLED.value)


def _vas_moves_on(world: World, number: str, at_s: int) -> str | bool:
    order = world.vas[number]
    step = VAS.get(order.status)
    if step is None:  # cancelled meanwhile
        return False
    if step.then is VasStatus.COMPLETED:
        _give_back(world, order, at_s, Reason.VAS_COMPLETED)
    world.vas[number] = order = order._replace(status=step.then, changed_at_s=at_s)
    _plan_next(world, order)
    return step.then.value


def _plan_next(world: World, order: VasOrder) -> None:
    if order.status in VAS:
        world.plan(order.changed_at_s + VAS[order.status].lasts_s, VAS_DUE, order.number)


def _give_back(world: World, order: VasOrder, at_s: int, reason: Reason) -> None:
    for line in order.lines:
        changes = ((Bucket.IN_VALUE_ADDED_SERVICE, -line.quantity), (Bucket.AVAILABLE, line.quantity))
        world.ledger.post((line.sku, order.region), at_s, changes, reason, order.number)


VAS_EVENTS: Mapping[str, Effect] = MappingProxyType({VAS_DUE: _vas_moves_on})
