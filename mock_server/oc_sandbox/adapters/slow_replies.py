"""What faults do to a reply on its way out of the server: slow, in drops, or never."""

import asyncio
from typing import Any

from starlette.types import Message, Receive, Send

from ..call import Reply, Transport
from .in_process import PIECES


class SlowReplies:
    """Sends the replies that faults have befallen. `close` ends every wait, so that a server stops at once."""

    def __init__(self) -> None:
        self._waits: set[asyncio.Task[None]] = set()
        self._closed = False

    async def send(self, reply: Reply, transport: Transport, start: Message, receive: Receive, send: Send) -> None:
        """Send a reply by its transport; `start` is the message that would begin it."""
        await self._wait(transport.latency_s)
        if transport.dropped:
            await _close_connection(receive, send)
            return
        await send(start)
        pause_s = transport.drip_s / PIECES
        for piece in _pieces(reply.body) if pause_s else (reply.body,):
            await self._wait(pause_s)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if transport.promised is not None:
            await _close_connection(receive, send)
            return
        await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """Wait no more."""
        self._closed = True
        for wait in self._waits:
            wait.cancel()

    async def _wait(self, seconds: float) -> None:
        if self._closed or not seconds:
            return
        wait = asyncio.ensure_future(asyncio.sleep(seconds))
        self._waits.add(wait)
        try:
            await asyncio.wait([wait])  # which does not raise where `close` cancels it
        finally:
            self._waits.discard(wait)
            wait.cancel()


def _pieces(body: bytes) -> list[bytes]:
    size = max(1, -(-len(body) // PIECES))
    return [body[at : at + size] for at in range(0, len(body), size)] or [b""]


async def _close_connection(receive: Receive, send: Send) -> None:
    """Close the client's connection. ASGI has no word for it, so this takes uvicorn's own transport."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("a fault drops the connection, which this server does not let an application do")
    transport.close()
    # Until uvicorn knows that nobody listens: else it would answer, or complain, for the reply that is missing.
    while (await receive())["type"] != "http.disconnect":
        pass
