"""Which return orders a query finds, and on which page."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from calls import answer, look_up, the_world
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.formats import write_date_time
from oc_sandbox.orangeconnex.vocabulary import RETURN_STATUSES

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
STATUSES = list(RETURN_STATUSES.values())
DEMO = ["OCR3000030000101DE", "OCR3000030000102GB"]


@pytest.fixture
def sandbox() -> Sandbox:
    """A demo world whose clock stands still."""
    return Sandbox(clock="manual", now=NOW)


def submit(sandbox: Sandbox, reference: str) -> str:
    order = {"referenceNumber": reference, "serviceRegion": "UK", "productList": [{"quantity": 1}]}
    return str(answer(sandbox, "returns_erp_submit_order", {"data": order})["result"]["orderNumber"])


def query(sandbox: Sandbox, **filters: Any) -> Any:
    return look_up(sandbox, "returns_query_orders", **filters)


def numbers(sandbox: Sandbox, **filters: Any) -> list[str]:
    return [row["orderNumber"] for row in query(sandbox, **filters)["result"]["orderList"]]


def test_without_filters_all_returns_come_as_they_were_submitted(sandbox: Sandbox) -> None:
    mine = [submit(sandbox, name) for name in "BA"]
    assert numbers(sandbox) == DEMO + mine


def test_a_window_has_both_its_ends_inside(sandbox: Sandbox) -> None:
    number = submit(sandbox, "A")
    sandbox.advance(days=2)
    at, before, after = (write_date_time(NOW + timedelta(seconds=shift)) for shift in (0, -1, 1))
    assert numbers(sandbox, startTime=at, endTime=at) == [number]
    assert numbers(sandbox, startTime=after) == []
    assert numbers(sandbox, endTime=before) == DEMO
    assert numbers(sandbox, startTime="0001-01-01T00:00:00+2359", endTime="9999-12-31T23:59:59-2359") == [*DEMO, number]


def test_a_window_counts_for_named_orders_too(sandbox: Sandbox) -> None:
    number = submit(sandbox, "A")
    later = write_date_time(NOW + timedelta(seconds=1))
    assert numbers(sandbox, orderNumber=number, endTime=later) == [number]
    assert numbers(sandbox, orderNumber=number, startTime=later) == []


def test_two_numbers_find_the_order_that_has_both(sandbox: Sandbox) -> None:
    assert numbers(sandbox, orderNumber=DEMO[0], referenceNumber="DEMO-RETURN-1") == DEMO[:1]
    for order, reference in ((DEMO[1], "DEMO-RETURN-1"), (DEMO[0], "x"), ("x", "DEMO-RETURN-1"), ("x", "x")):
        assert numbers(sandbox, orderNumber=order, referenceNumber=reference) == []


def test_pages_are_of_what_the_filters_find(sandbox: Sandbox) -> None:
    mine = [submit(sandbox, name) for name in "ABCDE"]
    pages = [query(sandbox, orderStatus="Submitted", pageNumber=n, pageSize=2)["result"] for n in (1, 2, 3, 4)]
    shown = [[row["orderNumber"] for row in page["orderList"]] for page in pages]
    assert shown == [mine[:2], mine[2:4], mine[4:], []]
    assert [page["hasNextPage"] for page in pages] == [True, True, False, False]
    assert {(page["totalPage"], page["pageSize"]) for page in pages} == {(3, 2)}


def test_a_page_is_of_20_unless_another_size_is_wanted(sandbox: Sandbox) -> None:
    for name in range(20):
        submit(sandbox, str(name))
    result = query(sandbox)["result"]
    assert (len(result["orderList"]), result["pageNumber"], result["totalPage"]) == (20, 1, 2)
    assert len(numbers(sandbox, pageSize=200)) == 22


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"pageNumber": 0}, "400006"),
        ({"pageSize": 201}, "400006"),
        ({"pageNumber": "9" * 30}, "400003"),
        ({"pageSize": "1.5"}, "400003"),
        ({"orderStatus": "put away"}, "400006"),
        ({"orderNumber": ""}, "400002"),
        ({"referenceNumber": "x" * 101}, "400004"),
        ({"startTime": "2026-11-22T10:00:00 0800"}, "400007"),
        ({"endTime": "2026-11-22"}, "400007"),
        ({"startTime": "2026-11-22T10:00:01+0800", "endTime": "2026-11-22T10:00:00+0800"}, "400008"),
    ],
    ids=str,
)
def test_a_bad_parameter_is_refused_in_the_groups_envelope(sandbox: Sandbox, wrong: dict[str, Any], code: str) -> None:
    reply = query(sandbox, messageId="m", **wrong)
    assert (reply["requestId"], reply["success"], reply["errorCode"], reply["result"]) == ("m", False, code, None)


def test_the_statuses_of_the_contract_file_are_those_that_returns_have() -> None:
    contract = catalog().operations["returns_query_orders"]
    row = contract.response["properties"]["result"]["properties"]["orderList"]["items"]["properties"]
    assert contract.request.schema["properties"]["orderStatus"]["enum"] == row["orderStatus"]["enum"] == STATUSES


# From one submission to the next time passes, and some are cancelled: a list with all states in it.
lives = st.lists(st.tuples(st.integers(0, 150_000), st.booleans()), max_size=12)
times = st.none() | st.integers(-15 * 86400, 15 * 86400)


@settings(max_examples=50)
@given(lives=lives, start=times, end=times, status=st.none() | st.sampled_from(STATUSES), size=st.integers(1, 5))
def test_the_pages_together_are_exactly_what_the_filters_say(
    lives: list[tuple[int, bool]], start: int | None, end: int | None, status: str | None, size: int
) -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    for place, (waits_s, given_up) in enumerate(lives):
        number = submit(sandbox, str(place))
        if given_up:
            answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number}})
        sandbox.advance(seconds=waits_s)
    if start is not None and end is not None and start > end:
        start, end = end, start
    bounds = {"startTime": start, "endTime": end}
    filters = {
        name: write_date_time(NOW + timedelta(seconds=shift)) for name, shift in bounds.items() if shift is not None
    }
    if status is not None:
        filters["orderStatus"] = status
    shown: list[str] = []
    for page in range(1, 100):
        result = query(sandbox, **filters, pageNumber=page, pageSize=size)["result"]
        shown += [row["orderNumber"] for row in result["orderList"]]
        if not result["hasNextPage"]:
            break
    now_s = NOW.timestamp()
    wanted = [
        order.number
        for order in the_world(sandbox).returns.values()
        if (start is None or now_s + start <= order.created_at_s)
        and (end is None or order.created_at_s <= now_s + end)
        and status in (None, RETURN_STATUSES[order.status])
    ]
    assert shown == wanted
    assert result["totalPage"] == -(-len(wanted) // size)
