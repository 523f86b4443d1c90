"""Upload TrackingNo: the parcels in which an express inbound order travels.

Source: vendor docs page, undated; vendor handbook 2021.
"""

from ...domain.records import Tracking
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ..vocabulary import EXPRESS
from .orders import cartons_of, order_unknown, shipping_method


def not_express(upload: Wire, world: World) -> Broken:
    """The order travels by truck."""
    number = upload["inboundNumber"]
    return None if shipping_method(world.inbound[number]) == EXPRESS else {"inbound_number": number}


def carton_unknown(upload: Wire, world: World) -> Broken:
    """A parcel holds a carton that is not the order's, by either of its numbers."""
    cartons = cartons_of(world.inbound[upload["inboundNumber"]])
    known = {"", *(carton.number for carton in cartons), *(carton.seller_number for carton in cartons)}
    wanted = (row.get("cartonNumber", "") for row in upload["trackingList"])
    number = next((number for number in wanted if number not in known), None)
    return None if number is None else {"carton_number": number}


RULES = (
    Rule("order_unknown", order_unknown),
    Rule("not_express", not_express),
    Rule("carton_unknown", carton_unknown),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the two numbers of the request."""
    upload = request["data"]
    enforce(RULES, upload, world)
    trackings = world.inbound_trackings.setdefault(upload["inboundNumber"], {})
    for row in upload["trackingList"]:
        number = row["trackingNumber"]
        trackings[number] = Tracking(number, row.get("carrier", ""), row.get("cartonNumber", ""))
    return {"inboundNumber": upload["inboundNumber"], "referenceNumber": upload["referenceNumber"]}
