"""The server process: one socket, one event loop, one application."""

import gc
import socket
from collections.abc import Callable

import uvicorn

from .adapters.starlette_app import Application
from .tenancy import Tenants


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. Errors: OSError."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)


def url_of(listener: socket.socket) -> str:
    """The address that clients on this machine use."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Announces itself when its signal handlers stand: whoever stops it at once gets no traceback.

    Its courier lives as long as it does.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None], application: Application) -> None:
        super().__init__(config)
        self._announce = announce
        self._courier = application.courier
        self._slow = application.slow

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._courier.look()
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # First, because a request that waits for webhooks, or that a fault lets wait, is waited for.
        self._slow.close()
        await self._courier.close()
        await super().shutdown(sockets)


def serve(tenants: Tenants, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Answer calls until the process is told to stop. `announce` is called once the socket takes connections."""
    application = Application(tenants)
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
    )
    server = _Server(config, announce, application)
    # What is loaded stays loaded. Orders are kept and calls make no cycles, so the collector may look less often.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    server.run(sockets=[listener])
