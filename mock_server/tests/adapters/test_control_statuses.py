"""One rule for all routes: what is not there is a 404, what its state does not allow a 409, what makes no sense 400."""

import asyncio
from typing import Any

import httpx
import pytest
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.tenancy import Tenants

DELIVERED, FRESH = "OCO0000011225074GB", "OCO2000023303105GB"


@pytest.mark.parametrize(
    ("status", "method", "path", "body"),
    [
        (404, "GET", "/stock?ocid=99999999", None),
        (404, "GET", "/curl/place_order", None),
        (404, "GET", "/curl/place_outbound_order?exchange=none", None),
        (404, "POST", "/webhooks/999/redeliver", None),
        (404, "POST", "/troubles", {"order_number": "OCO0", "trouble": "failed"}),
        (404, "DELETE", "/mercozy_keys/mk_none", None),
        (404, "GET", "/mercozy_products/prod_none", None),
        (404, "PUT", "/mercozy_products/prod_none", {"low_stock_threshold": 1}),
        (409, "POST", "/sellers", {"ocid": "10000001"}),
        (409, "POST", "/troubles", {"order_number": DELIVERED, "trouble": "failed"}),
        (409, "POST", "/mercozy_warehouses", {"name": "Main", "warehouse_id": "wh_main"}),
        (400, "POST", "/sellers", {"ocid": "x"}),
        (400, "POST", "/troubles", {"order_number": FRESH, "trouble": "lost"}),
        (400, "POST", "/mercozy_warehouses", {"name": ""}),
        (400, "PUT", "/assumptions", {"batch_outcome": "none"}),
        (400, "PUT", "/webhooks", {"url": "ftp://x"}),
        (400, "PUT", "/clock", {"mode": "none"}),
        (400, "PUT", "/stock", [{"mf_sku_id": "none"}]),
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_met_says_why_under_one_rule(status: int, method: str, path: str, body: Any) -> None:
    tenants = Tenants()
    tenant = tenants.create()
    tenants.listen(tenant, "http://127.0.0.1:9/never-called")

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Application(tenants))
        base = f"http://oc-sandbox.invalid/_sandbox/tenants/{tenant.client_key}"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.request(method, path, json=body)

    reply = asyncio.run(asked())
    assert reply.status_code == status
    assert list(reply.json()) == ["error"]
    assert len(reply.json()["error"]) > 10
