"""The vendors' own hosts, intercepted: a client with hard-coded addresses meets the sandbox and needs no change."""

import sys
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from .httpx_answers import Send

DOORS = MappingProxyType(
    {
        "httpx": ".httpx_transport",
        "httpx2": ".httpx2_transport",
        "requests": ".requests_adapter",
        "aiohttp": ".aiohttp_connector",
        "urllib.request": ".urllib_handler",
    }
)
"""By library the adapter that knows where it opens connections: its `doors(send)` yields a class, the name of the
method that sends, and what answers in its place."""


@contextmanager
def intercepted(send: Send, hosts: Container[str]) -> Iterator[None]:
    """While it lasts, calls to these hosts are answered by `send`; others go where they went.

    Only libraries that are imported by then are looked at; clients may have been made before. Inside each other the
    innermost answers. For the whole process: not for threads that are to meet different sandboxes.
    """
    with ExitStack() as undo:
        for library, adapter in DOORS.items():
            if library in sys.modules:
                for owner, method, answer in import_module(adapter, __package__).doors(send):
                    original = getattr(owner, method)
                    setattr(owner, method, _door(original, answer, hosts))
                    undo.callback(setattr, owner, method, original)
        yield


def _door(original: Callable[..., Any], answer: Callable[..., Any], hosts: Container[str]) -> Callable[..., Any]:
    """A method that sends a request, its first argument; the answer takes the same, and is awaitable where that is."""

    def door(self: Any, request: Any, *more: Any, **named: Any) -> Any:
        address = str(getattr(request, "full_url", "") or request.url)
        if urlsplit(address).hostname in hosts:
            return answer(request, *more, **named)
        return original(self, request, *more, **named)

    return door
