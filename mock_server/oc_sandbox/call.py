"""A call and its reply, as every adapter hands them to dispatch and takes them back."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

LARGEST_FORM = 1024 * 1024
MOST_PARAMETERS = 1000
"""What comes after so many is not read: a server with one thread has others to answer."""

NO_HOST = "oc-sandbox.invalid"
"""The host of calls that name none: one that cannot be looked up, so a call that escapes fails at once."""
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,300}")


class Call(NamedTuple):
    """One HTTP request. `path` is decoded; `query` is as sent; header names are in lower case.

    `line` is what it came on: a connection, or a task of this process. Who sends on one again has the answers to what
    was sent on it before. Empty where that is not known.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: str = ""
    scheme: str = "http"
    line: str = ""

    def root_url(self) -> str:
        """Scheme, host and port as the caller wrote them."""
        host = self.headers.get("host", "")
        return f"{self.scheme}://{host if _HOST.fullmatch(host) else NO_HOST}"

    def parameters(self) -> dict[str, str]:
        """The query string's parameters, decoded once; of a repeated one the last."""
        return _last_of_each(self.query)

    def form(self) -> dict[str, str]:
        """The parameters of an x-www-form-urlencoded body; empty for any other content type, or beyond LARGEST_FORM."""
        if "application/x-www-form-urlencoded" not in self.headers.get("content-type", ""):
            return {}
        return _last_of_each(self.body.decode("utf-8", "replace")) if len(self.body) <= LARGEST_FORM else {}

    def form_and_query(self) -> dict[str, str]:
        """The parameters of both places; the query string's win."""
        return {**self.form(), **self.parameters()}


def _last_of_each(text: str) -> dict[str, str]:
    first = "&".join(text.split("&", MOST_PARAMETERS)[:MOST_PARAMETERS])
    return {name: values[-1] for name, values in parse_qs(first, keep_blank_values=True).items()}


class Transport(NamedTuple):
    """What a fault does to a reply on its way, for adapters to perform.

    The reply begins after `latency_s`; its body comes in pieces over `drip_s`. `dropped` means that there is no reply:
    the connection is closed instead. `promised` is the length that the header tells of a body that breaks off before.
    """

    latency_s: float = 0.0
    drip_s: float = 0.0
    dropped: bool = False
    promised: int | None = None


class Reply(NamedTuple):
    """One HTTP response. Header names may repeat, as they do on the wire. A dropped one has status 0 and no body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    transport: Transport | None = None
