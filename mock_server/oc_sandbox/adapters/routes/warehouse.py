"""What a tenant's warehouse does on demand: its stock is set, and an order ends in trouble."""

from typing import Any

from ...control import sellers, stock, troubles
from ...domain.world import World
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way


def get_stock(tenant: Tenant, asked: Asked) -> Any:
    """The stock of the seller that ?ocid= names, or of the first."""
    return {"stock": stock.rows(_world(tenant, asked))}


def put_stock(tenant: Tenant, asked: Asked) -> Any:
    """Adjust stock by movements: {"stock": [row, …]} or the bare list; ?ocid= names the seller."""
    wanted = asked.body.get("stock") if isinstance(asked.body, dict) else asked.body
    if not isinstance(wanted, list):
        raise Problem(400, 'the body must be {"stock": [{"mf_sku_id": …, "service_region": …, "available": 10}]}')
    world = _world(tenant, asked)
    with tenant.one_instant():
        return {"stock": stock.adjust(world, wanted)}


def make_trouble(tenant: Tenant, asked: Asked) -> Any:
    """Let an order end as {"order_number": …, "trouble": …}, or a SKU, by "mf_sku_id", as "review_failed"."""
    wanted = asked.settings("order_number", "mf_sku_id", "trouble")
    number = wanted.get("order_number", wanted.get("mf_sku_id"))
    return troubles.make_trouble(tenant.worlds, number, wanted.get("trouble"))


def _world(tenant: Tenant, asked: Asked) -> World:
    """The world of the seller that the call means. Errors: NoSuchSeller."""
    return sellers.world_of(tenant, asked.parameter("ocid"))


WAYS = (
    Way("GET", f"{ONE_TENANT}/stock", get_stock),
    Way("PUT", f"{ONE_TENANT}/stock", put_stock),
    Way("POST", f"{ONE_TENANT}/troubles", make_trouble),
)
