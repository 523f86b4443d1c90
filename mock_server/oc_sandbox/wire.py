"""Small crossings between the wire's spelling and ours that every vendor's groups share."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from .formats import parse_date_time
from .refusal import Wire


def epoch_s(text: str) -> int:
    """The epoch second of a wire date-time that its schema has let through."""
    return int(parse_date_time(text).timestamp())


class Link(NamedTuple):
    """Something that this server serves at a path; in a reply it becomes the URL, as the caller would write it."""

    path: str


def packed(value: Wire, write: Callable[[Any], Wire] | None = None) -> bytes:
    """Compact JSON, to be kept. orjson leaves its result some 8 kB of room, which a copy sheds.

    `write` gives the JSON value for what is none by itself.
    """
    return memoryview(orjson.dumps(value, write)).tobytes()
