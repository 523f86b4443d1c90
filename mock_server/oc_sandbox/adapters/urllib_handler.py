"""The sandbox as a handler of urllib: `urllib.request.build_opener(SandboxHandler(sandbox.send))`."""

import io
import socket
from collections.abc import Iterable, Iterator
from http.client import HTTPMessage, IncompleteRead, RemoteDisconnected, responses
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import BaseHandler, HTTPHandler, HTTPSHandler, Request
from urllib.response import addinfourl

from ..call import Call
from .httpx_answers import Send
from .in_process import failure_of


class SandboxHandler(BaseHandler):
    """Hands every request to the sandbox, whatever its host."""

    handler_order = 400  # before urllib's own, which open a connection

    def __init__(self, send: Send) -> None:
        self._send = send

    def http_open(self, request: Request) -> addinfourl:
        """Answer a request in process."""
        reply = self._send(call_of(request))
        waits_s = request.timeout if isinstance(request.timeout, (int, float)) else socket.getdefaulttimeout()
        failed = failure_of(reply, waits_s)
        if failed is not None and failed.how == "timeout":
            raise TimeoutError(failed.words)
        if failed is not None and not reply.body:
            raise RemoteDisconnected(failed.words)
        headers = HTTPMessage()
        for name, value in reply.headers:
            headers[name] = value
        body = io.BytesIO(reply.body) if failed is None else _BrokenOff(reply.body)
        response = addinfourl(body, headers, request.full_url, reply.status)
        response.msg = responses.get(reply.status, "")  # type: ignore[attr-defined]  # what urllib makes errors of
        return response

    https_open = http_open


class _BrokenOff(io.BytesIO):
    """A body whose connection is lost while it is read."""

    def read(self, *_: Any) -> bytes:
        """Errors: IncompleteRead."""
        raise IncompleteRead(super().read())


def call_of(request: Request) -> Call:
    """A request as a Call."""
    url = urlsplit(request.full_url)
    headers = {"host": url.netloc, **{name.lower(): value for name, value in request.header_items()}}
    return Call(request.get_method(), unquote(url.path), headers, _bytes(request.data), url.query, url.scheme)


def _bytes(body: Any) -> bytes:
    """A body, which may be a file or made piece by piece."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        return bytes(body.read())
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    return b"".join(body if isinstance(body, Iterable) else ())


def doors(send: Send) -> Iterator[tuple[Any, str, Any]]:
    """Where urllib opens connections."""
    answer = SandboxHandler(send).http_open
    yield HTTPHandler, "http_open", answer
    yield HTTPSHandler, "https_open", answer
