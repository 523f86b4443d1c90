"""What a tenant's clients have brought about."""

from typing import Any

from ...control.books import books_view
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Way


def get_books(tenant: Tenant, asked: Asked) -> Any:
    """Every order, SKU, product and movement, by the client's own number, and whether it was cancelled."""
    return {"books": books_view(tenant)}


WAYS = (Way("GET", f"{ONE_TENANT}/books", get_books),)
