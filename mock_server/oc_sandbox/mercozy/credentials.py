"""Who calls Mercozy: API keys, and the scopes that each has."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..call import Call
from ..contract import Operation, Signable
from ..domain.quota import Quota
from ..domain.world import World
from ..refusal import Refused
from ..tenancy import Tenant, Tenants
from . import seeds
from .vocabulary import SCOPES

NAME = "mercozy"
SCOPE = "scope:"
KEY_PREFIX = "mk_sandbox_"  # the vendor's keys begin with mk_live_, so that neither is ever taken for the other
log = logging.getLogger("oc_sandbox")


@dataclass(eq=False)
class Account:
    """A tenant at Mercozy: a shop, and the keys to it, each with what it may do.

    `plan` is what the shop pays for; without one nobody counts its calls.
    """

    world: World
    keys: dict[str, frozenset[str]]
    plan: str | None = None
    quota: Quota | None = None

    @property
    def api_key(self) -> str:
        """The key that the tenant came with. It may do everything and stays."""
        return next(iter(self.keys))

    def worlds(self) -> Iterator[World]:
        """The shop's only one."""
        yield self.world

    def handles(self) -> Iterator[str]:
        """The API keys."""
        yield from self.keys

    def kept(self) -> Iterator[tuple[str, str]]:
        """Nothing: each call bears its key."""
        yield from ()

    def describe(self) -> Mapping[str, Any]:
        """The API key that may do everything."""
        return {"mercozy_api_key": self.api_key}


def open_account(tenant: Tenant) -> Account:
    """A fresh tenant's shop, with a key that may do everything."""
    world = World(tenant.clock, tenant.ids, choices=tenant.choices.values)
    if tenant.seed == "demo":
        seeds.sow(world)
    return Account(world, {new_key(tenant): SCOPES})


def new_key(tenant: Tenant) -> str:
    """A key that nobody has; it opens nothing until the account has it and the tenants know it."""
    return KEY_PREFIX + tenant.ids.opaque("mercozy_api_key", 12).hex()


def identify(call: Call, operation: Operation, tenants: Tenants) -> Tenant:
    """The tenant that the X-API-Key header names; without one the default, if its auth is open. Errors: Refused."""
    key = call.headers.get("x-api-key", "")
    if not key:
        if tenants.default is None or tenants.default.auth != "open":
            raise Refused("api_key_missing")
        return tenants.default
    tenant = tenants.find(NAME, key)
    if tenant is None:
        log.warning(
            "%s %s: no tenant has that X-API-Key; a tenant's key begins with %s and stands in its mercozy_api_key",
            call.method, call.path, KEY_PREFIX,
        )  # fmt: skip
        raise Refused("api_key_unknown")
    return tenant


def authenticate(call: Call, operation: Operation, tenant: Tenant) -> World:
    """The tenant's shop, if its plan has a call left and the key has the scope that is wanted. Errors: Refused."""
    account: Account = tenant.accounts[NAME]
    if account.quota is not None and not account.quota.take(tenant.clock.now_ms()):
        raise Refused("rate_limited")
    # Only an open tenant is called without a key.
    scopes = account.keys.get(call.headers.get("x-api-key", ""), SCOPES)
    for wanted in operation.auth:
        if wanted.startswith(SCOPE) and wanted[len(SCOPE) :] not in scopes:
            raise Refused("scope_missing", scope=wanted[len(SCOPE) :])
    return account.world


def sign(operation: Signable, tenant: Tenant, path: str, body: bytes) -> dict[str, str]:
    """The header of a good call."""
    account: Account = tenant.accounts[NAME]
    return {"X-API-Key": account.api_key}
