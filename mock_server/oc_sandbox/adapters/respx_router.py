"""The vendors' own hosts, intercepted by respx, beside routes of the user's own; for sync and async clients."""

from collections.abc import Collection

import respx

from .httpx_answers import Send
from .httpx_transport import SandboxTransport


def router(send: Send, hosts: Collection[str]) -> respx.MockRouter:
    """A router to be used in a `with`: calls to these hosts are answered by `send`.

    Calls to other hosts are refused, as is respx's way, unless a route of the user's takes them.
    """
    made = respx.mock(assert_all_called=False)
    made.route(host__in=sorted(hosts)).mock(side_effect=SandboxTransport(send).handle_request)
    return made
