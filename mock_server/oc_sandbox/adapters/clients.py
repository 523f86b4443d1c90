"""How a client in Python reaches a sandbox: a transport for each HTTP library, and the vendors' hosts intercepted."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ..call import Call, Reply
from ..catalog import catalog

if TYPE_CHECKING:
    from urllib.request import BaseHandler

    import aiohttp
    import httpx
    import httpx2
    import requests
    import respx


def vendor_hosts() -> Collection[str]:
    """The vendors' own hosts, as their contract files have them."""
    return {host for api in catalog().apis.values() for host in api.hosts}


class ForClients:
    """A thing that answers calls, as the libraries want it. Each method needs its library."""

    def send(self, call: Call) -> Reply:
        """Answer one call, without any HTTP library."""
        raise NotImplementedError

    def intercept(self) -> AbstractContextManager[None]:
        """While it lasts, calls to the vendors' own hosts end here, and clients need no change.

        It holds for httpx, httpx2, requests, aiohttp and urllib, as far as they are imported by then. Calls to other
        hosts go where they went.
        """
        from .interception import intercepted  # noqa: PLC0415 - late, as all below: optional libraries

        return intercepted(self.send, vendor_hosts())

    def respx_router(self) -> "respx.MockRouter":
        """The same by respx, for httpx: use it in a `with`, beside routes of your own; respx refuses other hosts."""
        from .respx_router import router  # noqa: PLC0415

        return router(self.send, vendor_hosts())

    def httpx_transport(self) -> "httpx.BaseTransport":
        """A transport for httpx.Client; whatever the host, calls end here."""
        from .httpx_transport import SandboxTransport  # noqa: PLC0415

        return SandboxTransport(self.send)

    def async_httpx_transport(self) -> "httpx.AsyncBaseTransport":
        """The same for httpx.AsyncClient."""
        from .httpx_transport import AsyncSandboxTransport  # noqa: PLC0415

        return AsyncSandboxTransport(self.send)

    def httpx2_transport(self) -> "httpx2.BaseTransport":
        """The same for httpx2.Client."""
        from .httpx2_transport import SandboxTransport  # noqa: PLC0415

        return SandboxTransport(self.send)

    def async_httpx2_transport(self) -> "httpx2.AsyncBaseTransport":
        """The same for httpx2.AsyncClient."""
        from .httpx2_transport import AsyncSandboxTransport  # noqa: PLC0415

        return AsyncSandboxTransport(self.send)

    def requests_adapter(self) -> "requests.adapters.HTTPAdapter":
        """For requests: `session.mount("https://", sandbox.requests_adapter())`."""
        from .requests_adapter import SandboxAdapter  # noqa: PLC0415

        return SandboxAdapter(self.send)

    def aiohttp_connector(self) -> "aiohttp.BaseConnector":
        """For aiohttp.ClientSession(connector=...); made while a loop is running."""
        from .aiohttp_connector import SandboxConnector  # noqa: PLC0415

        return SandboxConnector(self.send)

    def urllib_handler(self) -> "BaseHandler":
        """For urllib.request.build_opener(...)."""
        from .urllib_handler import SandboxHandler  # noqa: PLC0415

        return SandboxHandler(self.send)
