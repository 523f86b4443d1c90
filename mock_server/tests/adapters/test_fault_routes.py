"""Faults over the control plane, and on the command line."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.tenancy import Tenants
from servers import COMMAND

Ask = Callable[..., httpx.Response]
SERVICES = "/openapi/3pp/base/v1/service"


@pytest.fixture
def ask() -> Ask:
    """Asks the server for a path; of the control plane one below the default tenant's."""
    tenants = Tenants(auth="open")
    tenant = tenants.create_default()
    application = Application(tenants)

    def asked(method: str, path: str, body: Any = None) -> httpx.Response:
        async def made() -> httpx.Response:
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://oc-sandbox.invalid") as client:
                return await client.request(method, path, json=body, headers={"clientKey": tenant.client_key})

        path = path if path.startswith("/openapi") else f"/_sandbox/tenants/{tenant.client_key}/{path}"
        return asyncio.run(made())

    return asked


def test_faults_are_put_shown_and_cleared(ask: Ask) -> None:
    fault = {"operation": "get_service_list", "status": 503, "first": 1}
    shown = {"faults": [{**fault, "calls": 0, "fired": 0}]}
    assert ask("PUT", "faults", [fault]).json() == ask("GET", "faults").json() == shown
    assert [ask("GET", SERVICES).status_code for _ in range(2)] == [503, 200]
    assert ask("GET", "faults").json() == {"faults": [{**fault, "calls": 2, "fired": 1}]}
    assert ask("PUT", "faults", shown).status_code == 200  # what was got can be put
    assert ask("DELETE", "faults").status_code == 204
    assert ask("GET", "faults").json() == {"faults": []}


def test_what_is_no_fault_is_refused_with_what_would_be_one(ask: Ask) -> None:
    refused = ask("PUT", "faults", [{"operation": "get_servicelist", "status": 503}])
    assert refused.status_code == 400
    assert "fault 1: there is no operation 'get_servicelist'; did you mean get_service_list?" in refused.json()["error"]


def test_an_injected_refusal_is_no_evidence(ask: Ask) -> None:
    fault = {"error": "client_key_missing", "nth": 1}
    ask("PUT", "faults", [fault])
    ask("GET", SERVICES)
    ask("DELETE", "faults")
    (call,) = ask("GET", "journal").json()["calls"]
    assert (call["errors"], call["evidence"], call["injected"]) == (["client_key_missing"], [], [fault])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fault", "status=200"], "--fault: fault 1: status: 200 is less than the minimum of 400"),
        (["--fault", "503"], "--fault: '503' is neither JSON nor NAME=VALUE"),
        (["--faults", "no-such-file.json"], "--fault: no-such-file.json cannot be read"),
    ],
    ids=str,
)
def test_a_server_does_not_start_with_what_is_no_fault(words: list[str], told: str, tmp_path: Path) -> None:
    done = subprocess.run([COMMAND, "serve", "--port", "0", *words], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
