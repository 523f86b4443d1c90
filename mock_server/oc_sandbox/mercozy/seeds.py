"""The demo shop: the products and warehouses of the documented examples, and some more to page and filter through.

Two products bear the SKU WDG-001, because two pages of the documentation show one under different ids.
"""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ..domain.durations import DAY
from ..domain.ledger import Key, Ledger
from ..domain.shop import MovementBook, MovementKind, Product, ShopMovement, Warehouse
from ..domain.world import World
from .vocabulary import change_of

OPENED_BEFORE_S = 30 * DAY

WAREHOUSES: Mapping[str, Warehouse] = MappingProxyType(
    {
        warehouse.warehouse_id: warehouse
        for warehouse in (
            Warehouse("wh_main", "Main Warehouse"),
            Warehouse("wh_east", "East Warehouse"),
            Warehouse("warehouse-uuid", "Main Warehouse"),
        )
    }
)

# Product, warehouse, kind, pieces, reference, days after the shop opened.
_MOVEMENTS = (
    ("prod_abc123", "wh_main", MovementKind.IN, 42, "PO-DEMO-1", 0),
    ("prod_demo01", "wh_main", MovementKind.IN, 120, "PO-DEMO-1", 0),
    ("prod_demo02", "wh_main", MovementKind.IN, 30, "PO-DEMO-1", 0),
    ("prod_demo03", "wh_main", MovementKind.IN, 8, "PO-DEMO-1", 0),
    ("prod_demo01", "wh_main", MovementKind.TRANSFER_OUT, 40, "TR-DEMO-1", 7),
    ("prod_demo01", "wh_east", MovementKind.TRANSFER_IN, 40, "TR-DEMO-1", 8),
    ("prod_demo02", "wh_main", MovementKind.OUT, 26, "SO-DEMO-1", 14),
    ("prod_demo03", "wh_main", MovementKind.OUT, 8, "SO-DEMO-2", 21),
    ("prod_demo01", "wh_main", MovementKind.ADJUSTMENT, 2, "COUNT-DEMO-1", 28),
)


# The tenants of one second share their products.
@lru_cache(maxsize=4)
def _products(created_at_s: int) -> Mapping[str, Product]:
    at = (created_at_s, created_at_s)
    products = (
        Product("prod_abc123", "WDG-001", "Premium Widget", 2999, 10, *at, brand="Acme Corp", normal_price_cents=3999),
        Product("product-uuid", "WDG-001", "Premium Widget", 2999, 10, *at, brand="Acme Corp", normal_price_cents=3999),
        Product(
            "prod_demo01", "DEMO-MUG", "Ceramic mug, red", 899, 20, *at, barcode="4006381333931", weight_g=Decimal(350)
        ),
        Product("prod_demo02", "DEMO-TOWEL", "Cotton towel, white", 1450, 5, *at, purchase_price_cents=610),
        Product("prod_demo03", "DEMO-LAMP", "Desk lamp, brass", 5900, 4, *at, description="<p>Brass, 40 cm.</p>"),
        Product("prod_demo04", "DEMO-HOSE", "Garden hose, 15 m", 2450, 3, *at, is_active=False),
    )
    return {product.product_id: product for product in products}


class _Demo(NamedTuple):
    movements: tuple[ShopMovement, ...]
    stock: dict[Key, int]


@cache
def _demo() -> _Demo:
    movements = tuple(
        ShopMovement(
            f"sm_demo{index + 1:02d}",
            product_id,
            warehouse_id,
            variant_id=None,
            quantity=pieces,
            kind=kind,
            reference=reference,
            unit_cost_cents=None,
            batch_number=None,
            notes=None,
            created_at_s=days * DAY,
        )
        for index, (product_id, warehouse_id, kind, pieces, reference, days) in enumerate(_MOVEMENTS)
    )
    stock = Counter[Key]()
    for movement in movements:
        stock[movement.product_id, movement.warehouse_id] += change_of(movement.kind, movement.quantity)
    return _Demo(movements, dict(stock))


def sow(world: World) -> None:
    """Fill an empty world. The shop opened 30 days before the world's now."""
    opened_at_s = world.now_s() - OPENED_BEFORE_S
    demo = _demo()
    world.products.update(_products(opened_at_s))
    world.warehouses.update(WAREHOUSES)
    world.shop_movements = MovementBook(demo.movements, opened_at_s=opened_at_s)
    world.ledger = Ledger(demo.stock, opened_at_s=opened_at_s)
