"""List products: a page of the catalogue.

Source: vendor docs page.
"""

from ...domain.world import World
from ...refusal import Wire
from ..wire import page_of, skipped
from .wire import listed_to


def handle(request: Wire, world: World) -> Wire:
    """The whole answer, `data` and `meta`."""
    skip = skipped(request)
    found = [product for product in world.products.values() if product.deleted_at_s is None]
    page = found[skip : skip + request["limit"]]
    return page_of([listed_to(product, world) for product in page], len(found), request)
