"""StockSnapshot v2: what lies where, one row for each SKU and region, page by page.

Source: vendor request collection 2024; shape of the answer: client in production 2026-04.
"""

from collections.abc import Sequence

from ...domain.ledger import BUCKETS, Key, Ledger
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import BUCKET_FIELDS


def handle(request: Wire, world: World) -> Wire:
    """The rows of the asked page, in the order of SKU id and region."""
    return [_row(world.ledger, key) for key in page_of(request["data"], world.ledger)]


def page_of(query: Wire, ledger: Ledger) -> Sequence[Key]:
    """The shelves of the page that a query asks for, filtered by its lists, in the order of SKU id and region."""
    skus = {row["mfSkuId"] for row in query.get("skuList", ())}
    regions = {row["serviceRegion"] for row in query.get("serviceRegionList", ())}
    size = int(query["pageSize"])
    first = (int(query["pageNumber"]) - 1) * size
    keys = _of_skus(ledger, skus) if skus else ledger.sorted_shelves()
    if regions:
        keys = [key for key in keys if key[1] in regions]
    return keys[first : first + size]


def _of_skus(ledger: Ledger, skus: set[str]) -> Sequence[Key]:
    return [(sku, region) for sku in sorted(skus) for region in sorted(ledger.regions(sku))]


def _row(ledger: Ledger, key: Key) -> Wire:
    sku, region = key
    quantities = {BUCKET_FIELDS[bucket]: ledger.balance(sku, region, bucket) for bucket in BUCKETS}
    return {"MFSKUID": sku, "serviceRegion": region, **quantities}
