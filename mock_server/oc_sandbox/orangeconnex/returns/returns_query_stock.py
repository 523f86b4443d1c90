"""Return stock snapshot: returned pieces by their unique ids, page by page.

Source: vendor docs page 2026-06-17, whose reply has placeholder values only.
"""

from ...domain.ledger import Bucket
from ...domain.records import ReturnedPiece
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import BUCKET_FIELDS
from ..wire import reply_time

SHOWN = (
    Bucket.AVAILABLE,
    Bucket.ALLOCATED,
    Bucket.ON_HOLD,
    Bucket.IN_VALUE_ADDED_SERVICE,
    Bucket.UNFULFILLABLE,
    Bucket.SUSPENDED,
)
"""The buckets in which a returned piece can lie, in the order of the reply."""


def handle(request: Wire, world: World) -> Wire:
    """The answer's `result`: a page of the pieces found, and the ids that were not."""
    query = request["data"]
    number, size = int(query["pageNumber"]), int(query["pageSize"])
    asked = list(dict.fromkeys(query["uniqueIdList"]))
    found = [world.returned[unique_id] for unique_id in asked if unique_id in world.returned]
    missing = [unique_id for unique_id in asked if unique_id not in world.returned]
    pages = -(-len(found) // size)
    return {
        "pageNumber": number,
        "pageSize": size,
        "hasNextPage": number < pages,
        "totalPage": pages,
        "serviceType": query["serviceType"],
        "inventoryList": [_piece_to(piece) for piece in found[(number - 1) * size : number * size]],
        "requestCount": len(asked),
        "successCount": len(found),
        "failedCount": len(missing),
        "failedList": missing,
    }


def _piece_to(piece: ReturnedPiece) -> Wire:
    return {
        "uniqueId": piece.unique_id,
        "mfSkuId": piece.sku,
        "warehouseCode": piece.warehouse_code,
        **{BUCKET_FIELDS[bucket]: int(piece.bucket == bucket.name.lower()) for bucket in SHOWN},
        "length": piece.length_mm,
        "width": piece.width_mm,
        "height": piece.height_mm,
        "lengthUnit": "mm",
        "weight": piece.weight_g,
        "weightUnit": "g",
        "putAwayTime": reply_time(piece.put_away_at_s),
    }
