"""An order of value-added service: what it sets aside, how it goes on by the clock, and what is refused."""

from typing import Any

import pytest
from calls import an_order, answer, the_world, worlds
from oc_sandbox import Sandbox
from oc_sandbox.domain.ledger import Bucket
from oc_sandbox.domain.records import SkuStatus
from vas_calls import LAMP, a_vas_order, place, status_of

VAS = Bucket.IN_VALUE_ADDED_SERVICE


def test_its_pieces_are_set_aside_at_once_and_the_movements_tell_why(sandbox: Sandbox) -> None:
    lines = [{"MFSKUID": LAMP, "SKUQuantity": "2"}, {"MFSKUID": LAMP, "SKUQuantity": 3}]
    number = place(sandbox, a_vas_order(productList=lines))["data"][0]["orderNumber"]
    (row,) = sandbox.stock(LAMP, "UK")
    assert (row["available"], row["in_value_added_service"]) == (995, 5)
    shelf = the_world(sandbox).ledger.shelf(LAMP, "UK")
    moved = [(m.bucket, m.change, m.after) for m in shelf.between(0, 2**40) if m.order_number == number]
    assert moved == [(Bucket.AVAILABLE, -2, 998), (VAS, 2, 2), (Bucket.AVAILABLE, -3, 995), (VAS, 3, 5)]


@pytest.mark.parametrize(
    ("minutes", "status", "in_service"),
    [
        (0, "Submitted", 5),
        (9, "Submitted", 5),
        (10, "Accepted", 5),
        (249, "Accepted", 5),
        (250, "In progress", 5),
        (250 + 24 * 60 - 1, "In progress", 5),
        (250 + 24 * 60, "Completed", 0),
        (90 * 24 * 60, "Completed", 0),
    ],
)
def test_it_goes_on_by_the_clock_and_gives_the_pieces_back(minutes: int, status: str, in_service: int) -> None:
    sandbox = Sandbox(clock="manual")
    number = place(sandbox, a_vas_order())["data"][0]["orderNumber"]
    sandbox.advance(minutes=minutes)
    assert status_of(sandbox, number) == status
    (row,) = sandbox.stock(LAMP, "UK")
    assert (row["available"], row["in_value_added_service"]) == (1000 - in_service, in_service)


def test_every_step_is_an_event_that_the_clock_tells_of() -> None:
    sandbox = Sandbox(clock="manual")
    started_s = sandbox.tenant.clock.now_s()
    number = place(sandbox, a_vas_order())["data"][0]["orderNumber"]
    told = [event.at_s - started_s for event in sandbox.advance(days=9) if event.key == number]
    assert told == [600, 600 + 4 * 3600, 600 + 28 * 3600]


def test_pieces_that_come_back_are_as_old_as_before() -> None:
    sandbox = Sandbox(clock="manual")
    question = {"data": {"pageNumber": 1, "pageSize": 200, "skuList": [{"mfSkuId": LAMP}]}}
    sandbox.advance(days=40)
    before = answer(sandbox, "get_stock_age", question)
    place(sandbox, a_vas_order(productList=[{"MFSKUID": LAMP, "SKUQuantity": 1000}]))
    sandbox.advance(days=2)
    assert answer(sandbox, "get_stock_age", question)["data"] == before["data"]


def test_pieces_in_service_cannot_be_sold_nor_serviced_twice(sandbox: Sandbox) -> None:
    place(sandbox, a_vas_order(productList=[{"MFSKUID": LAMP, "SKUQuantity": 999}]))
    two = [{"MFSKUID": LAMP, "SKUQuantity": 2}]
    short = f"商品:{LAMP} 库存不足"
    assert answer(sandbox, "place_outbound_order", {"data": [an_order("O", productList=two)]})["errors"] == [
        {"code": "400448", "id": "O", "message": short, "referenceNumber": "O"}
    ]
    assert place(sandbox, a_vas_order("V", productList=two))["errors"] == [
        {"code": "400448", "id": "V", "message": short, "referenceNumber": "V"}
    ]


def test_lines_that_name_one_sku_are_counted_together(sandbox: Sandbox) -> None:
    sandbox.set_stock(LAMP, "UK", available=3)
    twice = [{"MFSKUID": LAMP, "SKUQuantity": 2}] * 2
    assert place(sandbox, a_vas_order(productList=twice))["errors"][0]["code"] == "400448"


def test_each_order_of_a_batch_stands_by_itself(sandbox: Sandbox) -> None:
    sandbox.set_stock(LAMP, "UK", available=10)
    got = place(sandbox, *[a_vas_order(reference) for reference in ("A", "A", "B", "C")])
    assert [row["referenceNumber"] for row in got["data"]] == ["A", "B"]
    assert [(row["id"], row["code"]) for row in got["errors"]] == [("A", "400540"), ("C", "400448")]


def test_a_reference_number_is_used_once_but_none_as_often_as_you_like(sandbox: Sandbox) -> None:
    assert place(sandbox, a_vas_order("A"))["code"] == 0
    assert place(sandbox, a_vas_order("A"))["errors"][0]["code"] == "400540"
    numbers = [place(sandbox, a_vas_order())["data"][0]["orderNumber"] for _ in range(2)]
    assert len(set(numbers)) == 2


def test_an_outbound_order_may_bear_the_same_reference_number(sandbox: Sandbox) -> None:
    assert place(sandbox, a_vas_order("A"))["code"] == 0
    assert answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})["code"] == 0


def test_of_two_broken_rules_the_first_is_told(sandbox: Sandbox) -> None:
    skus = the_world(sandbox).skus
    skus["OC0000000675549"] = skus["OC0000000675549"]._replace(status=SkuStatus.UNDER_REVIEW)
    unknown, unfit = {"MFSKUID": "OC0", "SKUQuantity": 1}, {"MFSKUID": "OC0000000675549", "SKUQuantity": 1_000_000}
    too_many = {"MFSKUID": LAMP, "SKUQuantity": 1_000_000}
    steps: list[tuple[dict[str, Any], str]] = [
        ({"serviceRegion": "US", "productList": [unknown, unfit, too_many]}, "400541"),
        ({"productList": [too_many, unfit, unknown]}, "400542"),
        ({"productList": [too_many, unfit]}, "400543"),
        ({"productList": [too_many]}, "400448"),
        ({}, "400540"),
    ]
    place(sandbox, a_vas_order("A"))
    for changes, code in steps:
        before = worlds(sandbox)
        assert place(sandbox, a_vas_order("A", **changes))["errors"][0]["code"] == code
        assert worlds(sandbox) == before


@pytest.mark.parametrize(
    ("region", "tail"), [("UK", "GB"), ("DE", "DE"), ("US-South", "US")], ids=lambda value: str(value)
)
def test_its_number_ends_with_the_country(sandbox: Sandbox, region: str, tail: str) -> None:
    sandbox.set_stock(LAMP, region, available=5)
    number = place(sandbox, a_vas_order(serviceRegion=region))["data"][0]["orderNumber"]
    assert (number[:3], len(number), number[-2:]) == ("OCV", 18, tail)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"serviceType": None}, "400002"),
        ({"serviceType": ""}, "400002"),
        ({"serviceType": "x" * 51}, "400004"),
        ({"serviceType": 1}, "400003"),
        ({"serviceRegion": None}, "400002"),
        ({"remarks": 5}, "400003"),
        ({"referenceNumber": "x" * 101}, "400004"),
        ({"productList": []}, "400002"),
        ({"productList": [{"MFSKUID": LAMP}]}, "400002"),
        ({"productList": [{"MFSKUID": LAMP, "SKUQuantity": 0}]}, "400006"),
        ({"productList": [{"MFSKUID": LAMP, "SKUQuantity": 1e29}]}, "400006"),
        ({"productList": [{"MFSKUID": LAMP, "SKUQuantity": "two"}]}, "400006"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_a_malformed_order_is_a_parameter_error(sandbox: Sandbox, wrong: dict[str, Any], code: str) -> None:
    got = place(sandbox, a_vas_order("A", **wrong))
    assert (got["code"], got["errors"][0]["code"]) == (3, code)


def test_50_orders_pass_and_51_are_refused(sandbox: Sandbox) -> None:
    assert place(sandbox, *[a_vas_order() for _ in range(51)])["errors"][0]["code"] == "400005"
    assert len(place(sandbox, *[a_vas_order() for _ in range(50)])["data"]) == 50


def test_what_is_in_service_cannot_be_adjusted_for_it_follows_from_orders(sandbox: Sandbox) -> None:
    place(sandbox, a_vas_order())
    with pytest.raises(ValueError, match="in_value_added_service cannot be set"):
        sandbox.set_stock(LAMP, "UK", in_value_added_service=0)
