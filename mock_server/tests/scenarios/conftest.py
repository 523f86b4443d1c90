"""An ERP system at work over HTTP: it knows the vendor's signing rule and the control plane, and no Python of ours."""

import hashlib
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from oc_sandbox.catalog import catalog
from servers import running_server

MORNING = "2026-11-23T01:00:00Z"
"""A Monday, nine o'clock in the warehouse offices' time (+08:00)."""


@pytest.fixture(scope="package")
def server_url() -> Iterator[str]:
    with running_server() as (url, _):
        yield url


class Erp:
    """One integrator: a fresh tenant whose clock stands still until it is told to move."""

    def __init__(self, http: httpx.Client, **settings: Any) -> None:
        made = http.post("/_sandbox/tenants", json={"clock": {"mode": "manual", "now": MORNING}, **settings})
        assert made.status_code == 201, made.text
        self.http = http
        self.keys: dict[str, Any] = made.json()
        self.token: str = self.keys["access_token"]
        self.plane = f"/_sandbox/tenants/{self.keys['client_key']}"

    def call(
        self, operation: str, body: Any = None, *, path: dict[str, str] | None = None, **query: str
    ) -> httpx.Response:
        """A signed call of an OrangeConnex operation, sent where its contract file says."""
        wanted = catalog().operations[operation]
        where = wanted.path.format_map(path or {})
        raw = b"" if body is None else orjson.dumps(body)
        text = b"|".join((where.encode(), raw, self.keys["client_key"].encode(), self.keys["secret_key"].encode()))
        headers = {
            "clientKey": self.keys["client_key"],
            "vAuthorization": hashlib.md5(text, usedforsecurity=False).hexdigest(),
            "Access-Token": f"Bearer {self.token}",
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.http.request(wanted.method, where, params=query or None, content=raw, headers=headers)

    def ask(self, operation: str, body: Any = None, **more: Any) -> Any:
        """The JSON of the reply to `call`."""
        return self.call(operation, body, **more).json()

    def mercozy(self, method: str, path: str, body: Any = None, *, key: str = "", **query: Any) -> httpx.Response:
        """A call of Mercozy's API, with the key that may do everything unless another is given."""
        where = f"{self.keys['mercozy_url']}{path}"
        headers = {"X-API-Key": key or self.keys["mercozy_api_key"]}
        return self.http.request(method, where, params=query or None, json=body, headers=headers)

    def advance(self, **duration: float) -> list[dict[str, Any]]:
        """Move the world's clock, as in `advance(days=2)`; gives what happened meanwhile. The token is made anew."""
        units = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
        seconds = sum(count * units[unit] for unit, count in duration.items())
        moved = self.http.put(f"{self.plane}/clock", json={"advance_seconds": seconds})
        assert moved.status_code == 200, moved.text
        self.token = self.http.get(self.plane).json()["access_token"]
        happened: list[dict[str, Any]] = moved.json()["happened"]
        return happened

    def stock(self, mf_sku_id: str, service_region: str) -> dict[str, int]:
        """The buckets of a SKU in a region, as the control plane tells them."""
        rows = self.http.get(f"{self.plane}/stock").json()["stock"]
        (row,) = [r for r in rows if (r["mf_sku_id"], r["service_region"]) == (mf_sku_id, service_region)]
        return {name: pieces for name, pieces in row.items() if isinstance(pieces, int)}


@pytest.fixture
def erp(server_url: str) -> Iterator[Erp]:
    with httpx.Client(base_url=server_url) as http:
        yield Erp(http)
