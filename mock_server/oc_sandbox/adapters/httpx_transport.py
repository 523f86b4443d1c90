"""The sandbox as a transport of httpx, for sync and async clients."""

from collections.abc import Callable

import httpx

from ..call import Call, Reply
from .in_process import failure_of

Send = Callable[[Call], Reply]


def _call(request: httpx.Request, body: bytes) -> Call:
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
    url = request.url
    return Call(request.method, url.path, headers, body, url.query.decode("ascii", "replace"), url.scheme)


def _response(reply: Reply, request: httpx.Request) -> httpx.Response:
    failed = failure_of(reply, request.extensions.get("timeout", {}).get("read"))
    if failed is not None:
        kind = httpx.ReadTimeout if failed.how == "timeout" else httpx.RemoteProtocolError
        raise kind(failed.words, request=request)
    return httpx.Response(reply.status, headers=list(reply.headers), content=reply.body, request=request)


class SandboxTransport(httpx.BaseTransport):
    """Hands every request to the sandbox, whatever its host."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request in process."""
        return _response(self._send(_call(request, request.read())), request)


class AsyncSandboxTransport(httpx.AsyncBaseTransport):
    """The same for an async client."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request in process."""
        return _response(self._send(_call(request, await request.aread())), request)
