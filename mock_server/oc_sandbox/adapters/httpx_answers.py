"""What the transports of httpx and of httpx2 share: all but their base classes."""

from collections.abc import Callable
from typing import Any, ClassVar

from ..call import Call, Reply
from .in_process import failure_of

Send = Callable[[Call], Reply]


def call_of(request: Any, body: bytes) -> Call:
    """A request of either library as a Call."""
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
    url = request.url
    return Call(request.method, url.path, headers, body, url.query.decode("ascii", "replace"), url.scheme)


class _Answers:
    Response: ClassVar[Any]
    ReadTimeout: ClassVar[Any]
    RemoteProtocolError: ClassVar[Any]

    def __init__(self, send: Send) -> None:
        self._send = send

    def _answer(self, request: Any, body: bytes) -> Any:
        reply = self._send(call_of(request, body))
        failed = failure_of(reply, request.extensions.get("timeout", {}).get("read"))
        if failed is not None:
            kind = self.ReadTimeout if failed.how == "timeout" else self.RemoteProtocolError
            raise kind(failed.words, request=request)
        return self.Response(reply.status, headers=list(reply.headers), content=reply.body, request=request)


class SyncAnswers(_Answers):
    """Hands every request to the sandbox, whatever its host."""

    def handle_request(self, request: Any) -> Any:
        """Answer a request in process."""
        return self._answer(request, request.read())


class AsyncAnswers(_Answers):
    """The same for an async client."""

    async def handle_async_request(self, request: Any) -> Any:
        """Answer a request in process."""
        return self._answer(request, await request.aread())
