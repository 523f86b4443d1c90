"""Keeps test runs away from the vendors' own hosts: their names are not looked up while tests run."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

LOOKS_UP = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")


@contextmanager
def vendor_hosts_refused() -> Iterator[list[str]]:
    """While it lasts, looking up a vendor's own host fails the test that does it; other hosts are looked up as ever.

    Gives the list of what was refused, which grows: where a thread or a bare `except` has swallowed the failure, the
    test fails by that.

    What does not ask Python's `socket` is not seen: a proxy that looks names up by itself, uvloop, c-ares.
    """
    hosts: set[str] = set()
    refused: list[str] = []

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def look_up(host: Any, *more: Any, **named: Any) -> Any:
            if host and not hosts:
                hosts.update(_vendor_hosts())
            name = (host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)).rstrip(".").lower()
            if name in hosts:
                refused.append(name)
                # Not an OSError: a client that bears a lost network would bear this, and the test would pass.
                pytest.fail(refusal(name))
            return original(host, *more, **named)

        return look_up

    before = {name: getattr(socket, name) for name in LOOKS_UP}
    for name, original in before.items():
        setattr(socket, name, guarded(original))
    try:
        yield refused
    finally:
        for name, original in before.items():
            setattr(socket, name, original)


def _vendor_hosts() -> Iterator[str]:
    """The hosts of all APIs. From the files, because the catalogue takes longer to load than most runs have."""
    from ..paths import SCHEMAS  # noqa: PLC0415 - every run of pytest loads this module

    for file in SCHEMAS.glob("*/api.json"):
        yield from json.loads(file.read_bytes()).get("hosts", ())


def refusal(host: str) -> str:
    """What a test is told that was about to call a vendor."""
    return (
        f"a test was about to call {host}, the vendor's own host, and oc-sandbox stopped it. Give the test the fixture "
        "oc_intercepted, and the call is answered by a fresh sandbox (import the HTTP library before, at the top of a "
        "module); or point the client at oc_server.base_url. If the call is meant: --oc-allow-vendor-hosts, or "
        "allow-vendor-hosts = true in [tool.oc-sandbox] of pyproject.toml."
    )
