"""Mercozy's back office over HTTP: routes of the control plane below one tenant.

Each function takes the tenants, the tenant that the path names, the request and its JSON body. Errors: ValueError.
"""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ..control.mercozy import BackOffice, BadRequest
from ..tenancy import Tenant, Tenants


def get_keys(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Every API key of the shop, with its scopes."""
    return {"keys": BackOffice(tenants, tenant).keys()}


def create_key(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """A further API key: {"scopes": ["products:read", …]}; without scopes it may do everything."""
    settings = _settings(body, "scopes")
    office = BackOffice(tenants, tenant)
    if "scopes" in settings:
        scopes = settings["scopes"]
        if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
            raise BadRequest("scopes must be a list of texts")
        office.new_key(scopes)
    else:
        office.new_key()
    return _created(office.keys()[-1])


def revoke_key(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Let an API key open nothing any more."""
    BackOffice(tenants, tenant).revoke_key(request.path_params["api_key"])
    return Response(status_code=204)


def get_plan(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """The shop's plan, and how many calls it allows in a minute; null where calls are not counted."""
    return BackOffice(tenants, tenant).plan()


def put_plan(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Count calls from now on: {"plan": "pro"}, {"plan": "business"}, or {"plan": null} to count none."""
    if not isinstance(body, dict) or body.keys() != {"plan"} or not isinstance(body["plan"], (str, type(None))):
        raise BadRequest('the body must be {"plan": "pro"}, with the name of a plan or null')
    office = BackOffice(tenants, tenant)
    office.set_plan(body["plan"])
    return office.plan()


def get_warehouses(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Every warehouse of the shop."""
    return {"warehouses": BackOffice(tenants, tenant).warehouses()}


def create_warehouse(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """A further warehouse: {"name": "North", "warehouse_id": "wh_north"}; the id is made up if it is left out."""
    settings = _settings(body, "name", "warehouse_id")
    if not isinstance(settings.get("name"), str) or not isinstance(settings.get("warehouse_id", ""), str):
        raise BadRequest('the body must be {"name": "North", "warehouse_id": "wh_north"}; the id may be left out')
    office = BackOffice(tenants, tenant)
    office.add_warehouse(settings["name"], settings.get("warehouse_id"))
    return _created(office.warehouses()[-1])


def get_product(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """What of a product no endpoint changes: its low-stock threshold, and whether it is deleted."""
    return BackOffice(tenants, tenant).product(request.path_params["product_id"])


def put_product(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Set the threshold, {"low_stock_threshold": 5}, or restore a deleted product, {"deleted": false}."""
    settings = _settings(body, "low_stock_threshold", "deleted")
    office, product_id = BackOffice(tenants, tenant), request.path_params["product_id"]
    if len(settings) != 1 or settings.get("deleted", False) is not False:
        raise BadRequest('the body must be {"low_stock_threshold": 5} or {"deleted": false}; the API deletes products')
    if "low_stock_threshold" in settings:
        office.set_low_stock_threshold(product_id, settings["low_stock_threshold"])
    elif office.product(product_id)["deleted"]:
        office.restore_product(product_id)
    return office.product(product_id)


WAYS = (
    ("GET", "/mercozy_keys", get_keys),
    ("POST", "/mercozy_keys", create_key),
    ("DELETE", "/mercozy_keys/{api_key}", revoke_key),
    ("GET", "/mercozy_plan", get_plan),
    ("PUT", "/mercozy_plan", put_plan),
    ("GET", "/mercozy_warehouses", get_warehouses),
    ("POST", "/mercozy_warehouses", create_warehouse),
    ("GET", "/mercozy_products/{product_id}", get_product),
    ("PUT", "/mercozy_products/{product_id}", put_product),
)
"""Method, path below the tenant's, and what answers."""


def _created(value: Any) -> Response:
    return Response(orjson.dumps(value), 201, media_type="application/json")


def _settings(body: Any, *known: str) -> dict[str, Any]:
    """The body's settings; a null is as if left out. Errors: BadRequest."""
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise BadRequest(f"the body must be a JSON object with any of {', '.join(known)}")
    unknown = sorted(set(body) - {*known})
    if unknown:
        raise BadRequest(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    return {name: value for name, value in body.items() if value is not None}
