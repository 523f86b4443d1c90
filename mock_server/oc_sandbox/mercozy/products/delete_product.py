"""Delete a product: it is found no more, but kept with its stock and movements, should it be restored.

Source: vendor docs page.
"""

from ...domain.world import World
from ...refusal import Wire
from ..wire import product_named
from .wire import single_to


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the product as it was. Errors: Refused."""
    product = product_named(request["id"], world)
    world.products[product.product_id] = product._replace(deleted_at_s=world.now_s())
    return single_to(product, world)
