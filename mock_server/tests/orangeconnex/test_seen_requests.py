"""Every shape of request that the vendor's material or a client was seen to send is taken, and not refused.

Each case is restated from the evidence that it names; persons and links are invented. Who is stricter here than the
real thing breaks a client that runs.
"""

import hashlib
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog

LAMP, TOWEL = "OC0000250380015", "OC0000250260096"
UUID4 = "0b0e7a3c-4f0e-4c53-8d0b-6f2f3c1f6a11"
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)

OUTBOUND_2026: dict[str, Any] = {
    "referenceNumber": "TEST_123456789",
    "orderPlatform": "OTHERS",
    "serviceRegion": "UK",
    "shippingServiceCode": "GBDomStd_RMOnly",
    "consigneeName": "Alex Example",
    "houseNumber": "",
    "consigneeAddress1": "1 Example Road",
    "consigneeAddress2": "Flat 2",
    "consigneeCity": "Brighton",
    "consigneeProvinceOrState": "",
    "consigneeCountryCode": "GB",
    "consigneeZipCode": "BN2 5ES",
    "consigneePhone": "7700900123",
    "consigneeEmail": "alex@example.com",
    "remarks": "test-UK-INT-TEST",
    "currency": "GBP",
    "incoterms": "DDP",
    "productList": [{"MFSKUID": LAMP, "declaredValue": 1200, "SKUQuantity": 1, "currency": "GBP"}],
}
# A street of one country under the code of another, a plus code as zip, text for numbers, empty texts.
OUTBOUND_2022: dict[str, Any] = {
    "companyName": "Example Ltd",
    "consigneeAddress1": "Beispielstrasse 5",
    "consigneeAddress2": "",
    "consigneeCity": "Berlin",
    "consigneeCountryCode": "FR",
    "consigneeEmail": "sam@example.com",
    "consigneeName": "Sam Sample",
    "consigneePhone": "000000000",
    "consigneeProvinceOrState": "Berlin",
    "consigneeZipCode": "GC22+22",
    "houseNumber": "5",
    "orderPlatform": "AliExpress",
    "productList": [{"mfSkuId": LAMP, "skuQuantity": 1, "declaredValue": "12.5", "currency": "EUR"}],
    "referenceNumber": "20220906-1",
    "remarks": "",
    "serviceRegion": "DE",
    "shippingServiceCode": "DEInternationalStandard",
}
EBAY: dict[str, Any] = {
    "orderPlatform": "EBAY",
    "ebayId": "02-05696-00555",
    "eBayOrderId": "02-05696-00555",
    "eBayItemId": "110000000001",
    "eBayTransactionId": "10000000001",
}
SKU_2024: dict[str, Any] = {
    "referenceSKUID": "3PPwrtest099",
    "SKUNameList": [{"SKUName": "wr3PP接口测试test099", "languageCode": "en-US"}],
    "SKUPictureURLList": [{"SKUPictureURL": "https://shop.example.com/pictures/099.jpg?fm=26&gp=0.jpg"}],
    "withBattery": False,
    "salesURL": "https://shop.example.com",
    "serviceRegionList": [{"serviceRegion": "DE", "withBrand": "WOB"}],
}
SKU_PAGE: dict[str, Any] = {
    "batteryForm": "PB",
    "batteryNumber": 3,
    "batteryType": "OLB",
    "SKUdescription": "Alte Berufe",
    "countryOfOrigin": "GB",
    "SKUPictureURLList": [{"SKUPictureURL": "https://shop.example.com//attachement/2020/8/10/1.jpg"}],
    "referenceSKUID": "PUZZLE-1",
}
INBOUND_PAGE: dict[str, Any] = {
    "sellerInboundNumber": "2203123123123030043",
    "serviceRegion": "DE",
    "shippingFrom": "DE",
    "shippingMethod": "TK",
    "transportMethod": "TK",
    "ETA": "2025-12-27+0800",
    "VAT": "",
    "cartonList": [
        {
            "sellerCartonNumber": "C001",
            "productList": [
                {"MFSKUID": "OC0000255606056", "quantity": "10"},
                {"MFSKUID": "OC0000255604014", "quantity": "10"},
            ],
        }
    ],
}
INBOUND_SCHEMA: dict[str, Any] = {
    "cartonList": [
        {
            "cartonNumber": "1",
            "cartonOriginCountry": "GB",
            "labelSize": "2",
            "productList": [{"mfskuid": "OC0000255606056", "quantity": 10}],
            "sellerCartonNumber": "C001",
        }
    ],
    "eta": "2025-12-27+0000",
    "sellerInboundNumber": "7",
    "serviceRegion": "DE",
    "shippingFrom": "CN",
    "shippingMethod": "TK",
    "transportMethod": "OF",
    "vat": "GB000000000",
}
INBOUND_2024: dict[str, Any] = {
    "sellerInboundNumber": "1",
    "serviceRegion": "UK",
    "shippingFrom": "GB",
    "shippingMethod": "EX",
    "transportMethod": "TK",
    "ETA": "2022-11-08+0800",
    "VAT": "22313",
    "cartonList": [
        {
            "cartonNumber": "C01",
            "sellerCartonNumber": "C01",
            "cartonOriginCountry": "UK",
            "labelSize": "2",
            "productList": [{"MFSKUID": "OC0000001279158", "quantity": "10"}],
        },
        {"sellerCartonNumber": "C02", "productList": [{"MFSKUID": "OC0000011500022", "quantity": "15"}]},
    ],
}
ESTIMATE: dict[str, Any] = {
    "companyName": "test",
    "consigneeAddress1": "test",
    "consigneeAddress2": "test",
    "consigneeCity": "test",
    "consigneeCountryCode": "AU",
    "consigneeEmail": "alex@example.com",
    "consigneeName": "Alex Example",
    "consigneePhone": "7700900123",
    "consigneePostCode": "4610",
    "consigneeProvinceOrState": "test",
    "houseNumber": "202",
    "intlSelfPayment": True,
    "mfservice": True,
    "referenceId": "16957823453791",
    "serviceRegion": "AU",
    "serviceType": "EF",
    "shippingServiceCode": [],
    "skuList": [
        {
            "height": 15,
            "length": 10,
            "pieceQuantity": 1,
            "polybag": "true",
            "siop": False,
            "skuId": "OC0000250294068",
            "weight": 1000,
            "width": 2,
            "withBattery": False,
        }
    ],
    "skuType": True,
    "warehouseRegionCode": "AU",
}


def window(start: timedelta, end: timedelta = timedelta(), zone: str = "+0000") -> dict[str, str]:
    """startTime and endTime that long before NOW."""
    offset = timezone(timedelta(hours=int(zone) // 100))
    return {
        name: (NOW - back).astimezone(offset).strftime("%Y-%m-%dT%H:%M:%S") + zone
        for name, back in (("startTime", start), ("endTime", end))
    }


A_WEEK = timedelta(days=7)
A_YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)
FIFTY = [f"OC{serial:013d}" for serial in range(50)]

BODIES = {
    # vendor docs pages
    "order, page 2026": (
        "place_outbound_order",
        {"messageId": "123456789", "timestamp": "123456789", "data": [OUTBOUND_2026]},
    ),
    "order of eBay, field table and collection 2024": ("place_outbound_order", {"data": [OUTBOUND_2026 | EBAY]}),
    "outbound query, page": (
        "outbound_order_query_v2",
        {
            "apiVersion": "2.0",
            "data": {
                "ebayOrderIdList": [{"ebayId": "25-11158-23993", "ebayOrderId": "25-11158-23993"}],
                "endTime": "2023-04-25T20:09:57+0800",
                "orderNumberList": [{"orderNumber": "OCO2000009385032GB"}],
                "referenceNumberList": [{"referenceNumber": "25daq"}],
                "startTime": "2023-04-21T20:09:57+0800",
            },
            "messageId": "20200430040406976",
            "timestamp": 1588233847001,
        },
    ),
    "cancellation, page 2025": (
        "outbound_order_cancellation",
        {
            "apiVersion": "string",
            "data": {
                "cancelReason": "string",
                "cancelTime": "2025-06-17T10:10:10+0800",
                "orderNumber": "OCO2000023303105GB",
            },
            "messageId": "string",
            "timestamp": 0,
        },
    ),
    "movements, page 2025, exactly 7 days": (
        "get_stock_movement",
        {
            "apiVersion": "string",
            "data": {"mfSkuList": [{"mfSkuId": "OC0000012220012"}], **window(A_WEEK, zone="+0800")},
            "messageId": "string",
            "timestamp": 0,
        },
    ),
    "movements, field table: no SKUs, endTime null": (
        "get_stock_movement",
        {"data": {"startTime": window(A_WEEK)["startTime"], "endTime": None}},
    ),
    "movements, field table: by SKUs alone": ("get_stock_movement", {"data": {"mfSkuList": [{"mfSkuId": LAMP}]}}),
    "SKU query, page's skeleton with values": (
        "sku_query_v3",
        {
            "apiVersion": "1.0",
            "data": {
                "endTime": "2026-11-22+0800",
                "mfskulist": [{"mfskuid": LAMP}],
                "referenceSKUIDList": [{"ebayCustomLabel": "A", "referenceSKUID": "B"}],
                "sellerSKUIDList": [{"sellerSKUID": "C"}],
                "startTime": "2018-11-28+0800",
                "page": 1,
                "limit": 200,
            },
            "messageId": "1",
            "timestamp": 0,
        },
    ),
    "SKU, start of the page's example": ("sku_creation_v3", {"data": [SKU_PAGE]}),
    "inbound, page": (
        "place_inbound_order",
        {"messageId": "11111111111EGWG", "timeStamp": 123123213123, "data": INBOUND_PAGE},
    ),
    "inbound, older page's schema": (
        "place_inbound_order",
        {"apiVersion": "string", "data": INBOUND_SCHEMA, "messageId": "string", "timestamp": 0},
    ),
    "inbound details, field table: all optional": ("inbound_order_detail_query", {"data": {}}),
    "estimate, page": (
        "cost_estimation_request",
        {"apiVersion": "", "data": ESTIMATE, "messageId": "7891955650647900161", "timestamp": 0},
    ),
    **{
        f"estimate, page's region {region}": (
            "cost_estimation_request",
            {"data": ESTIMATE | {"serviceRegion": region, "referenceId": region}},
        )
        for region in ("UK", "DE", "US-East", "US-South", "US-West", "AU-Sydney", "AU-Melbourne")
    },
    "returned stock, page 2026": (
        "returns_query_stock",
        {
            "messageId": "{{messageId}}",
            "data": {
                "serviceType": "SKU",
                "uniqueIdList": ["DE01UC", "DE01UC001", "DE01UC002", "DE01UC003", "DE01UC004", "asdfg12345"],
                "pageNumber": 1,
                "pageSize": 20,
            },
        },
    ),
    # vendor request collections 2024
    "snapshot, collection 2024": (
        "stock_snapshot_v2",
        {
            "data": {
                "pageNumber": 1,
                "pageSize": 200,
                "serviceRegionList": [{"serviceRegion": "UK"}],
                "skuList": [{"mfSkuId": TOWEL}],
            },
            "timestamp": 0,
        },
    ),
    "SKU query, collection 2024": (
        "sku_query_v3",
        {
            "data": {
                "startTime": "2022-10-31+0800",
                "endTime": "2022-10-31+0800",
                "referenceSKUIDList": [{"referenceSKUID": "3PPwrtest003"}],
                "mfskulist": [{"mfskuid": TOWEL}],
                "sellerSKUIDList": [{"sellerSKUID": "3PPwrtest003"}],
            }
        },
    ),
    "SKU, collection 2024": ("sku_creation_v3", {"data": [SKU_2024]}),
    "inbound, collection 2024": (
        "place_inbound_order",
        {"messageId": "11111111111EGWG", "timeStamp": 1646377038, "data": INBOUND_2024},
    ),
    "order, collection 2024: data alone, mfSkuId": (
        "place_outbound_order",
        {"data": [OUTBOUND_2026 | {"productList": [{"mfSkuId": LAMP, "skuQuantity": 1}]}]},
    ),
    "cancellation, collection 2024: data alone": (
        "outbound_order_cancellation",
        {
            "data": {
                "cancelReason": "customer changed mind",
                "cancelTime": "2022-05-17T16:00:16+0800",
                "orderNumber": "OCO2000023303105GB",
            }
        },
    ),
    "outbound query, collection 2024: empty objects in lists": (
        "outbound_order_query_v2",
        {"data": {"orderNumberList": [{}], "referenceNumberList": [{}], **window(A_WEEK, zone="+0800")}},
    ),
    # client test run 2022
    "order, test run 2022": ("place_outbound_order", {"data": [OUTBOUND_2022]}),
    "order of shopify, test run 2022": (
        "place_outbound_order",
        {"data": [OUTBOUND_2022 | {"orderPlatform": "shopify"}]},
    ),
    # clients in production
    "movements, client: 50 SKUs, 7 days less a second": (
        "get_stock_movement",
        {
            "data": {"mfSkuList": [{"mfSkuId": sku} for sku in FIFTY], **window(A_WEEK - SECOND)},
            "messageId": UUID4,
            "timestamp": 1795361400000,
        },
    ),
    "movements, client: 365 days back and some seconds": (
        "get_stock_movement",
        {"data": {"mfSkuList": [{"mfSkuId": LAMP}], **window(A_YEAR + 20 * SECOND, A_YEAR - A_WEEK + 21 * SECOND)}},
    ),
    **{
        f"snapshot, client: all of {region}": (
            "stock_snapshot_v2",
            {
                "data": {
                    "pageNumber": 1,
                    "pageSize": 200,
                    "skuList": [],
                    "serviceRegionList": [{"serviceRegion": region}],
                },
                "messageId": UUID4,
                "timestamp": 1795361400000,
            },
        )
        for region in ("UK", "US", "US-South", "US-North", "US-West", "US-East", "DE", "AU", "AU-MEL")
    },
    "SKU query, client: 50 ids, six years": (
        "sku_query_v3",
        {
            "data": {
                "startTime": "2020-01-01+0000",
                "endTime": "2026-11-22+0000",
                "mfskulist": [{"mfskuid": sku} for sku in FIFTY],
                "page": 1,
                "limit": 200,
            }
        },
    ),
    "inbound details, client: by number": (
        "inbound_order_detail_query",
        {
            "data": {"inboundNumberList": ["OCI5DE00000103"], **window(A_WEEK - SECOND)},
            "messageId": UUID4,
            "timestamp": 1795361400000,
        },
    ),
    "inbound details, client: 40 numbers of the seller's": (
        "inbound_order_detail_query",
        {"data": {"sellerinboundNumberList": [f"IN-{n}" for n in range(40)], **window(A_WEEK - SECOND)}},
    ),
    "inbound list, client: a window and nothing else": (
        "inbound_order_list_query",
        {"data": window(A_WEEK - SECOND), "messageId": UUID4, "timestamp": 1795361400000},
    ),
    "inbound list, client: page and limit": (
        "inbound_order_list_query",
        {"data": {**window(A_WEEK - SECOND), "page": 1, "limit": 100}},
    ),
    "inbound list, client: pageNumber and pageSize": (
        "inbound_order_list_query",
        {"data": {**window(A_WEEK - SECOND), "pageNumber": 1, "pageSize": 100}},
    ),
    "inbound list, client: a week of January 2024": (
        "inbound_order_list_query",
        {"data": {"startTime": "2024-01-01T00:00:00+0000", "endTime": "2024-01-07T23:59:59+0000"}},
    ),
    "labels, page 2023": (
        "inbound_label_query",
        {
            "data": {"inboundOrderList": [{"inboundOrder": "OCI4AU05251270"}]},
            "messageId": "679350933",
            "timestamp": 1701242572,
        },
    ),
    "labels, client: 30 numbers": (
        "inbound_label_query",
        {"data": {"inboundOrderList": [{"inboundOrder": "OCI4DE06746410"}] * 30}},
    ),
    "outbound query, ERP: 15 days": ("outbound_order_query_v2", {"data": window(timedelta(days=15), zone="+0800")}),
    "outbound query, ERP: one order": (
        "outbound_order_query_v2",
        {"data": {"orderNumberList": [{"orderNumber": "OCO2000009385032GB"}]}},
    ),
}
HEADERS = {
    "as the collections send them": {"TimeStamp": "1795361400000"},
    "as the page's curl, without TimeStamp": {},
    "lower-case bearer": {"word": "bearer"},
    "TimeStamp far off the clock": {"TimeStamp": "1588233847001"},
    "left-over headers": {"vendorCode": "", "usercode": "1"},
}


@pytest.fixture
def sandbox() -> Sandbox:
    """A fresh tenant whose clock stands still at NOW."""
    return Sandbox(clock="frozen", now=NOW)


def sent(sandbox: Sandbox, name: str, body: Any, signed: str = "production", **headers: str) -> Any:
    """The JSON of the reply to a call that is put together as the vendor's scripts do it, without our own helper."""
    operation = catalog().operations[name]
    raw = orjson.dumps(body) if body is not None else b""
    part = raw.decode() if signed == "production" else ""
    text = f"{operation.path}|{part}|{sandbox.client_key}|{sandbox.secret_key}"
    word = headers.pop("word", "Bearer")
    own = {
        "Content-Type": "application/json",
        "Access-Token": f"{word} {sandbox.access_token}",
        "clientKey": sandbox.client_key,
        "vAuthorization": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        **headers,
    }
    call = Call(operation.method, operation.path, {key.lower(): value for key, value in own.items()}, raw)
    reply = sandbox.send(call)
    assert reply.status == 200, reply.body
    return orjson.loads(reply.body)


def accepted(reply: Any) -> bool:
    """By the envelope of either kind."""
    return reply.get("code", 0) == 0 and reply.get("success", True) is True and not reply.get("errors")


@pytest.mark.parametrize(("name", "body"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("signed", ["production", "stage"])
def test_a_body_that_was_seen_is_taken(sandbox: Sandbox, name: str, body: Any, signed: str) -> None:
    reply = sent(sandbox, name, body, signed)
    assert accepted(reply), reply


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_headers_that_were_seen_are_taken(sandbox: Sandbox, headers: dict[str, str]) -> None:
    reply = sent(sandbox, *BODIES["movements, page 2025, exactly 7 days"], **headers)
    assert accepted(reply), reply


@pytest.mark.parametrize("body", [None, {}], ids=["client in production: no body", "collection 2024: the body {}"])
def test_the_service_list_is_given_to_a_get_that_signs_an_empty_body(sandbox: Sandbox, body: Any) -> None:
    reply = sent(sandbox, "get_service_list", body, "stage", word="bearer", TimeStamp="1718883960167")
    assert list(reply) == ["code", "data", "message", "messageId"]
    assert accepted(reply)


@pytest.mark.parametrize("timestamp", [0, 1646377038, 1588233847001, "123456789", "1588233847001"])
def test_a_timestamp_may_be_milliseconds_seconds_zero_or_text(sandbox: Sandbox, timestamp: Any) -> None:
    name, body = BODIES["snapshot, collection 2024"]
    assert accepted(sent(sandbox, name, body | {"timestamp": timestamp}))


@pytest.mark.parametrize("state", ["", "all", "10000001", "erp-user-7", "alex@example.com"])
def test_a_state_that_was_seen_is_taken(sandbox: Sandbox, state: str) -> None:
    query = f"response_type=code&client_id={sandbox.client_key}&redirect_uri={quote('http://erp.example.com')}"
    reply = sandbox.send(Call("GET", "/oauth/authorize", {}, b"", query + (f"&state={quote(state)}" if state else "")))
    assert reply.status == 200
    assert b"<form" in reply.body


def test_the_address_that_the_browser_ends_at_is_the_handbooks(sandbox: Sandbox) -> None:
    query = f"response_type=code&client_id={sandbox.client_key}&redirect_uri=http://erp.example.com&state=userID"
    approve = f"&approve={sandbox.describe()['sellers'][0]['ocid']}"
    location = dict(sandbox.send(Call("GET", "/oauth/authorize", {}, b"", query + approve)).headers)["location"]
    assert location.startswith("http://erp.example.com?act=getAuthorizationCode&code=")
    assert location.endswith("&state=userID")


@pytest.mark.parametrize("headers", ["none", "Bearer", "Basic", "clientKey"])
@pytest.mark.parametrize("place", ["query", "form"])
def test_a_refresh_is_taken_from_either_place(sandbox: Sandbox, place: str, headers: str) -> None:
    secret = b64encode(f"{sandbox.client_key}:{sandbox.secret_key}".encode()).decode()
    own = {
        "none": {},
        "Bearer": {"authorization": f"Bearer {secret}"},
        "Basic": {"authorization": f"Basic {secret}"},
        "clientKey": {"clientkey": "11111111-1111-1111-1111-111111111111"},
    }[headers]
    text = f"grant_type=refresh_token&refresh_token={sandbox.refresh_token}&client_id={sandbox.client_key}"
    form = {"content-type": "application/x-www-form-urlencoded"} if place == "form" else {}
    body, query = (text.encode(), "") if place == "form" else (b"", text)
    reply = sandbox.send(Call("POST", "/oauth/token", {**form, **own}, body, query))
    assert reply.status == 200, reply.body
    assert list(orjson.loads(reply.body)) == ["access_token", "token_type", "expires_in"]
