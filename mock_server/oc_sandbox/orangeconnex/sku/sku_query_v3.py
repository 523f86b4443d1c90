"""SKUQuery v3: the seller's SKUs, by ids and by the day of their last change, in pages.

Source: vendor docs page, undated; vendor handbook 2021; client in production 2026-04.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

import orjson

from ...domain.durations import DAY
from ...domain.records import Sku
from ...domain.world import World
from ...formats import parse_date
from ...refusal import Wire
from ..vocabulary import SKU_STATUSES

# What the caller gave comes back under the answer's spelling; of a list's entries only the keys that are known.
GIVEN: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "SIOC": ("SIOC", ()),
        "SKUDescription": ("SKUdescription", ()),
        "SKUNameList": ("SKUNameList", ("SKUName", "attributeDescription", "languageCode")),
        "SKUPictureURLList": ("SKUPictureURLList", ("SKUPictureURL",)),
        "batteryForm": ("batteryForm", ()),
        "batteryNumber": ("batteryNumber", ()),
        "batteryType": ("batteryType", ()),
        "countryOfOrigin": ("countryOfOrigin", ()),
        "dimensionUnit": ("dimensionUnit", ()),
        "fileList": ("fileList", ("fileRegion", "fileType", "fileUrl")),
        "serviceRegionList": ("serviceRegionList", ("serviceRegion", "withBrand")),
    }
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: one page of SKUs."""
    query = request["data"]
    page, limit = int(query["page"]), int(query["limit"])
    first = (page - 1) * limit
    if first >= len(world.skus):
        return []
    return [_sku_to(sku) for sku in islice(_changed_in(query, _selected(query, world)), first, first + limit)]


def _selected(query: Wire, world: World) -> Iterable[Sku]:
    """The SKUs that the lists name, each once; all of them if there is no list."""
    by_id, by_reference, by_seller = (
        query.get(name, ()) for name in ("mfskulist", "referenceSKUIDList", "sellerSKUIDList")
    )
    if not any(row for rows in (by_id, by_reference, by_seller) for row in rows):
        return world.skus.values()
    codes = [row.get("mfskuid") for row in by_id]
    codes += [world.sku_by_reference.get(row.get("referenceSKUID")) for row in by_reference]
    # Only the portal, which the sandbox lacks, can make sellerSKUID another than the reference.
    codes += [world.sku_by_reference.get(row.get("sellerSKUID")) for row in by_seller]
    return (world.skus[code] for code in dict.fromkeys(codes) if code in world.skus)


def _changed_in(query: Wire, skus: Iterable[Sku]) -> Iterator[Sku]:
    start_s = _day_s(query["startTime"]) if "startTime" in query else None
    end_s = _day_s(query["endTime"]) + DAY if "endTime" in query else None
    for sku in skus:
        if (start_s is None or sku.modified_at_s >= start_s) and (end_s is None or sku.modified_at_s < end_s):
            yield sku


def _day_s(text: str) -> int:
    """The epoch second with which a day begins. The day after it may lie behind the last that a datetime can hold."""
    return int(parse_date(text).timestamp())


def _sku_to(sku: Sku) -> Wire:
    given = orjson.loads(sku.details)
    row = {
        name: _known(given[key], inner) if inner else given[key] for name, (key, inner) in GIVEN.items() if key in given
    }
    row |= {
        "MFSKUID": sku.code,
        "referenceSKUID": sku.reference,
        "sellerSKUID": sku.seller_code,
        "status": SKU_STATUSES[sku.status],
    }
    return dict(sorted(row.items()))


def _known(rows: Wire, keys: tuple[str, ...]) -> Wire:
    return [{key: row[key] for key in keys if key in row} for row in rows]
