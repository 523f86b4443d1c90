"""Who may call Mercozy, and what is said to who may not."""

import re
from typing import Any

import orjson
import pytest
from calls import worlds
from oc_sandbox import Sandbox
from oc_sandbox.call import Reply
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.control.mercozy import BackOffice
from oc_sandbox.samples import call_of
from oc_sandbox.tenancy import Tenants

OPERATIONS = [
    pytest.param(operation, id=operation.name)
    for operation in catalog().operations.values()
    if operation.api.name == "mercozy"
]


def send_sample(sandbox: Sandbox, operation: Operation, **headers: str | None) -> Reply:
    call = call_of(operation, sandbox.sample(operation.name))
    changed = {**call.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return sandbox.send(call._replace(headers={name: value for name, value in changed.items() if value is not None}))


def body_of(reply: Reply) -> Any:
    return orjson.loads(reply.body)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_declares_one_scope_that_the_vendor_knows(operation: Operation) -> None:
    scopes = [wanted.removeprefix("scope:") for wanted in operation.auth if wanted.startswith("scope:")]
    assert len(scopes) == 1
    assert scopes[0] in operation.api.document["vocabulary"]["scopes"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_key_without_the_scope_is_forbidden(sandbox: Sandbox, operation: Operation) -> None:
    account = sandbox.tenant.accounts["mercozy"]
    scope = next(wanted.removeprefix("scope:") for wanted in operation.auth if wanted.startswith("scope:"))
    key = sandbox.mercozy.new_key(account.keys[account.api_key] - {scope})
    reply = send_sample(sandbox, operation, x_api_key=key)
    assert reply.status == 403
    assert body_of(reply) == {"statusCode": 403, "message": f"API key lacks the scope {scope}", "error": "Forbidden"}
    assert [entry.errors for entry in sandbox.journal.since()] == [("scope_missing",)]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("key", [None, "", "mk_sandbox_", "mk_live_your_key_here", "\0", "ключ"])
def test_a_key_that_nobody_has_is_refused(sandbox: Sandbox, operation: Operation, key: str | None) -> None:
    reply = send_sample(sandbox, operation, x_api_key=key)
    assert reply.status == 401
    assert body_of(reply) == {"statusCode": 401, "message": "Invalid API key", "error": "Unauthorized"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_key_with_that_one_scope_is_let_in(sandbox: Sandbox, operation: Operation) -> None:
    scope = next(wanted.removeprefix("scope:") for wanted in operation.auth if wanted.startswith("scope:"))
    key = sandbox.mercozy.new_key([scope])
    assert send_sample(sandbox, operation, x_api_key=key).status == operation.success_status


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refused_key_changes_nothing_and_is_refused_before_the_body_is_read(
    sandbox: Sandbox, operation: Operation
) -> None:
    before = worlds(sandbox)
    key = sandbox.mercozy.new_key([])
    call = call_of(operation, sandbox.sample(operation.name))
    reply = sandbox.send(call._replace(headers={"x-api-key": key}, body=b"{"))
    assert reply.status == 403
    assert worlds(sandbox) == before


def test_a_revoked_key_is_a_key_that_nobody_has(sandbox: Sandbox) -> None:
    operation = catalog().operations["list_products"]
    key = sandbox.mercozy.new_key()
    assert send_sample(sandbox, operation, x_api_key=key).status == 200
    sandbox.mercozy.revoke_key(key)
    reply = send_sample(sandbox, operation, x_api_key=key)
    assert (reply.status, body_of(reply)["message"]) == (401, "Invalid API key")
    assert send_sample(sandbox, operation).status == 200


def test_a_revoked_key_is_refused_by_an_open_tenant_too() -> None:
    sandbox = Sandbox(auth="open")
    key = sandbox.mercozy.new_key()
    sandbox.mercozy.revoke_key(key)
    assert send_sample(sandbox, catalog().operations["list_products"], x_api_key=key).status == 401


def test_an_open_tenant_needs_no_key_but_refuses_a_wrong_one() -> None:
    sandbox = Sandbox(auth="open")
    operation = catalog().operations["list_products"]
    assert send_sample(sandbox, operation, x_api_key=None).status == 200
    assert send_sample(sandbox, operation, x_api_key="wrong").status == 401


def test_a_key_has_the_vendor_s_form_but_is_never_a_live_one(sandbox: Sandbox) -> None:
    assert re.fullmatch(r"mk_sandbox_[0-9a-f]{24}", sandbox.mercozy_api_key)


def test_a_key_opens_its_own_tenant_s_shop_until_the_tenant_is_removed() -> None:
    tenants = Tenants()
    first, second = tenants.create(), tenants.create()
    keys = [tenant.accounts["mercozy"].api_key for tenant in (first, second)]
    assert len(set(keys)) == 2
    assert [tenants.find("mercozy", key) for key in keys] == [first, second]
    keys.append(BackOffice(tenants, first).new_key([]))
    assert tenants.find("mercozy", keys[2]) is first
    tenants.remove(first.client_key)
    assert [tenants.find("mercozy", key) for key in keys] == [None, second, None]


def test_the_shops_of_two_tenants_share_nothing_that_changes() -> None:
    tenants = Tenants()
    worlds = [tenants.create().accounts["mercozy"].world for _ in range(2)]
    assert worlds[0].products == worlds[1].products
    worlds[0].products.clear()
    assert worlds[1].products


def test_an_empty_shop_has_no_products() -> None:
    reply = send_sample(Sandbox(seed="empty"), catalog().operations["list_products"])
    assert body_of(reply) == {"data": [], "meta": {"total": 0, "page": 1, "limit": 10}}
