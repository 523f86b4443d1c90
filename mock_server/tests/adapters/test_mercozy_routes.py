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
    for key in (tenant["mercozy_api_key"], "mk_sandbox_none"):
        assert http.delete(f"{plane}/mercozy_keys/{key}").status_code == 400


def test_the_routes_are_listed_with_what_they_do(http: httpx.Client) -> None:
    routes = [route for route in http.get("/_sandbox").json()["routes"] if "/mercozy_" in route["path"]]
    assert len(routes) >= 3
    assert all(route["does"] for route in routes)
