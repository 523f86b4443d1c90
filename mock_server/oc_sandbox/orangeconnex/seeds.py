"""The demo world: every SKU of the documented examples, with stock, and the orders that the examples ask for.

OC0000250276174 is out of stock, as in the documented refusal of an outbound order. A tenant's first demo seller has the
documented numbers; any further one has the same under numbers of its own, for OrangeConnex gives none to two sellers.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from ..domain.durations import DAY, HOUR
from ..domain.inbound import inbound_times
from ..domain.ledger import Key, Ledger
from ..domain.outbound import LEAVES_AFTER_S, place_outbound
from ..domain.records import (
    Estimate,
    InboundOrder,
    InboundStatus,
    Line,
    OutboundOrder,
    OutboundStatus,
    PieceSize,
    ReturnedPiece,
    ReturnLine,
    ReturnOrder,
    ReturnStatus,
    Sku,
    VasOrder,
    VasStatus,
)
from ..domain.returns import RETURN, RETURN_TAKES_S, pieces_of, submit_return
from ..domain.timeline import Timeline
from ..domain.vas import place_vas
from ..domain.world import World
from .demo_numbers import Own, as_documented
from .demo_skus import DEMO_SKUS, demo_skus, reference_of
from .vocabulary import RETURN_WAREHOUSES

OPENED_BEFORE_S = 30 * DAY


# As a request for an estimate is kept: with its defaults.
DEMO_PARCEL: Mapping[str, Any] = MappingProxyType(
    {
        "consigneeCountryCode": "GB",
        "consigneePostCode": "BN2 5ES",
        "intlSelfPayment": True,
        "mfservice": False,
        "referenceId": "DEMO-ESTIMATE-1",
        "serviceRegion": "UK",
        "serviceType": "EF",
        "shippingServiceCode": ["GBDomStd_RMOnly", "GBDomesticFreight"],
        "skuList": [{"pieceQuantity": 3, "skuId": "OC0000250380015"}],
        "skuType": True,
    }
)


class _Demo(NamedTuple):
    opening: Mapping[Key, int]
    references: Mapping[str, str]
    parcel: bytes


def _demo_with(own: Own) -> _Demo:
    opening = {(own(sku.code), region): pieces for sku in DEMO_SKUS for region, pieces in sku.stock.items()}
    references = {reference_of(sku.code): own(sku.code) for sku in DEMO_SKUS}
    lines = [{**line, "skuId": own(line["skuId"])} for line in DEMO_PARCEL["skuList"]]
    return _Demo(opening, references, orjson.dumps({**DEMO_PARCEL, "skuList": lines}))


@cache
def _demo() -> _Demo:
    return _demo_with(as_documented)


def sow(world: World, own: Own = as_documented) -> None:
    """Fill an empty world. The stock was put away 30 days before the world's now."""
    now_s = world.now_s()
    if own is as_documented:
        demo, records = _demo(), _records(now_s)
        # An eBay order is one seller's.
        world.outbound_by_ebay_order["25-11158-23993"] = ("OCO2000009385032GB",)
    else:
        demo, records = _demo_with(own), _records_with(own, now_s)
    opened_at_s, first_serial = now_s - OPENED_BEFORE_S, world.ledger.first_serial
    world.ledger = Ledger(demo.opening, opened_at_s=opened_at_s, first_serial=first_serial)
    world.skus.update(records.skus)
    world.sku_by_reference.update(demo.references)
    world.outbound.update(records.delivered)
    world.outbound_left = records.left.copy()
    world.outbound_by_reference.update(records.delivered_by_reference)
    world.inbound.update(records.put_away)
    world.inbound_by_seller_number.update(records.put_away_by_seller_number)
    world.inbound_timeline = records.timeline.copy()
    world.returned.update(records.returned)
    world.returns.update(records.put_back)
    world.return_numbers += records.put_back
    world.return_by_reference.update(records.put_back_by_reference)
    world.estimates["DEMO-ESTIMATE-1"] = Estimate(now_s - OPENED_BEFORE_S, demo.parcel)
    place_outbound(world, records.fresh)
    submit_return(world, records.labelled)
    place_vas(world, records.labelling)


class _Records(NamedTuple):
    skus: dict[str, Sku]
    delivered: dict[str, OutboundOrder]
    delivered_by_reference: dict[str, str]
    left: Timeline
    fresh: OutboundOrder
    labelling: VasOrder
    put_away: dict[str, InboundOrder]
    put_away_by_seller_number: dict[str, str]
    timeline: Timeline
    put_back: dict[str, ReturnOrder]
    put_back_by_reference: dict[str, str]
    labelled: ReturnOrder
    returned: dict[str, ReturnedPiece]


@lru_cache(maxsize=4)
def _records(now_s: int) -> _Records:
    """The demo records as of a second. They are immutable, so the tenants made within that second share them."""
    return _records_with(as_documented, now_s)


def _records_with(own: Own, now_s: int) -> _Records:
    opened_at_s = now_s - OPENED_BEFORE_S
    # Finished long ago: they write no movements, for the opening stock is what they left.
    long_ago = OutboundStatus.DELIVERED, now_s - 6 * DAY, "UK"
    lamp, sofa = _line(own("OC0000250380015"), 1), _line(own("OC0000000675549"), 2)
    finished = (
        OutboundOrder(own("OCO2000009385032GB"), "25daq", *long_ago, "GBDomesticStandard", lamp, b"{}"),
        OutboundOrder(own("OCO0000011225074GB"), "", *long_ago, "GBDomesticFreight", sofa, b"{}"),
    )
    delivered = tuple(order._replace(left_at_s=order.created_at_s + LEAVES_AFTER_S) for order in finished)
    # Placed just now, so that the documented cancellation has something to cancel.
    just_now = OutboundStatus.SUBMITTED, now_s, "UK", "GBDomStd_RMOnly"
    fresh = OutboundOrder(own("OCO2000023303105GB"), "DEMO-ORDER-3", *just_now, _line(own("OC0000250260096"), 1), b"{}")
    labelling = VasOrder(
        own("OCV4000040000001AU"),
        "DEMO-VAS-1",
        VasStatus.SUBMITTED,
        now_s,
        now_s,
        "AU-MEL",
        "LABELLING",
        _line(own("OC0000250294068"), 20),
        "One label on each box, over the old one.",
    )
    arrived = InboundStatus.PUT_AWAY, opened_at_s - 8 * DAY, opened_at_s
    truck, express = b'{"shippingMethod":"TK"}', b'{"shippingMethod":"EX"}'
    planned = (
        InboundOrder(own("OCI4DE06746410"), "DEMO-IN-1", *arrived, "DE", _line(own("OC0000255606056"), 80), truck),
        InboundOrder(own("OCI4AU05251270"), "DEMO-IN-2", *arrived, "AU", _line(own("OC0000250294068"), 200), truck),
        InboundOrder(own("OCI5DE00000103"), "DEMO-IN-3", *arrived, "DE", _line(own("OC0000255604014"), 800), express),
        InboundOrder(own("OCI5GB00000104"), "DEMO-IN-4", *arrived, "UK", _line(own("OC0000011500022"), 75), express),
    )
    put_away = tuple(order._replace(arrived_at_s=inbound_times(order)[1]) for order in planned)
    timeline, left = Timeline(), Timeline()
    for sent in delivered:
        left.add(sent.left_at_s, sent.number)
    for order in put_away:
        for at_s in inbound_times(order):
            timeline.add(at_s, order.number)
    put_back, labelled = _returns(own, now_s)
    return _Records(
        demo_skus(own, opened_at_s),
        {order.number: order for order in delivered},
        {order.reference: order.number for order in delivered if order.reference},
        left,
        fresh,
        labelling,
        {order.number: order for order in put_away},
        {order.seller_number: order.number for order in put_away},
        timeline,
        {put_back.number: put_back},
        {put_back.reference: put_back.number},
        labelled,
        {piece.unique_id: piece for piece in pieces_of(put_back)},
    )


def _returns(own: Own, now_s: int) -> tuple[ReturnOrder, ReturnOrder]:
    """One whose pieces are the unique ids of the page's example, and one that waits for its parcel to be posted."""
    put_away_at_s, size = now_s - 7 * DAY, PieceSize(160, 80, 20, 120)
    label_takes_s = RETURN[ReturnStatus.SUBMITTED].lasts_s
    submitted_at_s = put_away_at_s - RETURN_TAKES_S
    put_back = ReturnOrder(
        own("OCR3000030000101DE"),
        "DEMO-RETURN-1",
        ReturnStatus.PUT_AWAY,
        submitted_at_s,
        put_away_at_s,
        "DE",
        RETURN_WAREHOUSES["DE"],
        # Nobody told of which SKU the fourth is: something to link.
        (
            ReturnLine(own("OC0000012220012"), (own("DE01UC001"), own("DE01UC002"), own("DE01UC003")), size),
            ReturnLine("", (own("DE01UC004"),), size),
        ),
        labelled_at_s=submitted_at_s + label_takes_s,
    )
    labelled = ReturnOrder(
        own("OCR3000030000102GB"),
        "DEMO-RETURN-2",
        ReturnStatus.ACCEPTED,
        now_s - HOUR,
        now_s - HOUR + label_takes_s,
        "UK",
        RETURN_WAREHOUSES["UK"],
        (ReturnLine(own("OC0000000675549"), (own("UK01UC001"),), size),),
        outbound_number=own("OCO0000011225074GB"),
        labelled_at_s=now_s - HOUR + label_takes_s,
    )
    return put_back, labelled


def _line(code: str, quantity: int) -> tuple[Line, ...]:
    return (Line(code, quantity),)
