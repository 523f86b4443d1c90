"""Tenants: found by their credentials, forgotten with all they had, and time that passes in all their worlds."""

from datetime import datetime, timezone

from oc_sandbox import Sandbox
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY, Tenants


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
