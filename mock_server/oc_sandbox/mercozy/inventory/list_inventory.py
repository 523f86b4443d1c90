"""List inventory levels: a page of stock records, by warehouse or only those that run low.

Source: vendor docs page.
"""

from ...domain.world import World
from ...refusal import Wire
from ..wire import page_of, product_found, skipped
from .wire import listed_to, stock_of


def handle(request: Wire, world: World) -> Wire:
    """The whole answer, `data` and `meta`."""
    warehouse_id, low_only = request.get("warehouseId"), request.get("lowStock", False)
    # As many as products in warehouses, which the number of movements does not change.
    stocks = [
        stock
        for product_id, region in world.ledger.shelves()
        if warehouse_id in (None, region) and (product := product_found(product_id, world)) is not None
        if (stock := stock_of(product, region, world)).low or not low_only
    ]
    skip = skipped(request)
    rows = [listed_to(stock, world) for stock in stocks[skip : skip + request["limit"]]]
    return page_of(rows, len(stocks), request)
