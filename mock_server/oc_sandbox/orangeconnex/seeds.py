"""The demo world: every SKU of the documented examples, with stock, and the orders that the examples ask for.

OC0000250276174 is out of stock, as in the documented refusal of an outbound order.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from ..domain.ledger import Key, Ledger
from ..domain.lifecycles import DAY, place_outbound
from ..domain.records import (
    InboundOrder,
    InboundStatus,
    Line,
    OutboundOrder,
    OutboundStatus,
    ReturnedPiece,
    Sku,
    SkuStatus,
)
from ..domain.world import World

OPENED_BEFORE_S = 30 * DAY


class DemoSku(NamedTuple):
    """A SKU of the documentation's examples, and how many pieces of it are available where."""

    code: str
    name: str
    stock: Mapping[str, int]


DEMO_SKUS = (
    DemoSku("OC0000250380015", "Desk lamp, brass", {"UK": 1000, "DE": 500, "US-South": 300}),
    DemoSku("OC0000250276174", "Ceramic mug, red", {"UK": 0, "DE": 0}),
    DemoSku("OC0000012220012", "Phone case, black", {"DE": 250, "UK": 100}),
    DemoSku("OC0000250260096", "Cotton towel, white", {"UK": 400, "AU": 120}),
    DemoSku("OC0000255606056", "Garden hose, 15 m", {"DE": 80}),
    DemoSku("OC0000255604014", "Hose connector set", {"DE": 800}),
    DemoSku("OC0000001279158", "Yoga mat, blue", {"UK": 60, "US-West": 90}),
    DemoSku("OC0000011500022", "Water bottle, 1 l", {"UK": 75, "US-East": 45}),
    DemoSku("OC0000250294068", "Car phone holder", {"AU": 200, "AU-MEL": 150}),
    DemoSku("OC0000000194079", "iphone X", {"DE": 33}),
    DemoSku("OC0000000675549", "Floor lamp, oak", {"UK": 12}),
    DemoSku("OC0000029222351", "Bicycle pump", {"US-South": 640}),
)


# What the page's example of SKUQuery v3 says of its SKU beyond the name; the links are ours.
DOCUMENTED_DETAILS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "OC0000000194079": {
            "SIOC": True,
            "SKUdescription": "Alte Berufe",
            "SKUNameList": [{"SKUName": "iphone X", "attributeDescription": "Green, Large", "languageCode": "en-US"}],
            "SKUPictureURLList": [{"SKUPictureURL": "https://shop.example.com/pictures/194079.jpg"}],
            "batteryForm": "PB",
            "batteryNumber": 3,
            "batteryType": "OLB",
            "countryOfOrigin": "GB",
            "dimensionUnit": "cm",
            "fileList": [
                {"fileRegion": "DE", "fileType": "BRANDAUTH", "fileUrl": "https://shop.example.com/files/brand.pdf"},
                {"fileType": "MSDS", "fileUrl": "https://shop.example.com/files/msds.pdf"},
                {"fileRegion": "DE", "fileType": "CE", "fileUrl": "https://shop.example.com/files/ce.pdf"},
            ],
            "withBattery": True,
        }
    }
)


class _Demo(NamedTuple):
    opening: Mapping[Key, int]
    references: Mapping[str, str]


@cache
def _demo() -> _Demo:
    opening = {(sku.code, region): pieces for sku in DEMO_SKUS for region, pieces in sku.stock.items()}
    references = {reference_of(sku.code): sku.code for sku in DEMO_SKUS}
    return _Demo(opening, references)


@cache
def _details(code: str, name: str, regions: tuple[str, ...]) -> bytes:
    return orjson.dumps(
        {
            "SKUNameList": [{"SKUName": name, "languageCode": "en-US"}],
            "serviceRegionList": [{"serviceRegion": region} for region in regions],
            "withBattery": False,
            **DOCUMENTED_DETAILS.get(code, {}),
        }
    )


def reference_of(code: str) -> str:
    """What the demo seller calls a SKU: DEMO- and the last six digits of the vendor's id."""
    return f"DEMO-{code[-6:]}"


def sow(world: World) -> None:
    """Fill an empty world. The stock was put away 30 days before the world's now."""
    now_s = world.now_s()
    opened_at_s = now_s - OPENED_BEFORE_S
    demo = _demo()
    world.ledger = Ledger(demo.opening, opened_at_s=opened_at_s)
    for sku in DEMO_SKUS:
        reference = reference_of(sku.code)
        details = _details(sku.code, sku.name, tuple(sku.stock))
        world.skus[sku.code] = Sku(sku.code, reference, reference, SkuStatus.ACTIVE, opened_at_s, details)
    world.sku_by_reference.update(demo.references)
    _sow_orders(world, now_s)
    _sow_returns(world, now_s)


def _sow_orders(world: World, now_s: int) -> None:
    # Finished long ago: they write no movements, for the opening stock is what they left.
    delivered = (
        ("OCO2000009385032GB", "25daq", "UK", "GBDomesticStandard", "OC0000250380015", 1),
        ("OCO0000011225074GB", "", "UK", "GBDomesticFreight", "OC0000000675549", 2),
    )
    for number, reference, region, service, code, quantity in delivered:
        world.outbound[number] = OutboundOrder(
            number,
            reference,
            OutboundStatus.DELIVERED,
            now_s - 6 * DAY,
            region,
            service,
            (Line(code, quantity),),
            b"{}",
        )
        if reference:
            world.outbound_by_reference[reference] = number
    world.outbound_by_ebay_order["25-11158-23993"] = ["OCO2000009385032GB"]
    # Placed just now, so that the documented cancellation has something to cancel.
    line = Line("OC0000250260096", 1)
    place_outbound(
        world,
        OutboundOrder(
            "OCO2000023303105GB",
            "DEMO-ORDER-3",
            OutboundStatus.SUBMITTED,
            now_s,
            "UK",
            "GBDomStd_RMOnly",
            (line,),
            b"{}",
        ),
    )
    put_away = (
        ("OCI4DE06746410", "DEMO-IN-1", "DE", "OC0000255606056", 80, "TK"),
        ("OCI4AU05251270", "DEMO-IN-2", "AU", "OC0000250294068", 200, "TK"),
        ("OCI5DE07295030", "DEMO-IN-3", "DE", "OC0000255604014", 800, "EX"),
        ("OCI5GB08513638", "DEMO-IN-4", "UK", "OC0000011500022", 75, "EX"),
    )
    for number, seller_number, region, code, quantity, shipping_method in put_away:
        world.inbound[number] = InboundOrder(
            number,
            seller_number,
            InboundStatus.PUT_AWAY,
            now_s - OPENED_BEFORE_S - 8 * DAY,
            now_s - OPENED_BEFORE_S,
            region,
            (Line(code, quantity),),
            orjson.dumps({"shippingMethod": shipping_method}),
        )
        world.inbound_by_seller_number[seller_number] = number


def _sow_returns(world: World, now_s: int) -> None:
    for index, unique_id in enumerate(("DE01UC001", "DE01UC002", "DE01UC003", "DE01UC004")):
        world.returned[unique_id] = ReturnedPiece(
            unique_id, "OC0000012220012", "DE01", "available", 160, 80, 20, 120, now_s - (10 - index) * DAY
        )
