"""Mercozy's back office: what a shop's owner does in the vendor's web pages."""

from typing import Any

from ...control.mercozy import BackOffice, BadRequest
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Way, in_json, nothing


def get_keys(tenant: Tenant, asked: Asked) -> Any:
    """Every API key of the shop, with its scopes."""
    return {"keys": BackOffice(asked.tenants, tenant).keys()}


def create_key(tenant: Tenant, asked: Asked) -> Any:
    """A further API key: {"scopes": ["products:read", …]}; without scopes it may do everything."""
    settings = asked.settings_if_any("scopes")
    office = BackOffice(asked.tenants, tenant)
    if "scopes" in settings:
        scopes = settings["scopes"]
        if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
            raise BadRequest("scopes must be a list of texts")
        office.new_key(scopes)
    else:
        office.new_key()
    return in_json(office.keys()[-1], 201)


def revoke_key(tenant: Tenant, asked: Asked) -> Any:
    """Let an API key open nothing any more."""
    BackOffice(asked.tenants, tenant).revoke_key(asked.request.path_params["api_key"])
    return nothing()


def get_plan(tenant: Tenant, asked: Asked) -> Any:
    """The shop's plan, and how many calls it allows in a minute; null where calls are not counted."""
    return BackOffice(asked.tenants, tenant).plan()


def put_plan(tenant: Tenant, asked: Asked) -> Any:
    """Count calls from now on: {"plan": "pro"}, {"plan": "business"}, or {"plan": null} to count none."""
    body = asked.body
    if not isinstance(body, dict) or body.keys() != {"plan"} or not isinstance(body["plan"], (str, type(None))):
        raise BadRequest('the body must be {"plan": "pro"}, with the name of a plan or null')
    office = BackOffice(asked.tenants, tenant)
    office.set_plan(body["plan"])
    return office.plan()


def get_warehouses(tenant: Tenant, asked: Asked) -> Any:
    """Every warehouse of the shop."""
    return {"warehouses": BackOffice(asked.tenants, tenant).warehouses()}


def create_warehouse(tenant: Tenant, asked: Asked) -> Any:
    """A further warehouse: {"name": "North", "warehouse_id": "wh_north"}; the id is made up if it is left out."""
    settings = asked.settings_if_any("name", "warehouse_id")
    if not isinstance(settings.get("name"), str) or not isinstance(settings.get("warehouse_id", ""), str):
        raise BadRequest('the body must be {"name": "North", "warehouse_id": "wh_north"}; the id may be left out')
    office = BackOffice(asked.tenants, tenant)
    office.add_warehouse(settings["name"], settings.get("warehouse_id"))
    return in_json(office.warehouses()[-1], 201)


def get_product(tenant: Tenant, asked: Asked) -> Any:
    """What of a product no endpoint changes: its low-stock threshold, and whether it is deleted."""
    return BackOffice(asked.tenants, tenant).product(asked.request.path_params["product_id"])


def put_product(tenant: Tenant, asked: Asked) -> Any:
    """Set the threshold, {"low_stock_threshold": 5}, or restore a deleted product, {"deleted": false}."""
    settings = asked.settings_if_any("low_stock_threshold", "deleted")
    office, product_id = BackOffice(asked.tenants, tenant), asked.request.path_params["product_id"]
    if len(settings) != 1 or settings.get("deleted", False) is not False:
        raise BadRequest('the body must be {"low_stock_threshold": 5} or {"deleted": false}; the API deletes products')
    if "low_stock_threshold" in settings:
        office.set_low_stock_threshold(product_id, settings["low_stock_threshold"])
    elif office.product(product_id)["deleted"]:
        office.restore_product(product_id)
    return office.product(product_id)


WAYS = (
    Way("GET", f"{ONE_TENANT}/mercozy_keys", get_keys),
    Way("POST", f"{ONE_TENANT}/mercozy_keys", create_key),
    Way("DELETE", f"{ONE_TENANT}/mercozy_keys/{{api_key}}", revoke_key),
    Way("GET", f"{ONE_TENANT}/mercozy_plan", get_plan),
    Way("PUT", f"{ONE_TENANT}/mercozy_plan", put_plan),
    Way("GET", f"{ONE_TENANT}/mercozy_warehouses", get_warehouses),
    Way("POST", f"{ONE_TENANT}/mercozy_warehouses", create_warehouse),
    Way("GET", f"{ONE_TENANT}/mercozy_products/{{product_id}}", get_product),
    Way("PUT", f"{ONE_TENANT}/mercozy_products/{{product_id}}", put_product),
)
