"""A tenant's account at OrangeConnex: its sellers, and the tokens that it holds for them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import quote

from ..domain.clock import Clock
from ..domain.ids import Ids
from ..domain.ledger import Ledger
from ..domain.world import World
from ..tenancy import KeyTaken, Tenant, UnknownSetting
from . import seeds
from .demo_numbers import NewNumbers, as_documented
from .tokens import Grant, Grants, new_code, new_token
from .vocabulary import LIFETIMES_S, TOKENS_KEPT, WORKING_HOURS

SAMPLE_REDIRECT_URI = "https://erp.example.com/oauth"
MOST_SELLERS = 100
SELLER_SETTINGS = ("ocid", "login", "password")
SERIALS_OF_A_SELLER = 1_000_000_000
"""How many movements one seller's ledger numbers before it runs into the next seller's."""
_OCID = re.compile(r"[0-9]{8}")
_FIRST_OCID = 10000001


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
    choices: Mapping[str, Any]
    seed: str = "demo"
    sellers: dict[str, Seller] = field(default_factory=dict)
    access: Grants = field(default_factory=lambda: _grants("access_token"))
    refresh: Grants = field(default_factory=lambda: _grants("refresh_token"))
    codes: Grants = field(default_factory=lambda: _grants("authorization_code"))
    logins: Grants = field(default_factory=lambda: _grants("login"))

    def worlds(self) -> Iterator[World]:
        """One for each seller."""
        return (seller.world for seller in self.sellers.values())

    def handles(self) -> Iterator[str]:
        """The client key."""
        yield self.client_key

    def kept(self) -> Iterator[tuple[str, str]]:
        """The secret key, and the refresh tokens."""
        yield "secret_key", self.secret_key
        yield from (("refresh_token", token) for token in self.refresh)

    def describe(self) -> Mapping[str, Any]:
        """Sellers, each with a pair of tokens, and those of the first again; one about to expire is made anew."""
        sellers = [self.describe_seller(seller) for seller in self.sellers.values()]
        first = sellers[0]
        return {
            "sellers": sellers,
            "access_token": first["access_token"],
            "refresh_token": first["refresh_token"],
        }

    def describe_seller(self, seller: Seller) -> dict[str, str]:
        """What the tenant's owner is told of a seller."""
        return {
            "ocid": seller.ocid,
            "login": seller.login,
            "password": seller.password,
            "access_token": self.access_token(seller.ocid),
            "refresh_token": self._usable(self.refresh, seller.ocid),
        }

    def first(self) -> Seller:
        """The seller for whom samples are made, and who is meant where none is named."""
        return next(iter(self.sellers.values()))

    def add_seller(self, *, ocid: str | None = None, login: str | None = None, password: str | None = None) -> Seller:
        """One more seller, with a world of its own; what is not given is made up.

        Errors: UnknownSetting, KeyTaken; nothing is then changed.
        """
        if len(self.sellers) >= MOST_SELLERS:
            raise UnknownSetting(f"a tenant has at most {MOST_SELLERS} sellers; make another tenant")
        # Who logs in gives the one or the other, so no text may be the one of a seller and the other of a second.
        taken = {*self.sellers, *(seller.login for seller in self.sellers.values())}
        if ocid is None:
            ocid = next(str(n) for n in count(_FIRST_OCID) if str(n) not in taken)
        if login is None:
            login = next(name for name in _logins() if name not in taken)
        if password is None:
            password = "sandbox"  # noqa: S105 - no secret, the login page shows it
        if not _OCID.fullmatch(ocid):
            raise UnknownSetting(f"ocid must be eight digits, not {ocid[:200]!r}")
        for name, text in (("login", login), ("password", password)):
            if not text.isprintable() or text != text.strip() or not 0 < len(text) <= 100:
                wanted = "a text of 1 to 100 characters, without space at its ends"
                raise UnknownSetting(f"{name} must be {wanted}, not {text[:200]!r}")
        for text in (ocid, login):
            if text in taken:
                raise KeyTaken(f"the tenant has a seller {text} already; leave it out to get a free one")
        seller = Seller(ocid, login, password, self._new_world(ocid))
        self.sellers[ocid] = seller
        return seller

    def _new_world(self, ocid: str) -> World:
        place = len(self.sellers)  # among the tenant's: the first seller has the documentation's numbers
        ledger = Ledger(first_serial=place * SERIALS_OF_A_SELLER)
        address = address_of(self.client_key, ocid)
        world = World(self.clock, self.ids, address, self.choices, ledger, working_hours=WORKING_HOURS)
        if self.seed == "demo":
            seeds.sow(world, NewNumbers(self.ids) if place else as_documented)
        return world

    def access_token(self, ocid: str) -> str:
        """A seller's access token that is good for another minute."""
        return self._usable(self.access, ocid)

    def credential(self, name: str) -> str:
        """What a sample call takes from the account, a code or token made for it. Errors: KeyError."""
        seller = self.first()
        values: dict[str, Callable[[], str]] = {
            "client_key": lambda: self.client_key,
            "ocid": lambda: seller.ocid,
            "login": lambda: seller.login,
            "password": lambda: seller.password,
            "redirect_uri": lambda: SAMPLE_REDIRECT_URI,
            # Encoded once: a query string adds the second time, and then bears the text of the address bar.
            "authorization_code": lambda: quote(self.new_authorization_code(seller.ocid, SAMPLE_REDIRECT_URI), safe=""),
            "login_ticket": lambda: self.new_login(seller.ocid, SAMPLE_REDIRECT_URI),
            "refresh_token": lambda: self._usable(self.refresh, seller.ocid),
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

    def new_login(self, ocid: str, redirect_uri: str) -> str:
        """A ticket for the consent page: that a seller has logged in there, to be sent to redirect_uri."""
        ticket = self.ids.opaque("login", 24).hex()
        self.logins.add(ticket, Grant(ocid, self.clock.now_s() + self.logins.lasts_s, redirect_uri))
        return ticket

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
    """A fresh tenant's account, with the sellers that it was asked for. Errors: UnknownSetting, KeyTaken."""
    choices = tenant.choices.values
    account = Account(tenant.client_key, tenant.secret_key, tenant.clock, tenant.ids, choices, tenant.seed)
    for settings in _sellers_wanted(tenant.sellers):
        account.add_seller(**settings)
    return account


def _sellers_wanted(wanted: Any) -> list[dict[str, str]]:
    """The settings of each seller, from how many or from a list of them. Errors: UnknownSetting."""
    if type(wanted) is int and 1 <= wanted <= MOST_SELLERS:
        return [{} for _ in range(wanted)]
    if isinstance(wanted, (list, tuple)) and 1 <= len(wanted) <= MOST_SELLERS:
        return [seller_settings(row) for row in wanted]
    raise UnknownSetting(
        f"sellers must be a number from 1 to {MOST_SELLERS}, or a list of so many objects "
        f"with any of {', '.join(SELLER_SETTINGS)}"
    )


def seller_settings(wanted: Any) -> dict[str, str]:
    """What a seller shall be, as `add_seller` takes it. Errors: UnknownSetting."""
    if not isinstance(wanted, Mapping) or not set(wanted) <= set(SELLER_SETTINGS):
        raise UnknownSetting(f"a seller is an object with any of {', '.join(SELLER_SETTINGS)}")
    for name, value in wanted.items():
        if value is not None and not isinstance(value, str):
            raise UnknownSetting(f"a seller's {name} must be a text")
    return {name: value for name, value in wanted.items() if value is not None}


def _logins() -> Iterator[str]:
    yield "seller@example.com"
    yield from (f"seller{n}@example.com" for n in count(2))


def address_of(client_key: str, ocid: str) -> str:
    """What stands behind /files/ in the URLs of a seller's files."""
    return f"{client_key}/{ocid}"
