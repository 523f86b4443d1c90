"""The time formats of the wire, for schemas and for handlers.

Zone offsets have no colon (vendor docs pages, vendor request collection 2024). That an impossible date, a 60th second
or any other spelling is refused follows the documented text of the format; it is assumed, not seen. The ISO formats
have Z, or an offset with a colon; they are read by patterns of our own because what `datetime.fromisoformat` takes
differs from one Python to the next.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from types import MappingProxyType
from typing import Any

_DATE_TIME = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})([+-])(\d{2})(\d{2})", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})([+-])(\d{2})(\d{2})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_ISO_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))", re.ASCII
)
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def _zone(sign: str, hours: str, minutes: str) -> timezone:
    if int(minutes) > 59:
        raise ValueError(f"{minutes} minutes in a zone offset")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def parse_date_time(text: str) -> datetime:
    """The aware instant of `2024-07-20T10:10:10+0800`. Errors: ValueError."""
    found = _DATE_TIME.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not yyyy-MM-ddTHH:mm:ss and a zone offset")
    year, month, day, hour, minute, second, *zone = found.groups()
    return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=_zone(*zone))


def parse_date(text: str) -> datetime:
    """The first instant of `2022-10-31+0800`, in its zone. Errors: ValueError."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not yyyy-MM-dd and a zone offset")
    year, month, day, *zone = found.groups()
    return datetime(int(year), int(month), int(day), tzinfo=_zone(*zone))


def parse_iso_instant(text: str) -> datetime:
    """The aware instant of `2025-12-15T10:30:00Z`, or with a fraction or an offset as `+08:00`. Errors: ValueError."""
    found = _ISO_INSTANT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not yyyy-MM-ddTHH:mm:ss and Z or an offset")
    year, month, day, hour, minute, second, fraction, *zone = found.groups()
    microsecond = int((fraction or "")[:6].ljust(6, "0"))
    zone_info = _zone(*zone) if zone[0] else timezone.utc
    return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), microsecond, zone_info)


def parse_iso_date(text: str) -> datetime:
    """The first instant of `2025-12-15`, in UTC. Errors: ValueError."""
    found = _ISO_DATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not yyyy-MM-dd")
    year, month, day = found.groups()
    return datetime(int(year), int(month), int(day), tzinfo=timezone.utc)


def parse_iso_date_or_instant(text: str) -> datetime:
    """The instant, or the first one of a bare date, in UTC. Errors: ValueError."""
    return parse_iso_instant(text) if "T" in text else parse_iso_date(text)


def write_iso_instant(instant: datetime) -> str:
    """`2025-12-15T10:30:00Z`, below a second cut off."""
    return instant.astimezone(timezone.utc).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def write_date_time(instant: datetime) -> str:
    """`2024-07-20T10:10:10+0800`, in the instant's own zone, below a second cut off."""
    # isoformat pads the year to four digits on every platform; strftime's %Y does not.
    text = instant.replace(microsecond=0).isoformat()
    return text[:-3] + text[-2:]


def write_date(instant: datetime) -> str:
    """`2022-10-31+0800`, in the instant's own zone."""
    text = write_date_time(instant)
    return text[:10] + text[19:]


def zone_of(offset: str) -> timezone:
    """The zone of `+0800`."""
    return _zone(offset[0], offset[1:3], offset[3:5])


def before(instant: datetime, duration: str) -> datetime:
    """`instant` less an ISO 8601 duration. Months are the calendar's: a day that the month lacks becomes its last.

    Errors: ValueError, where the result lies before the year 1.
    """
    months, rest = _duration(duration)
    try:
        if months:
            year, month = divmod(instant.year * 12 + instant.month - 1 - months, 12)
            last_day = monthrange(year, month + 1)[1]
            instant = instant.replace(year=year, month=month + 1, day=min(instant.day, last_day))
        return instant - rest
    except OverflowError as error:
        raise ValueError(str(error)) from error


@cache
def _duration(text: str) -> tuple[int, timedelta]:
    """The months of an ISO 8601 duration, and the rest of it."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an ISO 8601 duration")
    years, months, weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return years * 12 + months, rest


@cache
def span(duration: str) -> timedelta:
    """An ISO 8601 duration of fixed length, from weeks down to seconds."""
    anchor = datetime(2001, 1, 1, tzinfo=timezone.utc)
    return anchor - before(anchor, duration)


def _accepts(parse: Callable[[str], Any]) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        if not isinstance(value, str):
            return True  # a format says nothing about other types
        try:
            parse(value)
        except (ValueError, OverflowError):
            return False
        return True

    return accepts


PARSERS: Mapping[str, Callable[[str], datetime]] = MappingProxyType(
    {
        "offset-date-time": parse_date_time,
        "offset-date": parse_date,
        "iso-instant": parse_iso_instant,
        "iso-date-or-instant": parse_iso_date_or_instant,
    }
)
WRITERS: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "offset-date-time": write_date_time,
        "offset-date": write_date,
        "iso-instant": write_iso_instant,
        "iso-date-or-instant": write_iso_instant,
    }
)
CHECKS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {name: _accepts(parse) for name, parse in PARSERS.items()}
)
"""The formats of our own that a schema may name, as both JSON Schema libraries take them."""
