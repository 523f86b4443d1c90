"""Calls of value-added service that several tests make."""

from typing import Any

from calls import answer
from oc_sandbox import Sandbox

LAMP = "OC0000250380015"


def a_vas_order(reference: str = "", **changes: Any) -> dict[str, Any]:
    """One order for five lamps, of which the demo world has a thousand."""
    order = {
        "referenceNumber": reference,
        "serviceRegion": "UK",
        "serviceType": "LABELLING",
        "productList": [{"MFSKUID": LAMP, "SKUQuantity": 5}],
    }
    return order | changes


def place(sandbox: Sandbox, *orders: dict[str, Any]) -> Any:
    """The reply to orders."""
    return answer(sandbox, "place_vas_order", {"data": orders})


def detail(sandbox: Sandbox, **lists: list[str]) -> Any:
    """The reply to a query."""
    return answer(sandbox, "query_vas_order_detail", {"data": lists})


def status_of(sandbox: Sandbox, number: str) -> str:
    """The state of an order, as the wire tells it."""
    (order,) = detail(sandbox, orderNumberList=[number])["data"]
    return str(order["orderStatus"])
