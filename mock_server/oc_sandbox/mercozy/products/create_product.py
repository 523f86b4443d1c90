"""Create a product: one more in the catalogue, of which there is no stock yet.

Source: vendor docs page.
"""

from ...domain.shop import Product
from ...domain.world import World
from ...refusal import Wire
from .wire import given_of, single_to


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the whole product."""
    now_s = world.now_s()
    product = Product(
        product_id=f"prod_{world.ids.opaque('product', 8).hex()}",
        low_stock_threshold=0,
        created_at_s=now_s,
        updated_at_s=now_s,
        **given_of(request),
    )
    world.products[product.product_id] = product
    return single_to(product, world)
