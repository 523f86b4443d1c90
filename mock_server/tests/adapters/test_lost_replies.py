"""Faults on the way: what clients in process, and clients of a real port, see of a slow or lost reply."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2
import orjson
import pytest
from calls import an_order
from oc_sandbox import Sandbox
from oc_sandbox.adapters.slow_replies import SlowReplies
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.call import Reply, Transport
from oc_sandbox.catalog import catalog
from oc_sandbox.fault_checks import faults_of
from oc_sandbox.tenancy import Tenants
from servers import COMMAND, running_server

PLACE = "/openapi/3pp/outbound/v1/creation"


def place(client: Any, keys: dict[str, Any], reference: str = "N-1") -> Any:
    """Place an order, signed by hand."""
    body = orjson.dumps({"messageId": "m", "data": [an_order(reference)]})
    headers = {"Content-Type": "application/json", **keys["sign"](body)}
    return client.post(PLACE, content=body, headers=headers)


def keys_of(sandbox: Sandbox) -> dict[str, Any]:
    """What signs the calls of a sandbox in process."""
    operation = catalog().operations["place_outbound_order"]
    sign = operation.api.credentials.sign
    return {"sign": lambda body: sign(operation, sandbox.tenant, PLACE, body)}


def in_httpx(sandbox: Sandbox, library: Any, timeout: Any) -> Any:
    """A client in process."""
    transport = sandbox.httpx_transport() if library is httpx else sandbox.httpx2_transport()
    return library.Client(transport=transport, base_url="http://oc.invalid", timeout=timeout)


LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@LIBRARIES
@pytest.mark.parametrize(
    "fault", [{"latency_s": 9}, {"drip_s": 900}, {"latency_s": 9, "drop": "after_effect"}], ids=str
)
def test_a_client_in_process_that_waits_less_times_out_at_once(library: Any, fault: dict[str, Any]) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([fault])
    with in_httpx(sandbox, library, 5) as client, pytest.raises(library.ReadTimeout, match="the client waits 5 s"):
        place(client, keys_of(sandbox))
    assert sandbox.journal  # it was done all the same


@LIBRARIES
@pytest.mark.parametrize("timeout", [None, 60])
def test_a_client_in_process_that_waits_longer_gets_its_answer_at_once(library: Any, timeout: float | None) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"latency_s": 50, "drip_s": 900}])
    began = time.monotonic()
    with in_httpx(sandbox, library, timeout) as client:
        assert place(client, keys_of(sandbox)).json()["code"] == 0
    assert time.monotonic() - began < 40


@LIBRARIES
@pytest.mark.parametrize("drop", ["before_effect", "after_effect", "mid_body"])
def test_a_client_in_process_loses_its_connection(library: Any, drop: str) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"drop": drop}])
    with in_httpx(sandbox, library, 5) as client, pytest.raises(library.RemoteProtocolError, match="fault dropped"):
        place(client, keys_of(sandbox))


def test_an_async_client_in_process_fails_alike() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"latency_s": 9, "nth": 1}, {"drop": "after_effect", "nth": 2}])
    failures = []

    async def called() -> None:
        async with httpx2.AsyncClient(
            transport=sandbox.async_httpx2_transport(), base_url="http://oc.invalid", timeout=5
        ) as client:
            for _ in range(2):
                try:
                    await client.get("/openapi/3pp/base/v1/service", headers={"clientKey": sandbox.client_key})
                except httpx2.HTTPError as failure:
                    failures.append(type(failure))

    asyncio.run(called())
    assert failures == [httpx2.ReadTimeout, httpx2.RemoteProtocolError]


def test_a_server_that_cannot_drop_a_connection_says_so() -> None:
    tenants = Tenants(auth="open")
    tenant = tenants.create()
    tenant.faults = faults_of([{"drop": "before_effect"}])

    async def called() -> None:
        transport = httpx.ASGITransport(Application(tenants))
        async with httpx.AsyncClient(transport=transport, base_url="http://oc.invalid") as client:
            await client.get("/openapi/3pp/base/v1/service", headers={"clientKey": tenant.client_key})

    with pytest.raises(ConnectionAbortedError, match="a fault drops the connection"):
        asyncio.run(called())


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server."""
    with running_server() as (address, _):
        yield address


@pytest.fixture
def fails(url: str) -> Iterator[Callable[..., tuple[httpx.Client, dict[str, Any], str]]]:
    """Makes a tenant whose calls fail as said: a client, what signs its calls, its place in the control plane."""
    clients = []

    def made(*faults: dict[str, Any]) -> tuple[httpx.Client, dict[str, Any], str]:
        client = httpx.Client(base_url=url, timeout=20)
        clients.append(client)
        keys = client.post("/_sandbox/tenants", json={"auth": "open"}).json()
        where = f"/_sandbox/tenants/{keys['client_key']}"
        assert client.put(f"{where}/faults", json=list(faults)).status_code == 200
        return client, {"sign": lambda body: {"clientKey": keys["client_key"]}}, where

    yield made
    for client in clients:
        client.close()


@pytest.mark.parametrize(("drop", "orders"), [("before_effect", 0), ("after_effect", 1), ("mid_body", 1)])
def test_the_server_closes_the_connection(fails: Any, drop: str, orders: int) -> None:
    client, keys, where = fails({"drop": drop, "first": 1})
    words = "without sending complete message body" if drop == "mid_body" else "without sending a response"
    with pytest.raises(httpx.RemoteProtocolError, match=words):
        place(client, keys)
    (call,) = client.get(f"{where}/journal").json()["calls"]
    assert (call["outcome"], call["injected"]) == ("ok" if orders else "refused", [{"drop": drop, "first": 1}])
    again = place(client, keys).json()  # the next call is answered, on a connection of its own
    assert (again["code"] == 0) == (orders == 0), again


def test_a_dropped_connection_is_closed_without_a_byte(fails: Any, url: str) -> None:
    _, keys, _ = fails({"drop": "before_effect"})
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as raw:
        key = keys["sign"](b"")["clientKey"]
        raw.sendall(f"GET /openapi/3pp/base/v1/service HTTP/1.1\r\nHost: x\r\nclientKey: {key}\r\n\r\n".encode())
        assert raw.recv(1) == b""


def test_a_slow_answer_makes_a_client_give_up_though_its_order_is_placed(fails: Any) -> None:
    client, keys, where = fails({"latency_s": 600, "operation": "place_outbound_order"})
    client.timeout = httpx.Timeout(20, read=0.5)
    with pytest.raises(httpx.ReadTimeout):
        place(client, keys)
    client.timeout = httpx.Timeout(20)
    (call,) = client.get(f"{where}/journal").json()["calls"]
    assert (call["outcome"], call["reply"]["transport"]) == ("ok", {"latency_s": 600})


def test_a_slow_answer_comes_when_it_is_due_and_holds_up_nobody(fails: Any) -> None:
    client, keys, _ = fails({"latency_s": 0.3, "operation": "place_outbound_order"})
    began = time.monotonic()
    assert place(client, keys).json()["code"] == 0
    assert time.monotonic() - began >= 0.3


def test_a_body_that_drips_comes_in_pieces(fails: Any) -> None:
    client, keys, _ = fails({"drip_s": 0.4})
    began = time.monotonic()
    with client.stream("GET", "/openapi/3pp/base/v1/service", headers=keys["sign"](b"")) as reply:
        pieces = [piece for piece in reply.iter_raw() if piece]
    assert len(pieces) > 5
    assert orjson.loads(b"".join(pieces))["code"] == 0
    assert time.monotonic() - began >= 0.4


def test_nothing_waits_for_a_client_that_has_left() -> None:
    async def sent() -> list[str]:
        kinds: list[str] = []

        async def send(message: Any) -> None:
            kinds.append(message["type"])

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        transport = Transport(latency_s=3600, drip_s=3600)
        reply = Reply(200, (), b"12", transport)
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await asyncio.wait_for(SlowReplies().send(reply, transport, start, receive, send), timeout=20)
        return kinds

    assert asyncio.run(sent())[0] == "http.response.start"


def test_a_server_stops_at_once_though_a_reply_is_slow() -> None:
    command = [COMMAND, "serve", "--port", "0", "--auth", "open", "--fault", "latency_s=3600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
            raw.sendall(b"GET /openapi/3pp/base/v1/service HTTP/1.1\r\nHost: x\r\n\r\n")
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as plane:
                tenant = plane.get("/_sandbox/tenants").json()["tenants"][0]["client_key"]
                while not plane.get(f"/_sandbox/tenants/{tenant}/journal").json()["calls"]:
                    pass
            process.terminate()
            try:
                process.wait(timeout=20)
            finally:
                process.kill()
    assert process.returncode in (0, -15)
