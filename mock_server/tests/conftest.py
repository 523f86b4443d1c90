"""Fixtures that every test of the fake shares."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, settings
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import Sample, call_of

# A slow machine is no fault of the code; speed is the benchmarks' matter. The rest of the profile, CI's or not, stays.
settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
def sandbox() -> Sandbox:
    """A fresh tenant with the demo world, on the real clock."""
    return Sandbox()


@pytest.fixture
def send(sandbox: Sandbox) -> Callable[..., Any]:
    """`send(operation, body)`: the body, JSON or bytes, signed and sent to the sandbox; gives the reply's JSON."""

    def send(name: str, body: Any, *, to: Sandbox = sandbox) -> Any:
        operation = catalog().operations[name]
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = operation.api.credentials.sign(operation, to.tenant, operation.path, raw)
        sample = Sample(operation.path, "", raw, {"Content-Type": "application/json", **headers})
        return orjson.loads(to.send(call_of(operation, sample)).body)

    return send
