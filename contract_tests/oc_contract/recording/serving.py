"""The recorder as a server on this machine."""

import socket
from collections.abc import Callable

import uvicorn

from .proxy import Recorder


class _Server(uvicorn.Server):
    """Says when it takes connections, and when it has answered the last."""

    def __init__(self, config: uvicorn.Config, began: Callable[[], None], ended: Callable[[], None]) -> None:
        super().__init__(config)
        self._began, self._ended = began, ended

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._began()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._ended()


def serving(recorder: Recorder, *, began: Callable[[], None], ended: Callable[[], None]) -> uvicorn.Server:
    """A server to be run with a listening socket; the headers of replies are the upstream's alone."""
    config = uvicorn.Config(
        recorder,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
    )
    return _Server(config, began, ended)
