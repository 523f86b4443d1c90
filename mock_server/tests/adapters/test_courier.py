"""Webhooks over HTTP, as receivers of every kind meet them, and what becomes of the server's tasks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from oc_sandbox.adapters.courier import NO_ANSWER, Courier, send, words_for
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.clock import Clock
from oc_sandbox.outbox import WebhookCall
from oc_sandbox.samples import call_of, sample
from oc_sandbox.tenancy import Tenant, Tenants
from receivers import Receiver, running_receiver

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def a_call(url: str, timeout_s: float = 5) -> WebhookCall:
    """A webhook to an address."""
    return WebhookCall("POST", url, {"Content-Type": "application/json"}, b'{"a":1}', timeout_s)


@asynccontextmanager
async def receiver(talk: Talk) -> AsyncIterator[str]:
    """The URL of somebody who talks so."""

    async def talk_and_leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                await talk(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(talk_and_leave, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a%20b?c=d"


def says(*answers: bytes, read: bool = True) -> Talk:
    """Reads the request and answers, piece by piece."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if read:
            await reader.readuntil(b'{"a":1}')
        for answer in answers:
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(0)

    return talk


def sent_to(talk: Talk, timeout_s: float = 5) -> int:
    """The status of what somebody answers."""

    async def run() -> int:
        async with receiver(talk) as url:
            return await send(a_call(url, timeout_s))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"], 200),
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], 204),
        ([b"HTTP/1.0 200 OK\r\n\r\n", b"until I hang up"], 200),
        ([b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"], 500),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"], 201),
        (
            [b"H", b"TTP/1.1 30", b"2 Found\r\nLocation: http://x.invalid/\r\n", b"Content-Length: 0\r\n\r\n"],
            302,
        ),
        ([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"], 101),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ncut off"], 200),
        ([b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000], 200),
    ],
    ids=["plain", "empty", "HTTP 1.0", "chunked", "continue", "in pieces", "upgrade", "cut off", "long"],
)
def test_every_kind_of_answer_is_understood(answers: list[bytes], status: int) -> None:
    assert sent_to(says(*answers)) == status


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (says(), "without an answer"),
        (says(read=False), ""),
        (says(b"SSH-2.0-OpenSSH_9.6\r\n"), ""),
        (says(b"HTTP/1.1 200 OK\r\nX-"), "without an answer"),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n"), "without an answer"),
        (says(b"\x00" * 100), ""),
    ],
    ids=["hangs up", "hangs up at once", "no HTTP", "half a head", "continues never", "zeros"],
)
def test_what_is_no_answer_is_told(talk: Talk, said: str) -> None:
    with pytest.raises(NO_ANSWER) as raised:
        sent_to(talk)
    assert said in words_for(raised.value, a_call("http://x"))


def test_who_never_answers_is_left_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    with pytest.raises(NO_ANSWER) as raised:
        sent_to(silent, 0.1)
    assert words_for(raised.value, a_call("http://x", 0.1)) == "no answer within 0.1 s"


def test_who_answers_and_talks_on_has_answered() -> None:
    async def talks_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        await reader.read(1)
        await asyncio.sleep(60)

    assert sent_to(talks_on, 0.5) == 200


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "http://[::1]:1/"])
def test_who_is_not_there_is_told(url: str) -> None:
    with pytest.raises(NO_ANSWER) as raised:
        asyncio.run(send(a_call(url)))
    assert words_for(raised.value, a_call(url))


def test_a_receiver_without_tls_is_told_so() -> None:
    async def run() -> None:
        async with receiver(says(b"HTTP/1.1 400 Bad Request\r\n\r\n", read=False)) as url:
            await send(a_call(url.replace("http", "https", 1)))

    with pytest.raises(NO_ANSWER):
        asyncio.run(run())


@pytest.mark.parametrize("host", ["x" * 70 + ".invalid", ".invalid", "a..b.invalid"])
def test_a_host_that_cannot_be_looked_up_is_told(host: str) -> None:
    with pytest.raises(NO_ANSWER):
        asyncio.run(send(a_call(f"http://{host}/")))


def test_a_request_is_whole() -> None:
    seen = []

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b'{"a":1}'))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    assert sent_to(look) == 200
    head, _, body = seen[0].partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    assert first == b"POST /a%20b?c=d HTTP/1.1"
    assert body == b'{"a":1}'
    assert headers[b"Content-Length"] == b"7"
    assert headers[b"Content-Type"] == b"application/json"
    assert headers[b"Connection"] == b"close"
    assert headers[b"Host"].startswith(b"127.0.0.1:")


@pytest.fixture
def listener() -> Iterator[Receiver]:
    """A receiver in a thread of its own, that takes whatever comes."""
    with running_receiver() as server:
        yield server


def cancellation(tenant: Tenant) -> dict[str, Any]:
    """A scope, and a body, that cancel the demo world's fresh order."""
    operation = catalog().operations["outbound_order_cancellation"]
    made = call_of(operation, sample(operation, tenant))
    headers = [(name.encode(), value.encode()) for name, value in made.headers.items()]
    scope = {"type": "http", "method": made.method, "path": made.path, "query_string": b"", "headers": headers}
    return {"scope": scope, "body": made.body}


async def tell(application: Application, scope: dict[str, Any], body: bytes) -> list[Any]:
    """One request to the application; what it sends."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send_message(message: Any) -> None:
        sent.append(message)

    await application(scope, receive, send_message)
    return sent


async def until(reached: Callable[[], Any]) -> None:
    """Wait for something that other tasks do."""
    for _ in range(500):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it was not reached in time")


def test_a_reply_does_not_wait_for_the_receiver(listener: Receiver) -> None:
    async def run() -> None:
        tenants = Tenants()
        tenant = tenants.create(clock=Clock("manual"), webhook_url=listener.url)
        application = Application(tenants)
        listener.gate.clear()
        start, end = await tell(application, **cancellation(tenant))
        assert start["status"] == 200
        assert orjson.loads(end["body"])["code"] == 0
        assert listener.got == []
        await until(lambda: listener.got)
        listener.gate.set()
        await until(lambda: [d.state for d in tenant.outbox._deliveries.values()] == ["delivered"])
        await application.courier.close()

    asyncio.run(run())


def test_a_clock_that_runs_by_itself_brings_webhooks_by_itself(listener: Receiver) -> None:
    async def run() -> None:
        tenants = Tenants()
        tenant = tenants.create(clock=Clock("accelerated", rate=3600), webhook_url=listener.url)
        courier = Courier(tenants)
        courier.look()
        await until(lambda: listener.got)
        assert listener.states[0] == "Accepted"
        tenants.remove(tenant.client_key)
        await until(lambda: courier._ticks is not None and courier._ticks.done())
        await courier.close()

    asyncio.run(run())


@pytest.mark.parametrize("walks", [True, False], ids=["while the clock is moved", "in the background"])
def test_closing_waits_for_no_receiver_and_leaves_no_task(listener: Receiver, walks: bool) -> None:
    async def run() -> None:
        tenants = Tenants()
        tenant = tenants.create(clock=Clock("manual"), webhook_url=listener.url)
        application = Application(tenants)
        listener.gate.clear()
        walk = None
        if walks:
            walk = asyncio.create_task(application.courier.walk(tenant, tenant.clock.after(9 * 86400)))
        else:
            await tell(application, **cancellation(tenant))
        await until(lambda: listener.got)
        await application.courier.close()
        if walk:
            happened = await walk
            assert "delivered" in {each.state for each in happened}  # the world went on
        assert asyncio.all_tasks() == {asyncio.current_task()}
        application.courier.look()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        errors = [attempt.error for d in tenant.outbox._deliveries.values() for attempt in d.attempts]
        assert errors == ["the server was stopped"]

    asyncio.run(run())


def test_the_end_of_a_lifespan_closes_the_courier(listener: Receiver) -> None:
    async def run() -> None:
        tenants = Tenants()
        tenant = tenants.create(clock=Clock("manual"), webhook_url=listener.url)
        application = Application(tenants)
        ending, sent = asyncio.Event(), []

        async def receive() -> dict[str, Any]:
            if sent:
                await ending.wait()
                return {"type": "lifespan.shutdown"}
            return {"type": "lifespan.startup"}

        async def send_message(message: Any) -> None:
            sent.append(message["type"])

        lifespan = asyncio.create_task(application({"type": "lifespan", "state": {}}, receive, send_message))  # type: ignore[arg-type]
        await until(lambda: sent)
        await tell(application, **cancellation(tenant))
        await until(lambda: listener.got)
        ending.set()
        await lifespan
        assert sent[-1] == "lifespan.shutdown.complete"
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_one_tenant_s_receiver_does_not_hold_up_another_s(listener: Receiver) -> None:
    async def run() -> None:
        tenants = Tenants()
        slow = tenants.create(clock=Clock("manual"), webhook_url=listener.url)
        listener.gate.clear()
        got = []

        async def quick(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            got.append(1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        async with receiver(quick) as url:
            other = tenants.create(clock=Clock("manual"), webhook_url=url)
            application = Application(tenants)
            await tell(application, **cancellation(slow))
            await until(lambda: listener.got)
            await tell(application, **cancellation(other))
            await until(lambda: got)
            await application.courier.close()

    asyncio.run(run())
