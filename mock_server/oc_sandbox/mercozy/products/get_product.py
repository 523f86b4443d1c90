"""One product, by its id.

Source: vendor docs page.
"""

from ...domain.world import World
from ...refusal import Wire
from ..wire import product_named
from .wire import single_to


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`. Errors: Refused."""
    return single_to(product_named(request["id"], world), world)
