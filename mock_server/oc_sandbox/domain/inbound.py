"""How inbound orders go: their states, the time each lasts, and where the goods are meanwhile.

The states are the vendor's (clients name them); how long each lasts is ours, and plausible, not measured.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .durations import DAY, HOUR
from .ledger import Bucket, Reason
from .records import CustomsFile, FileStatus, InboundOrder, InboundStatus
from .steps import Course, Step, along
from .world import World


@dataclass(frozen=True, slots=True)
class InboundStep(Step[InboundStatus]):
    """With the buckets between which goods move at its end, and how many of a line's pieces do."""

    out_of: Bucket
    into: Bucket
    reason: Reason
    moves: Callable[[int], int]


def _all(quantity: int) -> int:
    return quantity


def _first_half(quantity: int) -> int:
    return quantity // 2


def _second_half(quantity: int) -> int:
    return quantity - quantity // 2


INBOUND: Mapping[InboundStatus, InboundStep] = MappingProxyType(
    {
        InboundStatus.NOT_ARRIVED: InboundStep(
            7 * DAY, InboundStatus.ARRIVED, Bucket.IN_TRANSIT, Bucket.RECEIVED, Reason.GOODS_ARRIVED, _all
        ),
        InboundStatus.ARRIVED: InboundStep(
            12 * HOUR, InboundStatus.PARTLY_PUT_AWAY, Bucket.RECEIVED, Bucket.AVAILABLE, Reason.PUT_AWAY, _first_half
        ),
        InboundStatus.PARTLY_PUT_AWAY: InboundStep(
            12 * HOUR, InboundStatus.PUT_AWAY, Bucket.RECEIVED, Bucket.AVAILABLE, Reason.PUT_AWAY, _second_half
        ),
    }
)
FILE_REVIEW_S = 2 * HOUR


def place_inbound(world: World, order: InboundOrder) -> None:
    """Take an inbound order on: its goods are in transit at once. Plans its next step."""
    world.inbound[order.number] = order
    world.inbound_by_seller_number[order.seller_number] = order.number
    world.inbound_timeline.add(order.created_at_s, order.number)
    for line in order.lines:
        changes = ((Bucket.IN_TRANSIT, line.quantity),)
        key = (line.sku, order.region)
        world.ledger.post(key, order.created_at_s, changes, Reason.INBOUND_SUBMITTED, order.number)
    INBOUND_COURSE.plan(world, order.number, order, order.created_at_s)


def put_away_pieces(order: InboundOrder) -> int:
    """How many pieces of an inbound order are on the shelf by now: those that its past steps made available."""
    on_the_shelf = [step for step in _past_steps(order) if step.into is Bucket.AVAILABLE]
    return sum(step.moves(line.quantity) for step in on_the_shelf for line in order.lines)


def inbound_times(order: InboundOrder) -> list[int]:
    """The instants at which an inbound order was placed and took its past steps, if nothing held it up."""
    times = [order.created_at_s]
    for step in _past_steps(order):
        times.append(times[-1] + step.lasts_s)
    return times


def file_status(file: CustomsFile, now_s: int) -> FileStatus:
    """Where a customs file is at an instant. Nothing else changes with it, so it is not an event of the agenda."""
    if now_s < file.uploaded_at_s + FILE_REVIEW_S:
        return FileStatus.UNDER_REVIEW
    return FileStatus.APPROVED if file.readable else FileStatus.REJECTED


def _past_steps(order: InboundOrder) -> list[InboundStep]:
    """The steps behind an inbound order; none if it left the way that the table shows."""
    steps, status = [], InboundStatus.NOT_ARRIVED
    while status is not order.status:
        if status not in INBOUND:
            return []
        steps.append(INBOUND[status])
        status = INBOUND[status].then
    return steps


def _take_step(world: World, order: InboundOrder, step: InboundStep, at_s: int) -> InboundOrder:
    for line in order.lines:
        moved = step.moves(line.quantity)
        if moved:
            changes = ((step.out_of, -moved), (step.into, moved))
            world.ledger.post((line.sku, order.region), at_s, changes, step.reason, order.number)
    world.inbound_timeline.add(at_s, order.number)
    return order._replace(status=step.then, changed_at_s=at_s)


INBOUND_COURSE = Course("inbound_order_moves_on", lambda world: world.inbound, along(INBOUND), _take_step)
