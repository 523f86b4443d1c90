"""The vendors' own hosts, intercepted by respx, beside routes of the user's own; for sync and async clients."""

from collections.abc import Collection

import httpx
import respx

from .httpx_answers import Send, call_of


def router(send: Send, hosts: Collection[str]) -> respx.MockRouter:
    """A router to be used in a `with`: calls to these hosts are answered by `send`.

    Calls to other hosts are refused, as is respx's way, unless a route of the user's takes them.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        reply = send(call_of(request, request.content))
        return httpx.Response(reply.status, headers=list(reply.headers), content=reply.body)

    made = respx.mock(assert_all_called=False)
    made.route(host__in=sorted(hosts)).mock(side_effect=answer)
    return made
