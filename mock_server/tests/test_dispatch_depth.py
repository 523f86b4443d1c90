"""A body that can be read but not written again is refused, whatever operation it is for."""

from collections.abc import Callable
from typing import Any

import pytest
from oc_sandbox import Sandbox


@pytest.mark.parametrize(("depth", "code"), [(100, 0), (240, 0), (300, 3), (1000, 3), (3000, 3)])
def test_a_key_that_nobody_knows_may_be_nested_but_not_too_deep(
    sandbox: Sandbox, send: Callable[..., Any], depth: int, code: int
) -> None:
    body = sandbox.sample("place_outbound_order").body
    deep = body.replace(b'"remarks"', b'"extra":' + b"[" * depth + b"]" * depth + b',"remarks"')
    assert send("place_outbound_order", deep)["code"] == code


def test_a_quantity_in_text_has_a_bounded_number_of_zeros_in_front(sandbox: Sandbox, send: Callable[..., Any]) -> None:
    body = sandbox.sample("place_outbound_order").body
    many, few = b"0" * 5000 + b"1", b"0001"
    assert send("place_outbound_order", body.replace(b'"SKUQuantity":1', b'"SKUQuantity":"' + many + b'"'))["code"] == 3
    assert send("place_outbound_order", body.replace(b'"SKUQuantity":1', b'"SKUQuantity":"' + few + b'"'))["code"] == 0
