"""What the owner of a shop does beside its API."""

import re
from typing import Any

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.control.mercozy import BadRequest
from oc_sandbox.control.problems import Conflict, NotThere


def test_the_tenants_own_key_comes_first_and_may_do_everything(sandbox: Sandbox) -> None:
    key = sandbox.mercozy.new_key(["inventory:read", "products:read", "inventory:read"])
    own, other = sandbox.mercozy.keys()
    assert own["api_key"] == sandbox.mercozy_api_key
    assert len(own["scopes"]) == 13
    assert other == {"api_key": key, "scopes": ["inventory:read", "products:read"]}


def test_a_key_of_which_no_scopes_are_said_may_do_everything(sandbox: Sandbox) -> None:
    sandbox.mercozy.new_key()
    own, other = sandbox.mercozy.keys()
    assert own["scopes"] == other["scopes"]


def test_keys_differ_and_have_one_form(sandbox: Sandbox) -> None:
    keys = {sandbox.mercozy.new_key([]) for _ in range(50)}
    assert len(keys) == 50
    assert all(re.fullmatch(r"mk_sandbox_[0-9a-f]{24}", key) for key in keys)


@pytest.mark.parametrize("scope", ["", "inventory:write", "Products:read", "scope:products:read", "\0"])
def test_a_scope_that_there_is_not_is_refused_with_those_there_are(sandbox: Sandbox, scope: str) -> None:
    with pytest.raises(BadRequest, match="stock_movements:write"):
        sandbox.mercozy.new_key(["products:read", scope])
    assert len(sandbox.mercozy.keys()) == 1


def test_only_a_further_key_that_is_there_can_be_revoked(sandbox: Sandbox) -> None:
    with pytest.raises(Conflict, match="stays"):
        sandbox.mercozy.revoke_key(sandbox.mercozy_api_key)
    other = Sandbox().mercozy.new_key()
    with pytest.raises(NotThere, match="no key"):
        sandbox.mercozy.revoke_key(other)


@pytest.mark.parametrize(("plan", "allowed"), [("pro", 300), ("business", 1000), (None, None)])
def test_a_plan_says_how_many_calls_a_minute_holds(sandbox: Sandbox, plan: str | None, allowed: int | None) -> None:
    assert sandbox.mercozy.plan() == {"plan": None, "requests_a_minute": None}
    sandbox.mercozy.set_plan(plan)
    assert sandbox.mercozy.plan() == {"plan": plan, "requests_a_minute": allowed}


@pytest.mark.parametrize("plan", ["", "free", "standard", "Pro"])
def test_only_plans_with_access_can_be_had(sandbox: Sandbox, plan: str) -> None:
    with pytest.raises(BadRequest, match="pro, business"):
        sandbox.mercozy.set_plan(plan)


def test_a_warehouse_has_the_id_that_it_was_given_or_one_of_its_own() -> None:
    sandbox = Sandbox(seed="empty")
    given = sandbox.mercozy.add_warehouse("North", "wh_north")
    made = sandbox.mercozy.add_warehouse("South")
    assert given == "wh_north"
    assert re.fullmatch(r"wh_[0-9a-f]{16}", made)
    assert sandbox.mercozy.warehouses() == [
        {"warehouse_id": "wh_north", "name": "North"},
        {"warehouse_id": made, "name": "South"},
    ]


@pytest.mark.parametrize(
    ("name", "warehouse_id"),
    [("", None), ("a\n", None), ("a", ""), ("a", "\0"), ("x" * 201, None)],
)
def test_a_warehouse_that_cannot_be_is_refused(sandbox: Sandbox, name: str, warehouse_id: str | None) -> None:
    before = sandbox.mercozy.warehouses()
    with pytest.raises(BadRequest):
        sandbox.mercozy.add_warehouse(name, warehouse_id)
    assert sandbox.mercozy.warehouses() == before


def test_no_two_warehouses_have_one_id(sandbox: Sandbox) -> None:
    before = sandbox.mercozy.warehouses()
    with pytest.raises(Conflict, match="wh_main already"):
        sandbox.mercozy.add_warehouse("Main", "wh_main")
    assert sandbox.mercozy.warehouses() == before


@pytest.mark.parametrize("pieces", [-1, 1.5, "5", True, None, 10**9 + 1])
def test_a_threshold_is_a_number_of_pieces(sandbox: Sandbox, pieces: Any) -> None:
    with pytest.raises(BadRequest, match="whole number"):
        sandbox.mercozy.set_low_stock_threshold("prod_abc123", pieces)


def test_only_products_that_were_ever_there_are_known(sandbox: Sandbox) -> None:
    for act in (sandbox.mercozy.product, sandbox.mercozy.restore_product):
        with pytest.raises(NotThere, match="never had"):
            act("prod_none")
    with pytest.raises(Conflict, match="is not deleted"):
        sandbox.mercozy.restore_product("prod_abc123")
