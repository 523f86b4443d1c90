"""One call for two ends: to cancel a return, or to tell under which number it travels.

Source: vendor docs page, undated, cut off in the request; what tells the two apart is ours.
"""

from ...domain.records import ReturnStatus, Tracking
from ...domain.returns import CANCELLABLE, UNDER_WAY, cancel_return, track_return
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ..vocabulary import RETURN_STATUSES
from .orders import already_cancelled, return_unknown


def over(data: Wire, world: World) -> Broken:
    """It was cancelled before, and this is no second cancellation that is let pass."""
    return None if _cancelled_again(data, world) else already_cancelled(data, world)


def too_late(data: Wire, world: World) -> Broken:
    """It is to be cancelled, and travels or has arrived."""
    number = data["orderNumber"]
    open_to_it = world.returns[number].status in CANCELLABLE or _cancelled_again(data, world)
    late = "trackingNumber" not in data and not open_to_it
    return {"order_number": number} if late else None


def not_under_way(data: Wire, world: World) -> Broken:
    """Its parcel is to be told of, and has arrived."""
    number = data["orderNumber"]
    late = "trackingNumber" in data and world.returns[number].status not in UNDER_WAY
    return {"order_number": number} if late else None


def _cancelled_again(data: Wire, world: World) -> bool:
    accepted = world.choices["second_cancellation"] == "accepted"
    cancelled = world.returns[data["orderNumber"]].status is ReturnStatus.CANCELLED
    return accepted and cancelled and "trackingNumber" not in data


RULES = (
    Rule("return_unknown", return_unknown),
    Rule("already_cancelled", over),
    Rule("too_late", too_late),
    Rule("not_under_way", not_under_way),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `result`: the return's number and status."""
    data = request["data"]
    number = data["orderNumber"]
    enforce(RULES, data, world)
    if "trackingNumber" in data:
        track_return(world, number, Tracking(data["trackingNumber"], data.get("carrier", ""), carton=""))
    elif world.returns[number].status is not ReturnStatus.CANCELLED:
        cancel_return(world, number)
    return {"orderNumber": number, "orderStatus": RETURN_STATUSES[world.returns[number].status]}
