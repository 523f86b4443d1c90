"""What a case is, and the places in a request that it changes."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .scenes import Draft, Scene

Json = Any
Pointer = tuple[str | int, ...]
ABSENT = object()


class Expected(NamedTuple):
    """What a case must lead to: no error of `not_errors`, or this error with these values in its text."""

    error: str = ""
    values: Mapping[str, str] = {}
    not_errors: frozenset[str] = frozenset()


class Case(NamedTuple):
    """A change of a good request. `axis` is positive, boundary or negative; `rule` names what is tried."""

    name: str
    axis: str
    rule: str
    evidence: str
    change: Callable[[Draft, Scene], Draft]
    expected: Expected
    headers: Mapping[str, str] | None = None
    raw: bytes | None = None


def put(body: Json, at: Pointer, value: Json) -> None:
    """Write a value at a place, or take away what stands there; a function gives the value for what stands there."""
    node = node_at(body, at[:-1], at[-1])
    last = at[-1]
    if value is ABSENT:
        node.pop(last, None)
    elif callable(value):
        node[last] = value(node.get(last))
    elif isinstance(node, list):
        node[:] = [value]
    else:
        node[last] = value


def node_at(body: Json, at: Pointer, then: str | int = "") -> Json:
    """What stands at a place, made where the sample lacks it, to hold what `then` names."""
    node = body
    for step, following in zip(at, (*at, then)[1:], strict=True):
        empty: Json = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if not node:
                node.append(empty)
            node = node[step]
        else:
            node = node.setdefault(step, empty)
    return node


def shown(at: Pointer) -> str:
    text = ".".join(str(step) for step in at if not isinstance(step, int))
    return text or "the request"
