"""The sandbox as a transport of httpx, for sync and async clients."""

from collections.abc import Iterator
from typing import Any

import httpx

from .httpx_answers import AsyncAnswers, Send, SyncAnswers


class SandboxTransport(SyncAnswers, httpx.BaseTransport):
    """For httpx.Client."""

    Response = httpx.Response
    ReadTimeout = httpx.ReadTimeout
    RemoteProtocolError = httpx.RemoteProtocolError


class AsyncSandboxTransport(AsyncAnswers, httpx.AsyncBaseTransport):
    """For httpx.AsyncClient."""

    Response = httpx.Response
    ReadTimeout = httpx.ReadTimeout
    RemoteProtocolError = httpx.RemoteProtocolError


def doors(send: Send) -> Iterator[tuple[Any, str, Any]]:
    """Where httpx opens connections."""
    yield httpx.HTTPTransport, "handle_request", SandboxTransport(send).handle_request
    yield httpx.AsyncHTTPTransport, "handle_async_request", AsyncSandboxTransport(send).handle_async_request
