"""Crossings between this vendor's spelling and ours that several groups share."""

from datetime import datetime
from decimal import Decimal

from ..domain.records import Line
from ..formats import write_date_time
from ..refusal import Wire
from .vocabulary import REPLY_ZONE


def reply_time(at_s: int) -> str:
    """An epoch second as replies write it: 2024-07-15T19:48:37+0800."""
    return write_date_time(datetime.fromtimestamp(at_s, tz=REPLY_ZONE))


def lines_from(products: Wire, *, sku: str, quantity: str) -> tuple[Line, ...]:
    """The lines of an order from its product rows; quantities may be text."""
    return tuple(Line(product[sku], int(product[quantity])) for product in products)


def amount_to(amount: Decimal) -> int | float:
    """A sum of money, or a weight, as replies write it: 19, not 19.0."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def weight_to(weight_g: Decimal) -> str:
    """Grams as replies write them: 11000.0000."""
    return f"{weight_g:.4f}"
