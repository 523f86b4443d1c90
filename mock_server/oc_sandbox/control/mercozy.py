"""What a shop's owner does in Mercozy's own web pages, and no endpoint of its API does: keys with scopes."""

from collections.abc import Iterable
from typing import Any

from ..mercozy.credentials import NAME, Account, new_key
from ..mercozy.vocabulary import SCOPES
from ..tenancy import Tenant, Tenants


class BadRequest(ValueError):
    """Something that the back office cannot do. The message says why, and what is possible."""


class BackOffice:
    """The back office of one tenant's shop."""

    def __init__(self, tenants: Tenants, tenant: Tenant) -> None:
        self._tenants = tenants
        self._tenant = tenant
        self._account: Account = tenant.accounts[NAME]

    def keys(self) -> list[dict[str, Any]]:
        """Every key with its scopes; the first is the one that the tenant came with."""
        return [{"api_key": key, "scopes": sorted(scopes)} for key, scopes in self._account.keys.items()]

    def new_key(self, scopes: Iterable[str] = SCOPES) -> str:
        """A further key, which may do what its scopes say: all, if none are given. Errors: BadRequest."""
        wanted = list(scopes)
        for scope in wanted:
            if scope not in SCOPES:
                raise BadRequest(f"there is no scope {scope!r}; there are {', '.join(sorted(SCOPES))}")
        key = new_key(self._tenant)
        self._account.keys[key] = frozenset(wanted)
        self._tenants.add_handle(self._tenant, NAME, key)
        return key

    def revoke_key(self, key: str) -> None:
        """Let a key open nothing any more. Errors: BadRequest."""
        if key == self._account.api_key:
            raise BadRequest("the key that the tenant came with stays; make another, and revoke that")
        if key not in self._account.keys:
            raise BadRequest(f"the tenant has no key {key!r}")
        del self._account.keys[key]
        self._tenants.drop_handle(NAME, key)
