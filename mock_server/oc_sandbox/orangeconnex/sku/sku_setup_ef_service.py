"""SKUSetupEFService: where eBay fulfillment keeps SKUs and how it sends them, up to 200 SKUs in one call.

Path, request and reply are ours: the vendor's page was never captured, only the names of its schemas.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from ...batches import take_each
from ...domain.records import SkuStatus
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import packed
from ..parcels import goes_abroad
from ..services import offers
from ..vocabulary import REGION_COUNTRIES


class Center(NamedTuple):
    """A region that keeps a SKU, with its services for home and for abroad."""

    region: str
    domestic: list[str]
    international: list[str]


class SetUp(NamedTuple):
    """What is wanted for a SKU; `kept` is the same as JSON in the wire's words."""

    code: str
    centers: list[Center]
    kept: bytes


def sku_unknown(wanted: SetUp, world: World) -> Broken:
    """The seller has no such SKU."""
    return None if wanted.code in world.skus else {"id": wanted.code}


def sku_not_reviewed(wanted: SetUp, world: World) -> Broken:
    """The SKU is not reviewed yet."""
    return None if world.skus[wanted.code].status is SkuStatus.ACTIVE else {"id": wanted.code}


def region_unknown(wanted: SetUp, world: World) -> Broken:
    """The service list has no such region."""
    unknown = (center.region for center in wanted.centers if center.region not in REGION_COUNTRIES)
    return _first(wanted, "service_region", unknown)


def region_repeated(wanted: SetUp, world: World) -> Broken:
    """Two entries name the same region."""
    counts = Counter(center.region for center in wanted.centers)
    return _first(wanted, "service_region", (region for region, count in counts.items() if count > 1))


def service_unknown(wanted: SetUp, world: World) -> Broken:
    """A region does not offer one of its services."""
    unknown = (
        service
        for center in wanted.centers
        for service in (*center.domestic, *center.international)
        if not offers(center.region, service)
    )
    return _first(wanted, "shipping_service_code", unknown)


def service_not_domestic(wanted: SetUp, world: World) -> Broken:
    """A service for home goes abroad."""
    abroad = (service for center in wanted.centers for service in center.domestic if goes_abroad(service))
    return _first(wanted, "shipping_service_code", abroad)


def service_not_international(wanted: SetUp, world: World) -> Broken:
    """A service for abroad stays in the country."""
    at_home = (service for center in wanted.centers for service in center.international if not goes_abroad(service))
    return _first(wanted, "shipping_service_code", at_home)


def _first(wanted: SetUp, what: str, found: Iterator[str]) -> Broken:
    value = next(found, None)
    return None if value is None else {"id": wanted.code, what: value}


RULES = (
    Rule("sku_unknown", sku_unknown),
    Rule("sku_not_reviewed", sku_not_reviewed),
    Rule("region_unknown", region_unknown),
    Rule("region_repeated", region_repeated),
    Rule("service_unknown", service_unknown),
    Rule("service_not_domestic", service_not_domestic),
    Rule("service_not_international", service_not_international),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: id and reference of each SKU that is set up; a Partial if some were refused."""
    return take_each(request["data"], _take, world)


def _take(row: Wire, world: World) -> Wire:
    wanted = _set_up_from(row)
    enforce(RULES, wanted, world)
    return _set_up(wanted, world)


def _set_up(wanted: SetUp, world: World) -> Wire:
    sku = world.skus[wanted.code]._replace(ef_service=wanted.kept, modified_at_s=world.now_s())
    world.skus[sku.code] = sku
    return {"MFSKUID": sku.code, "referenceSKUID": sku.reference}


def _set_up_from(row: Wire) -> SetUp:
    kept = {"fulfillmentCenterList": [_kept(center) for center in row["fulfillmentCenterList"]]}
    if "eBayIDList" in row:
        kept["eBayIDList"] = [{"eBayID": each["eBayID"]} for each in row["eBayIDList"]]
    return SetUp(row["MFSKUID"], [_center_from(center) for center in row["fulfillmentCenterList"]], packed(kept))


def _center_from(row: Wire) -> Center:
    domestic, international = (
        [service["shippingServiceCode"] for service in row.get(name, ())]
        for name in ("domesticServiceList", "internationalServiceList")
    )
    return Center(row["serviceRegion"], domestic, international)


def _kept(center: Wire) -> Wire:
    """A centre with the keys that are known, and no others."""
    kept: dict[str, Any] = {"serviceRegion": center["serviceRegion"]}
    for name in ("domesticServiceList", "internationalServiceList"):
        if name in center:
            kept[name] = [_kept_service(service) for service in center[name]]
    return kept


def _kept_service(service: Wire) -> Wire:
    kept = {"shippingServiceCode": service["shippingServiceCode"]}
    if "countryList" in service:
        kept["countryList"] = [{"countryCode": country["countryCode"]} for country in service["countryList"]]
    return kept
