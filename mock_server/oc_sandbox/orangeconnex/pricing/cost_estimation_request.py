"""Cost Estimation Request: a parcel to be priced. Another operation fetches the result by the same referenceId.

Source: vendor docs pages, undated.
"""

from collections.abc import Iterator

from ...domain.records import Estimate, SkuStatus
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ...wire import packed
from ..services import offers
from .estimates import region_of


def reference_repeated(parcel: Wire, world: World) -> Broken:
    """An estimate of that id was asked for before."""
    return {"reference_id": parcel["referenceId"]} if parcel["referenceId"] in world.estimates else None


def sku_unknown(parcel: Wire, world: World) -> Broken:
    """The parcel holds a SKU that the seller does not have."""
    return next(({"mf_sku_id": code} for code in _vendor_skus(parcel) if code not in world.skus), None)


def sku_not_reviewed(parcel: Wire, world: World) -> Broken:
    """The parcel holds a SKU that is not reviewed yet."""
    skus = (world.skus[code] for code in _vendor_skus(parcel))
    return next(({"mf_sku_id": sku.code} for sku in skus if sku.status is not SkuStatus.ACTIVE), None)


def service_unknown(parcel: Wire, world: World) -> Broken:
    """The region does not offer a service that is to be priced."""
    region, services = region_of(parcel), parcel.get("shippingServiceCode", ())
    return next(({"shipping_service_code": service} for service in services if not offers(region, service)), None)


def _vendor_skus(parcel: Wire) -> Iterator[str]:
    return (row["skuId"] for row in parcel.get("skuList", ()) if parcel["skuType"])


RULES = (
    Rule("reference_repeated", reference_repeated),
    Rule("sku_unknown", sku_unknown),
    Rule("sku_not_reviewed", sku_not_reviewed),
    Rule("service_unknown", service_unknown),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`. The parcel is kept; what it costs is worked out when that is asked for."""
    parcel = request["data"]
    enforce(RULES, parcel, world)
    world.estimates[parcel["referenceId"]] = Estimate(world.now_s(), packed(parcel))
    return {"referenceId": parcel["referenceId"]}
