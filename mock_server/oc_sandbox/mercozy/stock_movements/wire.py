"""A movement in the vendor's spelling, and back."""

from ...domain.shop import ShopMovement
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import KIND_CODES, KINDS
from ..wire import reply_time


def movement_from(row: Wire, world: World) -> ShopMovement:
    """The movement that a request reports; it has no id yet."""
    unit_cost = row.get("unitCost")
    return ShopMovement(
        movement_id="",
        product_id=row["productId"],
        warehouse_id=row["warehouseId"],
        variant_id=row.get("variantId"),
        quantity=int(row["quantity"]),
        kind=KINDS[row["movementType"]],
        reference=row.get("reference"),
        unit_cost_cents=None if unit_cost is None else int(unit_cost),
        batch_number=row.get("batchNumber"),
        notes=row.get("notes"),
        created_at_s=world.now_s(),
    )


def movement_to(movement: ShopMovement, world: World) -> Wire:
    """A movement as replies write it."""
    product = world.products[movement.product_id]
    return {
        "id": movement.movement_id,
        "productId": movement.product_id,
        "productSku": product.sku,
        "productName": product.name,
        "warehouseId": movement.warehouse_id,
        "warehouseName": world.warehouses[movement.warehouse_id].name,
        "variantId": movement.variant_id,
        "quantity": movement.quantity,
        "movementType": KIND_CODES[movement.kind],
        "reference": movement.reference,
        "unitCost": movement.unit_cost_cents,
        "batchNumber": movement.batch_number,
        "notes": movement.notes,
        "createdAt": reply_time(movement.created_at_s),
    }
