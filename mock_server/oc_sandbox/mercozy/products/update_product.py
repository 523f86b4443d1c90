"""Update a product: what the request names changes, the rest stays.

Source: vendor docs page.
"""

from ...domain.world import World
from ...refusal import Wire
from ..wire import product_named
from .wire import given_of, single_to


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the whole product. Errors: Refused."""
    product = product_named(request["id"], world)._replace(updated_at_s=world.now_s(), **given_of(request))
    world.products[product.product_id] = product
    return single_to(product, world)
