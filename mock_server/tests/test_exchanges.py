"""Every named exchange of every fixture: the fake answers as its source says, key for key.

The test walks the catalogue, so a new operation is covered once its three files exist.
"""

from datetime import datetime
from typing import Any

import jsonschema
import orjson
import pytest
from oc_contract.exchanges import differences, judge
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation, Webhook
from oc_sandbox.formats import CHECKS, span
from oc_sandbox.samples import at_now, call_of, sample, webhook_sample

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
    sandbox.advance(seconds=span(given.get("advance", "PT0S")).total_seconds())
    return sandbox


@pytest.mark.parametrize(("operation", "name"), EXCHANGES)
def test_an_exchange_is_answered_as_its_source_says(operation: Operation, name: str) -> None:
    sandbox = prepare(operation.fixture["exchanges"][name].get("given", {}))
    reply = sandbox.send(call_of(operation, sample(operation, sandbox.tenant, name)))
    found = judge(operation, name, reply.status, reply.body)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("operation", "name"), EXCHANGES)
def test_a_success_fits_the_contracts_response_schema(operation: Operation, name: str) -> None:
    sandbox = prepare(operation.fixture["exchanges"][name].get("given", {}))
    reply = sandbox.send(call_of(operation, sample(operation, sandbox.tenant, name)))
    if list(sandbox.journal.since())[-1].outcome == "ok" and operation.renders == "json":
        jsonschema.Draft202012Validator(operation.response).validate(orjson.loads(reply.body))


@pytest.mark.parametrize("operation", catalog().operations.values(), ids=lambda operation: operation.name)
def test_the_sample_of_an_operation_succeeds_today_and_fits_its_response_schema(operation: Operation) -> None:
    sandbox = Sandbox()
    sandbox.send(call_of(operation, sample(operation, sandbox.tenant)))
    (entry,) = sandbox.journal.since()
    assert entry.outcome == "ok", entry.reply.body
    if operation.renders == "json":
        jsonschema.Draft202012Validator(operation.response).validate(orjson.loads(entry.reply.body))


WEBHOOKS = [
    pytest.param(webhook, name, id=f"{webhook.name}-{name}")
    for webhook in catalog().webhooks.values()
    for name in webhook.fixture["exchanges"]
]


@pytest.mark.parametrize(("webhook", "name"), WEBHOOKS)
def test_a_receiver_gets_what_an_exchange_of_a_webhook_shows(webhook: Webhook, name: str) -> None:
    exchange = webhook.fixture["exchanges"][name]
    sandbox = prepare(exchange["given"])
    got = [each for each in sandbox.webhooks if each["operation"] == webhook.name][-1]["payload"]
    expected = at_now(exchange["request"]["body"], sandbox.now())
    assert differences(expected, got, free=exchange.get("free", ()), more=exchange.get("more", ())) == []
    assert webhook.takes(exchange["status"])


@pytest.mark.parametrize(("webhook", "name"), WEBHOOKS)
def test_what_a_webhook_sends_fits_its_contract(webhook: Webhook, name: str) -> None:
    sandbox = prepare(webhook.fixture["exchanges"][name]["given"])
    sandbox.advance(days=30)
    checker = jsonschema.FormatChecker(formats=())
    for form, accepts in CHECKS.items():
        checker.checks(form)(accepts)
    payloads = [each["payload"] for each in sandbox.webhooks if each["operation"] == webhook.name]
    assert payloads
    for payload in [*payloads, webhook_sample(webhook, sandbox.tenant, name).payload]:
        jsonschema.Draft202012Validator(webhook.request, format_checker=checker).validate(payload)


def test_the_first_movement_call_of_a_newcomer_shows_movements() -> None:
    sandbox = Sandbox()
    reply = sandbox.send(call_of(catalog().operations["get_stock_movement"], sandbox.sample("get_stock_movement")))
    (sku,) = orjson.loads(reply.body)["data"]
    assert sku["serviceRegionList"][0]["inventoryList"][0]["movementList"]
