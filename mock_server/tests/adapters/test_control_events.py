"""The next step of a life cycle over HTTP: what the control plane takes, and what it answers."""

import asyncio
from typing import Any

import httpx
import pytest
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.tenancy import Tenants

ORDER = "OCO2000023303105GB"
"""The demo world's order that was placed just now."""


def ask(application: Application, path: str, body: Any = None) -> tuple[int, Any]:
    """The status and the JSON of the answer to a POST below /_sandbox."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://oc-sandbox.invalid/_sandbox") as client:
            return await client.post(path, json=body)

    reply = asyncio.run(asked())
    return reply.status_code, reply.json()


@pytest.fixture
def application() -> Application:
    return Application(Tenants())


def made(application: Application) -> str:
    """The path of a fresh tenant, whose clock stands still."""
    clock = {"mode": "manual", "now": "2026-11-23T09:00:00Z"}
    _, tenant = ask(application, "/tenants", {"clock": clock})
    return f"/tenants/{tenant['client_key']}"


def test_a_step_happens_and_is_told(application: Application) -> None:
    tenant = made(application)
    status, told = ask(application, f"{tenant}/events", {"event": "outbound_order_moves_on", "key": ORDER})
    happened = {"at": "2026-11-23T09:00:00.000Z", "event": "outbound_order_moves_on", "key": ORDER}
    assert (status, told) == (200, {"happened": [{**happened, "state": "accepted"}]})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"event": "sku_moves", "key": "OC1"}, "sku_moves_on"),
        ({"event": "sku_moves_on", "key": "OC1"}, "not planned"),
        ({"event": "outbound_order_moves_on", "key": "OC1"}, f"it is for {ORDER}"),
        ({"event": "outbound_order_moves_on"}, "key must be"),
        ({"event": "outbound_order_moves_on", "key": 7}, "key must be"),
        ({"event": "outbound_order_moves_on", "order": ORDER}, "known are event, key"),
        ({}, "there is no event None"),
        (None, "event, key"),
        ([], "event, key"),
    ],
    ids=str,
)
def test_a_step_that_cannot_be_is_refused_and_says_what_there_is(
    application: Application, body: Any, says: str
) -> None:
    status, told = ask(application, f"{made(application)}/events", body)
    assert status == (409 if "planned" in says or "it is for" in says else 400)
    assert says in told["error"]


def test_troubles_take_a_sku_by_its_id(application: Application) -> None:
    tenant = made(application)
    status, told = ask(application, f"{tenant}/troubles", {"mf_sku_id": "OC0000250380015", "trouble": "review_failed"})
    assert (status, told["error"]) == (409, "OC0000250380015 is active and can no longer end as review_failed")
