"""Where a run takes place: the fake in process, a sandbox by its URL, or a server with credentials of one's own."""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from oc_sandbox.assumptions import Choices
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .guards import Guarded, Heard
from .running import Runner
from .scenes import Scene
from .stages import Refusal, check_host, checked_url, is_loopback, is_sandbox, keys_from, refreshed
from .targets import TIMEOUT_S, Http, InProcess, Keys, Request, Target, Unreachable, fake_at
from .undoing import Made

MOST_REQUESTS = 2000
CALLS_PER_SECOND = 5.0
"""At a server that is not on this machine, where the user says nothing."""
_NO_KEYS = Keys("", "", "")


class Wishes(NamedTuple):
    """What the user allows: see `oc-sandbox verify --help`."""

    allow_writes: bool = False
    production_host: str = ""
    most: int | None = None
    per_second: float | None = None
    timeout_s: float = TIMEOUT_S
    answers: Mapping[str, str] = MappingProxyType({})
    """To open questions, that a server which is no sandbox is taken to give."""


class _Counted:
    """What all worlds share: guarded targets, and their count of calls."""

    root_url: str
    own = True
    secrets: tuple[str, ...] = ()

    def __init__(self, wishes: Wishes, answers: Mapping[str, str]) -> None:
        self.wishes = wishes
        self._guarded: list[Guarded] = []
        self.choices = Choices(catalog().questions)
        self.choices.take(answers)

    @property
    def answers(self) -> Mapping[str, str]:
        """Those to open questions that the target is taken to give, where not the defaults."""
        return self.choices.taken

    def as_there(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """Operations as they are with those answers."""
        return tuple(catalog().variant(operation, self.choices.departures) for operation in operations)

    @property
    def requests(self) -> int:
        """How many calls were made."""
        return sum(guarded.requests for guarded in self._guarded)

    def _guard(self, target: Target, *, writes: bool = True, heard: Heard | None = None) -> Scene:
        most = None if self.wishes.most is None else max(0, self.wishes.most - self.requests)
        guarded = Guarded(
            target,
            writes=writes,
            moves_time=self.own,
            most=most,
            per_second=self.wishes.per_second or None,
            heard=heard,
            known=self.own,
        )
        self._guarded.append(guarded)
        return Scene(guarded, self.choices.departures)

    @property
    def can_be_taken_back(self) -> int:
        """How many things the run made that an operation takes back."""
        return 0

    def clean_up(self) -> Mapping[str, int]:
        """Take back what the run made, as far as it can be; what stays, as successful calls by operation."""
        return {}

    def close(self) -> None:
        """Leave the place as it was, as far as that is ours to do."""


class Fake(_Counted):
    """The fake in process; each scene is a tenant of its own."""

    root_url = ""
    kind = "the fake, in process"

    def __init__(self, wishes: Wishes) -> None:
        super().__init__(wishes, {})

    def scene(self) -> Scene:
        """A scene at a fresh tenant."""
        return self._guard(InProcess())


class FakeAt(_Counted):
    """A sandbox by its URL; each scene is a tenant of its own, which is removed in the end."""

    kind = "a sandbox"

    def __init__(self, root_url: str, wishes: Wishes) -> None:
        self.root_url = root_url
        # A sandbox may have been started with answers of its own.
        self._tenants = [fake_at(root_url, timeout_s=wishes.timeout_s)]
        super().__init__(wishes, self._tenants[0].answers)

    def scene(self) -> Scene:
        """A scene at a fresh tenant. Errors: Unreachable."""
        self._tenants[-1].close()
        tenant = fake_at(self.root_url, timeout_s=self.wishes.timeout_s)
        self._tenants.append(tenant)
        return self._guard(tenant)

    def close(self) -> None:
        """Remove the tenants, if the sandbox still answers."""
        try:
            for tenant in self._tenants:
                path = f"/_sandbox/tenants/{tenant.keys.client_key}"
                self._tenants[0].send(Request("", "DELETE", path, "", {}, b""))
        except Unreachable:
            pass
        finally:
            for tenant in self._tenants:
                tenant.close()


class Server(_Counted):
    """Any other server: one scene, whose world is what it is."""

    kind = "a server"
    own = False

    def __init__(self, http: Http, wishes: Wishes, *, writes: bool, secrets: tuple[str, ...]) -> None:
        super().__init__(wishes, wishes.answers)
        self.root_url, self.secrets, self._http = http.root_url, secrets, http
        self._scene: Scene | None = None
        self._writes = writes
        self._made = Made()

    def scene(self) -> Scene:
        """The one scene."""
        if self._scene is None:
            self._scene = self._guard(self._http, writes=self._writes, heard=self._made.hear)
        return self._scene

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    @property
    def can_be_taken_back(self) -> int:
        """How many things the run made that an operation takes back."""
        return len(self._made)

    def clean_up(self) -> Mapping[str, int]:
        """Cancel what can be cancelled, at the pace of the run and beyond its budget; who waits no longer ends it."""
        if not self.can_be_taken_back:
            return self._made.counted()
        self.wishes = self.wishes._replace(most=None)
        try:
            return self._made.undo(self._guard(self._http))
        except (Unreachable, KeyboardInterrupt):
            return self._made.counted()


class Runners:
    """A runner for each operation: at a sandbox each has a tenant of its own."""

    def __init__(self, world: Fake | FakeAt | Server) -> None:
        self._world = world
        self._runners: dict[str, Runner] = {}

    def of(self, operation: Operation) -> Runner:
        """The operation's. Errors: Unreachable."""
        if operation.name not in self._runners:
            self._runners[operation.name] = Runner(self._world.scene())
        return self._runners[operation.name]


class Place(NamedTuple):
    """A world, and the operations that are not tried there, each with the reason."""

    world: Fake | FakeAt | Server
    excluded: Mapping[str, str]


def place(url: str | None, operations: tuple[Operation, ...], wishes: Wishes, environment: Mapping[str, str]) -> Place:
    """Where to run. Errors: Refusal, Unreachable."""
    if url is None:
        return Place(Fake(wishes), {})
    root_url = checked_url(url)
    host = urlsplit(root_url).hostname or ""
    near = is_loopback(host)
    check_host(host, wishes.production_host, environment)
    http = Http(root_url, _NO_KEYS, timeout_s=wishes.timeout_s)
    if near:
        with closing(http):
            ours = is_sandbox(http)
        if ours:
            return Place(FakeAt(root_url, wishes), {})
    excluded = _excluded(operations, environment, writes=near or wishes.allow_writes)
    needs = frozenset(operation.api.name for operation in operations if operation.name not in excluded)
    try:
        http.keys = keys_from(environment, needs=needs)
    except Refusal as refusal:
        words = f"{root_url} is no sandbox, and its {refusal}" if near else f"{root_url}: its {refusal}"
        raise Refusal(words) from refusal
    refresh_token = environment.get("OC_REFRESH_TOKEN", "")
    if "orangeconnex" in needs and not http.keys.access_token:
        with closing(http):
            http.keys = refreshed(http, refresh_token)
    if not near:
        most = MOST_REQUESTS if wishes.most is None else wishes.most
        pace = CALLS_PER_SECOND if wishes.per_second is None else wishes.per_second
        wishes = wishes._replace(most=most, per_second=pace)
    world = Server(http, wishes, writes=near or wishes.allow_writes, secrets=(refresh_token,))
    return Place(world, excluded)


def _excluded(operations: tuple[Operation, ...], environment: Mapping[str, str], *, writes: bool) -> dict[str, str]:
    excluded = {}
    for operation in operations:
        if operation.writes and not writes:
            excluded[operation.name] = "it writes; --allow-writes lets it"
        elif operation.api.name == "mercozy" and not environment.get("MERCOZY_API_KEY"):
            excluded[operation.name] = "MERCOZY_API_KEY is not in the environment"
    return excluded


def exports(root_url: str, timeout_s: float = TIMEOUT_S) -> str:
    """A fresh tenant of a sandbox, as shell lines that replays want. Errors: Unreachable, Refusal."""
    with closing(fake_at(checked_url(root_url), timeout_s=timeout_s)) as at:
        keys = at.keys
    named = {
        "OC_TARGET": at.root_url,
        "OC_CLIENT_KEY": keys.client_key,
        "OC_SECRET_KEY": keys.secret_key,
        "OC_ACCESS_TOKEN": keys.access_token,
        "MERCOZY_API_KEY": keys.api_key,
    }
    return "".join(f"export {name}={json.dumps(value)}\n" for name, value in named.items())
