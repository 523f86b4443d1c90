"""Which calls of a tenant fail, and how."""

from typing import Any

from ...fault_checks import faults_of
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Way, nothing


def get_faults(tenant: Tenant, asked: Asked) -> Any:
    """The faults, each with the calls that it has counted and how often it has fired."""
    return {"faults": tenant.faults.view() if tenant.faults is not None else []}


def put_faults(tenant: Tenant, asked: Asked) -> Any:
    """Let calls fail from now on: [{"operation": "sku_query_v3", "status": 503, "first": 2}, …]; others go."""
    tenant.faults = faults_of(asked.body)
    return get_faults(tenant, asked)


def clear_faults(tenant: Tenant, asked: Asked) -> Any:
    """Let no call fail any more."""
    tenant.faults = None
    return nothing()


WAYS = (
    Way("GET", f"{ONE_TENANT}/faults", get_faults),
    Way("PUT", f"{ONE_TENANT}/faults", put_faults),
    Way("DELETE", f"{ONE_TENANT}/faults", clear_faults),
)
