"""The servers under test: the fake in process, or whatever answers at a URL."""

import hashlib
import http.client
import json
from collections.abc import Mapping
from time import perf_counter
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.contract import Operation

TIMEOUT_S = 10.0


class Request(NamedTuple):
    """One call, ready to be sent. `path` is decoded, `query` is as it stands in the URL."""

    operation: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def curl(self, root_url: str) -> str:
        """A command line that makes the call, for a POSIX shell."""
        from oc_sandbox.curls import curl  # noqa: PLC0415 - only failures are printed

        return curl(self.method, root_url, self.path, self.query, dict(self.headers), self.body)


class Answer(NamedTuple):
    """One reply, and how long it took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    took_s: float


class Keys(NamedTuple):
    """What a client of both APIs is told."""

    client_key: str
    secret_key: str
    access_token: str
    api_key: str = ""
    signing: str = "production"
    refresh_token: str = ""


class Unreachable(Exception):
    """The target gave no usable HTTP reply. The message says what happened and what to do."""


class Target(Protocol):
    """A server under test."""

    root_url: str
    keys: Keys

    def send(self, request: Request) -> Answer:
        """Make one call. Errors: Unreachable."""

    def wait(self, seconds: float) -> bool:
        """Let time pass in the target's world; False where nobody can make it."""


class InProcess:
    """The fake, in process: a fresh tenant."""

    root_url = "http://127.0.0.1:8400"

    def __init__(self, **settings: Any) -> None:
        self.sandbox = Sandbox(**settings)
        told = self.sandbox.describe()
        self.keys = _keys(told)

    def send(self, request: Request) -> Answer:
        """As a call of `Sandbox.send`."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        started = perf_counter()
        reply = self.sandbox.send(Call(request.method, request.path, headers, request.body, request.query))
        return Answer(reply.status, reply.headers, reply.body, perf_counter() - started)

    def wait(self, seconds: float) -> bool:
        """Move the tenant's clock."""
        self.sandbox.advance(seconds=seconds)
        self.keys = self.keys._replace(access_token=self.sandbox.access_token)
        return True


class Http:
    """Whatever answers at a URL, over one keep-alive connection."""

    def __init__(self, root_url: str, keys: Keys, *, timeout_s: float = TIMEOUT_S) -> None:
        self.root_url = root_url.rstrip("/")
        self.keys = keys
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: Request) -> Answer:
        """One attempt; where an idle connection was closed under us, one more on a fresh one."""
        fresh = self._connection is None
        try:
            return self._once(request)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            if not fresh and not isinstance(error, TimeoutError):
                try:
                    return self._once(request)
                except (http.client.HTTPException, OSError) as again:
                    error = again
                    self.close()
            raise Unreachable(self._words(error)) from error

    def wait(self, seconds: float) -> bool:
        """Move the tenant's clock, where the target is a sandbox."""
        one = f"/_sandbox/tenants/{self.keys.client_key}"
        body = json.dumps({"advance_seconds": seconds}).encode()
        moved = self.send(Request("", "PUT", f"{one}/clock", "", {"Content-Type": "application/json"}, body))
        if moved.status == 200:
            told = json.loads(self.send(Request("", "GET", one, "", {}, b"")).body)
            self.keys = self.keys._replace(access_token=told["access_token"])
        return moved.status == 200

    def close(self) -> None:
        """Let go of the connection; the next call makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, request: Request) -> Answer:
        if self._connection is None:
            parts = urlsplit(self.root_url)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(parts.netloc, timeout=self._timeout_s)
        where = request.path + ("?" + request.query if request.query else "")
        started = perf_counter()
        self._connection.request(request.method, where, request.body or None, dict(request.headers))
        reply = self._connection.getresponse()
        body = reply.read()
        return Answer(reply.status, tuple(reply.getheaders()), body, perf_counter() - started)

    def _words(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self.root_url} did not answer within {self._timeout_s:g} s"
        if isinstance(error, http.client.IncompleteRead):
            return f"{self.root_url} cut its reply off after {len(error.partial)} bytes"
        if isinstance(error, ConnectionRefusedError):
            return (
                f"nobody answers at {self.root_url}; start the fake with `oc-sandbox serve`, or name another --target"
            )
        return f"{self.root_url} gave no HTTP reply: {error or type(error).__name__}"


def _keys(told: Mapping[str, Any]) -> Keys:
    """The keys of a tenant, as the control plane tells them."""
    api_key, refresh_token = told["mercozy_api_key"], told["refresh_token"]
    first = told["client_key"], told["secret_key"], told["access_token"]
    return Keys(*first, api_key, refresh_token=refresh_token)


def fake_at(root_url: str, *, timeout_s: float = TIMEOUT_S, **settings: Any) -> Http:
    """A fresh tenant of the sandbox that runs at a URL. Errors: Unreachable, if that is no sandbox."""
    at = Http(root_url, Keys("", "", ""), timeout_s=timeout_s)
    body = json.dumps(settings).encode()
    made = at.send(Request("", "POST", "/_sandbox/tenants", "", {"Content-Type": "application/json"}, body))
    try:
        told = json.loads(made.body)
        at.keys = _keys(told)
    except (ValueError, KeyError, TypeError) as error:
        words = f"what answers at {root_url} is no sandbox (HTTP {made.status} to POST /_sandbox/tenants)"
        raise Unreachable(words) from error
    return at


def credentials(operation: Operation, path: str, body: bytes, keys: Keys) -> dict[str, str]:
    """The headers of a good call, as the contract's `auth` asks for them."""
    headers: dict[str, str] = {}
    if "client_key" in operation.auth:
        headers["clientKey"] = keys.client_key
    if "signature" in operation.auth:
        text = b"" if operation.method == "GET" or keys.signing == "stage" else body
        signed = b"|".join((path.encode(), text, keys.client_key.encode(), keys.secret_key.encode()))
        headers["vAuthorization"] = hashlib.md5(signed, usedforsecurity=False).hexdigest()
    if "token" in operation.auth:
        headers["Access-Token"] = f"Bearer {keys.access_token}"
    if "api_key" in operation.auth:
        headers["X-API-Key"] = keys.api_key
    return headers
