"""Of which SKU returned pieces are.

Source: navigation of the vendor docs page 2026-06-17, which has name and method; the rest is ours, after the query of
the return stock.
"""

from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce


def sku_unknown(link: Wire, world: World) -> Broken:
    """The seller has no such SKU."""
    sku = link["mfSkuId"]
    return None if sku in world.skus else {"mf_sku_id": sku}


RULES = (Rule("sku_unknown", sku_unknown),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `result`: how many pieces were linked, and the ids that are none's."""
    link = request["data"]
    enforce(RULES, link, world)
    asked = list(dict.fromkeys(link["uniqueIdList"]))
    missing = [unique_id for unique_id in asked if unique_id not in world.returned]
    sku = world.one_copy(link["mfSkuId"])
    for unique_id in asked:
        if unique_id in world.returned:
            world.returned[unique_id] = world.returned[unique_id]._replace(sku=sku)
    return {
        "requestCount": len(asked),
        "successCount": len(asked) - len(missing),
        "failedCount": len(missing),
        "failedList": missing,
    }
