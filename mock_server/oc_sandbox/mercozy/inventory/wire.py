"""Stock in the vendor's spelling: one form in lists, another for a single product."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from ...domain.ledger import Bucket
from ...domain.shop import Product
from ...domain.world import World
from ...refusal import Wire
from ..wire import reply_time


class Stock(NamedTuple):
    """The stock of one product in one warehouse, in pieces; `reserved` is held for orders."""

    product: Product
    warehouse_id: str
    available: int
    reserved: int

    @property
    def quantity(self) -> int:
        """All pieces that are there."""
        return self.available + self.reserved

    @property
    def low(self) -> bool:
        """Whether less is there than the product's threshold."""
        return self.quantity < self.product.low_stock_threshold


def stock_of(product: Product, warehouse_id: str, world: World) -> Stock:
    """What the ledger says."""
    balance = world.ledger.balance
    return Stock(
        product,
        warehouse_id,
        balance(product.product_id, warehouse_id, Bucket.AVAILABLE),
        balance(product.product_id, warehouse_id, Bucket.ALLOCATED),
    )


def stocks_of(product: Product, world: World) -> list[Stock]:
    """The product's stock in each warehouse where it is or was."""
    return [stock_of(product, warehouse_id, world) for warehouse_id in world.ledger.regions(product.product_id)]


def listed_to(stock: Stock, world: World) -> Wire:
    """A stock record as lists write it."""
    product = stock.product
    return {
        "id": _record_id(product.product_id, stock.warehouse_id),
        "productId": product.product_id,
        "productSku": product.sku,
        "productName": product.name,
        "warehouseId": stock.warehouse_id,
        "warehouseName": world.warehouses[stock.warehouse_id].name,
        "quantity": stock.quantity,
        "reservedQuantity": stock.reserved,
        "availableQuantity": stock.available,
        "minThreshold": product.low_stock_threshold,
        "updatedAt": reply_time(_changed_at_s(product, (stock.warehouse_id,), world)),
    }


def single_to(product: Product, world: World) -> Wire:
    """A product's stock in all its warehouses together, as the answer for one product writes it."""
    stocks = stocks_of(product, world)
    warehouses = [stock.warehouse_id for stock in stocks]
    only = world.warehouses[warehouses[0]] if len(warehouses) == 1 else None
    return {
        "productId": product.product_id,
        "productName": product.name,
        "sku": product.sku,
        "quantity": sum(stock.quantity for stock in stocks),
        "lowStockThreshold": product.low_stock_threshold,
        "warehouseId": only.warehouse_id if only else None,
        "warehouseName": only.name if only else None,
        "updatedAt": reply_time(_changed_at_s(product, warehouses, world)),
    }


def _changed_at_s(product: Product, warehouses: Sequence[str], world: World) -> int:
    movements = (world.shop_movements.latest(product.product_id, warehouse_id) for warehouse_id in warehouses)
    return max((movement.created_at_s for movement in movements if movement), default=product.updated_at_s)


def _record_id(product_id: str, warehouse_id: str) -> str:
    """The same for the same product and warehouse, always."""
    return f"inv_{hashlib.shake_128(f'{product_id}|{warehouse_id}'.encode()).hexdigest(8)}"
