"""A proxy that passes calls on, byte for byte, and records them."""

import http.client
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.domain.clock import Clock
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..stages import is_loopback
from ..targets import TIMEOUT_S, Answer
from .files import store
from .taking import FORM, Exchange, Session

Headers = tuple[tuple[str, str], ...]
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
CONTROL = "/_sandbox"
MARK = "x-oc-recorder"
"""A header of the replies that are the recorder's own."""


class Rules(NamedTuple):
    """What the recorder passes on."""

    writes: bool
    most: int | None = None
    per_second: float | None = None


class Stopped(Exception):
    """A call that is not passed on, or came to nothing: the status and the words of the recorder's own reply."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Counts:
    """What became of the calls."""

    passed = stored = known_already = not_recorded = stopped = unwritten = 0


class Recorder:
    """The proxy, as an ASGI application. Each exchange is on the disk before its reply goes to the client.

    Names of request headers arrive in lower case, which HTTP does not tell apart. A fresh connection for each call:
    one that was closed under us could not be told from a call that was made, and none is made twice.
    """

    def __init__(
        self,
        upstream: str,
        folder: Path,
        rules: Rules,
        *,
        source: str = "live exchange",
        timeout_s: float = TIMEOUT_S,
        clock: Clock | None = None,
        tell: Callable[[str], None] = lambda line: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.counts = Counts()
        self._parts = urlsplit(upstream)
        host = self._parts.hostname or ""
        self.session = Session(host, source)
        self._folder, self._rules, self._timeout_s, self._tell = folder, rules, timeout_s, tell
        self._near, self._clock, self._pause = is_loopback(host), clock or Clock(), pause
        self._next_at = 0.0
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one call on."""
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        where = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        answer = await run_in_threadpool(self.handle, scope["method"], *where, headers, body)
        response = Response(answer.body, answer.status)
        length = () if any(name.lower() == "content-length" for name, _ in answer.headers) else response.raw_headers[:1]
        passed = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        response.raw_headers = [*passed, *length]
        await response(scope, receive, send)

    def handle(self, method: str, raw_path: str, query: str, headers: Headers, body: bytes) -> Answer:
        """Pass a call on and record it; where that cannot be, an answer of the recorder's own."""
        path = unquote(raw_path)
        found = catalog().find(method, path, lambda: _parameters(query, headers, body))
        try:
            self._guard(method, path, found[0] if found else None)
            answer = self._pass_on(method, raw_path + (f"?{query}" if query else ""), headers, body)
        except Stopped as stopped:
            self.counts.stopped += 1
            self._tell(f"{found[0].name if found else method}: {stopped}")
            own = orjson.dumps({"error": f"oc-sandbox record: {stopped}"})
            return Answer(stopped.status, (("content-type", "application/json"), (MARK, "1")), own, 0.0)
        self.counts.passed += 1
        if found is None:
            if not path.startswith(CONTROL):
                self.counts.not_recorded += 1
                self._tell(f"{method}: passed on and not recorded, for no operation has its path")
        else:
            self._record(Exchange(*found, query, headers, body, answer))
        return answer

    def _guard(self, method: str, path: str, operation: Operation | None) -> None:
        writes = operation.writes if operation else method not in ("GET", "HEAD", "OPTIONS")
        if writes and not self._rules.writes:
            raise Stopped(403, f"not passed on, because it {'writes' if operation else 'may write'}; --allow-writes")
        with self._lock:
            if self._rules.most is not None and self.counts.passed >= self._rules.most:
                raise Stopped(503, f"the budget of {self._rules.most} requests is spent; --max-requests sets it")
            now = time.monotonic()
            wait = max(0.0, self._next_at - now)
            self._next_at = now + wait + (1 / self._rules.per_second if self._rules.per_second else 0.0)
        if wait:
            self._pause(wait)

    def _pass_on(self, method: str, target: str, headers: Headers, body: bytes) -> Answer:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.netloc, timeout=self._timeout_s)
        started = time.perf_counter()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("host", self._parts.netloc)
            for name, value in _end_to_end(headers):
                if name.lower() not in ("host", "content-length"):
                    connection.putheader(name, value.encode("latin-1"))
            if body or method not in ("GET", "HEAD"):
                connection.putheader("content-length", str(len(body)))
            connection.putheader("connection", "close")
            connection.endheaders(body or None)
            reply = connection.getresponse()
            told = reply.read()
        except TimeoutError:
            raise Stopped(504, f"the upstream did not answer within {self._timeout_s:g} s") from None
        except http.client.IncompleteRead as error:
            raise Stopped(502, f"the upstream cut its reply off after {len(error.partial)} bytes") from None
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise Stopped(502, f"the upstream gave no HTTP reply: {type(error).__name__}") from error
        finally:
            connection.close()
        return Answer(reply.status, _end_to_end(tuple(reply.getheaders())), told, time.perf_counter() - started)

    def _record(self, exchange: Exchange) -> None:
        """Nothing that goes wrong here may keep a reply from the client."""
        name = exchange.operation.name
        with self._lock:
            try:
                file = store(self.session.take(exchange, self._clock.now()), self._folder)
            except (OSError, RecursionError, TypeError, ValueError) as error:
                # The words of the others might tell of the body.
                why = error.strerror if isinstance(error, OSError) else type(error).__name__
                self.counts.unwritten += 1
                self._tell(f"{name}: HTTP {exchange.answer.status}, NOT RECORDED: {why}")
                return
        if file:
            self.counts.stored += 1
            self._tell(f"{name}: HTTP {exchange.answer.status}, {file}")
        else:
            self.counts.known_already += 1
            self._tell(f"{name}: HTTP {exchange.answer.status}, recorded before")


def _end_to_end(headers: Headers) -> Headers:
    """The headers without those that are one connection's own, which `Connection` may name."""
    named = {
        word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
    }
    return tuple((name, value) for name, value in headers if name.lower() not in HOP_BY_HOP | named)


def _parameters(query: str, headers: Headers, body: bytes) -> dict[str, str]:
    form = any(name.lower() == "content-type" and FORM in value for name, value in headers)
    text = f"{body.decode('utf-8', 'replace')}&{query}" if form else query
    return dict(parse_qsl(text, keep_blank_values=True))
