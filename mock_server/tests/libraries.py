"""One way to make a call for each HTTP library, so that all are held to the same."""

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
import httpx
import httpx2
import requests
from oc_sandbox import Sandbox


class Got(NamedTuple):
    """A reply as every library shows it; header names in lower case, in order."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Asked(NamedTuple):
    """A call to be made."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    query: Mapping[str, str] | None = None


TIMEOUT_S = 5
SLOW = (httpx.ReadTimeout, httpx2.ReadTimeout, requests.exceptions.ReadTimeout, TimeoutError, asyncio.TimeoutError)
LOST = (
    httpx.RemoteProtocolError,
    httpx2.RemoteProtocolError,
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientPayloadError,
    http.client.RemoteDisconnected,
    http.client.IncompleteRead,
)
"""What the libraries raise where a reply takes longer than TIMEOUT_S, and where it is lost."""

Made = Callable[[Asked, Sandbox | None], Got]
"""Makes a call by a client of the sandbox's; without one by a client that knows of no sandbox."""


def _lower(items: Any) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in items]


def _httpx(library: Any, kind: str) -> Made:
    def made(asked: Asked, sandbox: Sandbox | None) -> Got:
        transport = getattr(sandbox, f"{kind}_transport")() if sandbox else None
        with library.Client(transport=transport, timeout=TIMEOUT_S) as client:
            reply = client.request(*asked[:2], headers=asked.headers, content=asked.body, params=asked.query)
        return Got(reply.status_code, _lower(reply.headers.multi_items()), reply.content)

    return made


def _async_httpx(library: Any, kind: str) -> Made:
    def made(asked: Asked, sandbox: Sandbox | None) -> Got:
        async def call() -> Got:
            transport = getattr(sandbox, f"async_{kind}_transport")() if sandbox else None
            async with library.AsyncClient(transport=transport, timeout=TIMEOUT_S) as client:
                reply = await client.request(*asked[:2], headers=asked.headers, content=asked.body, params=asked.query)
            return Got(reply.status_code, _lower(reply.headers.multi_items()), reply.content)

        return asyncio.run(call())

    return made


def _requests(asked: Asked, sandbox: Sandbox | None) -> Got:
    with requests.Session() as session:
        if sandbox:
            session.mount("https://", sandbox.requests_adapter())
            session.mount("http://", sandbox.requests_adapter())
        reply = session.request(
            *asked[:2], headers=asked.headers, data=asked.body, params=asked.query, timeout=TIMEOUT_S
        )
    assert reply.cookies.keys() == session.cookies.keys()
    return Got(reply.status_code, _lower(reply.raw.headers.items()), reply.content)


def _aiohttp(asked: Asked, sandbox: Sandbox | None) -> Got:
    async def call() -> Got:
        connector = sandbox.aiohttp_connector() if sandbox else None
        async with (
            aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(TIMEOUT_S)) as session,
            session.request(*asked[:2], headers=asked.headers, data=asked.body or None, params=asked.query) as reply,
        ):
            return Got(reply.status, _lower(reply.headers.items()), await reply.read())

    return asyncio.run(call())


def _urllib(asked: Asked, sandbox: Sandbox | None) -> Got:
    handlers = [sandbox.urllib_handler()] if sandbox else []
    url = asked.url + (f"?{urlencode(asked.query)}" if asked.query else "")
    request = urllib.request.Request(url, asked.body or None, dict(asked.headers), method=asked.method)
    try:
        reply = urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        return Got(reply.status, _lower(reply.headers.items()), reply.read())


LIBRARIES: dict[str, Made] = {
    "httpx": _httpx(httpx, "httpx"),
    "httpx async": _async_httpx(httpx, "httpx"),
    "httpx2": _httpx(httpx2, "httpx2"),
    "httpx2 async": _async_httpx(httpx2, "httpx2"),
    "requests": _requests,
    "aiohttp": _aiohttp,
    "urllib": _urllib,
}
