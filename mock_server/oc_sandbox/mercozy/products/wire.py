"""A product in the vendor's spelling, and back."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ...domain.ledger import Bucket
from ...domain.shop import Product
from ...domain.world import World
from ...refusal import Wire
from ..vocabulary import CURRENCY
from ..wire import reply_time

# What a caller may say of a product: our name for it, and what it becomes.
_GIVEN: Mapping[str, tuple[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "sku": ("sku", str),
        "name": ("name", str),
        "description": ("description", str),
        "barcode": ("barcode", str),
        "brand": ("brand", str),
        "categoryId": ("category_id", str),
        "unitPrice": ("unit_price_cents", int),
        "normalPrice": ("normal_price_cents", int),
        "purchasePrice": ("purchase_price_cents", int),
        "weight": ("weight_g", Decimal),
        "isActive": ("is_active", bool),
        "images": ("images", tuple),
    }
)
# What a null leaves, other than None.
_EMPTY: Mapping[str, Any] = MappingProxyType({"images": ()})


def given_of(row: Wire) -> dict[str, Any]:
    """What a request says of a product, as fields of its record."""
    given = {name: (read, row[key]) for key, (name, read) in _GIVEN.items() if key in row}
    return {name: _EMPTY.get(name) if value is None else read(value) for name, (read, value) in given.items()}


def single_to(product: Product, world: World) -> Wire:
    """A product as the answer for one writes it."""
    product_id, ledger = product.product_id, world.ledger
    return {
        "id": product_id,
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "barcode": product.barcode,
        "brand": product.brand,
        "categoryId": product.category_id,
        "unitPrice": product.unit_price_cents,
        "normalPrice": product.normal_price_cents,
        "purchasePrice": product.purchase_price_cents,
        "weight": None if product.weight_g is None else str(product.weight_g),
        "isActive": product.is_active,
        "stockTotal": sum(
            ledger.balance(product_id, region, Bucket.AVAILABLE) for region in ledger.regions(product_id)
        ),
        "images": list(product.images),
        "createdAt": reply_time(product.created_at_s),
        "updatedAt": reply_time(product.updated_at_s),
    }


def listed_to(product: Product, world: World) -> Wire:
    """A product as lists write it: with price and currency, which only the list example has."""
    return {**single_to(product, world), "price": product.unit_price_cents, "currency": CURRENCY}
