"""How goods come back: the states of a return order, the time each lasts, and what is then on the returns shelf.

States and times are ours, for nobody has seen them. What comes back lies apart from the stock of the ledger: nothing
tells that it can be sold again.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .durations import DAY, HOUR, MINUTE
from .ledger import Bucket
from .records import ReturnedPiece, ReturnOrder, ReturnStatus, Tracking
from .steps import Course, Step, along
from .world import World

ReturnStep = Step[ReturnStatus]

RETURN: Mapping[ReturnStatus, ReturnStep] = MappingProxyType(
    {
        ReturnStatus.SUBMITTED: Step(10 * MINUTE, ReturnStatus.ACCEPTED),
        ReturnStatus.ACCEPTED: Step(DAY, ReturnStatus.IN_TRANSIT),
        ReturnStatus.IN_TRANSIT: Step(3 * DAY, ReturnStatus.ARRIVED),
        ReturnStatus.ARRIVED: Step(12 * HOUR, ReturnStatus.PUT_AWAY),
    }
)
RETURN_TAKES_S = sum(step.lasts_s for step in RETURN.values())
CANCELLABLE = frozenset({ReturnStatus.SUBMITTED, ReturnStatus.ACCEPTED})
UNDER_WAY = CANCELLABLE | {ReturnStatus.IN_TRANSIT}
"""The states in which a parcel can still be told of."""

RETURN_CANCELLED = "return_order_cancelled"


def submit_return(world: World, order: ReturnOrder) -> None:
    """Take a return order on, and plan its next step."""
    world.returns[order.number] = order
    world.return_numbers.append(order.number)
    world.return_by_reference[order.reference] = order.number
    if order.outbound_number:
        earlier = world.returns_of_outbound.get(order.outbound_number, ())
        world.returns_of_outbound[order.outbound_number] = (*earlier, order.number)
    RETURN_COURSE.plan(world, order.number, order, order.changed_at_s)


def cancel_return(world: World, number: str) -> None:
    """Cancel a return order that is still CANCELLABLE."""
    order = world.returns[number]
    world.returns[number] = order._replace(status=ReturnStatus.CANCELLED, changed_at_s=world.now_s())
    world.happen(RETURN_CANCELLED, number, ReturnStatus.CANCELLED.value)


def track_return(world: World, number: str, tracking: Tracking) -> None:
    """Note under which number a return that is UNDER_WAY travels. When it arrives is not changed by that."""
    order = world.returns[number]
    world.returns[number] = order._replace(tracking=tracking, changed_at_s=world.now_s())


def returns_of(world: World, outbound_number: str) -> Iterator[ReturnOrder]:
    """The returns of an outbound order, but for the cancelled: no more than it had pieces."""
    known = (world.returns[number] for number in world.returns_of_outbound.get(outbound_number, ()))
    return (order for order in known if order.status is not ReturnStatus.CANCELLED)


def pieces_of(order: ReturnOrder) -> Iterator[ReturnedPiece]:
    """The pieces of a return as they were when they were put away, the last thing that happened to it."""
    for line in order.lines:
        for unique_id in line.unique_ids:
            where = order.warehouse_code, Bucket.AVAILABLE.name.lower()
            yield ReturnedPiece(unique_id, line.sku, *where, *line.size, order.changed_at_s)


def _take_step(world: World, order: ReturnOrder, step: ReturnStep, at_s: int) -> ReturnOrder:
    order = order._replace(status=step.then, changed_at_s=at_s)
    if step.then is ReturnStatus.ACCEPTED:
        order = order._replace(labelled_at_s=at_s)
    if step.then is ReturnStatus.PUT_AWAY:
        world.returned.update((piece.unique_id, piece) for piece in pieces_of(order))
    return order


RETURN_COURSE = Course("return_order_moves_on", lambda world: world.returns, along(RETURN), _take_step)
