"""Crossings between this vendor's spelling and ours that several groups share."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from ..domain.durations import DAY
from ..domain.shop import Product
from ..domain.world import World
from ..formats import parse_iso_date_or_instant, write_iso_instant
from ..refusal import Refused, Wire

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)


def reply_time(at_s: int) -> str:
    """An epoch second as replies write it: 2025-12-15T10:30:00Z."""
    return write_iso_instant(datetime.fromtimestamp(at_s, tz=timezone.utc))


def first_second(text: str) -> int:
    """The first epoch second that is not before an instant or a bare date of the wire."""
    return -((_EPOCH - parse_iso_date_or_instant(text)) // _SECOND)


def last_second(text: str) -> int:
    """The last epoch second that is not after an instant, or that lies on a bare date."""
    whole = (parse_iso_date_or_instant(text) - _EPOCH) // _SECOND
    return whole if "T" in text else whole + DAY - 1


def skipped(request: Wire) -> int:
    """How many rows lie on the pages before the one that is asked for."""
    return int((request["page"] - 1) * request["limit"])


def page_of(rows: Sequence[Wire], total: int, request: Wire) -> Wire:
    """A list answer: the rows of the page, and how many there are on all pages together."""
    return {"data": rows, "meta": {"total": total, "page": request["page"], "limit": request["limit"]}}


def product_found(product_id: str, world: World) -> Product | None:
    """The product of that id, unless it was deleted."""
    product = world.products.get(product_id)
    return product if product is not None and product.deleted_at_s is None else None


def product_named(product_id: str, world: World) -> Product:
    """The product that a path names. Errors: Refused."""
    product = product_found(product_id, world)
    if product is None:
        raise Refused("product_unknown")
    return product
