"""GetStockMovement: the movements of SKUs inside a window of time, grouped by region and bucket.

Source: vendor docs page 2025-06-18; shape of the answer: client in production 2026-04.
"""

from collections.abc import Iterable

from ...domain.ledger import Bucket, Movement
from ...domain.world import World
from ...refusal import Wire
from ...wire import epoch_s
from ..vocabulary import BUCKET_CODES, REASON_CODES, number
from ..wire import reply_time


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: SKUs in the order asked for, or all of the seller's."""
    query = request["data"]
    start_s, end_s = epoch_s(query["startTime"]), epoch_s(query["endTime"])
    asked = [row["mfSkuId"] for row in query.get("mfSkuList", ())]
    found = []
    for code in dict.fromkeys(asked) if asked else world.skus:
        regions = [
            {"inventoryList": buckets, "serviceRegion": region}
            for region in world.ledger.regions(code)
            if (buckets := _buckets(world.ledger.shelf(code, region).between(start_s, end_s)))
        ]
        if regions:
            found.append({"MFSKUID": code, "sellerSkuId": world.skus[code].seller_code, "serviceRegionList": regions})
    return found


def _buckets(movements: Iterable[Movement]) -> list[Wire]:
    by_bucket: dict[Bucket, list[Wire]] = {}
    for movement in movements:
        by_bucket.setdefault(movement.bucket, []).append(_movement_to(movement))
    return [
        {"inventoryStatus": BUCKET_CODES[bucket], "movementList": by_bucket[bucket]} for bucket in sorted(by_bucket)
    ]


def _movement_to(movement: Movement) -> Wire:
    row = {
        "actualCount": movement.after,
        "moventmentID": number("movement", movement.serial),
        "quantity": movement.change,
        "reason": REASON_CODES[movement.reason],
        "updateTime": reply_time(movement.at_s),
    }
    if movement.order_number is not None:
        row["orderNumber"] = movement.order_number
    return row
