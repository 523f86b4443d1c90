"""A Python client under test, behind a small adapter: what it sends is right, and what it returns is the world's."""

from .checking import CHECKS, ClientDiffers, NothingToCheck, check_client
from .protocol import CanCancel, CanPlaceOrders, CanReadMovements, CanReadStock, Moved, Order, StockRow

__all__ = [
    "CHECKS",
    "CanCancel",
    "CanPlaceOrders",
    "CanReadMovements",
    "CanReadStock",
    "ClientDiffers",
    "Moved",
    "NothingToCheck",
    "Order",
    "StockRow",
    "check_client",
]
