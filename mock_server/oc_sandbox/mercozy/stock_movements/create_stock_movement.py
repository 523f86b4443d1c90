"""Create a stock movement: report one change of stock, which takes effect at once.

Source: vendor docs page.
"""

from ...domain.ledger import Bucket, Reason
from ...domain.shop import MovementKind, ShopMovement
from ...domain.world import World
from ...refusal import Broken, Rule, Wire, enforce
from ..vocabulary import change_of
from ..wire import product_found
from .wire import movement_from, movement_to


def product_unknown(movement: ShopMovement, world: World) -> Broken:
    """The shop has no such product."""
    return {} if product_found(movement.product_id, world) is None else None


def warehouse_unknown(movement: ShopMovement, world: World) -> Broken:
    """The shop has no such warehouse."""
    return None if movement.warehouse_id in world.warehouses else {}


def stock_short(movement: ShopMovement, world: World) -> Broken:
    """More would leave the warehouse than is available there, and stock does not go below zero."""
    available = _available(movement, world)
    if available + _change(movement, world) >= 0 or _may_overdraw(world):
        return None
    return {"available": available, "quantity": movement.quantity}


def _may_overdraw(world: World) -> bool:
    return world.choices.get("overdraft") == "negative"


def _available(movement: ShopMovement, world: World) -> int:
    return world.ledger.balance(movement.product_id, movement.warehouse_id, Bucket.AVAILABLE)


def _change(movement: ShopMovement, world: World) -> int:
    """What the movement does to the stock; negative where pieces leave."""
    if movement.kind is MovementKind.ADJUSTMENT and world.choices.get("adjustment") == "sets":
        return movement.quantity - _available(movement, world)
    return change_of(movement.kind, movement.quantity)


RULES = (
    Rule("product_unknown", product_unknown),
    Rule("warehouse_unknown", warehouse_unknown),
    Rule("stock_short", stock_short),
)


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`: the movement as it was recorded."""
    movement = movement_from(request, world)
    enforce(RULES, movement, world)
    movement = movement._replace(movement_id=f"sm_{world.ids.opaque('shop_movement', 8).hex()}")
    _record(movement, world)
    return movement_to(movement, world)


def _record(movement: ShopMovement, world: World) -> None:
    key = (movement.product_id, movement.warehouse_id)
    changes = ((Bucket.AVAILABLE, _change(movement, world)),)
    # What kind of change it was stands in the shop's own record; the ledger counts.
    world.ledger.post(
        key, movement.created_at_s, changes, Reason.ADJUSTED, movement.movement_id, below_zero=_may_overdraw(world)
    )
    world.shop_movements.append(movement)
