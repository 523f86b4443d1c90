"""Place Outbound Order: orders to ship, up to 50 in one call. Each sets its stock aside at once.

Source: vendor docs page 2026-06-08.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from ...batches import take_each
from ...domain.ledger import Bucket
from ...domain.outbound import place_outbound
from ...domain.records import Line, OutboundOrder, OutboundStatus, SkuStatus
from ...domain.world import World
from ...refusal import Rule, Wire, enforce
from ...wire import packed
from ..services import offers
from ..vocabulary import REGION_COUNTRIES, TROUBLE_REMARKS, number
from ..wire import lines_from

Broken = Mapping[str, Any] | None


class Taking(Protocol):
    """An order of any kind that takes its lines from the stock of a region."""

    @property
    def reference(self) -> str:
        """The seller's number of it."""

    @property
    def region(self) -> str:
        """Where."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What."""


def region_unknown(order: Taking, world: World) -> Broken:
    """The service list has no such region."""
    return None if order.region in REGION_COUNTRIES else {"id": order.reference, "service_region": order.region}


def service_unknown(order: OutboundOrder, world: World) -> Broken:
    """The region does not offer that service."""
    if offers(order.region, order.service):
        return None
    return {"id": order.reference, "shipping_service_code": order.service}


def reference_taken(order: OutboundOrder, world: World) -> Broken:
    """The seller has an order under that reference number, and may not have another."""
    taken = order.reference in world.outbound_by_reference and world.choices["repeated_reference"] == "refused"
    return {"id": order.reference} if taken else None


def sku_unknown(order: Taking, world: World) -> Broken:
    """A line names a SKU that the seller does not have."""
    return _first_line(order, lambda code: code not in world.skus)


def sku_not_reviewed(order: Taking, world: World) -> Broken:
    """A line names a SKU that is not reviewed yet."""
    return _first_line(order, lambda code: world.skus[code].status is not SkuStatus.ACTIVE)


def stock_short(order: Taking, world: World) -> Broken:
    """Less is available in the region than the lines of the order ask for together."""
    wanted: dict[str, int] = {}
    for line in order.lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    balance = world.ledger.balance
    return _first_line(order, lambda code: balance(code, order.region, Bucket.AVAILABLE) < wanted[code])


def _first_line(order: Taking, broken: Any) -> Broken:
    for line in order.lines:
        if broken(line.sku):
            return {"id": order.reference, "mf_sku_id": line.sku}
    return None


RULES = (
    Rule("region_unknown", region_unknown),
    Rule("service_unknown", service_unknown),
    Rule("sku_unknown", sku_unknown),
    Rule("sku_not_reviewed", sku_not_reviewed),
    Rule("stock_short", stock_short),
    # Last: the page shows one reference number both taken on and short of stock.
    Rule("reference_taken", reference_taken),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: number and reference of each order taken on; a Partial if some were refused."""
    return place_each(request["data"], _order_from, RULES, world)


def place_each(
    rows: Sequence[Wire],
    read: Callable[[Wire, World], OutboundOrder],
    rules: Iterable[Rule[OutboundOrder, World]],
    world: World,
) -> Wire:
    """Take orders on one by one, whatever kind they are read as."""

    def take(row: Wire, world: World) -> Wire:
        order = read(row, world)
        known = world.outbound_by_reference.get(order.reference)
        if known is not None and world.choices["repeated_reference"] == "same_number":
            return _taken_on(world.outbound[known])
        enforce(rules, order, world)
        return _place(order, row, world)

    return take_each(rows, take, world)


def _order_from(row: Wire, world: World) -> OutboundOrder:
    return OutboundOrder(
        number="",
        reference=row.get("referenceNumber", ""),
        status=OutboundStatus.SUBMITTED,
        created_at_s=world.now_s(),
        region=row["serviceRegion"],
        service=row["shippingServiceCode"],
        lines=lines_from(row["productList"], sku="MFSKUID", quantity="SKUQuantity"),
        details=packed(row),
    )


def _place(order: OutboundOrder, row: Wire, world: World) -> Wire:
    order = order._replace(
        number=number("outbound_order", world.ids.next("outbound_order"), order.region),
        region=world.one_copy(order.region),
        service=world.one_copy(order.service),
        lines=tuple(Line(world.skus[line.sku].code, line.quantity) for line in order.lines),
    )
    place_outbound(world, order, ebay_order=row.get("ebayOrderId", ""))
    trouble = TROUBLE_REMARKS.get(row.get("remarks"))
    if trouble is not None:
        world.outbound_troubles[order.number] = trouble
    return _taken_on(order)


def _taken_on(order: OutboundOrder) -> Wire:
    return {"orderNumber": order.number, "referenceNumber": order.reference}
