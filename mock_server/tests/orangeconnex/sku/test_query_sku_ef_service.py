"""QuerySKUEFService: whom it finds."""

from collections.abc import Callable
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]

LAMP, CASE, TOWEL, PUMP = "OC0000250380015", "OC0000012220012", "OC0000250260096", "OC0000029222351"


@pytest.fixture
def three_set_up(send: Send) -> None:
    """The lamp is set up in the demo world."""
    rows = [{"MFSKUID": code, "fulfillmentCenterList": [{"serviceRegion": "UK"}]} for code in (TOWEL, CASE)]
    assert send("sku_setup_ef_service", {"data": rows})["code"] == 0


def ids(send: Send, **data: Any) -> list[str]:
    reply = send("query_sku_ef_service", {"data": data})
    assert reply["code"] == 0, reply
    return [row["MFSKUID"] for row in reply["data"]]


@pytest.mark.usefixtures("three_set_up")
@pytest.mark.parametrize("data", [{}, {"mfskulist": []}, {"mfskulist": [{}, {}]}, {"mfskulist": None}], ids=str)
def test_without_a_list_every_sku_that_is_set_up_is_found_in_the_order_of_creation(send: Send, data: Any) -> None:
    assert ids(send, **data) == [LAMP, CASE, TOWEL]


@pytest.mark.usefixtures("three_set_up")
def test_skus_come_as_asked_for_each_once_and_only_those_that_are_set_up(send: Send) -> None:
    asked = [TOWEL, PUMP, "OC9999999999999", "\x00", LAMP, TOWEL]
    assert ids(send, mfskulist=[{}, *({"mfskuid": code} for code in asked)]) == [TOWEL, LAMP]


@pytest.mark.usefixtures("three_set_up")
def test_pages_follow_one_another_without_gap_or_double(send: Send) -> None:
    pages = [ids(send, page=page, limit=2.0) for page in (1, 2, 3, 10**6, 2**63, 1e29)]
    assert pages == [[LAMP, CASE], [TOWEL], [], [], [], []]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"page": 0}, "400006"),
        ({"limit": 0}, "400006"),
        ({"limit": 201}, "400006"),
        ({"limit": "200"}, "400003"),
        ({"mfskulist": [LAMP]}, "400003"),
        ({"mfskulist": [{"mfskuid": ""}]}, "400002"),
        ([], "400003"),
    ],
    ids=str,
)
def test_a_query_out_of_bounds_is_refused(send: Send, data: Any, code: str) -> None:
    reply = send("query_sku_ef_service", {"data": data})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)


def test_an_empty_world_has_none(send: Send) -> None:
    assert send("query_sku_ef_service", {"data": {}}, to=Sandbox(seed="empty"))["data"] == []
