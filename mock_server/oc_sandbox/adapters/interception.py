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


BEHIND = "oc_sandbox_behind"
"""The attribute of a closed door that says what was there before it."""


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
                    undo.enter_context(_opened(owner, method, answer, hosts))
        yield


@contextmanager
def _opened(owner: Any, method: str, answer: Callable[..., Any], hosts: Container[str]) -> Iterator[None]:
    """Put a door in the method's place: a method that sends a request, its first argument.

    The answer takes the same, and is awaitable where that is. A door that is closed while a later one stands before it
    (of two tasks the first may end first) lets everything through, and goes when that one goes.
    """
    original, is_open = getattr(owner, method), True

    def door(self: Any, request: Any, *more: Any, **named: Any) -> Any:
        address = str(getattr(request, "full_url", "") or request.url)
        if is_open and urlsplit(address).hostname in hosts:
            return answer(request, *more, **named)
        return original(self, request, *more, **named)

    setattr(owner, method, door)
    try:
        yield
    finally:
        is_open = False
        vars(door)[BEHIND] = original
        while (behind := getattr(getattr(owner, method), BEHIND, None)) is not None:
            setattr(owner, method, behind)
