"""Tenants share nothing: neither data, nor numbers, nor time, nor keys."""

from datetime import datetime, timezone
from typing import Any

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.control import stock
from oc_sandbox.dispatch import dispatch
from oc_sandbox.domain.clock import Clock
from oc_sandbox.samples import call_of, sample
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY, KeyTaken, Tenant, Tenants

OPERATIONS = catalog().operations


@pytest.fixture
def tenants() -> Tenants:
    """Two tenants, and no default one."""
    tenants = Tenants()
    for key in ("one", "two"):
        tenants.create(client_key=key, clock=Clock("manual"))
    return tenants


def of(tenants: Tenants, key: str) -> Tenant:
    """A tenant that is there."""
    tenant = tenants.get(key)
    assert tenant is not None
    return tenant


def call(tenant: Tenant, operation: str, **headers: str) -> Call:
    """A sample call of the tenant; `headers` win over the good ones."""
    made = call_of(OPERATIONS[operation], sample(OPERATIONS[operation], tenant))
    return made._replace(headers={**made.headers, **{name.replace("_", "-"): value for name, value in headers.items()}})


def told(tenants: Tenants, made: Call) -> Any:
    """The JSON of the reply."""
    return orjson.loads(dispatch(made, tenants).body)


@pytest.mark.parametrize("operation", [name for name, operation in OPERATIONS.items() if operation.writes])
def test_a_call_of_one_tenant_leaves_the_other_as_it_was(tenants: Tenants, operation: str) -> None:
    one, two = of(tenants, "one"), of(tenants, "two")
    world = next(two.accounts["orangeconnex"].worlds())
    before = stock.rows(world), len(world.outbound), len(world.inbound), len(world.skus), len(world.estimates)
    shop = two.accounts["mercozy"].world
    movements = list(shop.shop_movements)
    assert dispatch(call(one, operation), tenants).status < 400
    assert before == (stock.rows(world), len(world.outbound), len(world.inbound), len(world.skus), len(world.estimates))
    assert list(shop.shop_movements) == movements
    assert len(one.journal) == 1
    assert len(two.journal) == 0


def test_a_token_is_good_for_its_own_tenant_only(tenants: Tenants) -> None:
    one, two = of(tenants, "one"), of(tenants, "two")
    foreign = call(one, "get_stock_movement").headers["access-token"]
    assert told(tenants, call(two, "get_stock_movement", access_token=foreign))["message"].endswith("invalid")


def test_a_call_without_client_key_is_its_token_s_tenant_s(tenants: Tenants) -> None:
    for key in ("one", "two"):
        assert dispatch(call(of(tenants, key), "returns_query_stock"), tenants).status == 200
        (entry,) = of(tenants, key).journal.since()
        assert entry.outcome == "ok"


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "a.bnVsbA.c", "a.W10.c", "a.eyJjbGllbnRfaWQiOltdfQ.c", "a.é.c"])
def test_a_token_that_names_no_tenant_is_refused(tenants: Tenants, token: str) -> None:
    made = call(of(tenants, "one"), "returns_query_stock", access_token=f"Bearer {token}")
    assert "token_invalid" in OPERATIONS["returns_query_stock"].errors
    wanted = OPERATIONS["returns_query_stock"].errors["token_invalid"].message
    assert wanted in dispatch(made, tenants).body.decode()


def test_a_forged_token_is_refused_by_the_tenant_that_it_names(tenants: Tenants) -> None:
    made = call(of(tenants, "one"), "returns_query_stock")
    dispatch(made._replace(headers=made.headers | {"access-token": made.headers["access-token"][:-1]}), tenants)
    (entry,) = of(tenants, "one").journal.since()
    assert entry.errors == ("token_invalid",)


def test_a_tenant_that_is_gone_is_gone_with_all_its_keys(tenants: Tenants) -> None:
    calls = [
        call(of(tenants, "one"), name) for name, operation in OPERATIONS.items() if "client_id" not in operation.auth
    ]
    assert tenants.remove("one")
    assert not tenants.remove("one")
    for made in calls:
        reply = dispatch(made, tenants)
        assert b'"code":0' not in reply.body
        assert b'"data":[{' not in reply.body
    assert len(of(tenants, "two").journal) == 0


def test_a_tenant_made_again_under_its_key_starts_anew(tenants: Tenants) -> None:
    with pytest.raises(KeyTaken, match="delete it first"):
        tenants.create(client_key="one")
    dispatch(call(of(tenants, "one"), "place_outbound_order"), tenants)
    tenants.remove("one")
    fresh = tenants.create(client_key="one", clock=Clock("manual"))
    assert len(fresh.journal) == 0
    assert told(tenants, call(fresh, "place_outbound_order"))["code"] == 0


def test_a_clock_is_one_tenant_s(tenants: Tenants) -> None:
    before = of(tenants, "two").clock.now_ms()
    of(tenants, "one").advance(86400)
    assert of(tenants, "two").clock.now_ms() == before


def test_a_removed_tenant_is_found_by_none_of_its_credentials() -> None:
    tenants = Tenants(auth="open")
    tenant = tenants.create_default()
    handles = [(name, handle) for name, account in tenant.accounts.items() for handle in account.handles()]
    assert [tenants.find(*handle) for handle in handles] == [tenant, tenant]
    assert tenants.remove(DEFAULT_CLIENT_KEY)
    assert [tenants.find(*handle) for handle in handles] == [None, None]
    assert tenants.default is None
    assert not tenants.remove(DEFAULT_CLIENT_KEY)
    assert tenants.create_default() is tenants.default


def test_what_happened_is_told_in_the_order_of_time() -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc))
    happened = sandbox.advance(days=30)
    assert len(happened) > 3
    assert happened == sorted(happened)
