"""SKU Label: where the labels are that every item of a SKU must bear.

Path, request and reply are ours: the vendor's page was never captured. What the labels are for: vendor handbook 2021.
"""

from collections.abc import Mapping

from ...domain.records import Sku
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from .papers import sku_label_link


def sku_unknown(codes: Mapping[str, None], world: World) -> Broken:
    """The seller has no SKU under one of the ids, and such are not left out."""
    if world.choices["unknown_sku_in_labels"] == "left_out":
        return None
    code = next((code for code in codes if code not in world.skus), None)
    return None if code is None else {"mf_sku_id": code}


RULES = (Rule("sku_unknown", sku_unknown),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: a row for each SKU, each once. Nothing is drawn before its URL is fetched."""
    codes = dict.fromkeys(row["mfskuid"] for row in request["data"]["mfskulist"])
    enforce(RULES, codes, world)
    return [_label_to(world.skus[code], world) for code in codes if code in world.skus]


def _label_to(sku: Sku, world: World) -> Wire:
    return {"MFSKUID": sku.code, "labelURL": sku_label_link(sku, world), "referenceSKUID": sku.reference}
