"""The server's ASGI application: the vendors' paths through dispatch, and the control plane below /_sandbox."""

from functools import lru_cache
from typing import Any

from starlette.types import Receive, Scope, Send

from ..call import Call, Reply, Transport
from ..dispatch import LARGEST_BODY, dispatch
from ..tenancy import Tenants
from .control_routes import control_application
from .courier import Courier
from .routes.index import CONTROL
from .slow_replies import SlowReplies


class Application:
    """One ASGI application for all tenants. Translates a request into a Call and a Reply back, and decides nothing.

    The vendors' calls are the many: they skip what only the control plane needs of Starlette.
    """

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self.courier = Courier(tenants)
        self.slow = SlowReplies()
        self._control = control_application(tenants, self.courier)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == CONTROL or scope["path"].startswith(f"{CONTROL}/"):
            await self._control(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        line = str(scope.get("client") or "")
        call = Call(scope["method"], scope["path"], sent, body, query, scope.get("scheme", "http"), line)
        reply = dispatch(call, self._tenants)
        if reply.transport is not None:
            await self._send_befallen(reply, reply.transport, receive, send)
            return
        headers = [*_encoded(reply.headers), (b"content-length", b"%d" % len(reply.body))]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})
        if self._tenants.listening:
            self.courier.look()

    async def _send_befallen(self, reply: Reply, transport: Transport, receive: Receive, send: Send) -> None:
        """Send a reply that a fault makes slow, or cuts off; webhooks do not wait for it."""
        if self._tenants.listening:
            self.courier.look()
        length = len(reply.body) if transport.promised is None else transport.promised
        headers = [*_encoded(reply.headers), (b"content-length", b"%d" % length)]
        start = {"type": "http.response.start", "status": reply.status, "headers": headers}
        await self.slow.send(reply, transport, start, receive, send)


@lru_cache(maxsize=256)
def _encoded(headers: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _body(receive: Receive) -> bytes | None:
    """The whole body; of one that is too large just enough to tell. None where the client left before its end."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        if size <= LARGEST_BODY:
            chunks.append(chunk)
        size += len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
