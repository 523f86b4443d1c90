"""The sandbox as a transport: the same call and reply, whatever the client."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import orjson
import pytest
from calls import an_order
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog

Request = Callable[..., Any]
QUERY = {"page": "2", "limit": "3"}


def _sync(client: Any) -> Request:
    def request(method: str, url: str, **more: Any) -> Any:
        with client:
            return client.request(method, url, **more)

    return request


def _async(client: Any) -> Request:
    async def made(method: str, url: str, **more: Any) -> Any:
        async with client:
            return await client.request(method, url, **more)

    def request(method: str, url: str, **more: Any) -> Any:
        return asyncio.run(made(method, url, **more))

    return request


CLIENTS: dict[str, Callable[[Sandbox], Request]] = {
    "httpx": lambda sandbox: _sync(httpx.Client(transport=sandbox.httpx_transport())),
    "httpx async": lambda sandbox: _async(httpx.AsyncClient(transport=sandbox.async_httpx_transport())),
    "httpx2": lambda sandbox: _sync(httpx2.Client(transport=sandbox.httpx2_transport())),
    "httpx2 async": lambda sandbox: _async(httpx2.AsyncClient(transport=sandbox.async_httpx2_transport())),
}


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which client."""
    return str(request.param)


def test_a_signed_order_goes_through(kind: str) -> None:
    sandbox = Sandbox()
    body = b'{"messageId":"1","data":[%b]}' % orjson.dumps(an_order("N-1", consigneeName="王小明"))
    operation = catalog().operations["place_outbound_order"]
    path = sandbox.base_url + operation.path.removeprefix("/openapi")
    headers = operation.api.credentials.sign(operation, sandbox.tenant, operation.path, body)
    reply = CLIENTS[kind](sandbox)("POST", path, content=body, headers={**headers, "Content-Type": "application/json"})
    assert reply.json()["data"][0]["referenceNumber"] == "N-1"
    assert reply.headers["content-type"] == "application/json;charset=UTF-8"
    assert reply.headers.get_list("x-frame-options") == ["SAMEORIGIN", "SAMEORIGIN"]
    assert int(reply.headers.get("content-length", len(reply.content))) == len(reply.content)


def test_query_parameters_arrive(kind: str) -> None:
    sandbox = Sandbox()
    url, headers = f"{sandbox.mercozy_url}/products", {"X-API-Key": sandbox.mercozy_api_key}
    reply = CLIENTS[kind](sandbox)("GET", url, params=QUERY, headers=headers)
    assert reply.json()["meta"] == {"total": 6, "page": 2, "limit": 3}


def test_a_generated_body_and_any_host_will_do(kind: str) -> None:
    sandbox = Sandbox(auth="open")
    body = [b'{"data":{},', b'"messageId":"1"}']
    headers = {"clientKey": sandbox.client_key, "Content-Type": "application/json"}
    url = "https://open.orangeconnex.example/openapi/3pp/inventory/v1/movement"
    chunks = _chunks(body) if "async" in kind else iter(body)
    reply = CLIENTS[kind](sandbox)("POST", url, content=chunks, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (200, 0)


def test_a_refusal_keeps_its_status(kind: str) -> None:
    reply = CLIENTS[kind](Sandbox())("GET", "https://x.example/openapi/nothing")
    assert reply.status_code == 404


async def _chunks(body: list[bytes]) -> Any:
    for chunk in body:
        yield chunk
