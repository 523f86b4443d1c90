"""Cost Estimation Response: what the parcel of an earlier Cost Estimation Request would cost, service by service.

Source: vendor docs pages, undated.
"""

import orjson

from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from .estimates import results

TAKES_S = 5
"""How long an estimate is worked on."""


def reference_unknown(reference: str, world: World) -> Broken:
    """No estimate was asked for under that id."""
    return None if reference in world.estimates else {"reference_id": reference}


def still_pending(reference: str, world: World) -> Broken:
    """The estimate is not worked out yet."""
    ready_at_s = world.estimates[reference].asked_at_s + TAKES_S
    return {"reference_id": reference} if world.now_s() < ready_at_s else None


RULES = (
    Rule("reference_unknown", reference_unknown),
    Rule("still_pending", still_pending),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: a row for each service; a Partial if some cannot be had."""
    reference = request["data"]["referenceId"]
    enforce(RULES, reference, world)
    return results(orjson.loads(world.estimates[reference].details))
