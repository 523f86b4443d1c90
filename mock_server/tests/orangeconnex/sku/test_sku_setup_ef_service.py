"""SKUSetupEFService and QuerySKUEFService: what the one sets up, the other tells."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from calls import remembered, the_world
from oc_sandbox import Sandbox

Send = Callable[..., Any]

LAMP, CASE, TOWEL = "OC0000250380015", "OC0000012220012", "OC0000250260096"


def home(region: str, *services: str) -> dict[str, Any]:
    return {"serviceRegion": region, "domesticServiceList": [{"shippingServiceCode": each} for each in services]}


def abroad(region: str, *services: str) -> dict[str, Any]:
    return {"serviceRegion": region, "internationalServiceList": [{"shippingServiceCode": each} for each in services]}


def wanted(code: str, *centers: Any, **more: Any) -> dict[str, Any]:
    return {"MFSKUID": code, "fulfillmentCenterList": list(centers), **more}


def told(send: Send, *codes: str, to: Sandbox) -> Any:
    reply = send("query_sku_ef_service", {"data": {"mfskulist": [{"mfskuid": code} for code in codes]}}, to=to)
    assert reply["code"] == 0, reply
    return reply["data"]


def test_what_was_set_up_is_told_and_nothing_else(send: Send, sandbox: Sandbox) -> None:
    service = {"shippingServiceCode": "DEIntStd_GLSOnly", "countryList": [{"countryCode": "FR", "x": 1}], "x": 1}
    center = {"serviceRegion": "DE", "internationalServiceList": [service], "domesticServiceList": [], "x": [None]}
    set_up = wanted(CASE, center, home("UK", "GBDomStd_RMOnly"), eBayIDList=[{"eBayID": "箱\x00", "x": 1}], x={"a": 1})
    assert send("sku_setup_ef_service", {"data": [set_up]})["data"] == [
        {"MFSKUID": CASE, "referenceSKUID": "DEMO-220012"}
    ]
    assert told(send, CASE, to=sandbox) == [
        {
            "MFSKUID": CASE,
            "eBayIDList": [{"eBayID": "箱\x00"}],
            "fulfillmentCenterList": [
                {
                    "serviceRegion": "DE",
                    "domesticServiceList": [],
                    "internationalServiceList": [
                        {"shippingServiceCode": "DEIntStd_GLSOnly", "countryList": [{"countryCode": "FR"}]}
                    ],
                },
                home("UK", "GBDomStd_RMOnly"),
            ],
            "referenceSKUID": "DEMO-220012",
        }
    ]


def test_a_set_up_takes_the_place_of_the_earlier_one(send: Send, sandbox: Sandbox) -> None:
    send("sku_setup_ef_service", {"data": [wanted(LAMP, home("US-South", "US_FedExOnly"))]})
    send("sku_setup_ef_service", {"data": [wanted(LAMP, home("AU")), wanted(LAMP, home("AU-MEL"))]})
    (row,) = told(send, LAMP, to=sandbox)
    assert row["fulfillmentCenterList"] == [home("AU-MEL")]
    assert "eBayIDList" not in row


def test_a_set_up_is_a_change_of_the_sku_and_of_nothing_else(send: Send) -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 3, 1, tzinfo=timezone.utc))
    today = {"data": {"startTime": "2026-03-01+0000"}}
    before = remembered(the_world(sandbox))
    assert send("sku_query_v3", today, to=sandbox)["data"] == []
    send("sku_setup_ef_service", {"data": [wanted(TOWEL, home("UK"))]}, to=sandbox)
    (found,) = send("sku_query_v3", today, to=sandbox)["data"]
    assert (found["MFSKUID"], found["status"]) == (TOWEL, "Reviewed")
    after = remembered(the_world(sandbox))
    assert {name for name in before if before[name] != after[name]} == {"skus"}


def test_a_sku_is_set_up_once_it_is_reviewed(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    (made,) = send("sku_creation_v3", {"data": [{"referenceSKUID": "NEW-1"}]}, to=sandbox)["data"]
    body = {"data": [wanted(made["MFSKUID"], home("DE", "DEDomesticStandard"))]}
    for hours in (1, 24):
        reply = send("sku_setup_ef_service", body, to=sandbox)
        assert [error["code"] for error in reply["errors"]] == ["400466"]
        assert told(send, made["MFSKUID"], to=sandbox) == []
        sandbox.advance(hours=hours)
    assert send("sku_setup_ef_service", body, to=sandbox)["code"] == 0
    assert len(told(send, made["MFSKUID"], to=sandbox)) == 1


@pytest.mark.parametrize(
    ("set_up", "code", "named"),
    [
        (wanted("OC9999999999999", home("XX")), "400465", "OC9999999999999"),
        (wanted("{x}\x00", home("XX")), "400465", "{x}\x00"),
        (wanted(CASE, home("UK"), home("US"), home("US")), "400467", "US"),
        (wanted(CASE, home("UK"), home("DE"), home("UK", "x")), "400468", "UK"),
        (wanted(CASE, home("UK", "GBDomStd_RMOnly", "gbdomstd_rmonly")), "400469", "gbdomstd_rmonly"),
        (wanted(CASE, home("UK"), abroad("AU-MEL", "AUInternationalStandard")), "400469", "AUInternationalStandard"),
        (wanted(CASE, home("DE", "DEDomesticStandard", "DEIntStd_GLSOnly")), "400470", "DEIntStd_GLSOnly"),
        (wanted(CASE, abroad("DE", "DEInternationalStandard", "DEDomesticStandard")), "400471", "DEDomesticStandard"),
    ],
)
def test_a_set_up_that_cannot_be_is_refused_and_the_others_of_the_batch_are_not(
    send: Send, sandbox: Sandbox, set_up: Any, code: str, named: str
) -> None:
    reply = send("sku_setup_ef_service", {"data": [set_up, wanted(TOWEL, home("UK"))]})
    (error,) = reply["errors"]
    assert (error["code"], error["id"]) == (code, set_up["MFSKUID"])
    assert named in error["message"]
    assert [row["MFSKUID"] for row in reply["data"]] == [TOWEL]
    assert [row["MFSKUID"] for row in told(send, CASE, TOWEL, to=sandbox)] == [TOWEL]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "400002"),
        ([{}], "400002"),
        ([{"MFSKUID": CASE}], "400002"),
        ([wanted(CASE)], "400002"),
        ([wanted(CASE, {})], "400002"),
        ([wanted(CASE, home("UK"), eBayIDList=[{}])], "400002"),
        ([wanted(CASE, home("UK"), eBayIDList=[{"eBayID": ""}])], "400002"),
        ([wanted(CASE, home("UK"), eBayIDList=["example-shop"])], "400003"),
        ([wanted(CASE, {"serviceRegion": 1e29})], "400003"),
        ([wanted(CASE, home("x" * 51))], "400004"),
        ([wanted(CASE, home("UK", "x" * 101))], "400004"),
        ([wanted(CASE, {"serviceRegion": "UK", "domesticServiceList": "GBDomStd_RMOnly"})], "400003"),
        ([wanted(CASE, home("UK"))] * 201, "400005"),
        (wanted(CASE, home("UK")), "400003"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_breaks_its_schema_refuses_the_whole_call(send: Send, data: Any, code: str) -> None:
    reply = send("sku_setup_ef_service", {"data": data})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)
