"""QuerySKUEFService: what SKUSetupEFService has set up, in pages.

Path, request and reply are ours: the vendor's page was never captured, only the names of its schemas.
"""

from collections.abc import Iterable
from itertools import islice

import orjson

from ...domain.records import Sku
from ...domain.world import World
from ...refusal import Wire


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: one page of the SKUs that are set up."""
    query = request["data"]
    page, limit = int(query["page"]), int(query["limit"])
    first = (page - 1) * limit
    if first >= len(world.skus):
        return []
    found = (sku for sku in _named(query, world) if sku.ef_service)
    return [_set_up_to(sku) for sku in islice(found, first, first + limit)]


def _named(query: Wire, world: World) -> Iterable[Sku]:
    """The SKUs that the list names, each once; all of them if there is no list."""
    rows = [row for row in query.get("mfskulist", ()) if row]
    if not rows:
        return world.skus.values()
    codes = dict.fromkeys(row.get("mfskuid") for row in rows)
    return (world.skus[code] for code in codes if code in world.skus)


def _set_up_to(sku: Sku) -> Wire:
    row = {"MFSKUID": sku.code, "referenceSKUID": sku.reference, **orjson.loads(sku.ef_service)}
    return dict(sorted(row.items()))
