"""How orders and SKUs move on by themselves: tables of states, the time each lasts, and what a step does to the stock.

The states are the vendor's (clients name them); how long each lasts is ours, and plausible, not measured.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .ledger import Bucket, Reason
from .records import CustomsFile, FileStatus, InboundOrder, InboundStatus, OutboundOrder, OutboundStatus, SkuStatus
from .returns import RETURN_EVENTS
from .vas import VAS_EVENTS
from .world import Effect, World

MINUTE, HOUR, DAY = 60, 3600, 86400


class OutboundStep(NamedTuple):
    """A state, how long an order stays in it, and the state that follows."""

    lasts_s: int
    then: OutboundStatus


OUTBOUND: Mapping[OutboundStatus, OutboundStep] = MappingProxyType(
    {
        OutboundStatus.SUBMITTED: OutboundStep(5 * MINUTE, OutboundStatus.ACCEPTED),
        OutboundStatus.ACCEPTED: OutboundStep(25 * MINUTE, OutboundStatus.PICKING),
        OutboundStatus.PICKING: OutboundStep(30 * MINUTE, OutboundStatus.PICKED),
        OutboundStatus.PICKED: OutboundStep(HOUR, OutboundStatus.PACKED),
        OutboundStatus.PACKED: OutboundStep(2 * HOUR, OutboundStatus.SHIPPED),
        OutboundStatus.SHIPPED: OutboundStep(DAY, OutboundStatus.IN_DELIVERY),
        OutboundStatus.IN_DELIVERY: OutboundStep(2 * DAY, OutboundStatus.DELIVERED),
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
    return {status: OUTBOUND[status]._replace(then=then)}


TROUBLES: Mapping[OutboundStatus, Mapping[OutboundStatus, OutboundStep]] = MappingProxyType(
    {
        OutboundStatus.FAILED: _instead(OutboundStatus.PICKING, OutboundStatus.FAILED),
        OutboundStatus.EXCEPTION: _instead(OutboundStatus.IN_DELIVERY, OutboundStatus.EXCEPTION),
        OutboundStatus.UNDELIVERABLE_RETURN: {
            **_instead(OutboundStatus.IN_DELIVERY, OutboundStatus.EXCEPTION),
            OutboundStatus.EXCEPTION: OutboundStep(3 * DAY, OutboundStatus.UNDELIVERABLE_RETURN),
        },
    }
)
"""How an order that ends in trouble gets there: steps that take the place of the table's."""


class InboundStep(NamedTuple):
    """As OutboundStep; with the buckets between which goods move at its end, and how.

    `moves` is how many of a line's pieces do, `handfuls` the parts in which they are carried: a movement for each.
    """

    lasts_s: int
    then: InboundStatus
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

SKU: Mapping[SkuStatus, tuple[int, SkuStatus]] = MappingProxyType(
    {
        SkuStatus.DRAFT: (HOUR, SkuStatus.UNDER_REVIEW),
        SkuStatus.UNDER_REVIEW: (DAY, SkuStatus.ACTIVE),
    }
)
SKU_TROUBLES: Mapping[SkuStatus, Mapping[SkuStatus, SkuStatus]] = MappingProxyType(
    {SkuStatus.REVIEW_FAILED: {SkuStatus.UNDER_REVIEW: SkuStatus.REVIEW_FAILED}}
)
"""How a SKU that ends in trouble gets there: the states that follow in place of the table's, at the same times."""

FILE_REVIEW_S = 2 * HOUR
APPOINTMENT_AFTER_S = DAY
"""How long after its placing an order that needs an appointment at the warehouse has one."""
HELD_BY_CUSTOMS = "held_by_customs"
"""What has happened, in place of a state, to an order that should have arrived."""

OUTBOUND_DUE = "outbound_order_moves_on"
OUTBOUND_CANCELLED = "outbound_order_cancelled"
INBOUND_DUE = "inbound_order_moves_on"
SKU_DUE = "sku_moves_on"


def start_outbound(world: World, number: str) -> None:
    """Plan an outbound order's next step."""
    order = world.outbound[number]
    _plan_outbound(world, order, order.created_at_s)


def _plan_outbound(world: World, order: OutboundOrder, since_s: int) -> None:
    """Plan the next step, if there is one, of an order that is in its state since `since_s`."""
    step = _outbound_step(world, order)
    if step is not None:
        world.plan(_outbound_due_s(world, order, order.status, since_s + step.lasts_s), OUTBOUND_DUE, order.number)


def _outbound_step(world: World, order: OutboundOrder) -> OutboundStep | None:
    """What comes next for an order, trouble included."""
    trouble = world.outbound_troubles.get(order.number)
    if trouble is not None and order.status in TROUBLES[trouble]:
        return TROUBLES[trouble][order.status]
    return OUTBOUND.get(order.status)


def _outbound_due_s(world: World, order: OutboundOrder, status: OutboundStatus, due_s: int) -> int:
    """When an order really leaves a state that it could leave at `due_s`: the warehouse may not be at work yet."""
    hours_kept = world.choices.get("working_hours") == "kept"
    if status is OutboundStatus.ACCEPTED and hours_kept and order.region in world.working_hours:
        return max(due_s, world.working_hours[order.region].worked_on_from_s(order.created_at_s))
    return due_s


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
    for line in order.lines:
        changes = ((Bucket.AVAILABLE, -line.quantity), (Bucket.ALLOCATED, line.quantity))
        key = (line.sku, order.region)
        world.ledger.post(key, order.created_at_s, changes, Reason.OUTBOUND_SUBMITTED, order.number)
    start_outbound(world, order.number)


def cancel_outbound(world: World, number: str) -> None:
    """Cancel an outbound order that is still CANCELLABLE; its stock is available again at once."""
    order = world.outbound[number]
    _release(world, order, world.now_s())
    world.outbound[number] = order._replace(status=OutboundStatus.CANCELLED)
    world.happen(OUTBOUND_CANCELLED, number, OutboundStatus.CANCELLED.value)


def can_end_in(order: OutboundOrder, trouble: OutboundStatus) -> bool:
    """Whether the point at which an order runs into a trouble still lies before it."""
    status = order.status
    while status in OUTBOUND and status not in TROUBLES[trouble]:
        status = OUTBOUND[status].then
    return status in OUTBOUND


def _release(world: World, order: OutboundOrder, at_s: int) -> None:
    """Make the stock that was set aside for an order available again."""
    for line in order.lines:
        changes = ((Bucket.ALLOCATED, -line.quantity), (Bucket.AVAILABLE, line.quantity))
        world.ledger.post((line.sku, order.region), at_s, changes, Reason.OUTBOUND_CANCELLED, order.number)


def _outbound_moves_on(world: World, number: str, at_s: int) -> str | bool:
    order = world.outbound[number]
    step = _outbound_step(world, order)
    if step is None:  # cancelled meanwhile
        return False
    if step.then is OutboundStatus.SHIPPED:
        order = order._replace(left_at_s=at_s)
        world.outbound_left.add(at_s, number)
        for line in order.lines:
            key = (line.sku, order.region)
            world.ledger.post(key, at_s, ((Bucket.ALLOCATED, -line.quantity),), Reason.OUTBOUND_FULFILLED, number)
    elif step.then is OutboundStatus.FAILED:
        _release(world, order, at_s)
    world.outbound[number] = order = order._replace(status=step.then)
    _plan_outbound(world, order, at_s)
    return step.then.value


def start_inbound(world: World, number: str) -> None:
    """Note that an inbound order was placed, and plan its next step."""
    order = world.inbound[number]
    world.inbound_timeline.add(order.created_at_s, number)
    world.plan(order.created_at_s + INBOUND[order.status].lasts_s, INBOUND_DUE, number)


def _inbound_moves_on(world: World, number: str, at_s: int) -> str | bool:
    order = world.inbound[number]
    step = INBOUND.get(order.status)
    if step is None:
        return False
    if step.then is InboundStatus.ARRIVED:
        if _waits_for_customs(world, order, at_s):
            return HELD_BY_CUSTOMS
        order = order._replace(arrived_at_s=at_s)
    for line in order.lines:
        for pieces in step.handfuls(step.moves(line.quantity)):
            changes = ((step.out_of, -pieces), (step.into, pieces))
            world.ledger.post((line.sku, order.region), at_s, changes, step.reason, number)
    world.inbound[number] = order._replace(status=step.then, changed_at_s=at_s)
    world.inbound_timeline.add(at_s, number)
    if step.then in INBOUND:
        world.plan(at_s + INBOUND[step.then].lasts_s, INBOUND_DUE, number)
    return step.then.value


def _waits_for_customs(world: World, order: InboundOrder, at_s: int) -> bool:
    """Whether customs keep an order's goods; its arrival is then planned anew, or left until a file is uploaded."""
    if not order.needs_customs_file:
        return False
    approved_at_s = _customs_approve_at_s(world, order.number)
    if approved_at_s is None:
        world.inbound[order.number] = order._replace(held_by_customs=True)
        return True
    if approved_at_s > at_s:
        world.plan(approved_at_s, INBOUND_DUE, order.number)
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
        world.plan(approved_at_s, INBOUND_DUE, number)


def _inbound_steps(order: InboundOrder) -> list[InboundStep]:
    """The steps behind an inbound order; none if it left the way that the table shows."""
    steps, status = [], InboundStatus.NOT_ARRIVED
    while status is not order.status:
        if status not in INBOUND:
            return []
        steps.append(INBOUND[status])
        status = INBOUND[status].then
    return steps


def put_away_pieces(order: InboundOrder) -> int:
    """How many pieces of an inbound order are on the shelf by now: those that its past steps made available."""
    on_the_shelf = [step for step in _inbound_steps(order) if step.into is Bucket.AVAILABLE]
    return sum(step.moves(line.quantity) for step in on_the_shelf for line in order.lines)


def inbound_times(order: InboundOrder) -> list[int]:
    """The instants at which an inbound order was placed and took its past steps, if nothing held it up."""
    times = [order.created_at_s]
    for step in _inbound_steps(order):
        times.append(times[-1] + step.lasts_s)
    return times


def file_status(file: CustomsFile, now_s: int) -> FileStatus:
    """Where a customs file is at an instant. Nothing else changes with it, so it is not an event of the agenda."""
    if now_s < file.uploaded_at_s + FILE_REVIEW_S:
        return FileStatus.UNDER_REVIEW
    return FileStatus.APPROVED if file.readable else FileStatus.REJECTED


def start_sku(world: World, code: str) -> None:
    """Plan a SKU's next step towards being usable."""
    sku = world.skus[code]
    world.plan(sku.modified_at_s + SKU[sku.status][0], SKU_DUE, code)


def _sku_moves_on(world: World, code: str, at_s: int) -> str | bool:
    sku = world.skus[code]
    if sku.status not in SKU:
        return False
    instead = SKU_TROUBLES[world.sku_troubles[code]] if code in world.sku_troubles else {}
    then = instead.get(sku.status, SKU[sku.status][1])
    world.skus[code] = sku = sku._replace(status=then, modified_at_s=at_s)
    if sku.status in SKU:
        world.plan(at_s + SKU[sku.status][0], SKU_DUE, code)
    return sku.status.value


EVENTS: Mapping[str, Effect] = MappingProxyType(
    {
        OUTBOUND_DUE: _outbound_moves_on,
        INBOUND_DUE: _inbound_moves_on,
        SKU_DUE: _sku_moves_on,
        **RETURN_EVENTS,
        **VAS_EVENTS,
    }
)
