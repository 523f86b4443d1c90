"""Every route of the control plane: the one table, what it tells of itself, and that the server is up."""

from typing import Any

from ... import __version__
from ...catalog import catalog
from ...domain.clock import Clock, wall_clock_ms
from . import assumptions, books, clock, events, faults, journal, mercozy, report, tenants, warehouse
from .asking import Asked, Way

CONTROL = "/_sandbox"


def index(asked: Asked) -> Any:
    """What there is below /_sandbox, and where the vendors' APIs lie."""
    bases = {api.title: list(api.base_paths) for api in catalog().apis.values()}
    return {"oc-sandbox": __version__, "apis": bases, "routes": listed()}


def health(asked: Asked) -> Any:
    """That the server is up, and what it is."""
    return {
        "status": "ok",
        "version": __version__,
        "contract_version": contract_version(),
        "uptime_seconds": (wall_clock_ms() - asked.request.app.state.started_ms) / 1000,
        "tenants": len(asked.tenants),
    }


def document(asked: Asked) -> Any:
    """What is known of both APIs, as an OpenAPI 3.1 document."""
    from ...openapi import openapi  # noqa: PLC0415 - asked for seldom, and a start is waited for

    return openapi(catalog(), asked.root_url, Clock().now())


def contract_version() -> str:
    """How many operations the contract files describe; a digest of them comes with the first release."""
    return f"{__version__}+{len(catalog().operations) + len(catalog().webhooks)}-operations"


def listed() -> list[dict[str, str]]:
    """The routes, with what each does."""
    return [
        {"method": way.method, "path": CONTROL + way.path, "does": (way.answer.__doc__ or "").partition("\n")[0]}
        for way in WAYS
    ]


WAYS = (
    Way("GET", "", index),
    Way("GET", "/health", health),
    Way("GET", "/openapi.json", document),
    *tenants.WAYS,
    *clock.WAYS,
    *warehouse.WAYS,
    *books.WAYS,
    *assumptions.WAYS,
    *faults.WAYS,
    *journal.WAYS,
    *report.WAYS,
    *events.WAYS,
    *mercozy.WAYS,
)
