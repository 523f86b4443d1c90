"""What the owner of a shop does beside its API."""

import re

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.control.mercozy import BadRequest


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
    with pytest.raises(BadRequest, match="stays"):
        sandbox.mercozy.revoke_key(sandbox.mercozy_api_key)
    other = Sandbox().mercozy.new_key()
    with pytest.raises(BadRequest, match="no key"):
        sandbox.mercozy.revoke_key(other)
