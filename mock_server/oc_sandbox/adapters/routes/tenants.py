"""Tenants and their sellers: made, shown and removed."""

from typing import Any

from ...control import sellers
from ...control.views import tenant_view
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way, in_json, nothing
from .assumptions import answers_of
from .clock import new_clock

SETTINGS = ("assumptions", "auth", "client_key", "clock", "secret_key", "seed", "sellers", "signing", "webhook_url")


def list_tenants(asked: Asked) -> Any:
    """All tenants, as `get_tenant` shows one."""
    return {"tenants": [tenant_view(tenant, asked.root_url) for tenant in asked.tenants]}


def create_tenant(asked: Asked) -> Any:
    """A fresh tenant; the body's settings are all optional."""
    settings = asked.settings_if_any(*SETTINGS)
    clock = new_clock(settings.pop("clock", None))
    assumptions = answers_of(settings.pop("assumptions", {}))
    wanted = settings.pop("sellers", 1)
    for name, value in settings.items():
        if not isinstance(value, str) or not value.isprintable() or not value:
            raise Problem(400, f"{name} must be a text")
    tenant = asked.tenants.create(clock=clock, assumptions=assumptions, sellers=wanted, **settings)
    return in_json(tenant_view(tenant, asked.root_url), 201)


def get_tenant(tenant: Tenant, asked: Asked) -> Any:
    """Keys, tokens (made anew where they are about to expire), sellers and URLs."""
    return tenant_view(tenant, asked.root_url)


def delete_tenant(tenant: Tenant, asked: Asked) -> Any:
    """Forget the tenant."""
    asked.tenants.remove(tenant.client_key)
    return nothing()


def add_seller(tenant: Tenant, asked: Asked) -> Any:
    """One more seller: {"ocid": …, "login": …, "password": …}, all optional."""
    return in_json(sellers.add(tenant, {} if asked.body is None else asked.body), 201)


WAYS = (
    Way("GET", "/tenants", list_tenants),
    Way("POST", "/tenants", create_tenant),
    Way("GET", ONE_TENANT, get_tenant),
    Way("DELETE", ONE_TENANT, delete_tenant),
    Way("POST", f"{ONE_TENANT}/sellers", add_seller),
)
