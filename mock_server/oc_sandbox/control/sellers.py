"""The sellers of a tenant, as its owner names and adds them."""

from typing import Any

from ..domain.world import World
from ..orangeconnex.accounts import Account, seller_settings
from ..orangeconnex.credentials import NAME
from ..tenancy import Tenant
from .problems import NotThere


class NoSuchSeller(NotThere):
    """The tenant has no seller of that number. The message names those it has."""


def world_of(tenant: Tenant, ocid: str | None = None) -> World:
    """The world of the seller with an account number, by default of the first. Errors: NoSuchSeller."""
    account: Account = tenant.accounts[NAME]
    if ocid is None:
        return account.first().world
    if ocid not in account.sellers:
        raise NoSuchSeller(f"there is no seller {ocid[:200]!r}; the tenant has {', '.join(account.sellers)}")
    return account.sellers[ocid].world


def add(tenant: Tenant, wanted: Any) -> dict[str, str]:
    """One more seller, and what the tenant's view tells of it. Errors: UnknownSetting, KeyTaken."""
    account: Account = tenant.accounts[NAME]
    settings = seller_settings(wanted)
    with tenant.one_instant():
        seller = account.add_seller(**settings)
        tenant.worlds.append(seller.world)
        return account.describe_seller(seller)
