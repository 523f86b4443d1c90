"""Orders of whatever kind that take stock: it is set aside for them, and given back where they come to nothing."""

from typing import Protocol

from .ledger import Bucket, Reason
from .records import Line
from .world import World


class Taking(Protocol):
    """An order that takes its lines from the stock of a region."""

    @property
    def number(self) -> str:
        """The vendor's number of it."""

    @property
    def reference(self) -> str:
        """The seller's number of it."""

    @property
    def created_at_s(self) -> int:
        """When it was placed."""

    @property
    def region(self) -> str:
        """Where."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What."""


def set_aside(world: World, order: Taking, into: Bucket, reason: Reason) -> None:
    """Take what is available, which must be there, when the order is placed."""
    for line in order.lines:
        changes = ((Bucket.AVAILABLE, -line.quantity), (into, line.quantity))
        world.ledger.post((line.sku, order.region), order.created_at_s, changes, reason, order.number)


def give_back(world: World, order: Taking, out_of: Bucket, reason: Reason, at_s: int) -> None:
    """Make what was set aside available again."""
    for line in order.lines:
        changes = ((out_of, -line.quantity), (Bucket.AVAILABLE, line.quantity))
        world.ledger.post((line.sku, order.region), at_s, changes, reason, order.number)
