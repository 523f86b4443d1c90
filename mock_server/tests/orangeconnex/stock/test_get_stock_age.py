"""How old the stock is said to be, and that it is the snapshot's stock."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from calls import an_order, answer, the_world
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.domain.ledger import Bucket, Reason
from oc_sandbox.domain.records import OutboundStatus

Send = Callable[..., Any]
NOW = datetime(2026, 11, 22, 15, 30, 0, tzinfo=timezone.utc)
SKU = "OC0000000675549"  # 12 pieces in the UK


def rows(sandbox: Sandbox, **data: Any) -> list[Any]:
    return list(answer(sandbox, "get_stock_age", {"data": data})["data"]["SKUList"])


def ages(sandbox: Sandbox, sku: str = SKU, region: str = "UK") -> dict[str, int]:
    """The brackets that hold something."""
    (row,) = rows(sandbox, skuList=[{"mfSkuId": sku}], serviceRegionList=[{"serviceRegion": region}])
    return {bracket["age"]: bracket["quantity"] for bracket in row["ageList"] if bracket["quantity"]}


@pytest.mark.parametrize(
    ("days", "bracket"),
    [
        (0, "0-30"),
        (1, "31-60"),
        (30, "31-60"),
        (31, "61-90"),
        (60, "61-90"),
        (61, "91-180"),
        (150, "91-180"),
        (151, "181-270"),
        (240, "181-270"),
        (241, "271-365"),
        (335, "271-365"),
        (336, ">365"),
        (9000, ">365"),
    ],
)
def test_a_day_falls_into_its_bracket(days: int, bracket: str) -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    sandbox.advance(days=days)  # on top of the 30 that the demo's stock has lain
    assert ages(sandbox) == {bracket: 12}


def test_a_day_has_24_hours() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    sandbox.advance(seconds=24 * 3600 - 1)
    assert ages(sandbox) == {"0-30": 12}
    sandbox.advance(seconds=1)
    assert ages(sandbox) == {"31-60": 12}


def test_the_oldest_pieces_leave_first_and_a_cancelled_order_gives_them_back_as_old_as_they_were() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    sandbox.advance(days=40)
    sandbox.set_stock(SKU, "UK", available=17)
    sandbox.advance(days=10)
    assert ages(sandbox) == {"0-30": 5, "61-90": 12}
    order = an_order("A", productList=[{"MFSKUID": SKU, "SKUQuantity": 14}])
    number = answer(sandbox, "place_outbound_order", {"data": [order]})["data"][0]["orderNumber"]
    assert ages(sandbox) == {"0-30": 3}
    cancel = {"orderNumber": number, "cancelTime": "2026-11-22T10:00:00+0800"}
    assert answer(sandbox, "outbound_order_cancellation", {"data": cancel})["code"] == 0
    assert ages(sandbox) == {"0-30": 5, "61-90": 12}


def test_goods_announced_now_are_young_when_they_are_put_away() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    data = {
        "sellerInboundNumber": "IN-1",
        "serviceRegion": "UK",
        "shippingFrom": "CN",
        "shippingMethod": "TK",
        "eta": "2026-12-01+0800",
        "cartonList": [{"productList": [{"MFSKUID": SKU, "quantity": "5"}]}],
    }
    assert answer(sandbox, "place_inbound_order", {"data": data})["code"] == 0
    assert ages(sandbox) == {"0-30": 12}
    sandbox.advance(days=9)
    assert ages(sandbox) == {"0-30": 5, "31-60": 12}


def test_filters_pages_and_order_are_the_snapshots(sandbox: Sandbox, send: Send) -> None:
    for data in (
        {},
        {"pageNumber": 2, "pageSize": 3},
        {"serviceRegionList": [{"serviceRegion": "DE"}]},
        {"skuList": [{"mfSkuId": SKU}, {"mfSkuId": "OC9"}]},
        {"pageNumber": 1000000},
    ):
        snapshot = send("stock_snapshot_v2", {"data": data})["data"]["SKUList"]
        found = rows(sandbox, **data)
        assert [(row["MFSKUID"], row["serviceRegion"], row["available"]) for row in found] == [
            (row["MFSKUID"], row["serviceRegion"], row["available"]) for row in snapshot
        ]


def test_asking_touches_no_shelf(sandbox: Sandbox) -> None:
    before = the_world(sandbox).ledger._written
    assert len(rows(sandbox)) > 10
    assert the_world(sandbox).ledger._written == before


@pytest.mark.parametrize(
    "data", [{"pageNumber": 0}, {"pageSize": 201}, {"pageSize": 1e29}, {"pageNumber": "1"}, {"skuList": [{}]}], ids=str
)
def test_a_page_that_cannot_be_is_a_parameter_error(send: Send, data: dict[str, Any]) -> None:
    assert send("get_stock_age", {"data": data})["code"] == 3


def test_what_it_costs_follows_the_stock_and_not_its_history(sandbox: Sandbox) -> None:
    ledger = the_world(sandbox).ledger
    for at_s in range(3000):
        ledger.post((SKU, "UK"), 2_000_000_000 + at_s, [(Bucket.AVAILABLE, 2)], Reason.PUT_AWAY)
        ledger.post((SKU, "UK"), 2_000_000_000 + at_s, [(Bucket.AVAILABLE, -2)], Reason.ADJUSTED)
    layers = list(ledger.layers(SKU, "UK"))
    assert [layer.pieces for layer in layers] == [2] * 6
    assert layers[0].at_s == 2_000_002_999


steps = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(1, 9)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("count"), st.integers(0, 40)),
        st.tuples(st.just("wait"), st.integers(1, 120)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_the_ages_add_up_to_what_is_available_and_the_newest_come_first(steps: list[tuple[str, int]]) -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    for what, number in steps:
        world = the_world(sandbox)
        if what == "order":
            order = an_order(productList=[{"MFSKUID": SKU, "SKUQuantity": number}])
            answer(sandbox, "place_outbound_order", {"data": [order]})
        elif what == "cancel":
            open_orders = [o.number for o in world.outbound.values() if o.status is OutboundStatus.SUBMITTED]
            if open_orders:
                number_of = open_orders[number % len(open_orders)]
                cancel = {"orderNumber": number_of, "cancelTime": "2026-11-22T10:00:00+0800"}
                answer(sandbox, "outbound_order_cancellation", {"data": cancel})
        elif what == "count":
            sandbox.set_stock(SKU, "UK", available=number)
        else:
            sandbox.advance(hours=number)
        for row in rows(sandbox):
            assert sum(bracket["quantity"] for bracket in row["ageList"]) == row["available"]
        layers = list(world.ledger.layers(SKU, "UK"))
        assert layers == sorted(layers, key=lambda layer: -layer.at_s)
        assert all(layer.at_s >= (NOW - timedelta(days=30)).timestamp() and layer.pieces > 0 for layer in layers)
