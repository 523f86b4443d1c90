"""GetStockAge: for how long what is available has lain there, one row for each SKU and region, page by page.

Source: vendor docs page, undated, cut off in the request; the rest is ours, after StockSnapshot v2.
"""

from bisect import bisect_right

from ...domain.durations import DAY
from ...domain.ledger import Bucket, Key
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import AGE_BRACKETS
from .stock_snapshot_v2 import page_of

FIRST_DAYS = [first_day for first_day, _ in AGE_BRACKETS]


def handle(request: Wire, world: World) -> Wire:
    """The rows of the asked page, in the order of SKU id and region."""
    return [_row(world, key) for key in page_of(request["data"], world.ledger)]


def _row(world: World, key: Key) -> Wire:
    sku, region = key
    pieces = [0] * len(AGE_BRACKETS)
    now_s = world.now_s()
    for layer in world.ledger.layers(sku, region):
        pieces[bisect_right(FIRST_DAYS, (now_s - layer.at_s) // DAY) - 1] += layer.pieces
    return {
        "MFSKUID": sku,
        "serviceRegion": region,
        "available": world.ledger.balance(sku, region, Bucket.AVAILABLE),
        "ageList": [{"age": text, "quantity": count} for (_, text), count in zip(AGE_BRACKETS, pieces, strict=True)],
    }
