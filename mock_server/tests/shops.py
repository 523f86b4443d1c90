"""A Mercozy shop to call: a tenant, with its key."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Reply
from oc_sandbox.domain.world import World

BASE = "/api/v1/external"


class Answer(NamedTuple):
    """A reply, read."""

    status: int
    body: Any

    @property
    def data(self) -> Any:
        """What stands under data."""
        return self.body["data"]


class Shop:
    """Calls of one tenant."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.headers: Mapping[str, str] = {"x-api-key": sandbox.mercozy_api_key, "content-type": "application/json"}

    @property
    def account(self) -> Any:
        """What the tenant has at this vendor."""
        return self.sandbox.tenant.accounts["mercozy"]

    @property
    def world(self) -> World:
        """What the shop remembers."""
        world: World = self.account.world
        return world

    def get(self, path: str, query: str = "", **parameters: Any) -> Answer:
        """Ask with a query, as text or as parameters."""
        return _read(self.sandbox.send(Call("GET", BASE + path, self.headers, b"", query or urlencode(parameters))))

    def post(self, path: str, body: Any) -> Answer:
        """Send JSON; bytes go as they are."""
        return self._send("POST", path, body)

    def put(self, path: str, body: Any) -> Answer:
        """The same by PUT."""
        return self._send("PUT", path, body)

    def delete(self, path: str) -> Answer:
        """Ask for a deletion."""
        return self._send("DELETE", path, b"")

    def _send(self, method: str, path: str, body: Any) -> Answer:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        return _read(self.sandbox.send(Call(method, BASE + path, self.headers, raw)))

    def move(
        self, kind: str, quantity: Any, *, product: str = "prod_abc123", warehouse: str = "wh_main", **more: Any
    ) -> Answer:
        """Report a movement."""
        row = {"productId": product, "warehouseId": warehouse, "quantity": quantity, "movementType": kind, **more}
        return self.post("/stock-movements", row)

    def quantity(self, product: str = "prod_abc123") -> int:
        """What the shop says is there of a product."""
        return int(self.get(f"/inventory/{product}").data["quantity"])


def _read(reply: Reply) -> Answer:
    return Answer(reply.status, orjson.loads(reply.body))
