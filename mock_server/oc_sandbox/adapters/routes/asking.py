"""What a route of the control plane is asked, and how it reads that. An error says what is wrong and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ...tenancy import Tenants
from ..courier import Courier

ONE_TENANT = "/tenants/{client_key}"
"""A path that begins so is about one tenant."""
LARGEST_NUMBER = 100 * 366 * 86400
"""A century in seconds, which is further than any test looks."""


class Problem(Exception):
    """Something that the caller can mend."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the control plane, and what stands behind it. `body` is its JSON; None where it has none."""

    tenants: Tenants
    courier: Courier
    request: Request
    body: Any

    @property
    def root_url(self) -> str:
        """Scheme, host and port as the caller wrote them."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}"

    def parameter(self, name: str) -> str | None:
        """A query parameter."""
        return self.request.query_params.get(name)

    def whole(self, name: str, default: int) -> int:
        """A query parameter that is a whole number. Errors: Problem."""
        text = self.parameter(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 15:
            raise Problem(400, f"{name} must be a whole number, not {text!r}")
        return int(text)

    def settings(self, *known: str) -> dict[str, Any]:
        """The body's members; a null is as if left out. Errors: Problem."""
        return members(self.body, *known)

    def settings_if_any(self, *known: str) -> dict[str, Any]:
        """The same of a body that may be missing. Errors: Problem."""
        return members({} if self.body is None else self.body, *known)


class Way(NamedTuple):
    """A route: its path below /_sandbox, and what answers.

    That takes the tenant, where the path is about one, and the Asked; it gives a JSON value or a Response, or raises
    Problem or a ValueError. The first line of its docstring stands in the list of routes.
    """

    method: str
    path: str
    answer: Callable[..., Any]


def members(value: Any, *known: str) -> dict[str, Any]:
    """A JSON object's members; a null is as if left out. Errors: Problem."""
    if not isinstance(value, dict):
        raise Problem(400, f"the body must be a JSON object with any of {', '.join(known)}")
    unknown = sorted(set(value) - {*known})
    if unknown:
        raise Problem(400, f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    return {name: member for name, member in value.items() if member is not None}


def number(name: str, value: Any) -> float:
    """A number from 0 to LARGEST_NUMBER. Errors: Problem."""
    if type(value) not in (int, float) or not 0 <= value <= LARGEST_NUMBER:
        raise Problem(400, f"{name} must be a number from 0 to {LARGEST_NUMBER}, not {value!r}")
    return float(value)


def in_json(value: Any, status: int = 200, **headers: str) -> Response:
    """A reply of JSON."""
    return Response(orjson.dumps(value), status, headers, media_type="application/json")


def nothing() -> Response:
    """The reply to what is done and has nothing to tell."""
    return Response(status_code=204)
