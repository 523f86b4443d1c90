"""What an estimate says of a parcel, and that the order that follows costs just that."""

from typing import Any

import orjson
import pytest
from calls import an_order, answer, the_world
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.domain.records import SkuStatus
from oc_sandbox.orangeconnex.services import service_list, services_of

OWN = {"skuId": "MUG", "pieceQuantity": 1, "weight": 600, "height": 10, "length": 10, "width": 10}
REGIONS = [row["serviceRegion"] for row in service_list()]
COUNTRIES = {"UK": "GB", "AU-MEL": "AU", "US-West": "US", "US-East": "US", "US-South": "US"}


def estimate(sandbox: Sandbox, sku: dict[str, Any] | None = None, **data: Any) -> Any:
    """The reply for one SKU of the caller's own, from Germany to Germany."""
    parcel: dict[str, Any] = {
        "consigneeCountryCode": "DE",
        "consigneePostCode": "10115",
        "referenceId": "r-1",
        "serviceRegion": "DE",
        "skuList": [{**OWN, **(sku or {})}],
    }
    return answer(sandbox, "sync_freight_estimate", {"data": {**parcel, **data}})


def priced(reply: Any) -> dict[str, Any]:
    """What the totals are for orders that are not eBay's, by service; None where it cannot be had."""
    return {row["productOuterCode"]: row["noEbayFee"] if row["success"] else None for row in reply["data"]}


@pytest.mark.parametrize(
    ("grams", "fee"),
    [(1, 3.7), (1000, 3.7), (1000.1, 4.2), (2000, 4.2), (29_999.5, 18.2), (30_000, 18.2), (3600, 5.2), (3800, 5.2)],
)
def test_each_started_kilogram_counts_and_sums_are_written_short(sandbox: Sandbox, grams: float, fee: float) -> None:
    got = estimate(sandbox, {"weight": grams}, shippingServiceCode=["DEDomesticStandard"])
    assert priced(got) == {"DEDomesticStandard": fee}


def test_a_whole_sum_is_written_without_a_fraction(sandbox: Sandbox) -> None:
    got = estimate(sandbox, serviceRegion="UK", consigneeCountryCode="GB", shippingServiceCode=["GBDomesticFreight"])
    assert b'"noEbayFee":9,' in orjson.dumps(got)


def test_pieces_weigh_together(sandbox: Sandbox) -> None:
    one = {**OWN, "weight": 0.1, "pieceQuantity": 3}
    got = estimate(sandbox, skuList=[one, one])
    (channel,) = got["data"][0]["freightTrialChannelResults"]
    assert (channel["chargeableWeight"], channel["chargeableWeightUnit"]) == ("0.6000", "g")


def test_the_channel_bears_the_total_that_was_asked_for(sandbox: Sandbox) -> None:
    for ebay, name in ((True, "ebayFee"), (False, "noEbayFee"), (None, "noEbayFee")):
        for row in estimate(sandbox, mfservice=ebay)["data"]:
            assert row["freightTrialChannelResults"][0]["fulfillmentFee"] == row[name]
            assert row["ebayFee"] < row["noEbayFee"]


@pytest.mark.parametrize("region", [*REGIONS, "AU-Sydney", "AU-Melbourne"])
def test_without_services_those_are_priced_that_go_there(sandbox: Sandbox, region: str) -> None:
    offered = services_of({"AU-Sydney": "AU", "AU-Melbourne": "AU-MEL"}.get(region, region))
    home = COUNTRIES.get(region, region[:2])
    inside = priced(estimate(sandbox, serviceRegion=region, consigneeCountryCode=home.lower()))
    abroad = priced(estimate(sandbox, serviceRegion=region, consigneeCountryCode="FR"))
    assert None not in inside.values()
    if region in ("AU-MEL", "AU-Melbourne"):  # nothing leaves the country from there
        assert (list(inside), set(abroad.values())) == (offered, {None})
    else:
        assert None not in abroad.values()
        assert sorted([*inside, *abroad]) == sorted(offered)


def test_a_service_that_was_named_fails_where_it_does_not_go(sandbox: Sandbox) -> None:
    named = ["DEDomesticStandard", "DEInternationalStandard", "DEDomesticStandard"]
    got = estimate(sandbox, shippingServiceCode=named, consigneeCountryCode="FR")
    assert priced(got) == {"DEDomesticStandard": None, "DEInternationalStandard": 3.7}
    assert got["errors"] == [
        {
            "channelCode": "DHL",
            "errorMessage": "无可用物流服务。",
            "productOuterCode": "DEDomesticStandard",
            "productOuterName": "DE Domestic Standard",
            "success": False,
        }
    ]


@pytest.mark.parametrize(
    ("sku", "text"),
    [
        ({"length": 120}, ""),
        ({"length": 120.5}, "系统未匹配到合适的包材，请联系客服"),
        ({"length": 0}, "匹配包材类型异常"),
        ({"weight": 0}, "匹配包材类型异常"),
        ({"weight": 30_000.1}, "无可用物流服务。"),
        ({"weight": 30_000, "pieceQuantity": 2}, "无可用物流服务。"),
        ({"weight": 1e7, "pieceQuantity": 1_000_000}, "无可用物流服务。"),
    ],
    ids=str,
)
def test_a_parcel_that_does_not_fit_fails_with_the_portals_text(sandbox: Sandbox, sku: Any, text: str) -> None:
    got = estimate(sandbox, sku, shippingServiceCode=["DEDomesticStandard"])
    assert [error["errorMessage"] for error in got["errors"]] == ([text] if text else [])
    assert [row["success"] for row in got["data"]] == [not text]


def test_freight_takes_what_is_long_and_heavy(sandbox: Sandbox) -> None:
    got = estimate(sandbox, {"weight": 900_000, "length": 300})
    assert [code for code, fee in priced(got).items() if fee is not None] == ["DEDomesticFreight"]


def test_measures_of_the_vendors_skus_are_not_looked_at(sandbox: Sandbox) -> None:
    sku = {"skuId": "OC0000012220012", "weight": 0, "length": 100_000}
    assert None not in priced(estimate(sandbox, sku, skuType=True)).values()


def test_an_empty_parcel_fails_for_every_service(sandbox: Sandbox) -> None:
    got = estimate(sandbox, skuList=[])
    assert {error["errorMessage"] for error in got["errors"]} == {"分单逻辑计算失败"}
    assert (got["code"], got["success"]) == (0, True)


def test_rules_of_the_request_hold_here_too(sandbox: Sandbox) -> None:
    skus = the_world(sandbox).skus
    skus["OC0000012220012"] = skus["OC0000012220012"]._replace(status=SkuStatus.DRAFT)
    for sku, code in (("OC0", "400511"), ("OC0000012220012", "400512")):
        assert estimate(sandbox, {"skuId": sku}, skuType=True)["errors"][0]["code"] == code
    assert estimate(sandbox, shippingServiceCode=["GBDomesticStandard"])["errors"][0]["code"] == "400513"
    assert estimate(sandbox, {"weight": None})["errors"] == [{"code": "400002", "message": "weight 不能为空!"}]


def test_calculations_are_told_apart_and_the_same_one_is_the_same(sandbox: Sandbox) -> None:
    first, again, other = (
        [row["calculateId"] for row in estimate(sandbox, sku)["data"]] for sku in ({}, {}, {"weight": 601})
    )
    assert first == again
    assert len({*first, *other}) == len(first) + len(other)
    assert all(len(number) == 17 and number.isdecimal() for number in first)


REGION_SKUS = [
    ("OC0000250380015", "UK"),
    ("OC0000000675549", "UK"),
    ("OC0000250380015", "DE"),
    ("OC0000250294068", "AU"),
    ("OC0000250294068", "AU-MEL"),
    ("OC0000029222351", "US-South"),
]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_order_costs_what_the_estimate_said(data: st.DataObject) -> None:
    sku, region = data.draw(st.sampled_from(REGION_SKUS))
    service = data.draw(st.sampled_from(services_of(region)))
    pieces = data.draw(st.integers(1, 12))
    platform = data.draw(st.sampled_from(["OTHERS", "eBay", "EBAY", ""]))
    country = "FR" if "Int" in service else COUNTRIES.get(region, region[:2])
    sandbox = Sandbox(clock="manual")
    said = estimate(
        sandbox,
        skuType=True,
        serviceRegion=region,
        consigneeCountryCode=country,
        shippingServiceCode=[service],
        mfservice=platform.lower() == "ebay",
        skuList=[{"skuId": sku, "pieceQuantity": pieces}],
    )["data"][0]
    order = an_order(
        "A-1",
        serviceRegion=region,
        shippingServiceCode=service,
        orderPlatform=platform,
        ebayId="e",
        ebayOrderId="02-05696-00555",
        productList=[{"MFSKUID": sku, "SKUQuantity": pieces}],
    )
    assert answer(sandbox, "place_outbound_order", {"data": [order]})["code"] == 0
    sandbox.advance(days=4)
    found = answer(sandbox, "outbound_order_query_v2", {"data": {"referenceNumberList": [{"referenceNumber": "A-1"}]}})
    (parcel,) = found["data"][0]["trackingNumberList"]
    if not said["success"]:
        assert float(parcel["chargeableWeight"]) > 30_000
        return
    (channel,) = said["freightTrialChannelResults"]
    assert (channel["fulfillmentFee"], channel["currency"]) == (parcel["feeAmount"], parcel["feeAmountCurrency"])
    assert (channel["channelCode"], channel["chargeableWeight"]) == (
        parcel["LMCarrierCode"],
        parcel["chargeableWeight"],
    )
