"""Tenants: each one integrator's private sandbox. They share nothing: a test takes a fresh one."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from .catalog import catalog
from .domain.clock import Clock
from .domain.ids import Ids
from .domain.lifecycles import EVENTS
from .domain.world import Happened, World
from .journal import Journal

Auth = Literal["strict", "open"]
Signing = Literal["either", "stage", "production"]
Seed = Literal["demo", "empty"]

DEFAULT_CLIENT_KEY = "bd1d1971-d0db-11ea-b4a1-00505694c27b"
"""The client key of the vendor's own documentation, so that its samples work unchanged."""
_CLIENT_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]{0,98}[A-Za-z0-9])?")


class Account(Protocol):
    """What a tenant has at one vendor."""

    def worlds(self) -> Iterator[World]:
        """The worlds in which time passes."""

    def handles(self) -> Iterator[str]:
        """The credentials by which a call names its tenant."""

    def describe(self) -> Mapping[str, Any]:
        """What the owner is told: keys and tokens, each under the control plane's name."""

    def credential(self, name: str) -> str:
        """What a sample call takes from the account: the fixtures' `@name`. Errors: KeyError."""


@dataclass(eq=False)
class Tenant:
    """One integrator's sandbox.

    `auth` open lets calls through that lack signature or token; what they do bring must hold. `signing` tells what
    stands in the body's place in the signed text: the raw body, nothing, or either.
    """

    client_key: str
    secret_key: str
    clock: Clock
    ids: Ids
    auth: Auth = "strict"
    signing: Signing = "either"
    seed: Seed = "demo"
    journal: Journal = field(default_factory=Journal)
    accounts: dict[str, Any] = field(default_factory=dict)
    worlds: list[World] = field(default_factory=list)
    session_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.session_id = self.ids.opaque("session", 16).hex().upper()

    def settle(self) -> list[Happened]:
        """Let everything happen that is due by the tenant's clock, in the order of time."""
        happened: list[Happened] = []
        now_s = self.clock.now_s()
        for world in self.worlds:
            if world.agenda and world.agenda[0].at_s <= now_s:
                happened += world.settle(EVENTS, now_s)
        return sorted(happened) if len(happened) > 1 else happened

    @contextmanager
    def one_instant(self) -> Iterator[None]:
        """Let everything inside happen at one instant, and after all that was due by then."""
        self.clock.hold()
        try:
            self.settle()
            yield
        finally:
            self.clock.release()

    def advance(self, seconds: float) -> list[Happened]:
        """Move the clock forward and let everything happen that is then due. Errors: TimeRunsForward."""
        self.clock.advance(seconds)
        return self.settle()


class KeyTaken(ValueError):
    """A tenant with that client key exists."""


class UnknownSetting(ValueError):
    """A tenant was asked for with a setting that does not exist. The message names the choices."""


def _one_of(name: str, value: str, choices: Any) -> Any:
    if value not in get_args(choices):
        raise UnknownSetting(f"{name} must be one of {', '.join(get_args(choices))}, not {value!r}")
    return value


class Tenants:
    """All tenants of one server or one test process, found by their credentials."""

    def __init__(self, *, auth: str = "strict", signing: str = "either", seed: str = "demo") -> None:
        self.auth: Auth = _one_of("auth", auth, Auth)
        self.signing: Signing = _one_of("signing", signing, Signing)
        self.seed: Seed = _one_of("seed", seed, Seed)
        self.default: Tenant | None = None
        self._by_key: dict[str, Tenant] = {}
        self._by_handle: dict[tuple[str, str], Tenant] = {}

    def create(
        self,
        *,
        client_key: str | None = None,
        secret_key: str | None = None,
        seed: str | None = None,
        clock: Clock | None = None,
        auth: str | None = None,
        signing: str | None = None,
    ) -> Tenant:
        """A fresh tenant; what is not given is made up or a default. Errors: UnknownSetting, KeyTaken."""
        client_key = client_key or str(uuid.uuid4())
        if not _CLIENT_KEY.fullmatch(client_key):
            raise UnknownSetting(
                "client_key must be 1 to 100 letters, digits, and - _ . ~ in between: "
                f"it stands in headers and paths; not {client_key[:200]!r}"
            )
        if client_key in self._by_key:
            raise KeyTaken(
                f"there is a tenant with the client key {client_key} already; delete it first, or leave the key out"
            )
        ids = Ids(client_key)
        tenant = Tenant(
            client_key=client_key,
            secret_key=secret_key or str(uuid.UUID(bytes=ids.opaque("secret_key", 16), version=4)),
            clock=clock or Clock(),
            ids=ids,
            auth=_one_of("auth", auth or self.auth, Auth),
            signing=_one_of("signing", signing or self.signing, Signing),
            seed=_one_of("seed", seed or self.seed, Seed),
        )
        self._by_key[client_key] = tenant
        for api in catalog().apis.values():
            account = tenant.accounts[api.name] = api.credentials.open_account(tenant)
            tenant.worlds += account.worlds()
            for handle in account.handles():
                self._by_handle[api.name, handle] = tenant
        return tenant

    def create_default(self, clock: Clock | None = None) -> Tenant:
        """The tenant that is there from the start, with the documentation's client key."""
        self.default = self.create(client_key=DEFAULT_CLIENT_KEY, clock=clock)
        return self.default

    def get(self, client_key: str) -> Tenant | None:
        """The tenant with a client key."""
        return self._by_key.get(client_key)

    def add_handle(self, tenant: Tenant, api: str, handle: str) -> None:
        """Let one more credential name a tenant; its account must yield it among its handles from now on."""
        self._by_handle[api, handle] = tenant

    def drop_handle(self, api: str, handle: str) -> None:
        """Let a credential name nobody any more."""
        del self._by_handle[api, handle]

    def find(self, api: str, handle: str) -> Tenant | None:
        """The tenant that a credential of an API names."""
        return self._by_handle.get((api, handle))

    def remove(self, client_key: str) -> bool:
        """Forget a tenant and all it remembers; False if there is none."""
        tenant = self._by_key.pop(client_key, None)
        if tenant is None:
            return False
        for name, account in tenant.accounts.items():
            for handle in account.handles():
                del self._by_handle[name, handle]
        if tenant is self.default:
            self.default = None
        return True

    def __iter__(self) -> Iterator[Tenant]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)
