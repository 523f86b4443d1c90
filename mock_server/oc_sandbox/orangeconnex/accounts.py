"""A tenant's account at OrangeConnex: its sellers, and the tokens that it holds for them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import quote

from ..domain.clock import Clock
from ..domain.ids import Ids
from ..domain.world import World
from ..tenancy import Tenant
from . import seeds
from .tokens import Grant, new_code, new_token
from .vocabulary import LIFETIMES_S

SAMPLE_REDIRECT_URI = "https://erp.example.com/oauth"


class Seller(NamedTuple):
    """A seller who lets the tenant act for it. `ocid` is the eight-digit account number."""

    ocid: str
    login: str
    password: str
    world: World


@dataclass(eq=False)
class Account:
    """A tenant at OrangeConnex: its sellers, and the tokens that it holds for them."""

    client_key: str
    secret_key: str
    clock: Clock
    ids: Ids
    sellers: dict[str, Seller]
    access: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)

    def worlds(self) -> Iterator[World]:
        """One for each seller."""
        return (seller.world for seller in self.sellers.values())

    def handles(self) -> Iterator[str]:
        """The client key."""
        yield self.client_key

    def describe(self) -> Mapping[str, Any]:
        """Sellers, and a pair of tokens for the first; the access token is made anew when it is about to expire."""
        first = next(iter(self.sellers))
        return {
            "sellers": [{"ocid": s.ocid, "login": s.login, "password": s.password} for s in self.sellers.values()],
            "access_token": self._usable(self.access, first, 60) or self.new_access_token(first),
            "refresh_token": self._usable(self.refresh, first, 60) or self.new_refresh_token(first),
        }

    def credential(self, name: str) -> str:
        """What a sample call takes from the account, a code or token made for it. Errors: KeyError."""
        seller = next(iter(self.sellers.values()))
        values: dict[str, Callable[[], str]] = {
            "client_key": lambda: self.client_key,
            "ocid": lambda: seller.ocid,
            "login": lambda: seller.login,
            "password": lambda: seller.password,
            "redirect_uri": lambda: SAMPLE_REDIRECT_URI,
            # Encoded once: a query string adds the second time, and then bears the text of the address bar.
            "authorization_code": lambda: quote(self.new_authorization_code(seller.ocid, SAMPLE_REDIRECT_URI), safe=""),
            "refresh_token": lambda: str(self.describe()["refresh_token"]),
        }
        return values[name]()

    def new_access_token(self, ocid: str) -> str:
        """An access token for a seller; how long it lasts stands in the API's contract file."""
        return self._issue(self.access, ocid, LIFETIMES_S["access_token"])

    def new_refresh_token(self, ocid: str) -> str:
        """A refresh token for a seller."""
        return self._issue(self.refresh, ocid, LIFETIMES_S["refresh_token"])

    def new_authorization_code(self, ocid: str, redirect_uri: str) -> str:
        """A code, good for one exchange with the same redirect_uri."""
        now_s = self.clock.now_s()
        _forget_dead(self.codes, now_s - LIFETIMES_S["authorization_code"])
        code = new_code(self.ids)
        self.codes[code] = Grant(ocid, now_s + LIFETIMES_S["authorization_code"], redirect_uri)
        return code

    def _issue(self, grants: dict[str, Grant], ocid: str, lasts_s: int) -> str:
        now_s = self.clock.now_s()
        _forget_dead(grants, now_s - lasts_s)
        token = new_token(self.ids, ocid=ocid, client_key=self.client_key, expires_at_s=now_s + lasts_s)
        grants[token] = Grant(ocid, now_s + lasts_s)
        return token

    def _usable(self, grants: dict[str, Grant], ocid: str, at_least_s: int) -> str | None:
        needed = self.clock.now_s() + at_least_s
        for token in reversed(grants):
            if grants[token].ocid == ocid and grants[token].expires_at_s > needed:
                return token
        return None


def _forget_dead(grants: dict[str, Grant], dead_since_s: int) -> None:
    """Drop what expired long ago. Insertion order is the order of expiry, so the dead stand in front."""
    for token in list(takewhile(lambda token: grants[token].expires_at_s <= dead_since_s, grants)):
        del grants[token]


def open_account(tenant: Tenant) -> Account:
    """A fresh tenant's account, with one seller."""
    ocid = "10000001"
    world = World(tenant.clock, tenant.ids, address_of(tenant.client_key, ocid))
    if tenant.seed == "demo":
        seeds.sow(world)
    seller = Seller(ocid, login="seller@example.com", password="sandbox", world=world)  # noqa: S106 - no secret
    return Account(tenant.client_key, tenant.secret_key, tenant.clock, tenant.ids, {seller.ocid: seller})


def address_of(client_key: str, ocid: str) -> str:
    """What stands behind /files/ in the URLs of a seller's files."""
    return f"{client_key}/{ocid}"
