"""The sandbox as a transport adapter of requests: `session.mount("https://", SandboxAdapter(sandbox.send))`."""

import io
from collections.abc import Iterator
from http.client import HTTPMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ConnectionError, ReadTimeout
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.util import Timeout

from ..call import Call
from .httpx_answers import Send
from .in_process import failure_of


class SandboxAdapter(HTTPAdapter):
    """Hands every request to the sandbox, whatever its host."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    def send(self, request: PreparedRequest, stream: bool = False, timeout: Any = None, *_: Any, **__: Any) -> Response:
        """Answer a request in process."""
        reply = self._send(call_of(request))
        failed = failure_of(reply, _read_timeout_s(timeout))
        if failed is not None:
            broken_off = ChunkedEncodingError if reply.body else ConnectionError
            kind = ReadTimeout if failed.how == "timeout" else broken_off
            raise kind(failed.words, request=request)
        body = HTTPResponse(
            io.BytesIO(reply.body),
            headers=HTTPHeaderDict(reply.headers),
            status=reply.status,
            preload_content=False,
            original_response=_Original(reply.headers),  # type: ignore[arg-type]  # requests takes cookies from it
        )
        return self.build_response(request, body)


def _read_timeout_s(timeout: Any) -> float | None:
    """How long requests waits for more to read: of a pair the second, of urllib3's own its part."""
    if isinstance(timeout, Timeout):
        timeout = timeout.read_timeout
    elif isinstance(timeout, tuple):
        timeout = timeout[1]
    return float(timeout) if isinstance(timeout, (int, float)) else None


class _Original:
    """As much of an http.client.HTTPResponse as requests and urllib3 look at."""

    def __init__(self, headers: tuple[tuple[str, str], ...]) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg[name] = value

    def isclosed(self) -> bool:
        """There is no connection."""
        return True

    def close(self) -> None:
        """Nor anything to close."""


def call_of(request: PreparedRequest) -> Call:
    """A request as a Call."""
    url = urlsplit(str(request.url))
    headers = {"host": url.netloc, **{name.lower(): _text(value) for name, value in request.headers.items()}}
    return Call(str(request.method), unquote(url.path), headers, _bytes(request.body), url.query, url.scheme)


def _bytes(body: Any) -> bytes:
    """A body, which may be a file or made piece by piece."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(_bytes(chunk) for chunk in body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def doors(send: Send) -> Iterator[tuple[Any, str, Any]]:
    """Where requests opens connections."""
    yield HTTPAdapter, "send", SandboxAdapter(send).send
