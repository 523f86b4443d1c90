"""The server's ASGI application: the vendors' paths through dispatch, and the control plane below /_sandbox."""

from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ..call import Call, Reply
from ..dispatch import LARGEST_BODY, dispatch
from ..tenancy import Tenants
from .control_routes import control_routes


def create_app(tenants: Tenants) -> ASGIApp:
    """One application for all tenants."""
    app = Starlette(routes=[Mount("/_sandbox", routes=control_routes(tenants))])
    app.router.redirect_slashes = False
    vendors = VendorApp(tenants)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        # The vendors' calls are the many; they skip what only the control plane needs of Starlette.
        if scope["type"] == "http" and not scope["path"].startswith("/_sandbox"):
            await vendors(scope, receive, send)
        else:
            await app(scope, receive, send)

    return application


class VendorApp:
    """An ASGI application that translates a request into a Call and a Reply back, and decides nothing."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._encoded: dict[tuple[tuple[str, str], ...], list[tuple[bytes, bytes]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(
            scope["method"],
            scope["path"],
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            await _body(receive),
            scope["query_string"].decode("latin-1"),
        )
        reply = dispatch(call, self._tenants)
        await send({"type": "http.response.start", "status": reply.status, "headers": self._headers(reply)})
        await send({"type": "http.response.body", "body": reply.body})

    def _headers(self, reply: Reply) -> list[tuple[bytes, bytes]]:
        encoded = self._encoded.get(reply.headers)
        if encoded is None:
            encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
            if len(self._encoded) < 1000:
                self._encoded[reply.headers] = encoded
        return [*encoded, (b"content-length", b"%d" % len(reply.body))]


async def _body(receive: Receive) -> bytes:
    """The whole body; of one that is too large just enough to tell."""
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size - len(chunk) <= LARGEST_BODY:
            chunks.append(chunk)
    return b"".join(chunks)
