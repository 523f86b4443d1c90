"""Tenants: each one integrator's private sandbox. They share nothing: a test takes a fresh one."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from .assumptions import Choices, Sightings
from .catalog import catalog
from .domain.clock import Clock
from .domain.ids import Ids
from .domain.lifecycles import EVENTS
from .domain.world import Happened, World
from .events import EventLog
from .journal import Journal
from .outbox import Outbox, check_address

if TYPE_CHECKING:
    from .faults import Faults

Auth = Literal["strict", "open"]
Seed = Literal["demo", "empty"]
Sellers = int | Sequence[Mapping[str, str]]
"""How many, or of each what it shall be (`ocid`, `login`, `password`); the rest is made up."""

DEFAULT_CLIENT_KEY = "bd1d1971-d0db-11ea-b4a1-00505694c27b"
"""The client key of the vendor's own documentation, so that its samples work unchanged."""
_CLIENT_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]{0,98}[A-Za-z0-9])?")


class Account(Protocol):
    """What a tenant has at one vendor."""

    def worlds(self) -> Iterator[World]:
        """The worlds in which time passes."""

    def handles(self) -> Iterator[str]:
        """The credentials by which a call names its tenant."""

    def kept(self) -> Iterator[tuple[str, str]]:
        """What its client is to keep to itself: secret_key or refresh_token, and the value."""

    def describe(self) -> Mapping[str, Any]:
        """What the owner is told: keys and tokens, each under the control plane's name."""

    def credential(self, name: str) -> str:
        """What a sample call takes from the account: the fixtures' `@name`. Errors: KeyError."""


@dataclass(eq=False)
class Tenant:
    """One integrator's sandbox.

    `auth` open lets calls through that lack signature or token; what they do bring must hold. `choices` is what it
    takes for true where nobody knows how a vendor does. `sellers` is what it was made with. `faults` is None where
    there are none, which is all that a call then asks.
    """

    client_key: str
    secret_key: str
    clock: Clock
    ids: Ids
    choices: Choices
    auth: Auth = "strict"
    seed: Seed = "demo"
    sellers: Sellers = 1
    journal: Journal = field(default_factory=Journal)
    accounts: dict[str, Any] = field(default_factory=dict)
    worlds: list[World] = field(default_factory=list)
    events: EventLog = field(default_factory=EventLog)
    outbox: Outbox = field(init=False)
    faults: "Faults | None" = None

    def __post_init__(self) -> None:
        self.outbox = Outbox(self)

    @cached_property
    def session_id(self) -> str:
        """What the session cookie says."""
        return self.ids.opaque("session", 16).hex().upper()

    @property
    def signing(self) -> str:
        """What stands in the body's place in the signed text: production the raw body, stage nothing, or either."""
        return str(self.choices.values["signing"])

    def settle(self) -> list[Happened]:
        """Let everything happen that is due by the tenant's clock, in the order of time; gives what that was."""
        news: list[tuple[Happened, World]] = []
        now_s = self.clock.now_s()
        for world in self.worlds:
            if world.news:
                self._hear(world)
            if world.agenda and world.agenda[0].at_s <= now_s:
                news += [(happened, world) for happened in world.settle(EVENTS, now_s)]
        if not news:
            return []
        news.sort(key=lambda each: each[0].at_s)  # what one instant has brought stays in the order in which it came
        self._note(news)
        return [happened for happened, _ in news]

    def _hear(self, world: World) -> None:
        """Take note of what calls have made happen, which is before anything that is due only now."""
        heard, world.news = world.news, []
        self._note([(happened, world) for happened in heard])

    def _note(self, news: list[tuple[Happened, World]]) -> None:
        if self.outbox.url is None:
            self.events.write(news[-self.events.limit :], skipped=max(0, len(news) - self.events.limit))
            return
        for event in self.events.write(news):
            self.outbox.post(event)

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

    def steps_to(self, target_ms: int) -> Iterator[list[Happened]]:
        """Move the clock forward to an instant, with a stop wherever a webhook is to be sent; gives what happened.

        Whoever walks the steps sends what is due at each: so a receiver that asks back meets the world as it is told
        of, and a retry happens at its own time. Without a receiver it is one step.
        """
        yield self.settle()
        reached_ms = -1
        while self.outbox.url is not None:
            due_ms = self._next_due_ms()
            # Where nobody sent what was due at the last stop, waiting for it would last for ever.
            if due_ms is None or not reached_ms < due_ms < target_ms:
                break
            reached_ms = due_ms
            self.clock.reach(due_ms)
            yield self.settle()
        self.clock.reach(target_ms)
        yield self.settle()

    def _next_due_ms(self) -> int | None:
        due = [world.agenda[0].at_s * 1000 for world in self.worlds if world.agenda]
        if self.outbox.next_at_ms is not None:
            due.append(self.outbox.next_at_ms)
        return min(due, default=None)


class KeyTaken(ValueError):
    """A tenant with that client key exists, or a seller with that number or login."""


class UnknownSetting(ValueError):
    """A tenant was asked for with a setting that does not exist. The message names the choices."""


def _one_of(name: str, value: str, choices: Any) -> Any:
    if value not in get_args(choices):
        raise UnknownSetting(f"{name} must be one of {', '.join(get_args(choices))}, not {value!r}")
    return value


def _answers(signing: str | None, others: Mapping[str, str] | None) -> dict[str, str]:
    """All answers that somebody gave. `signing` is one that has a setting of its own."""
    return {**({"signing": signing} if signing else {}), **(others or {})}


class Tenants:
    """All tenants of one server or one test process, found by their credentials."""

    def __init__(
        self,
        *,
        auth: str = "strict",
        signing: str | None = None,
        seed: str = "demo",
        assumptions: Mapping[str, str] | None = None,
        sightings: Sightings | None = None,
    ) -> None:
        self.auth: Auth = _one_of("auth", auth, Auth)
        self._choices = Choices(catalog().questions, sightings)
        self._choices.take({**(sightings.answers if sightings else {}), **_answers(signing, assumptions)})
        self.seed: Seed = _one_of("seed", seed, Seed)
        self.default: Tenant | None = None
        self.listening: dict[str, Tenant] = {}
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
        assumptions: Mapping[str, str] | None = None,
        sellers: Sellers = 1,
        webhook_url: str | None = None,
    ) -> Tenant:
        """A fresh tenant; what is not given is made up or a default.

        Errors: UnknownSetting, UnknownAnswer, KeyTaken, BadAddress.
        """
        if webhook_url is not None:
            check_address(webhook_url)
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
        choices = self._choices.copy()
        choices.take(_answers(signing, assumptions))
        ids = Ids(client_key)
        tenant = Tenant(
            client_key=client_key,
            secret_key=secret_key or str(uuid.UUID(bytes=ids.opaque("secret_key", 16), version=4)),
            clock=clock or Clock(),
            ids=ids,
            auth=_one_of("auth", auth, Auth) if auth else self.auth,
            choices=choices,
            seed=_one_of("seed", seed, Seed) if seed else self.seed,
            sellers=sellers,
        )
        for api in catalog().apis.values():
            account = tenant.accounts[api.name] = api.credentials.open_account(tenant)
            tenant.worlds += account.worlds()
        self._by_key[client_key] = tenant
        for name, account in tenant.accounts.items():
            for handle in account.handles():
                self._by_handle[name, handle] = tenant
        self.listen(tenant, webhook_url)
        return tenant

    def create_default(self, clock: Clock | None = None, webhook_url: str | None = None) -> Tenant:
        """The tenant that is there from the start, with the documentation's client key. Errors: BadAddress."""
        self.default = self.create(client_key=DEFAULT_CLIENT_KEY, clock=clock, webhook_url=webhook_url)
        return self.default

    def listen(self, tenant: Tenant, webhook_url: str | None) -> None:
        """Send a tenant's webhooks to an address from now on, or nowhere; what happened before stays unsent.

        Errors: BadAddress.
        """
        if webhook_url is None:
            self.listening.pop(tenant.client_key, None)
            tenant.outbox.close()
            return
        check_address(webhook_url)
        self.listening[tenant.client_key] = tenant
        tenant.outbox.url = webhook_url

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
        self.listen(tenant, None)
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
