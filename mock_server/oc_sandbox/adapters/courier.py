"""Webhooks over HTTP: what is due in the tenants' outboxes is sent from the server's event loop, in its own tasks."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import SplitResult, urlsplit
from weakref import WeakKeyDictionary

import httptools

from .. import __version__
from ..domain.world import Happened
from ..outbox import WebhookCall
from ..tenancy import Tenant, Tenants

TICK_S = 0.5
"""How often the tenants with a receiver are looked at, for clocks that run by themselves."""
MOST_READ = 1024 * 1024
NO_ANSWER = (
    *(OSError, asyncio.TimeoutError, EOFError, UnicodeError),
    *(httptools.HttpParserError, httptools.HttpParserUpgrade),
)


class Courier:
    """Sends the webhooks of all tenants: of one tenant in order, one at a time; tenants do not wait for each other."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._turns: WeakKeyDictionary[Tenant, asyncio.Lock] = WeakKeyDictionary()
        self._rounds: WeakKeyDictionary[Tenant, asyncio.Task[None]] = WeakKeyDictionary()
        self._calls: set[asyncio.Task[int]] = set()
        self._ticks: asyncio.Task[None] | None = None
        self._closed = False

    def look(self) -> None:
        """Start sending whatever is due, without waiting for it. To be called after whatever may have made it so."""
        if self._closed or not self._tenants.listening:
            return
        if self._ticks is None or self._ticks.done():
            self._ticks = asyncio.create_task(self._tick())
        for tenant in self._tenants.listening.values():
            tenant.settle()
            under_way = self._rounds.get(tenant)
            if (under_way is None or under_way.done()) and tenant.outbox.is_due():
                self._rounds[tenant] = asyncio.create_task(self.deliver(tenant))

    async def deliver(self, tenant: Tenant) -> None:
        """Send what is due now, and return when all of it was answered, or was not in time."""
        async with self.turn(tenant):
            await self._send_due(tenant)

    async def walk(self, tenant: Tenant, target_ms: int) -> list[Happened]:
        """Move the tenant's clock to an instant, sending what falls due on the way; the caller holds the turn."""
        happened: list[Happened] = []
        for step in tenant.steps_to(target_ms):
            happened += step
            await self._send_due(tenant)
        return happened

    @asynccontextmanager
    async def turn(self, tenant: Tenant) -> AsyncIterator[None]:
        """Nobody else sends the tenant's webhooks, or moves its clock, meanwhile."""
        async with self._turns.setdefault(tenant, asyncio.Lock()):
            yield

    async def close(self) -> None:
        """Stop sending, and wait for nobody."""
        self._closed = True
        tasks = [*self._calls, *self._rounds.values(), *([self._ticks] if self._ticks else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _tick(self) -> None:
        while self._tenants.listening:
            await asyncio.sleep(TICK_S)
            self.look()

    async def _send_due(self, tenant: Tenant) -> None:
        while not self._closed and (posted := tenant.outbox.take()) is not None:
            status, error = None, "the server was stopped"
            try:
                status, error = await self._make(posted.call), ""
            except NO_ANSWER as failure:
                error = words_for(failure, posted.call)
            except asyncio.CancelledError:
                if not self._closed:
                    raise
            finally:
                tenant.outbox.answered(posted, status, error)

    async def _make(self, call: WebhookCall) -> int:
        """As `send`, but `close` ends it."""
        made = asyncio.create_task(send(call))
        self._calls.add(made)
        try:
            return await made
        finally:
            self._calls.discard(made)


def words_for(failure: BaseException, call: WebhookCall) -> str:
    """Why there was no answer."""
    if isinstance(failure, asyncio.TimeoutError):
        return f"no answer within {call.timeout_s:g} s"
    return str(failure) or type(failure).__name__


async def send(call: WebhookCall) -> int:
    """Make a call; gives the HTTP status of the answer. Errors: any of NO_ANSWER."""
    answer = _Answer()
    try:
        await asyncio.wait_for(_exchange(call, answer), call.timeout_s)
    except NO_ANSWER:
        if answer.status is None:
            raise
    if answer.status is None:
        raise EOFError("the receiver closed the connection without an answer")
    return answer.status


class _Answer:
    """What httptools' parser tells of an answer. A status of 1xx announces another, but for 101."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.status: int | None = None
        self.complete = False

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        if status >= 200 or status == 101:
            self.status = status

    def on_message_complete(self) -> None:
        self.complete = self.status is not None


async def _exchange(call: WebhookCall, answer: _Answer) -> None:
    url = urlsplit(call.url)
    secure = ssl.create_default_context() if url.scheme == "https" else None
    port = url.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(url.hostname, port, ssl=secure)
    try:
        writer.write(_request(call, url))
        await writer.drain()
        read = 0
        # To the end where there is one, so that the receiver can finish what it says; how it ends does not matter.
        while not answer.complete and read < MOST_READ and (chunk := await reader.read(65536)):
            read += len(chunk)
            answer.parser.feed_data(chunk)
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def _request(call: WebhookCall, url: SplitResult) -> bytes:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    headers = {
        "Host": url.netloc,
        "User-Agent": f"oc-sandbox/{__version__}",
        "Accept": "*/*",
        **call.headers,
        "Content-Length": str(len(call.body)),
        "Connection": "close",
    }
    lines = [f"{call.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + call.body
