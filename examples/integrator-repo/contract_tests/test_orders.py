"""What the client does with orders."""

from datetime import timedelta

import pytest
from erp.warehouse import Refused, windows
from mock_server.shop import order

OUT_OF_STOCK = "OC0000250276174"


def test_an_order_reserves_its_stock(warehouse, oc_intercepted):
    placed, failed = warehouse.place([order("A-1", pieces=2)])
    assert placed.keys() == {"A-1"}
    assert not failed
    (row,) = oc_intercepted.stock("OC0000250380015", "UK")
    assert row["allocated"] == 2


@pytest.mark.oc(assumptions="all")
def test_what_is_told_as_placed_is_what_is_reserved_whatever_becomes_of_a_batch(warehouse, oc_intercepted):
    placed, failed = warehouse.place([order("A-1"), order("A-2", OUT_OF_STOCK)])
    reserved = sum(row["allocated"] for row in oc_intercepted.stock("OC0000250380015", "UK"))
    assert "A-2" in failed
    assert len(placed) == reserved


def test_many_orders_go_in_batches(warehouse, oc_intercepted):
    placed, _ = warehouse.place([order(f"A-{number}") for number in range(120)])
    assert len(placed) == 120
    assert [call["operation"] for call in oc_intercepted.calls] == ["place_outbound_order"] * 3


def test_an_ended_token_is_renewed(warehouse, oc_intercepted):
    oc_intercepted.advance(hours=2)
    placed, _ = warehouse.place([order("A-1")])
    assert placed
    assert "oauth_refresh_access_token" in [call["operation"] for call in oc_intercepted.calls]


@pytest.mark.oc(faults=[{"operation": "place_outbound_order", "error": "signature_wrong"}])
def test_a_refusal_is_not_taken_for_success(warehouse):
    with pytest.raises(Refused):
        warehouse.place([order("A-1")])


def test_movements_are_asked_for_in_windows_that_are_allowed(warehouse, oc_intercepted):
    now = oc_intercepted.now()
    assert warehouse.movements(["OC0000250260096"], now - timedelta(days=20), now)
    assert {call["outcome"] for call in oc_intercepted.calls} == {"ok"}
    assert len(oc_intercepted.calls) == len([*windows(now - timedelta(days=20), now)]) == 4


def test_two_integrators_do_not_see_each_other(oc_sandbox_factory, client_of):
    one, other = oc_sandbox_factory(), oc_sandbox_factory()
    for sandbox in (one, other):
        with sandbox.intercept():
            assert client_of(sandbox).place([order("A-1")])[0]
    assert len(one.calls) == len(other.calls) == 1


def test_over_a_real_port(oc_server, client_of, monkeypatch):
    monkeypatch.setattr("erp.warehouse.HOST", oc_server.oauth_url)
    assert client_of(oc_server).place([order("A-1")])[0]
