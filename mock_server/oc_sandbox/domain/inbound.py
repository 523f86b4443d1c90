"""How inbound orders go: their states, the time each lasts, and where the goods are meanwhile.

The states are the vendor's (clients name them); how long each lasts is ours, and plausible, not measured.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .durations import DAY, HOUR
from .ledger import Bucket, Reason
from .records import CustomsFile, FileStatus, InboundOrder, InboundStatus
from .steps import Course, Step, along
from .world import World


@dataclass(frozen=True, slots=True)
class InboundStep(Step[InboundStatus]):
    """With the buckets between which goods move at its end, and how.

    `moves` is how many of a line's pieces do, `handfuls` the parts in which they are carried: a movement for each.
    """

    out_of: Bucket
    into: Bucket
    reason: Reason
    moves: Callable[[int], int]
    handfuls: Callable[[int], Iterator[int]]


def _all(quantity: int) -> int:
    return quantity


def _first_half(quantity: int) -> int:
    return quantity // 2


def _second_half(quantity: int) -> int:
    return quantity - quantity // 2


HANDFUL = 4
MOST_HANDFULS = 25
"""A line is put away in handfuls, and in larger ones where it would take more than so many."""


def _at_once(pieces: int) -> Iterator[int]:
    if pieces:
        yield pieces


def _in_handfuls(pieces: int) -> Iterator[int]:
    handful = max(HANDFUL, -(-pieces // MOST_HANDFULS))
    while pieces:
        carried = min(handful, pieces)
        pieces -= carried
        yield carried


_SHELVING = Bucket.RECEIVED, Bucket.AVAILABLE, Reason.PUT_AWAY
INBOUND: Mapping[InboundStatus, InboundStep] = MappingProxyType(
    {
        InboundStatus.NOT_ARRIVED: InboundStep(
            7 * DAY, InboundStatus.ARRIVED, Bucket.IN_TRANSIT, Bucket.RECEIVED, Reason.GOODS_ARRIVED, _all, _at_once
        ),
        InboundStatus.ARRIVED: InboundStep(
            12 * HOUR, InboundStatus.PARTLY_PUT_AWAY, *_SHELVING, _first_half, _in_handfuls
        ),
        InboundStatus.PARTLY_PUT_AWAY: InboundStep(
            12 * HOUR, InboundStatus.PUT_AWAY, *_SHELVING, _second_half, _in_handfuls
        ),
    }
)
FILE_REVIEW_S = 2 * HOUR
APPOINTMENT_AFTER_S = DAY
"""How long after its placing an order that needs an appointment at the warehouse has one."""
HELD_BY_CUSTOMS = "held_by_customs"
"""What has happened, in place of a state, to an order that should have arrived."""


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
    if step.then is InboundStatus.ARRIVED:
        order = order._replace(arrived_at_s=at_s)
    for line in order.lines:
        for pieces in step.handfuls(step.moves(line.quantity)):
            changes = ((step.out_of, -pieces), (step.into, pieces))
            world.ledger.post((line.sku, order.region), at_s, changes, step.reason, order.number)
    world.inbound_timeline.add(at_s, order.number)
    return order._replace(status=step.then, changed_at_s=at_s)


INBOUND_COURSE = Course("inbound_order_moves_on", lambda world: world.inbound, along(INBOUND), _take_step)


def inbound_moves_on(world: World, number: str, at_s: int) -> str | bool:
    """The event's effect: the course's, unless customs keep the goods."""
    order = world.inbound[number]
    if order.status is InboundStatus.NOT_ARRIVED and _waits_for_customs(world, order, at_s):
        return HELD_BY_CUSTOMS
    return INBOUND_COURSE.moves_on(world, number, at_s)


def _waits_for_customs(world: World, order: InboundOrder, at_s: int) -> bool:
    """Whether customs keep an order's goods; its arrival is then planned anew, or left until a file is uploaded."""
    if not order.needs_customs_file:
        return False
    approved_at_s = _customs_approve_at_s(world, order.number)
    if approved_at_s is None:
        world.inbound[order.number] = order._replace(held_by_customs=True)
        return True
    if approved_at_s > at_s:
        world.plan(approved_at_s, INBOUND_COURSE.event, order.number)
        return True
    return False


def _customs_approve_at_s(world: World, number: str) -> int | None:
    """When the first of an order's files is approved, or was; None if none will be."""
    files = world.inbound_files.get(number, {}).values()
    return min((file.uploaded_at_s + FILE_REVIEW_S for file in files if file.readable), default=None)


def customs_files_came(world: World, number: str) -> None:
    """Plan the arrival of an order that customs hold, if it has a file by now that they will approve."""
    order = world.inbound[number]
    approved_at_s = _customs_approve_at_s(world, number)
    if order.held_by_customs and approved_at_s is not None:
        world.inbound[number] = order._replace(held_by_customs=False)
        world.plan(approved_at_s, INBOUND_COURSE.event, number)
