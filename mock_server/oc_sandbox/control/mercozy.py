"""What a shop's owner does in Mercozy's own web pages, and no endpoint of its API does.

Keys with scopes, the plan, warehouses, low-stock thresholds, and the restoration of deleted products.
"""

from collections.abc import Iterable
from typing import Any

from ..domain.quota import Quota
from ..domain.shop import Product, Warehouse
from ..mercozy.credentials import NAME, Account, new_key
from ..mercozy.vocabulary import REQUESTS_A_MINUTE, RESTORABLE_FOR_S, SCOPES
from ..tenancy import Tenant, Tenants
from .problems import Conflict, NotThere

MINUTE_MS = 60_000
LARGEST_THRESHOLD = 1_000_000_000
LONGEST_TEXT = 200


class BadRequest(ValueError):
    """A wish that the back office does not understand. The message says what is possible."""


class BackOffice:
    """The back office of one tenant's shop."""

    def __init__(self, tenants: Tenants, tenant: Tenant) -> None:
        self._tenants = tenants
        self._tenant = tenant
        self._account: Account = tenant.accounts[NAME]

    def keys(self) -> list[dict[str, Any]]:
        """Every key with its scopes; the first is the one that the tenant came with."""
        return [{"api_key": key, "scopes": sorted(scopes)} for key, scopes in self._account.keys.items()]

    def new_key(self, scopes: Iterable[str] = SCOPES) -> str:
        """A further key, which may do what its scopes say: all, if none are given. Errors: BadRequest."""
        wanted = list(scopes)
        for scope in wanted:
            if scope not in SCOPES:
                raise BadRequest(f"there is no scope {scope!r}; there are {', '.join(sorted(SCOPES))}")
        key = new_key(self._tenant)
        self._account.keys[key] = frozenset(wanted)
        self._tenants.add_handle(self._tenant, NAME, key)
        return key

    def revoke_key(self, key: str) -> None:
        """Let a key open nothing any more. Errors: NotThere, Conflict."""
        if key == self._account.api_key:
            raise Conflict("the key that the tenant came with stays; make another, and revoke that")
        if key not in self._account.keys:
            raise NotThere(f"the tenant has no key {key!r}")
        del self._account.keys[key]
        self._tenants.drop_handle(NAME, key)

    def plan(self) -> dict[str, Any]:
        """The shop's plan, and how many calls it allows in a minute; null where nobody counts."""
        quota = self._account.quota
        return {"plan": self._account.plan, "requests_a_minute": quota.most if quota else None}

    def set_plan(self, plan: str | None) -> None:
        """Let calls count from now on, as the plan says, or with None count none. Errors: BadRequest."""
        if plan is not None and plan not in REQUESTS_A_MINUTE:
            raise BadRequest(
                f"there is no plan {plan!r} with access to the API; there are {', '.join(REQUESTS_A_MINUTE)}"
            )
        self._account.plan = plan
        self._account.quota = Quota(REQUESTS_A_MINUTE[plan], MINUTE_MS) if plan is not None else None

    def warehouses(self) -> list[dict[str, str]]:
        """Every warehouse of the shop."""
        warehouses = self._account.world.warehouses.values()
        return [{"warehouse_id": warehouse.warehouse_id, "name": warehouse.name} for warehouse in warehouses]

    def add_warehouse(self, name: str, warehouse_id: str | None = None) -> str:
        """Open a warehouse; gives its id, made up if none is given. Errors: BadRequest, Conflict."""
        world = self._account.world
        for text in (name, warehouse_id):
            if text is not None and not (0 < len(text) <= LONGEST_TEXT and text.isprintable()):
                raise BadRequest(
                    f"name and warehouse_id are texts of 1 to {LONGEST_TEXT} characters, not {text[:300]!r}"
                )
        if warehouse_id in world.warehouses:
            raise Conflict(f"there is a warehouse {warehouse_id} already")
        if warehouse_id is None:
            warehouse_id = f"wh_{self._tenant.ids.opaque('warehouse', 8).hex()}"
        world.warehouses[warehouse_id] = Warehouse(warehouse_id, name)
        return warehouse_id

    def product(self, product_id: str) -> dict[str, Any]:
        """What of a product no endpoint changes. Errors: NotThere."""
        product = self._product(product_id)
        return {
            "product_id": product.product_id,
            "low_stock_threshold": product.low_stock_threshold,
            "deleted": product.deleted_at_s is not None,
        }

    def set_low_stock_threshold(self, product_id: str, pieces: int) -> None:
        """Call a product low on stock wherever less than this is there. Errors: BadRequest, NotThere."""
        product = self._product(product_id)
        if type(pieces) is not int or not 0 <= pieces <= LARGEST_THRESHOLD:
            raise BadRequest(
                f"low_stock_threshold must be a whole number from 0 to {LARGEST_THRESHOLD}, not {pieces!r}"
            )
        self._account.world.products[product_id] = product._replace(low_stock_threshold=pieces)

    def restore_product(self, product_id: str) -> None:
        """Bring a deleted product back with its stock, while that is possible. Errors: NotThere, Conflict."""
        product = self._product(product_id)
        if product.deleted_at_s is None:
            raise Conflict(f"the product {product_id} is not deleted")
        if self._account.world.now_s() > product.deleted_at_s + RESTORABLE_FOR_S:
            raise Conflict(f"the product {product_id} was deleted too long ago to be restored")
        self._account.world.products[product_id] = product._replace(deleted_at_s=None)

    def _product(self, product_id: str) -> Product:
        product = self._account.world.products.get(product_id)
        if product is None:
            raise NotThere(f"the shop never had a product {product_id!r}")
        return product
