"""The demo SKUs: every SKU of the documented examples, with what the seller has told of it, and its stock."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from ..domain.records import Sku, SkuStatus
from .demo_numbers import Own


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

# As SKUSetupEFService keeps it.
DEMO_EF_SERVICE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "OC0000250380015": {
            "eBayIDList": [{"eBayID": "example-shop"}],
            "fulfillmentCenterList": [
                {
                    "serviceRegion": "UK",
                    "domesticServiceList": [{"shippingServiceCode": "GBDomesticStandard"}],
                    "internationalServiceList": [
                        {"shippingServiceCode": "GBInternationalStandard", "countryList": [{"countryCode": "IE"}]}
                    ],
                },
                {"serviceRegion": "DE", "domesticServiceList": [{"shippingServiceCode": "DEDomesticStandard"}]},
            ],
        }
    }
)


def demo_skus(own: Own, opened_at_s: int) -> dict[str, Sku]:
    """The records of the demo SKUs under a seller's own numbers, active since the world opened."""
    return {
        own(sku.code): Sku(
            own(sku.code),
            reference_of(sku.code),
            reference_of(sku.code),
            SkuStatus.ACTIVE,
            opened_at_s,
            _details(sku.code, sku.name, tuple(sku.stock)),
            _ef_service(sku.code),
        )
        for sku in DEMO_SKUS
    }


def reference_of(code: str) -> str:
    """What the demo seller calls a SKU: DEMO- and the last six digits of the vendor's id."""
    return f"DEMO-{code[-6:]}"


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


@cache
def _ef_service(code: str) -> bytes:
    return orjson.dumps(DEMO_EF_SERVICE[code]) if code in DEMO_EF_SERVICE else b""
