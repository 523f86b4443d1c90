"""Fee detail query: what the seller was charged in a window of time, fee by fee, page by page.

Nothing is kept for it: a fee follows from an order that has left, with the figures of its parcel and the time at which
it left. Source: ours; of the page only the title is known (vendor docs page 2026-06-17).
"""

from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate, chain, islice
from typing import NamedTuple

from ...domain.outbound import LEFT
from ...domain.records import OutboundOrder
from ...domain.world import World
from ...refusal import Wire
from ...wire import epoch_s
from ..parcels import parcel_of
from ..vocabulary import FREIGHT, HANDLING
from ..wire import amount_to, reply_time

CENT = Decimal("0.01")


class Fee(NamedTuple):
    """One charge, in `currency`. `sku` is empty where it is for a whole parcel."""

    kind: str
    sku: str
    amount: Decimal
    currency: str


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: a page of the fees found, and how many there are."""
    query = request["data"]
    number, size = int(query["pageNumber"]), int(query["pageSize"])
    left = _left_between(world, query, epoch_s(query["startTime"]), epoch_s(query["endTime"]))
    ends = list(accumulate(map(_count_of, left)))
    first = (number - 1) * size
    at = bisect_right(ends, first)
    skipped = first - (ends[at - 1] if at else 0)
    rows = chain.from_iterable(map(_rows_of, islice(left, at, None)))
    return {
        "feeList": list(islice(rows, skipped, skipped + size)),
        "pageNumber": number,
        "pageSize": size,
        "total": ends[-1] if ends else 0,
    }


def _left_between(world: World, query: Wire, start_s: int, end_s: int) -> list[OutboundOrder]:
    """The orders that left then, the first to leave first."""
    named = {row["orderNumber"] for row in query.get("orderNumberList", ()) if row.get("orderNumber")}
    numbers = named or world.outbound_left.between(start_s, end_s)
    known = (world.outbound[number] for number in numbers if number in world.outbound)
    left = (order for order in known if order.status in LEFT and start_s <= order.left_at_s <= end_s)
    return sorted(left, key=lambda order: (order.left_at_s, order.number))


def fees_of(order: OutboundOrder) -> Iterator[Fee]:
    """The fees of an order that has its parcel: freight, unless the seller brought the label, and handling by SKU."""
    parcel = parcel_of(order)
    if parcel is None:
        return
    if order.own_label is None:
        yield Fee(FREIGHT, "", parcel.freight, parcel.currency)
    pieces = _pieces_of(order)
    total, shared = sum(pieces.values()), Decimal(0)
    for sku, upto in zip(pieces, accumulate(pieces.values()), strict=True):
        share = (parcel.handling * upto / total).quantize(CENT) - shared
        shared += share
        yield Fee(HANDLING, sku, share, parcel.currency)


def _count_of(order: OutboundOrder) -> int:
    """How many fees an order that has left has, without working them out."""
    return (order.own_label is None) + len({line.sku for line in order.lines})


def _pieces_of(order: OutboundOrder) -> dict[str, int]:
    pieces: dict[str, int] = {}
    for line in order.lines:
        pieces[line.sku] = pieces.get(line.sku, 0) + line.quantity
    return pieces


def _rows_of(order: OutboundOrder) -> Iterator[Wire]:
    for fee in fees_of(order):
        yield {
            "MFSKUID": fee.sku,
            "feeAmount": amount_to(fee.amount),
            "feeAmountCurrency": fee.currency,
            "feeTime": reply_time(order.left_at_s),
            "feeType": fee.kind,
            "orderNumber": order.number,
            "referenceNumber": order.reference,
            "serviceRegion": order.region,
        }
