"""A seller connects its account with an ERP, lives with it for a year, and connects it again."""

from typing import Any
from urllib.parse import quote, unquote

import pytest
from browser import Browser

CALLBACK = "https://erp.example.com/connect?shop=7"
YEAR_DAYS = 365


def connect(erp: Any, login: str, password: str) -> str:
    """The ERP shows its link, the seller logs in and allows; the code as the address bar has it."""
    link = f"/oauth/authorize?response_type=code&client_id={erp.keys['client_key']}"
    browser = Browser(erp.http).open(f"{link}&redirect_uri={quote(CALLBACK, safe='')}&state=shop-7")
    browser.press("Log in", Login=login, Password="forgotten")
    assert "mind capital letters" in browser.page.alert
    browser.press("Log in", Login=login, Password=password)
    assert login in browser.page.text
    address = browser.press("Allow").address
    assert address.startswith(f"{CALLBACK}&act=getAuthorizationCode&code=")
    assert address.endswith("&state=shop-7")
    return address.partition("&code=")[2].partition("&")[0]


def exchange(erp: Any, code: str) -> Any:
    """The reply to the token call, for a code put into its query string as it is."""
    back = quote(CALLBACK, safe="")
    asked = f"grant_type=authorization_code&code={code}&redirect_uri={back}&client_id={erp.keys['client_key']}"
    return erp.http.post(f"/oauth/token?{asked}")


def refresh(erp: Any, refresh_token: str) -> Any:
    asked = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": erp.keys["client_key"]}
    return erp.http.post("/oauth/token", params=asked)


def pass_time(erp: Any, **duration: float) -> None:
    """Move the clock; the ERP keeps the token it has."""
    token = erp.token
    erp.advance(**duration)
    erp.token = token


def available(erp: Any, row: dict[str, Any]) -> tuple[int, int]:
    """What is available and what is allocated of a SKU, as the snapshot tells the token's seller."""
    asked = {
        "skuList": [{"mfSkuId": row["mf_sku_id"]}],
        "serviceRegionList": [{"serviceRegion": row["service_region"]}],
        "pageNumber": 1,
        "pageSize": 200,
    }
    (line,) = erp.ask("stock_snapshot_v2", {"data": asked, "timestamp": 0})["data"]["SKUList"]
    return line["available"], line["reservedAllocated"]


@pytest.mark.parametrize("decoded", [0, 1], ids=["code as in the address bar", "code decoded once"])
def test_a_seller_connects_its_account_for_a_year_and_then_again(erp: Any, decoded: int) -> None:
    # The tenant's second seller. The ERP knows nothing of it yet.
    mia = erp.http.post(f"{erp.plane}/sellers", json={"login": "mia@example.com", "password": "Vanilla-7"}).json()
    shelves = erp.http.get(f"{erp.plane}/stock", params={"ocid": mia["ocid"]}).json()["stock"]
    lamp = next(row for row in shelves if row["available"] == 1000)
    others = erp.http.get(f"{erp.plane}/stock").json()["stock"]

    code = connect(erp, "mia@example.com", "Vanilla-7")
    for _ in range(decoded):
        code = unquote(code)
    tokens = exchange(erp, code).json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert exchange(erp, code).json()["error"] == "invalid_grant"  # a code is good once

    # The ERP works for Mia, and for nobody else.
    erp.token = tokens["access_token"]
    order = {
        "referenceNumber": "MIA-1",
        "serviceRegion": "UK",
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": lamp["mf_sku_id"], "SKUQuantity": 4}],
    }
    (placed,) = erp.ask("place_outbound_order", {"data": [order], "timestamp": 0})["data"]
    assert available(erp, lamp) == (996, 4)

    # An hour later the token is refused, as the vendor refuses, and the ERP renews it.
    pass_time(erp, hours=1)
    refused = erp.ask("stock_snapshot_v2", {"data": {"pageNumber": 1, "pageSize": 10}, "timestamp": 0})
    assert (refused["success"], refused["message"]) == (False, "Authentication Fail:access token expired")
    renewed = refresh(erp, tokens["refresh_token"]).json()
    assert list(renewed) == ["access_token", "token_type", "expires_in"]
    erp.token = renewed["access_token"]
    assert sum(available(erp, lamp)) == 1000

    # The same refresh token serves the whole year.
    for _ in range(12):
        pass_time(erp, days=30)
        erp.token = refresh(erp, tokens["refresh_token"]).json()["access_token"]
        assert available(erp, lamp) == (996, 0)
    pass_time(erp, days=YEAR_DAYS - 12 * 30, hours=-1)
    late = refresh(erp, tokens["refresh_token"])
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")

    # Mia consents again, and finds everything where it was; the other seller never noticed.
    erp.token = exchange(erp, connect(erp, mia["ocid"], "Vanilla-7")).json()["access_token"]
    assert available(erp, lamp) == (996, 0)
    asked = {"orderNumberList": [{"orderNumber": placed["orderNumber"]}]}
    (found,) = erp.ask("outbound_order_query_v2", {"data": asked, "timestamp": 0})["data"]
    assert found["referenceNumber"] == "MIA-1"
    (shelf,) = [
        row
        for row in erp.http.get(f"{erp.plane}/stock", params={"ocid": mia["ocid"]}).json()["stock"]
        if (row["mf_sku_id"], row["service_region"]) == (lamp["mf_sku_id"], "UK")
    ]
    assert (shelf["available"], shelf["allocated"]) == (996, 0)
    settled = erp.http.get(f"{erp.plane}/stock").json()["stock"]
    # But for the demo's VAS order, which was done meanwhile.
    assert [(row["mf_sku_id"], row["available"] + row["in_value_added_service"]) for row in settled] == [
        (row["mf_sku_id"], row["available"] + row["in_value_added_service"]) for row in others
    ]


def test_a_seller_who_says_no_stays_unconnected(erp: Any) -> None:
    seller = erp.keys["sellers"][0]
    link = f"/oauth/authorize?response_type=code&client_id={erp.keys['client_key']}&state=x&lang=zh"
    browser = Browser(erp.http).open(f"{link}&redirect_uri={quote(CALLBACK, safe='')}")
    browser.press("登录", 登录名=seller["ocid"], 密码=seller["password"])
    assert browser.press("拒绝").address == f"{CALLBACK}&error=access_denied&state=x"
    assert exchange(erp, "").json()["error"] == "invalid_request"
