"""Small crossings between the wire's spelling and ours that every vendor's groups share."""

from .formats import parse_date_time


def epoch_s(text: str) -> int:
    """The epoch second of a wire date-time that its schema has let through."""
    return int(parse_date_time(text).timestamp())
