"""How value-added service goes: the states of such an order, the time each lasts, and where the goods are meanwhile.

States, times and movements are ours: of the vendor's nothing is known but that stock has a bucket for it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .durations import DAY, HOUR, MINUTE
from .ledger import Bucket, Reason
from .records import VasOrder, VasStatus
from .steps import Course, Step, along
from .taking import give_back, set_aside
from .world import World

VasStep = Step[VasStatus]

VAS: Mapping[VasStatus, VasStep] = MappingProxyType(
    {
        VasStatus.SUBMITTED: Step(10 * MINUTE, VasStatus.ACCEPTED),
        VasStatus.ACCEPTED: Step(4 * HOUR, VasStatus.IN_PROGRESS),
        VasStatus.IN_PROGRESS: Step(DAY, VasStatus.COMPLETED),
    }
)
CANCELLABLE = frozenset({VasStatus.SUBMITTED, VasStatus.ACCEPTED})

VAS_CANCELLED = "vas_order_cancelled"


def place_vas(world: World, order: VasOrder) -> None:
    """Take a VAS order on: set its stock aside, which must be there, and plan its next step."""
    world.vas[order.number] = order
    if order.reference:
        world.vas_by_reference[order.reference] = order.number
    set_aside(world, order, Bucket.IN_VALUE_ADDED_SERVICE, Reason.VAS_SUBMITTED)
    VAS_COURSE.plan(world, order.number, order, order.created_at_s)


def cancel_vas(world: World, number: str) -> None:
    """Cancel a VAS order that is still CANCELLABLE; its stock is available again at once."""
    order, now_s = world.vas[number], world.now_s()
    give_back(world, order, Bucket.IN_VALUE_ADDED_SERVICE, Reason.VAS_CANCELLED, now_s)
    world.vas[number] = order._replace(status=VasStatus.CANCELLED, changed_at_s=now_s)
    world.happen(VAS_CANCELLED, number, VasStatus.CANCELLED.value)


def _take_step(world: World, order: VasOrder, step: VasStep, at_s: int) -> VasOrder:
    if step.then is VasStatus.COMPLETED:
        give_back(world, order, Bucket.IN_VALUE_ADDED_SERVICE, Reason.VAS_COMPLETED, at_s)
    return order._replace(status=step.then, changed_at_s=at_s)


VAS_COURSE = Course("vas_order_moves_on", lambda world: world.vas, along(VAS), _take_step)
