"""StockSnapshot v2: what lies where, one row for each SKU and region, page by page.

Source: vendor request collection 2024; shape of the answer: client in production 2026-04.
"""

from collections.abc import Iterator
from itertools import islice

from ...domain.ledger import BUCKETS, Key, Ledger
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import BUCKET_FIELDS


def handle(request: Wire, world: World) -> Wire:
    """The rows of the asked page, in the order of SKU id and region."""
    return [_row(world.ledger, key) for key in page_of(request["data"], world.ledger)]


def page_of(query: Wire, ledger: Ledger) -> Iterator[Key]:
    """The shelves of the page that a query asks for, filtered by its lists, in the order of SKU id and region."""
    skus = {row["mfSkuId"] for row in query.get("skuList", ())}
    regions = {row["serviceRegion"] for row in query.get("serviceRegionList", ())}
    size = int(query["pageSize"])
    first = (int(query["pageNumber"]) - 1) * size
    wanted = (key for key in _keys(ledger, skus) if not regions or key[1] in regions)
    return islice(wanted, first, first + size)


def _keys(ledger: Ledger, skus: set[str]) -> Iterator[Key]:
    if not skus:
        yield from sorted(ledger.shelves())
    for sku in sorted(skus):
        for region in sorted(ledger.regions(sku)):
            yield sku, region


def _row(ledger: Ledger, key: Key) -> Wire:
    sku, region = key
    quantities = {BUCKET_FIELDS[bucket]: ledger.balance(sku, region, bucket) for bucket in BUCKETS}
    return {"MFSKUID": sku, "serviceRegion": region, **quantities}
