"""What a parcel would cost: the results that the asynchronous and the synchronous estimate both give.

Source: field tables of vendor docs pages, undated; why a service cannot be priced: texts of the seller portal.
"""

from decimal import Decimal
from hashlib import blake2b

from ...domain.records import Line
from ...refusal import Partial, Refused, Wire
from ...wire import packed
from ..parcels import Channel, channel_of, goes_abroad, limits_of, weight_of
from ..services import name_of, services_of
from ..vocabulary import ESTIMATE_REGIONS, REGION_COUNTRIES
from ..wire import amount_to, weight_to

MEASURES = ("height", "length", "width")


def region_of(parcel: Wire) -> str:
    """The parcel's region as GetServiceList calls it."""
    region: str = parcel["serviceRegion"]
    return ESTIMATE_REGIONS.get(region, region)


def results(parcel: Wire) -> Wire:
    """A row for each service that was asked for, or that goes there; a Partial if some cannot be had."""
    region, weight_g = region_of(parcel), _weight_g(parcel)
    rows: list[Wire] = []
    refusals: list[Refused] = []
    for service in _services(parcel, region):
        channel = channel_of(region, service)
        fault = _fault(parcel, weight_g, service)
        if fault:
            refusals.append(
                Refused(
                    fault,
                    channel_code=channel.code,
                    product_outer_code=service,
                    product_outer_name=name_of(service),
                )
            )
        rows.append(_row(parcel, service, None if fault else channel, weight_g))
    return Partial(rows, refusals) if refusals else rows


def _services(parcel: Wire, region: str) -> list[str]:
    """What is to be priced. Where nothing goes, everything is, and fails."""
    asked = list(dict.fromkeys(parcel.get("shippingServiceCode", ())))
    offered = services_of(region)
    return asked or [service for service in offered if _goes_there(parcel, service)] or offered


def _goes_there(parcel: Wire, service: str) -> bool:
    abroad = parcel["consigneeCountryCode"].upper() != REGION_COUNTRIES[region_of(parcel)]
    return goes_abroad(service) is abroad


def _weight_g(parcel: Wire) -> Decimal:
    """Grams: of OrangeConnex's SKUs by the table that the fees of orders follow too, of others as the caller says."""
    rows = parcel.get("skuList", ())
    if parcel["skuType"]:
        return weight_of(Line(row["skuId"], int(row["pieceQuantity"])) for row in rows)
    return sum((_decimal(row["weight"]) * int(row["pieceQuantity"]) for row in rows), Decimal(0))


def _decimal(number: float) -> Decimal:
    return Decimal(str(number))


def _fault(parcel: Wire, weight_g: Decimal, service: str) -> str | None:
    """Why a service cannot be had: the name of an error row."""
    rows, limits = parcel.get("skuList", ()), limits_of(service)
    if not rows:
        return "split_failed"
    if not parcel["skuType"]:
        sides = [_decimal(row[name]) for row in rows for name in MEASURES]
        if not weight_g or not all(sides):
            return "packaging_odd"
        if max(sides) > limits.longest_cm:
            return "packaging_unmatched"
    if weight_g > limits.heaviest_g or not _goes_there(parcel, service):
        return "service_unavailable"
    return None


def _row(parcel: Wire, service: str, channel: Channel | None, weight_g: Decimal) -> Wire:
    ebay_fee = channel.fee(weight_g, ebay=True) if channel else Decimal(0)
    other_fee = channel.fee(weight_g, ebay=False) if channel else Decimal(0)
    fee = ebay_fee if parcel["mfservice"] else other_fee
    return {
        "calculateId": _calculation(parcel, service),
        "ebayFee": amount_to(ebay_fee),
        "freightTrialChannelResults": [_channel_to(channel, fee, weight_g)] if channel else [],
        "noEbayFee": amount_to(other_fee),
        "productOuterCode": service,
        "productOuterName": name_of(service),
        "success": channel is not None,
    }


def _channel_to(channel: Channel, fee: Decimal, weight_g: Decimal) -> Wire:
    return {
        "channelCode": channel.code,
        "channelName": channel.name,
        "chargeableWeight": weight_to(weight_g),
        "chargeableWeightUnit": "g",
        "currency": channel.currency,
        "fulfillmentFee": amount_to(fee),
    }


def _calculation(parcel: Wire, service: str) -> str:
    # Out of what is calculated: nothing needs to be kept, and asking twice gives the same id.
    digest = blake2b(packed(parcel) + service.encode(), digest_size=7).digest()
    return f"{int.from_bytes(digest, 'big'):017d}"
