"""What several operations of the group read of a return order, and of the request that names one."""

from ...domain.records import Line, PieceSize, ReturnOrder, ReturnStatus, Tracking
from ...domain.world import World
from ...refusal import Broken, Wire
from ..parcels import channel_of, weight_of

PIECE_MM = (300, 200, 100)


def size_of(sku: str) -> PieceSize:
    """What the warehouse will measure of a piece. Made up, but for the weight, which is the rate table's."""
    return PieceSize(*PIECE_MM, int(weight_of((Line(sku, 1),))))


def label_tracking(order: ReturnOrder) -> Tracking:
    """For which carrier the label is made out, and its number."""
    channel = channel_of(order.region, "")
    return Tracking(number=channel.tracking_number(order.number, comes_back=True), carrier=channel.name, carton="")


def tracking_of(order: ReturnOrder) -> Tracking | None:
    """Under which number the parcel travels: the seller's own word, else the label's; None before there is either."""
    if order.tracking is not None or order.labelled_at_s is None:
        return order.tracking
    return label_tracking(order)


def return_unknown(query: Wire, world: World) -> Broken:
    """The seller has no return under OrangeConnex's number."""
    number = query["orderNumber"]
    return None if number in world.returns else {"order_number": number}


def already_cancelled(query: Wire, world: World) -> Broken:
    """The return was cancelled before."""
    number = query["orderNumber"]
    return {"order_number": number} if world.returns[number].status is ReturnStatus.CANCELLED else None
