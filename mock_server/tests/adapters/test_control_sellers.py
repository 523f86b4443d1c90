"""Sellers at the control plane: made with their tenant, added later, and named where stock is read or set."""

import asyncio
from typing import Any

import httpx
import pytest
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.tenancy import Tenants

LAMP = "OC0000250380015"


@pytest.fixture
def application() -> Application:
    return Application(Tenants())


def ask(application: Application, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The status and the JSON of an answer below /_sandbox."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://oc-sandbox.invalid/_sandbox") as client:
            return await client.request(method, path, json=body)

    reply = asyncio.run(asked())
    return reply.status_code, reply.json()


@pytest.mark.parametrize(
    ("wanted", "ocids"),
    [
        (None, ["10000001"]),
        (1, ["10000001"]),
        (3, ["10000001", "10000002", "10000003"]),
        ([{"ocid": "20000001"}, {}], ["20000001", "10000001"]),
    ],
    ids=str,
)
def test_a_tenant_is_made_with_the_sellers_that_are_wanted(
    application: Application, wanted: Any, ocids: list[str]
) -> None:
    status, view = ask(application, "POST", "/tenants", {"sellers": wanted})
    assert status == 201
    assert [seller["ocid"] for seller in view["sellers"]] == ocids
    assert view["access_token"] == view["sellers"][0]["access_token"]
    assert view["refresh_token"] == view["sellers"][0]["refresh_token"]


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        (0, 400, "sellers must be a number from 1 to 100"),
        ("two", 400, "sellers must be"),
        (2.0, 400, "sellers must be"),
        (10**18, 400, "sellers must be"),
        ([{"ocid": "x"}], 400, "eight digits"),
        ([{"OCID": "20000001"}], 400, "any of ocid, login, password"),
        ([{"ocid": "20000001"}] * 2, 409, "a seller 20000001 already"),
    ],
    ids=str,
)
def test_sellers_that_cannot_be_are_told(application: Application, wanted: Any, status: int, said: str) -> None:
    answered, problem = ask(application, "POST", "/tenants", {"sellers": wanted})
    assert (answered, said in problem["error"]) == (status, True), problem
    assert ask(application, "GET", "/tenants") == (200, {"tenants": []})


def test_a_seller_is_added_to_a_tenant(application: Application) -> None:
    key = ask(application, "POST", "/tenants")[1]["client_key"]
    assert ask(application, "POST", f"/tenants/{key}/sellers")[0] == 201
    status, made = ask(application, "POST", f"/tenants/{key}/sellers", {"ocid": "20000001", "login": "mia"})
    assert (status, made["login"], made["password"]) == (201, "mia", "sandbox")
    sellers = ask(application, "GET", f"/tenants/{key}")[1]["sellers"]
    assert [seller["ocid"] for seller in sellers] == ["10000001", "10000002", "20000001"]
    assert sellers[2] == made


@pytest.mark.parametrize(
    ("body", "status"),
    [([], 400), (7, 400), ({"ocid": 7}, 400), ({"x": "y"}, 400), ({"ocid": "10000001"}, 409)],
    ids=str,
)
def test_a_seller_that_cannot_be_is_told(application: Application, body: Any, status: int) -> None:
    key = ask(application, "POST", "/tenants")[1]["client_key"]
    answered, problem = ask(application, "POST", f"/tenants/{key}/sellers", body)
    assert (answered, "seller" in problem["error"]) == (status, True)
    assert len(ask(application, "GET", f"/tenants/{key}")[1]["sellers"]) == 1
    assert ask(application, "POST", "/tenants/nobody/sellers")[0] == 404


def test_stock_is_read_and_set_for_the_seller_that_is_named(application: Application) -> None:
    view = ask(application, "POST", "/tenants", {"sellers": 2})[1]
    stock = f"/tenants/{view['client_key']}/stock"
    firsts = ask(application, "GET", stock)[1]["stock"]
    assert ask(application, "GET", f"{stock}?ocid=10000001")[1]["stock"] == firsts
    seconds = ask(application, "GET", f"{stock}?ocid=10000002")[1]["stock"]
    assert len(seconds) == len(firsts)
    row = {"mf_sku_id": seconds[0]["mf_sku_id"], "service_region": seconds[0]["service_region"], "available": 5}
    assert ask(application, "PUT", stock, [row])[0] == 400  # the first seller has no such SKU
    status, after = ask(application, "PUT", f"{stock}?ocid=10000002", [row])
    assert (status, after["stock"][0]["available"]) == (200, 5)
    assert ask(application, "GET", stock)[1]["stock"] == firsts


@pytest.mark.parametrize("ocid", ["99999999", "", "x", "%00"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_seller_that_is_not_there_is_told_with_those_that_are(
    application: Application, method: str, ocid: str
) -> None:
    key = ask(application, "POST", "/tenants")[1]["client_key"]
    status, problem = ask(application, method, f"/tenants/{key}/stock?ocid={ocid}", [] if method == "PUT" else None)
    assert status == 404
    assert "the tenant has 10000001" in problem["error"]
