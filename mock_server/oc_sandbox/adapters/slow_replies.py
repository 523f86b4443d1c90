"""What faults do to a reply on its way out of the server: slow, in drops, or never."""

import asyncio
from typing import Any

from starlette.types import Message, Receive, Send

from ..call import Reply, Transport
from .in_process import PIECES


class SlowReplies:
    """Sends the replies that faults have befallen.

    Nothing waits for a client that has left, and `close` ends every wait, so that a server stops at once.
    """

    def __init__(self) -> None:
        self._waits: set[asyncio.Task[None]] = set()
        self._closed = False

    async def send(self, reply: Reply, transport: Transport, start: Message, receive: Receive, send: Send) -> None:
        """Send a reply by its transport; `start` is the message that would begin it."""
        await self._wait(transport.latency_s, receive)
        if transport.dropped:
            await _close_connection(receive, send)
            return
        await send(start)
        pause_s = transport.drip_s / PIECES
        for piece in _pieces(reply.body) if pause_s else (reply.body,):
            await self._wait(pause_s, receive)
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

    async def _wait(self, seconds: float, receive: Receive) -> None:
        if self._closed or not seconds:
            return
        wait, gone = asyncio.ensure_future(asyncio.sleep(seconds)), asyncio.ensure_future(_client_left(receive))
        self._waits.add(wait)
        try:
            await asyncio.wait(
                [wait, gone], return_when=asyncio.FIRST_COMPLETED
            )  # does not raise where `close` cancels
        finally:
            self._waits.discard(wait)
            wait.cancel()
            gone.cancel()


def _pieces(body: bytes) -> list[bytes]:
    size = max(1, -(-len(body) // PIECES))
    return [body[at : at + size] for at in range(0, len(body), size)] or [b""]


async def _close_connection(receive: Receive, send: Send) -> None:
    """Close the client's connection. ASGI has no word for it, so this takes uvicorn's own transport."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("a fault drops the connection, which this server does not let an application do")
    transport.close()
    await _client_left(receive)  # until uvicorn knows: else it would answer, or complain, for the missing reply


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
