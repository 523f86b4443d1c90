"""Replaying the named exchanges of the fixtures over HTTP: the reply must be the documented one, key for key."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import orjson
from oc_sandbox.contract import Operation
from oc_sandbox.refusal import Wire

TIMEOUT_S = 30


class Replay(NamedTuple):
    """What came of one exchange: the HTTP status, the reply's body, and where it differs from the source."""

    status: int
    body: bytes
    differences: list[str]


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """A redirect is an answer to look at, not to follow."""


def replay(operation: Operation, exchange: str, *, url: str, headers: Mapping[str, str], body: bytes) -> Replay:
    """Make one call and hold the reply against an exchange of the operation's fixture.

    `url`, `headers` and `body` are the whole request, credentials included; the caller has brought the server into the
    state that the exchange's `given` asks for. Errors: URLError, where nobody answers.
    """
    request = Request(url, body or None, dict(headers), method=operation.method)  # noqa: S310 - the caller's own server
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S) as reply:
            status, got = reply.status, reply.read()
    except HTTPError as error:
        with error:
            status, got = error.code, error.read()
    return Replay(status, got, judge(operation, exchange, status, got))


def judge(operation: Operation, exchange: str, status: int, body: bytes) -> list[str]:
    """Where a reply differs from what the exchange's source says; empty where it does not."""
    wanted = operation.fixture["exchanges"][exchange]
    expected_status = wanted.get("status", operation.success_status)
    found = [] if status == expected_status else [f"HTTP status: {expected_status} is wanted, not {status}"]
    if "response" not in wanted:
        return found
    expected = wanted["response"]
    if isinstance(expected, dict) and expected.get("data") == "@data":
        expected = {**expected, "data": operation.fixture["data"]}
    try:
        actual = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return [*found, f"the body is not JSON: {error}"]
    return found + differences(expected, actual, free=wanted.get("free", ()), more=wanted.get("more", ()))


def differences(expected: Wire, actual: Wire, *, free: Collection[str] = (), more: Collection[str] = ()) -> list[str]:
    """Where two JSON values differ, as lines of a JSON pointer and what is wrong there.

    At a `free` pointer only the type must agree; at a `more` pointer the actual value may have a key of its own, or an
    item behind the expected ones.
    """
    return list(_differences(expected, actual, "", free, more))


def _differences(expected: Wire, actual: Wire, at: str, free: Collection[str], more: Collection[str]) -> list[str]:
    if at in free:
        agrees = type(expected) is type(actual) or None in (expected, actual)
        return [] if agrees else [f"{at}: a {type(expected).__name__} is wanted, not {actual!r}"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = [f"{at}/{key}: is missing" for key in expected if key not in actual]
        beyond = [key for key in actual if key not in expected and f"{at}/{key}" not in more]
        found += [f"{at}/{key}: is not in the source" for key in beyond]
        for key in expected:
            if key in actual:
                found += _differences(expected[key], actual[key], f"{at}/{key}", free, more)
        return found
    if isinstance(expected, list) and isinstance(actual, list):
        allowed = [index for index in range(len(expected), len(actual)) if f"{at}/{index}" in more]
        if len(expected) + len(allowed) != len(actual):
            return [f"{at}: {len(expected)} items are wanted, not {len(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=False))
        return [line for index, (e, a) in pairs for line in _differences(e, a, f"{at}/{index}", free, more)]
    same = type(expected) is type(actual) and expected == actual
    return [] if same else [f"{at}: {expected!r} is wanted, not {actual!r}"]
