"""The synchronous freight estimate: what a parcel would cost, at once.

Source: vendor docs page, undated, cut off in the request; the rest is ours, after the asynchronous pair.
"""

from ...domain.world import World
from ...refusal import Wire, enforce
from . import cost_estimation_request
from .estimates import results

RULES = tuple(rule for rule in cost_estimation_request.RULES if rule.error != "reference_repeated")


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: a row for each service; a Partial if some cannot be had."""
    parcel = request["data"]
    enforce(RULES, parcel, world)
    return results(parcel)
