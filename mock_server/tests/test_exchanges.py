"""Every named exchange of every fixture: the fake answers as its source says, key for key.

The test walks the catalogue, so a new operation is covered once its three files exist.
"""

from datetime import datetime
from typing import Any

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.samples import at_now, call_of, sample

EXCHANGES = [
    pytest.param(operation, name, id=f"{operation.name}-{name}")
    for operation in catalog().operations.values()
    for name in operation.fixture["exchanges"]
]


def prepare(given: dict[str, Any]) -> Sandbox:
    """The world that an exchange wants."""
    settings: dict[str, Any] = {"auth": given.get("auth", "strict")}
    if "clock" in given:
        settings |= {"clock": "manual", "now": datetime.fromisoformat(given["clock"].replace("Z", "+00:00"))}
    sandbox = Sandbox(**settings)
    for row in given.get("stock", ()):
        sandbox.set_stock(**row)
    for before in given.get("calls", ()):
        operation = catalog().operations[before["operation"]]
        reply = sandbox.send(call_of(operation, sample(operation, sandbox.tenant, before["exchange"])))
        assert reply.status < 400, reply.body
    return sandbox


def differences(expected: Any, actual: Any, at: str, free: set[str], more: set[str]) -> list[str]:
    """Where two JSON values differ; only the type counts where the value is free."""
    if at in free:
        same = type(expected) is type(actual) or (expected is None or actual is None)
        return [] if same else [f"{at}: a {type(expected).__name__} is wanted, not {actual!r}"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = [f"{at}/{key}: is missing" for key in expected if key not in actual]
        extra = [
            f"{at}/{key}: is not in the source" for key in actual if key not in expected and f"{at}/{key}" not in more
        ]
        inner = [
            differences(expected[key], actual[key], f"{at}/{key}", free, more) for key in expected if key in actual
        ]
        return missing + extra + [line for lines in inner for line in lines]
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{at}: {len(expected)} items are wanted, not {len(actual)}"]
        pairs = zip(expected, actual, strict=True)
        return [line for i, (e, a) in enumerate(pairs) for line in differences(e, a, f"{at}/{i}", free, more)]
    return (
        []
        if type(expected) is type(actual) and expected == actual
        else [f"{at}: {expected!r} is wanted, not {actual!r}"]
    )


@pytest.mark.parametrize(("operation", "name"), EXCHANGES)
def test_an_exchange_is_answered_as_its_source_says(operation: Operation, name: str) -> None:
    exchange = operation.fixture["exchanges"][name]
    sandbox = prepare(exchange.get("given", {}))
    reply = sandbox.send(call_of(operation, sample(operation, sandbox.tenant, name)))
    assert reply.status == exchange.get("status", operation.success_status), reply.body
    if "response" not in exchange:
        return
    expected = at_now(exchange["response"], sandbox.now())
    if expected.get("data") == "@data":
        expected["data"] = operation.fixture["data"]
    found = differences(
        expected, orjson.loads(reply.body), "", set(exchange.get("free", ())), set(exchange.get("more", ()))
    )
    assert not found, "\n".join(found)
