"""The label of a return, as the URL of a PDF.

Source: vendor docs page, undated, title, method and path alone; the rest is ours, after Inbound Label Query.
"""

from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from .orders import already_cancelled, label_tracking, return_unknown
from .papers import return_label_link


def label_not_ready(query: Wire, world: World) -> Broken:
    """The return is not accepted yet."""
    number = query["orderNumber"]
    return {"order_number": number} if world.returns[number].labelled_at_s is None else None


RULES = (
    Rule("return_unknown", return_unknown),
    Rule("already_cancelled", already_cancelled),
    Rule("label_not_ready", label_not_ready),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `result`. Nothing is drawn before its URL is fetched."""
    enforce(RULES, request, world)
    order = world.returns[request["orderNumber"]]
    tracking = label_tracking(order)
    return {
        "orderNumber": order.number,
        "carrier": tracking.carrier,
        "trackingNumber": tracking.number,
        "labelUrl": return_label_link(order, world),
    }
