"""Small crossings between the wire's spelling and ours that every vendor's groups share."""

import orjson

from .formats import parse_date_time
from .refusal import Wire


def epoch_s(text: str) -> int:
    """The epoch second of a wire date-time that its schema has let through."""
    return int(parse_date_time(text).timestamp())


def packed(value: Wire) -> bytes:
    """Compact JSON, to be kept. orjson leaves its result some 8 kB of room, which a copy sheds."""
    return memoryview(orjson.dumps(value)).tobytes()
