"""The label of a SKU: where it is, and how it looks. Both are ours; that items bear one: vendor handbook 2021."""

from collections.abc import Iterator
from datetime import datetime, timezone

import orjson

from ...domain.records import Sku
from ...domain.world import World
from ...paper import label
from ...wire import Link

SKU_LABELS = "sku-labels"
SIZE_MM = (100, 80)
# A SKU has no date that stands still, and its label is the same file each time it is fetched.
_DATED = datetime(2026, 1, 1, tzinfo=timezone.utc)
_ENDING = ".pdf"


def sku_label_link(sku: Sku, world: World) -> Link:
    """Where a SKU's label is."""
    return Link(f"/files/{world.address}/{SKU_LABELS}/{sku.code}{_ENDING}")


def sku_label(name: str, world: World) -> bytes | None:
    """The PDF of that name, whose barcode is OrangeConnex's id of the SKU; None where there is no such SKU."""
    sku = world.skus.get(name.removesuffix(_ENDING)) if name.endswith(_ENDING) else None
    return label("SKU", sku.code, _lines(sku), _DATED, SIZE_MM) if sku else None


def _lines(sku: Sku) -> Iterator[str]:
    """No more than find room below the barcode."""
    details = orjson.loads(sku.details)
    yield f"Seller's SKU: {sku.seller_code}"
    name = next((row["SKUName"] for row in details.get("SKUNameList", ()) if row.get("SKUName")), "")
    if name:
        yield name
    if "countryOfOrigin" in details:
        yield f"Made in {details['countryOfOrigin']}"
