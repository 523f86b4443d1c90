"""SKUCreation v3: SKUs for the seller's catalogue, up to 200 in one call. Each starts as a draft.

Source: vendor docs page, undated; what becomes of a draft: vendor handbook 2021.
"""

from ...batches import take_each
from ...domain.records import Sku, SkuStatus
from ...domain.skus import add_sku
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import packed
from ..vocabulary import SKU_TROUBLE_WORDS, number


def reference_taken(sku: Sku, world: World) -> Broken:
    """The seller has a SKU under that reference."""
    return {"id": sku.reference} if sku.reference in world.sku_by_reference else None


RULES = (Rule("reference_taken", reference_taken),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: id and reference of each SKU taken on; a Partial if some were refused."""
    return take_each(request["data"], _take, world)


def _take(row: Wire, world: World) -> Wire:
    sku = _sku_from(row, world)
    enforce(RULES, sku, world)
    added = _add(sku, world)
    trouble = SKU_TROUBLE_WORDS.get(row.get("SKUdescription"))
    if trouble is not None:
        world.sku_troubles[added["MFSKUID"]] = trouble
    return added


def _sku_from(row: Wire, world: World) -> Sku:
    reference = row["referenceSKUID"]
    return Sku(
        code="",
        reference=reference,
        seller_code=reference,
        status=SkuStatus.DRAFT,
        modified_at_s=world.now_s(),
        details=packed(row),
    )


def _add(sku: Sku, world: World) -> Wire:
    sku = sku._replace(code=number("mf_sku_id", world.ids.next("mf_sku_id")))
    add_sku(world, sku)
    return {"MFSKUID": sku.code, "referenceSKUID": sku.reference}
