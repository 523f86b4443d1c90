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


@cache
def _names() -> dict[str, str]:
    return {
        product["shippingServiceCode"]: _english(product["shippingServiceNameList"])
        for row in service_list()
        for product in row["productList"]
    }


def _english(names: Wire) -> str:
    return next(str(name["shippingServiceName"]) for name in names if name["language"] == "en-US")


def services_of(region: str) -> list[str]:
    """The services that a region offers, in the list's order; none where there is no such region."""
    rows = (row["productList"] for row in service_list() if row["serviceRegion"] == region)
    return [product["shippingServiceCode"] for product in next(rows, ())]


def name_of(service: str) -> str:
    """The English name of a service in the list, the first where it has several."""
    return _names()[service]


def offers(region: str, service: str) -> bool:
    """Whether a region offers a service."""
    return service in _codes().get(region, ())
