"""Which fees a query finds, that they add up to what the order query says, and that they bear the time of leaving."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from calls import MORNING, an_order, answer, the_world
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox, paths
from oc_sandbox.domain.ledger import Reason
from oc_sandbox.formats import parse_date_time, write_date_time
from oc_sandbox.orangeconnex.services import services_of

SKUS = ["OC0000250380015", "OC0000012220012", "OC0000250260096", "OC0000001279158"]
FREIGHT, FRESH, PDF = "OCO0000011225074GB", "OCO2000023303105GB", "JVBERi0xLjQK"


def a_sandbox(now: datetime = MORNING) -> Sandbox:
    return Sandbox(clock="manual", now=now)


def fees(sandbox: Sandbox, **query: Any) -> Any:
    return answer(sandbox, "finance_fee_detail_query", {"data": query})["data"]


def place(sandbox: Sandbox, order: Any, operation: str = "place_outbound_order") -> str:
    (row,) = answer(sandbox, operation, {"data": [order]})["data"]
    return str(row["orderNumber"])


def lines(*quantities: int) -> dict[str, Any]:
    return {"productList": [{"MFSKUID": sku, "SKUQuantity": n} for sku, n in zip(SKUS, quantities, strict=False)]}


def named(number: str) -> dict[str, Any]:
    return {"orderNumberList": [{"orderNumber": number}]}


def told(sandbox: Sandbox, number: str) -> Any:
    (order,) = answer(sandbox, "outbound_order_query_v2", {"data": named(number)})["data"]
    return order


def total(rows: list[Any]) -> Decimal:
    return sum((Decimal(str(row["feeAmount"])) for row in rows), Decimal(0))


def test_an_order_is_charged_when_it_leaves_and_not_before() -> None:
    sandbox = a_sandbox()
    number = place(sandbox, an_order("A-1"))
    sandbox.advance(hours=4, seconds=-1)
    assert fees(sandbox, **named(number))["feeList"] == []
    sandbox.advance(seconds=1)
    rows = fees(sandbox, **named(number))["feeList"]
    assert [(row["feeType"], row["feeAmount"], row["MFSKUID"]) for row in rows] == [
        ("OUTBOUND_FREIGHT", 1.8, ""),
        ("OUTBOUND_HANDLING", 1.5, SKUS[0]),
    ]
    assert {(row["orderNumber"], row["referenceNumber"], row["serviceRegion"]) for row in rows} == {
        (number, "A-1", "UK")
    }
    assert {row["feeTime"] for row in rows} == {"2026-11-23T21:00:00+0800"}


def test_a_cancelled_order_costs_nothing() -> None:
    sandbox = a_sandbox()
    cancel = {"orderNumber": FRESH, "cancelTime": write_date_time(MORNING)}
    assert answer(sandbox, "outbound_order_cancellation", {"data": cancel})["code"] == 0
    sandbox.advance(days=9)
    assert fees(sandbox, **named(FRESH))["total"] == 0


@pytest.mark.parametrize(
    ("quantities", "shares"),
    [((1, 1), [0.75, 0.75]), ((1, 1, 1, 1), [0.38, 0.37, 0.37, 0.38]), ((1, 2), [0.5, 1]), ((99, 1), [1.48, 0.02])],
    ids=str,
)
def test_the_handling_is_shared_by_pieces_to_the_cent(quantities: tuple[int, ...], shares: list[float]) -> None:
    sandbox = a_sandbox()
    for sku in SKUS:
        sandbox.set_stock(sku, "UK", available=100)
    number = place(sandbox, an_order("A-1", **lines(*quantities)))
    sandbox.advance(days=1)
    _, *handling = fees(sandbox, **named(number))["feeList"]
    assert [row["MFSKUID"] for row in handling] == SKUS[: len(quantities)]
    assert [row["feeAmount"] for row in handling] == shares


def test_two_lines_of_one_sku_are_handled_as_one() -> None:
    sandbox = a_sandbox()
    twice = [{"MFSKUID": SKUS[0], "SKUQuantity": 1}] * 2
    number = place(sandbox, an_order("A-1", productList=twice))
    sandbox.advance(days=1)
    assert [row["MFSKUID"] for row in fees(sandbox, **named(number))["feeList"]] == ["", SKUS[0]]


def test_under_the_sellers_own_label_there_is_no_freight() -> None:
    sandbox = a_sandbox()
    label = {"carrier": "Hermes", "trackingNumber": "H0001", "labelFile": PDF}
    number = place(sandbox, an_order("L-1", **label), "place_third_party_label_order")
    sandbox.advance(days=1)
    (row,) = fees(sandbox, **named(number))["feeList"]
    assert (row["feeType"], row["feeAmount"]) == ("OUTBOUND_HANDLING", 1.5)


def test_both_ends_of_the_window_are_inside_and_named_orders_keep_to_it() -> None:
    sandbox = a_sandbox()
    (when,) = {row["feeTime"] for row in fees(sandbox, **named(FREIGHT))["feeList"]}
    second = timedelta(seconds=1)
    early, late = (write_date_time(parse_date_time(when) + step) for step in (-second, second))
    for wanted in ({}, named(FREIGHT)):
        assert fees(sandbox, startTime=when, endTime=when, **wanted)["total"] > 0
        assert fees(sandbox, startTime=early, endTime=early, **wanted)["total"] == 0
        assert fees(sandbox, startTime=late, endTime=late, **wanted)["total"] == 0


def test_what_is_not_known_is_left_out_and_what_says_nothing_counts_for_nothing() -> None:
    sandbox = a_sandbox()
    everything = fees(sandbox)
    assert everything["total"] == 4
    for empty in ([], [{}], [{"orderNumber": ""}]):
        assert fees(sandbox, orderNumberList=empty) == everything
    assert fees(sandbox, **named("OCO0"))["total"] == 0
    assert fees(sandbox, orderNumberList=[{"orderNumber": FREIGHT}] * 2 + [{"orderNumber": "\x00"}])["total"] == 2


@pytest.mark.parametrize(
    "wrong", [{"pageNumber": 0}, {"pageSize": 201}, {"pageSize": 1e29}, {"pageNumber": "1"}], ids=str
)
def test_a_page_that_cannot_be_is_a_parameter_error(wrong: dict[str, Any]) -> None:
    assert answer(Sandbox(), "finance_fee_detail_query", {"data": wrong})["code"] == 3


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)), max_size=8),
    size=st.integers(1, 9),
)
def test_the_pages_together_are_the_whole_in_order(sizes: list[tuple[int, ...]], size: int) -> None:
    sandbox = a_sandbox()
    for quantities in sizes:
        place(sandbox, an_order(**lines(*quantities)))
        sandbox.advance(minutes=1)
    sandbox.advance(days=1)
    whole = fees(sandbox)
    assert whole["total"] == len(whole["feeList"]) == 6 + 4 * len(sizes)  # the demo's own: 2 of each order
    pages = [fees(sandbox, pageNumber=number, pageSize=size) for number in range(1, -(-whole["total"] // size) + 2)]
    assert [row for page in pages for row in page["feeList"]] == whole["feeList"]
    assert {page["total"] for page in pages} == {whole["total"]}
    keys = [(row["feeTime"], row["orderNumber"]) for row in whole["feeList"]]
    assert keys == sorted(keys)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_fees_add_up_to_the_order_querys_and_bear_the_time_of_the_movement(data: st.DataObject) -> None:
    start = MORNING + timedelta(minutes=data.draw(st.integers(0, 14 * 24 * 60)))
    sandbox = a_sandbox(start)
    region = data.draw(st.sampled_from(["UK", "DE", "AU", "AU-MEL", "US-West", "US-East", "US-South"]))
    quantities = data.draw(st.lists(st.integers(1, 50), min_size=1, max_size=4))
    for sku in SKUS:
        sandbox.set_stock(sku, region, available=500)
    ebay = {"orderPlatform": "eBay", "ebayId": "e", "ebayOrderId": "02-05696-00555"}
    order = an_order(
        "A-1",
        serviceRegion=region,
        shippingServiceCode=data.draw(st.sampled_from(services_of(region))),
        **lines(*quantities),
        **data.draw(st.sampled_from([{}, ebay])),
    )
    number = place(sandbox, order)
    sandbox.advance(days=10)
    (parcel,) = told(sandbox, number)["trackingNumberList"]
    rows = fees(sandbox, **named(number))["feeList"]
    assert total(rows) == Decimal(str(parcel["feeAmount"]))
    assert {row["feeAmountCurrency"] for row in rows} == {parcel["feeAmountCurrency"]}
    assert all(Decimal(str(row["feeAmount"])) * 100 % 1 == 0 for row in rows)
    ledger = the_world(sandbox).ledger
    gone = {
        movement.at_s
        for sku in SKUS[: len(quantities)]
        for movement in ledger.shelf(sku, region).between(0, 2**40)
        if movement.reason is Reason.OUTBOUND_FULFILLED
    }
    assert gone == {int(parse_date_time(row["feeTime"]).timestamp()) for row in rows}


def test_every_rate_leaves_something_for_the_carrier() -> None:
    table = orjson.loads((paths.SCHEMAS / "orangeconnex" / "_shared" / "rates.json").read_bytes())
    least = Decimal(table["handling"]["amount"]) + Decimal(table["ebay_discount"]["amount"])
    for row in table["carriers"]:
        cheapest = Decimal(row["base"]) + Decimal(row["per_kg"])
        assert cheapest > least
        assert cheapest * 100 % 1 == 0
