"""The sandbox as a transport of httpx2, for sync and async clients."""

from collections.abc import Iterator
from typing import Any

import httpx2

from .httpx_answers import AsyncAnswers, Send, SyncAnswers


class SandboxTransport(SyncAnswers, httpx2.BaseTransport):
    """For httpx2.Client."""

    Response = httpx2.Response
    ReadTimeout = httpx2.ReadTimeout
    RemoteProtocolError = httpx2.RemoteProtocolError


class AsyncSandboxTransport(AsyncAnswers, httpx2.AsyncBaseTransport):
    """For httpx2.AsyncClient."""

    Response = httpx2.Response
    ReadTimeout = httpx2.ReadTimeout
    RemoteProtocolError = httpx2.RemoteProtocolError


def doors(send: Send) -> Iterator[tuple[Any, str, Any]]:
    """Where httpx2 opens connections."""
    yield httpx2.HTTPTransport, "handle_request", SandboxTransport(send).handle_request
    yield httpx2.AsyncHTTPTransport, "handle_async_request", AsyncSandboxTransport(send).handle_async_request
