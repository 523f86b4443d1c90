"""A tenant's account at OrangeConnex: its sellers, and the tokens that it holds for them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from ..domain.clock import Clock
from ..domain.ids import Ids
from ..domain.world import World
from ..tenancy import Tenant
from . import seeds
from .tokens import Grant, Grants, new_code, new_token
from .vocabulary import LIFETIMES_S, TOKENS_KEPT

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
    access: Grants = field(default_factory=lambda: _grants("access_token"))
    refresh: Grants = field(default_factory=lambda: _grants("refresh_token"))
    codes: Grants = field(default_factory=lambda: _grants("authorization_code"))

    def worlds(self) -> Iterator[World]:
        """One for each seller."""
        return (seller.world for seller in self.sellers.values())

    def handles(self) -> Iterator[str]:
        """The client key."""
        yield self.client_key

    def describe(self) -> Mapping[str, Any]:
        """Sellers, and a pair of tokens for the first; a token is made anew when it is about to expire."""
        first = next(iter(self.sellers))
        return {
            "sellers": [{"ocid": s.ocid, "login": s.login, "password": s.password} for s in self.sellers.values()],
            "access_token": self._usable(self.access, first),
            "refresh_token": self._usable(self.refresh, first),
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
        return self._issue(self.access, ocid)

    def new_refresh_token(self, ocid: str) -> str:
        """A refresh token for a seller."""
        return self._issue(self.refresh, ocid)

    def new_authorization_code(self, ocid: str, redirect_uri: str) -> str:
        """A code, good for one exchange with the same redirect_uri."""
        code = new_code(self.ids)
        self.codes.add(code, Grant(ocid, self.clock.now_s() + self.codes.lasts_s, redirect_uri))
        return code

    def _issue(self, grants: Grants, ocid: str) -> str:
        expires_at_s = self.clock.now_s() + grants.lasts_s
        token = new_token(self.ids, ocid=ocid, client_key=self.client_key, expires_at_s=expires_at_s)
        grants.add(token, Grant(ocid, expires_at_s))
        return token

    def _usable(self, grants: Grants, ocid: str) -> str:
        """A token that is good for another minute, made anew where there is none."""
        return grants.lasting(ocid, self.clock.now_s() + 60) or self._issue(grants, ocid)


def _grants(kind: str) -> Grants:
    return Grants(LIFETIMES_S[kind], TOKENS_KEPT[kind])


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
