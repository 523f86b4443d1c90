"""Which region offers which shipping services: the recorded GetServiceList reply of 2024-06-20, kept as its fixture."""

from functools import cache

import orjson

from .. import paths
from ..refusal import Wire


@cache
def service_list() -> Wire:
    """The regions with their services, as GetServiceList answers."""
    file = paths.FIXTURES / "orangeconnex" / "warehouse" / "get_service_list.json"
    return orjson.loads(file.read_bytes())["data"]


@cache
def _codes() -> dict[str, frozenset[str]]:
    return {
        row["serviceRegion"]: frozenset(product["shippingServiceCode"] for product in row["productList"])
        for row in service_list()
    }


def offers(region: str, service: str) -> bool:
    """Whether a region offers a service."""
    return service in _codes().get(region, ())
