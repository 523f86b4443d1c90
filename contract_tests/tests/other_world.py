"""The fake with another world in it: other SKUs, products, warehouses, a region, services, amounts and orders.

What it holds is called otherwise on the wire, both ways; how it answers is the fake's.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
from oc_contract.scenes import Scene
from oc_contract.targets import Answer, InProcess, Request, credentials
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.clock import Clock
from oc_sandbox.orangeconnex.demo_skus import DEMO_SKUS, reference_of
from oc_sandbox.orangeconnex.services import service_list

Change = Callable[[str, Any], Any]
"""Of an operation's name and reply: what is answered instead."""
LIVED = timedelta(hours=30)
PRODUCTS = {
    "prod_demo01": "p-2001",
    "prod_demo02": "p-2002",
    "prod_demo03": "p-2003",
    "prod_demo04": "p-2004",
    "DEMO-MUG": "KETTLE-1",
    "DEMO-TOWEL": "RUG-2",
    "DEMO-LAMP": "CHAIR-3",
    "DEMO-HOSE": "FAN-4",
    "wh_main": "depot-north",
    "wh_east": "depot-south",
    "Main Warehouse": "Depot North",
    "East Warehouse": "Depot South",
}


class OtherWorld(InProcess):
    """A fresh tenant of the fake, whose world is another's; `change` says what it answers otherwise."""

    def __init__(self, change: Change | None = None, **settings: Any) -> None:
        super().__init__(now=Clock().now() - LIVED, **settings)
        self._change: Change = lambda name, body: body
        self._live()
        self._change = change or self._change

    def _live(self) -> None:
        """Other amounts, and orders that somebody placed before."""
        for row in self.sandbox.stock():
            if row["available"]:
                self.sandbox.set_stock(row["mf_sku_id"], row["service_region"], available=row["available"] + 70)
        scene = Scene(self)
        for name in ("place_outbound_order", "place_inbound_order", "place_vas_order", "sku_creation_v3"):
            scene.ask_draft(scene.draft(catalog().operations[name]))
        self.wait(LIVED.total_seconds())

    def send(self, request: Request) -> Answer:
        """As the fake's, with the names of this world."""
        operation = catalog().operations[request.operation]
        headers = dict(request.headers)
        ours = {its: mine for mine, its in names().items()}
        path, query, text = (renamed(part, ours) for part in (request.path, request.query, _text(request.body)))
        body = text.encode() if text != _text(request.body) else request.body
        good = credentials(operation, request.path, request.body, self.keys)
        if "vAuthorization" in headers and headers["vAuthorization"] == good["vAuthorization"]:
            headers["vAuthorization"] = credentials(operation, path, body, self.keys)["vAuthorization"]
        answer = super().send(request._replace(path=path, query=query, headers=headers, body=body))
        told = orjson.loads(renamed(answer.body.decode(), names()))
        return answer._replace(body=orjson.dumps(self._change(request.operation, told)))


@cache
def names() -> Mapping[str, str]:
    """What this world calls the things of the demo world."""
    told = {"UK": "NL", **PRODUCTS}
    for index, sku in enumerate(DEMO_SKUS):
        told |= {sku.code: f"OC00008712{index:05}", reference_of(sku.code): f"EX-{index:03}", sku.name: f"Item {index}"}
    # The kit's sample of an electronic service names those of DE, which any world with that region has.
    rows = [row for row in service_list() if row["serviceRegion"] != "DE"]
    services = [product for row in rows for product in row["productList"]]
    for index, product in enumerate(services):
        code = product["shippingServiceCode"]
        told[code] = f"Line{index}{'International' if 'Int' in code else 'Home'}"
        for name in product["shippingServiceNameList"]:
            told.setdefault(name["shippingServiceName"], f"Line {len(told)}")
    return told


def renamed(text: str, told: Mapping[str, str]) -> str:
    """A text with other names for the things in it."""
    return _pattern(tuple(told)).sub(lambda found: told[found[0]], text)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in sorted(words, key=len, reverse=True))})(?!\w)")


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")
