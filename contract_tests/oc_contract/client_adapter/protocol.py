"""What an adapter has: as many of four methods as its client can do, in values that know nothing of the wire."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable


class Order(NamedTuple):
    """An order to be placed. What else a call wants (name and address of a buyer) is the client's own to fill in."""

    reference: str
    sku_id: str
    region: str
    service: str
    quantity: int


class StockRow(NamedTuple):
    """Pieces of a SKU that can be sold from a region."""

    sku_id: str
    region: str
    available: int


class Moved(NamedTuple):
    """Pieces that came into a bucket (AVL: available), or below 0 left it, at an instant that knows its zone."""

    sku_id: str
    region: str
    bucket: str
    quantity: int
    at: datetime


@runtime_checkable
class CanPlaceOrders(Protocol):
    """Orders, as many as there are, however many a call takes."""

    def place_orders(self, orders: Sequence[Order]) -> Mapping[str, str | None]:
        """The order number of each by its reference; None where it was refused."""


@runtime_checkable
class CanCancel(Protocol):
    """One order."""

    def cancel(self, order_number: str) -> bool:
        """Whether it is cancelled now."""


@runtime_checkable
class CanReadStock(Protocol):
    """All stock."""

    def stock(self) -> Iterable[StockRow]:
        """A row for each SKU and region that has or had stock."""


@runtime_checkable
class CanReadMovements(Protocol):
    """Movements of stock."""

    def movements(self, sku_ids: Sequence[str], start: datetime, end: datetime) -> Iterable[Moved]:
        """Every movement of the SKUs in a window of any length up to a year, in every region and bucket."""
