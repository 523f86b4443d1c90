"""GetStockMovement: the movements of SKUs inside a window of time, grouped by region and bucket.

Source: vendor docs page 2025-06-18; shape of the answer: client in production 2026-04.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from ...domain.ledger import BUCKETS, Bucket, Movement, Reason
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import epoch_s
from ..vocabulary import BUCKET_CODES, REASON_CODES, REASON_TEXTS, number
from ..wire import reply_time


class Spelling(NamedTuple):
    """How a movement is written where nobody has seen it for certain."""

    id_key: str
    ids_per: str
    reasons: Mapping[Reason, str]


@cache
def _spelling(id_key: str, ids_per: str, reason: str) -> Spelling:
    return Spelling(id_key, ids_per, {each: _reason(each, reason) for each in Reason})


def _reason(reason: Reason, form: str) -> str:
    """A reason as it is written; one that was never seen with a code is its text in any form."""
    code, text = REASON_CODES[reason], REASON_TEXTS[reason]
    return text if code is None else form.format(code=code, text=text)


def sku_unknown(codes: list[str], world: World) -> Broken:
    """The seller has no such SKU, and may not ask for it."""
    if world.choices["unknown_sku_in_movements"] == "no_rows":
        return None
    unknown = next((code for code in codes if code not in world.skus), None)
    return None if unknown is None else {"mf_sku_id": unknown}


RULES = (Rule("sku_unknown", sku_unknown),)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: SKUs in the order asked for, or all of the seller's."""
    query = request["data"]
    start_s, end_s = epoch_s(query["startTime"]), epoch_s(query["endTime"])
    asked = [row["mfSkuId"] for row in query.get("mfSkuList", ())]
    enforce(RULES, asked, world)
    choices = world.choices
    spelling = _spelling(choices["movement_id_key"], choices["movement_ids"], choices["movement_reason"])
    found = []
    for code in dict.fromkeys(asked) if asked else world.skus:
        regions = [
            {"inventoryList": buckets, "serviceRegion": region}
            for region in world.ledger.regions(code)
            if (buckets := _buckets(world.ledger.shelf(code, region).between(start_s, end_s), spelling))
        ]
        if regions:
            found.append({"MFSKUID": code, "sellerSkuId": world.skus[code].seller_code, "serviceRegionList": regions})
    return found


def _buckets(movements: Iterable[Movement], spelling: Spelling) -> list[Wire]:
    by_bucket: dict[Bucket, list[Wire]] = {}
    for movement in movements:
        by_bucket.setdefault(movement.bucket, []).append(_movement_to(movement, spelling))
    return [
        {"inventoryStatus": BUCKET_CODES[bucket], "movementList": by_bucket[bucket]} for bucket in sorted(by_bucket)
    ]


def _movement_to(movement: Movement, spelling: Spelling) -> Wire:
    row = {
        "actualCount": movement.after,
        spelling.id_key: number("movement", _serial(movement, spelling.ids_per)),
        "quantity": movement.change,
        "reason": spelling.reasons[movement.reason],
        "updateTime": reply_time(movement.at_s),
    }
    if movement.order_number is not None:
        row["orderNumber"] = movement.order_number
    return row


def _serial(movement: Movement, ids_per: str) -> int:
    """A movement's number in the row of all numbers, of which each event has one for each bucket."""
    first = movement.serial * len(BUCKETS)
    return first + movement.bucket if ids_per == "line" else first
