"""The sandbox as a connector of aiohttp: `aiohttp.ClientSession(connector=SandboxConnector(sandbox.send))`.

A connector is what makes connections, and `_create_connection` is what aiohttp's own connectors override, for sockets,
Unix sockets and pipes. This one's connections end in the sandbox: what the client writes is parsed as a server does.
"""

import asyncio
from collections.abc import Iterator
from http.client import responses
from typing import Any
from urllib.parse import unquote

import httptools
from aiohttp import BaseConnector, ClientRequest, ClientTimeout, SocketTimeoutError, TCPConnector
from aiohttp.client_proto import ResponseHandler

from ..call import Call, Reply
from .httpx_answers import Send
from .in_process import failure_of


class SandboxConnector(BaseConnector):
    """Hands every request to the sandbox, whatever its host. Made, as all connectors, while a loop is running."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    async def _create_connection(self, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> ResponseHandler:
        return connection(self._send, req.url.scheme, timeout)


def connection(send: Send, scheme: str, timeout: ClientTimeout) -> ResponseHandler:
    """One connection to the sandbox, good for one request."""
    protocol = ResponseHandler(asyncio.get_running_loop())
    protocol.connection_made(_Transport(send, scheme, protocol, timeout))
    return protocol


class _Transport(asyncio.Transport):
    """The client's end of a connection; the other end is the sandbox."""

    def __init__(self, send: Send, scheme: str, protocol: ResponseHandler, timeout: ClientTimeout) -> None:
        super().__init__()
        self._waits_s = min((each for each in (timeout.sock_read, timeout.total) if each), default=None)
        self._parser = httptools.HttpRequestParser(self)
        self._send = send
        self._scheme = scheme
        self._protocol = protocol
        self._closing = False
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        """The parser has read of the request's address so much."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser has read a header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, chunk: bytes) -> None:
        """The parser has read a part of the body."""
        self._body.append(chunk)

    def on_message_complete(self) -> None:
        """The parser has read the request: answer it, when the client is done with writing."""
        url = httptools.parse_url(self._url)
        query = (url.query or b"").decode("latin-1")
        path = unquote((url.path or b"/").decode("latin-1"))
        method = self._parser.get_method().decode()
        call = Call(method, path, self._headers, b"".join(self._body), query, self._scheme)
        asyncio.get_running_loop().call_soon(self._answer, call)

    def _answer(self, call: Call) -> None:
        if self._closing:
            return
        try:
            reply = self._send(call)
        except Exception as error:  # a mistake of the sandbox's: it belongs to whoever awaits the reply
            self._closing = True
            self._protocol.set_exception(error)
            return
        failed = failure_of(reply, self._waits_s)
        # The next request takes a new connection, which may lead elsewhere.
        self._closing = True
        if failed is not None and failed.how == "timeout":
            self._protocol.set_exception(SocketTimeoutError(failed.words))
            return
        if failed is None or reply.body:
            self._protocol.data_received(_on_the_wire(reply))
        if failed is not None:
            self._protocol.connection_lost(None)

    def write(self, data: Any) -> None:
        """What the client sends."""
        self._parser.feed_data(bytes(data))

    def is_closing(self) -> bool:
        """Whether the connection has served."""
        return self._closing

    def close(self) -> None:
        """The client has had enough."""
        if self._protocol.transport is self:
            self._closing = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def pause_reading(self) -> None:
        """The reply has arrived already."""

    resume_reading = pause_reading


def _on_the_wire(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    promised = reply.transport.promised if reply.transport else None
    lines += [f"content-length: {len(reply.body) if promised is None else promised}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + reply.body


def doors(send: Send) -> Iterator[tuple[Any, str, Any]]:
    """Where aiohttp opens connections."""

    async def answer(request: ClientRequest, traces: Any, timeout: ClientTimeout) -> ResponseHandler:
        return connection(send, request.url.scheme, timeout)

    yield TCPConnector, "_create_connection", answer
