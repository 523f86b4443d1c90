"""The back office of a Mercozy shop over HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from servers import running_server

PRODUCTS = "/api/v1/external/products"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    """A client of a server."""
    with running_server() as (url, _), httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def tenant(http: httpx.Client) -> dict[str, Any]:
    """A fresh tenant, with its clock standing still."""
    view: dict[str, Any] = http.post("/_sandbox/tenants", json={"clock": {"mode": "manual"}}).json()
    return view


@pytest.fixture
def plane(tenant: dict[str, Any]) -> str:
    """Where the tenant's control plane is."""
    return f"/_sandbox/tenants/{tenant['client_key']}"


def test_a_key_with_fewer_scopes_is_made_used_and_revoked(http: httpx.Client, plane: str) -> None:
    made = http.post(f"{plane}/mercozy_keys", json={"scopes": ["products:read"]})
    assert (made.status_code, made.json()["scopes"]) == (201, ["products:read"])
    key = {"X-API-Key": made.json()["api_key"]}
    assert http.get(f"{plane}/mercozy_keys").json()["keys"][-1] == made.json()
    assert http.get(PRODUCTS, headers=key).status_code == 200
    refused = http.post(PRODUCTS, headers=key, json={"sku": "A", "name": "A", "unitPrice": 1})
    assert (refused.status_code, refused.json()["error"]) == (403, "Forbidden")
    assert http.delete(f"{plane}/mercozy_keys/{key['X-API-Key']}").status_code == 204
    assert http.get(PRODUCTS, headers=key).status_code == 401


@pytest.mark.parametrize("body", [None, {}, {"scopes": None}])
def test_without_scopes_a_key_may_do_everything(http: httpx.Client, plane: str, body: Any) -> None:
    made = http.post(f"{plane}/mercozy_keys", json=body)
    assert made.status_code == 201
    assert "products:write" in made.json()["scopes"]


@pytest.mark.parametrize(
    "body",
    [[], 5, "x", {"scope": []}, {"scopes": "products:read"}, {"scopes": [5]}, {"scopes": [[]]}, {"scopes": ["x"]}],
)
def test_a_request_for_a_key_that_cannot_be_is_refused_with_a_reason(http: httpx.Client, plane: str, body: Any) -> None:
    reply = http.post(f"{plane}/mercozy_keys", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_the_tenants_own_key_and_unknown_keys_cannot_be_revoked(
    http: httpx.Client, plane: str, tenant: dict[str, Any]
) -> None:
    for key, status in ((tenant["mercozy_api_key"], 409), ("mk_sandbox_none", 404)):
        assert http.delete(f"{plane}/mercozy_keys/{key}").status_code == status


def test_a_plan_is_set_and_taken_away(http: httpx.Client, plane: str, tenant: dict[str, Any]) -> None:
    key = {"X-API-Key": tenant["mercozy_api_key"]}
    assert http.put(f"{plane}/mercozy_plan", json={"plan": "pro"}).json() == {"plan": "pro", "requests_a_minute": 300}
    assert [http.get(PRODUCTS, headers=key).status_code for _ in range(301)] == [200] * 300 + [429]
    assert http.put(f"{plane}/mercozy_plan", json={"plan": None}).json() == {"plan": None, "requests_a_minute": None}
    assert http.get(PRODUCTS, headers=key).status_code == 200
    assert http.get(f"{plane}/mercozy_plan").json()["plan"] is None


@pytest.mark.parametrize("body", [None, {}, [], {"plan": "free"}, {"plan": 5}, {"plan": "pro", "x": 1}])
def test_a_plan_that_there_is_not_is_refused(http: httpx.Client, plane: str, body: Any) -> None:
    assert http.put(f"{plane}/mercozy_plan", json=body).status_code == 400
    assert http.get(f"{plane}/mercozy_plan").json()["plan"] is None


def test_a_warehouse_is_opened(http: httpx.Client, plane: str) -> None:
    made = http.post(f"{plane}/mercozy_warehouses", json={"name": "North", "warehouse_id": "wh_north"})
    assert (made.status_code, made.json()) == (201, {"warehouse_id": "wh_north", "name": "North"})
    assert http.post(f"{plane}/mercozy_warehouses", json={"name": "South"}).status_code == 201
    assert len(http.get(f"{plane}/mercozy_warehouses").json()["warehouses"]) == 5


@pytest.mark.parametrize(
    "body",
    [None, {}, [], {"name": 5}, {"name": ""}, {"name": "a", "x": 1}],
)
def test_a_warehouse_that_cannot_be_is_refused(http: httpx.Client, plane: str, body: Any) -> None:
    assert http.post(f"{plane}/mercozy_warehouses", json=body).status_code == 400


def test_a_threshold_is_set_and_a_deleted_product_restored(
    http: httpx.Client, plane: str, tenant: dict[str, Any]
) -> None:
    where, key = f"{plane}/mercozy_products/prod_abc123", {"X-API-Key": tenant["mercozy_api_key"]}
    assert http.put(where, json={"low_stock_threshold": 7}).json()["low_stock_threshold"] == 7
    assert http.delete(f"{PRODUCTS}/prod_abc123", headers=key).status_code == 200
    assert http.get(where).json() == {"product_id": "prod_abc123", "low_stock_threshold": 7, "deleted": True}
    for _ in range(2):
        assert http.put(where, json={"deleted": False}).json()["deleted"] is False
    assert http.get(f"{PRODUCTS}/prod_abc123", headers=key).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        {"deleted": True},
        {"deleted": 0},
        {"low_stock_threshold": "5"},
        {"low_stock_threshold": 1, "deleted": False},
    ],
)
def test_nothing_else_of_a_product_is_the_owners(http: httpx.Client, plane: str, body: Any) -> None:
    assert http.put(f"{plane}/mercozy_products/prod_abc123", json=body).status_code == 400


def test_the_routes_are_listed_with_what_they_do(http: httpx.Client) -> None:
    routes = [route for route in http.get("/_sandbox").json()["routes"] if "/mercozy_" in route["path"]]
    assert len(routes) == 9
    assert all(route["does"] for route in routes)
