"""Drift: two fakes with the same answers do not differ, two with different ones do, just there."""

from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit_calls import OPERATIONS
from oc_contract.cases import cases_of
from oc_contract.differing import Comparing
from oc_contract.drifting import Difference, Uncompared, drift
from oc_contract.guards import Guarded, Spent
from oc_contract.memories import Names, Side, plain
from oc_contract.targets import InProcess
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.clock import Clock

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_two_worlds_of_one_server_do_not_differ(operation: Any) -> None:
    now = Clock().now()  # made in two seconds, two worlds may differ at the edge of a window
    pair = InProcess(now=now), InProcess(now=now)
    assert [(each.at, each.one, each.other) for each in drift(*pair, [operation])] == []


@pytest.mark.parametrize(
    ("assumptions", "operation", "places"),
    [
        ({"refused_token": "http_401"}, "get_stock_movement", {"status", "/code", "/success", "/error", "/path"}),
        ({"success_key": "always"}, "stock_snapshot_v2", {"/success"}),
        ({"message_language": "english"}, "sku_label", {"/message", "/errors/0/message"}),
        ({"sku_query_rows": "list"}, "sku_query_v3", {"/data"}),
        ({"seven_day_edge": "outside"}, "get_stock_movement", {"/code", "/errors", "/data", "/message"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_difference_is_named_by_its_place(assumptions: Any, operation: str, places: set[str]) -> None:
    found = list(drift(InProcess(), InProcess(assumptions=assumptions), [catalog().operations[operation]]))
    assert places <= {each.at for each in found}
    assert all(orjson.dumps([each.one, each.other]) for each in found)


@given(json_values)
def test_nothing_differs_from_itself(value: Any) -> None:
    comparing = Comparing(catalog().operations["list_products"], Side(), Side(), Names(), told=True)
    assert list(comparing.bodies(value, value)) == []


def test_what_is_a_worlds_own_is_left_out() -> None:
    one = "订单:OCO2000030000001GB 已存在 OCT-0a1b2c3d-7 2026-11-22T10:00:00+0800 1795376342016"
    other = "订单:OCO2000030000002GB 已存在 OCT-ffffffff-1 2026-11-23T10:00:00-0800 1795376342999"
    assert plain(one) == plain(other) == "订单:<number> 已存在 <reference> <0000-00-00T00:00:00+0000> <digits>"
    assert plain("2026-11-22T10:00:00+08:00") != plain("2026-11-22T10:00:00+0800") != plain("2026-11-22 10:00:00")


def test_lists_in_which_only_one_world_has_records_are_named() -> None:
    sandbox, uncompared = InProcess(seed="empty"), Uncompared()
    list(
        drift(
            InProcess(),
            sandbox,
            [catalog().operations[name] for name in ("list_products", "get_service_list")],
            uncompared,
        )
    )
    assert uncompared["list_products", "/data"] == "only one has records"
    assert uncompared["get_service_list", "/data"] == ""


def test_numbers_that_two_worlds_of_two_moments_give_out_do_not_differ() -> None:
    pair = (InProcess(now=datetime(2026, 11, 22, 10, second, tzinfo=timezone.utc)) for second in (1, 2))
    assert [(each.at, each.one, each.other) for each in drift(*pair, [catalog().operations["create_product"]])] == []


@pytest.mark.parametrize("beyond", [-90, 20], ids=["within the first look", "within the second look"])
def test_differences_are_told_though_the_run_ends_before_all_are_looked_at_again(beyond: int) -> None:
    operations = [catalog().operations[name] for name in ("sku_label", "get_stock_age")]
    calls = sum(len(list(cases_of(operation))) for operation in operations) + beyond
    one, other = InProcess(), InProcess(assumptions={"message_language": "english"})
    told = drift(Guarded(one, writes=True, moves_time=True, most=calls), other, operations)
    found: list[Difference] = []
    with suppress(Spent):
        for each in told:
            found.append(each)
    assert "/message" in {each.at for each in found if not each.confirmed}
    assert any(each.confirmed for each in found) == (beyond > 0)
