"""How an order is stopped, of whatever kind; what was set aside for it is available again at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from ..domain.records import OutboundOrder, VasOrder
from ..domain.world import World
from ..refusal import Broken, Rule, Wire, enforce


@dataclass(frozen=True)
class Cancellation:
    """The cancellation of one kind of orders: those there are, when one can be stopped, and what stops it."""

    orders: Callable[[World], Mapping[str, OutboundOrder | VasOrder]]
    cancellable: frozenset[Enum]
    cancelled: Enum
    cancel: Callable[[World, str], None]

    @property
    def rules(self) -> tuple[Rule[str, World], ...]:
        """In the order in which they are reported."""
        return (
            Rule("order_unknown", self.order_unknown),
            Rule("already_cancelled", self.already_cancelled),
            Rule("too_late", self.too_late),
        )

    def order_unknown(self, number: str, world: World) -> Broken:
        """The seller has no such order."""
        return None if number in self.orders(world) else _about(number)

    def already_cancelled(self, number: str, world: World) -> Broken:
        """The order was cancelled before, and a second cancellation is refused."""
        again = self.orders(world)[number].status is self.cancelled
        return _about(number) if again and world.choices["second_cancellation"] == "refused" else None

    def too_late(self, number: str, world: World) -> Broken:
        """The order is past the states in which it can be stopped."""
        status = self.orders(world)[number].status
        return None if status in self.cancellable or status is self.cancelled else _about(number)

    def handle(self, request: Wire, world: World) -> Wire:
        """Nothing: the envelope alone says that it is done."""
        number = request["data"]["orderNumber"]
        enforce(self.rules, number, world)
        if self.orders(world)[number].status is not self.cancelled:
            self.cancel(world, number)
        return None


def _about(number: str) -> Broken:
    return {"id": number, "order_number": number}
