"""How goods come back: the states of a return order, the time each lasts, and what is then on the returns shelf.

States and times are ours, for nobody has seen them. What comes back lies apart from the stock of the ledger: nothing
tells that it can be sold again.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .ledger import Bucket
from .records import ReturnedPiece, ReturnOrder, ReturnStatus, Tracking
from .world import Effect, World

MINUTE, HOUR, DAY = 60, 3600, 86400


class ReturnStep(NamedTuple):
    """A state, how long an order stays in it, and the state that follows."""

    lasts_s: int
    then: ReturnStatus


RETURN: Mapping[ReturnStatus, ReturnStep] = MappingProxyType(
    {
        ReturnStatus.SUBMITTED: ReturnStep(10 * MINUTE, ReturnStatus.ACCEPTED),
        ReturnStatus.ACCEPTED: ReturnStep(DAY, ReturnStatus.IN_TRANSIT),
        ReturnStatus.IN_TRANSIT: ReturnStep(3 * DAY, ReturnStatus.ARRIVED),
        ReturnStatus.ARRIVED: ReturnStep(12 * HOUR, ReturnStatus.PUT_AWAY),
    }
)
RETURN_TAKES_S = sum(step.lasts_s for step in RETURN.values())
CANCELLABLE = frozenset({ReturnStatus.SUBMITTED, ReturnStatus.ACCEPTED})
UNDER_WAY = CANCELLABLE | {ReturnStatus.IN_TRANSIT}
"""The states in which a parcel can still be told of."""

RETURN_DUE = "return_order_moves_on"
RETURN_CANCELLED = "return_order_cancelled"


def submit_return(world: World, order: ReturnOrder) -> None:
    """Take a return order on, and plan its next step."""
    world.returns[order.number] = order
    world.return_numbers.append(order.number)
    world.return_by_reference[order.reference] = order.number
    if order.outbound_number:
        earlier = world.returns_of_outbound.get(order.outbound_number, ())
        world.returns_of_outbound[order.outbound_number] = (*earlier, order.number)
    start_return(world, order.number)


def start_return(world: World, number: str) -> None:
    """Plan a return order's next step."""
    order = world.returns[number]
    world.plan(order.changed_at_s + RETURN[order.status].lasts_s, RETURN_DUE, number)


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


def _return_moves_on(world: World, number: str, at_s: int) -> str | bool:
    order = world.returns[number]
    step = RETURN.get(order.status)
    if step is None:  # cancelled meanwhile
        return False
    order = order._replace(status=step.then, changed_at_s=at_s)
    if step.then is ReturnStatus.ACCEPTED:
        order = order._replace(labelled_at_s=at_s)
    if step.then is ReturnStatus.PUT_AWAY:
        world.returned.update((piece.unique_id, piece) for piece in pieces_of(order))
    world.returns[number] = order
    if step.then in RETURN:
        start_return(world, number)
    return step.then.value


def pieces_of(order: ReturnOrder) -> Iterator[ReturnedPiece]:
    """The pieces of a return as they were when they were put away, the last thing that happened to it."""
    for line in order.lines:
        for unique_id in line.unique_ids:
            where = order.warehouse_code, Bucket.AVAILABLE.name.lower()
            yield ReturnedPiece(unique_id, line.sku, *where, *line.size, order.changed_at_s)


RETURN_EVENTS: Mapping[str, Effect] = MappingProxyType({RETURN_DUE: _return_moves_on})
