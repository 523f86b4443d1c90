"""The calls that a tenant has got, and one that it could get."""

from typing import Any

from ...catalog import catalog
from ...control.views import entry_view, sample_curl
from ...observed import observed
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Way, nothing


def get_journal(tenant: Tenant, asked: Asked) -> Any:
    """The calls after ?since=, of ?operation=, at most ?limit= (the first so many)."""
    since = asked.whole("since", 0)
    limit = asked.whole("limit", len(tenant.journal))
    entries = list(tenant.journal.since(since, asked.parameter("operation")))[:limit]
    facts = observed(catalog(), tenant.choices)
    return {"calls": [entry_view(entry, asked.root_url, facts) for entry in entries]}


def clear_journal(tenant: Tenant, asked: Asked) -> Any:
    """Forget the calls."""
    tenant.journal.clear()
    return nothing()


def get_curl(tenant: Tenant, asked: Asked) -> Any:
    """A signed curl for an operation's sample, or for the one that ?exchange= names."""
    operation = asked.request.path_params["operation"]
    return {"curl": sample_curl(tenant, operation, asked.parameter("exchange"), asked.root_url)}


WAYS = (
    Way("GET", f"{ONE_TENANT}/curl/{{operation}}", get_curl),
    Way("GET", f"{ONE_TENANT}/journal", get_journal),
    Way("DELETE", f"{ONE_TENANT}/journal", clear_journal),
)
