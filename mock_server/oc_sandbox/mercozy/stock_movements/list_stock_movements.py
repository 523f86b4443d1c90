"""List stock movements: a page of them, newest first, by product, warehouse, type and time.

Source: vendor docs page.
"""

from ...domain.shop import Wanted
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import KINDS
from ..wire import first_second, last_second, page_of, skipped
from .wire import movement_to


def handle(request: Wire, world: World) -> Wire:
    """The whole answer, `data` and `meta`."""
    wanted = Wanted(
        product_id=request.get("productId"),
        warehouse_id=request.get("warehouseId"),
        kind=KINDS[request["movementType"]] if "movementType" in request else None,
        start_s=first_second(request["from"]) if "from" in request else None,
        end_s=last_second(request["to"]) if "to" in request else None,
    )
    total, found = world.shop_movements.newest_first(wanted, skipped(request), request["limit"])
    return page_of([movement_to(movement, world) for movement in found], total, request)
