"""SKUQuery v3: what the handler decides."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.orangeconnex.vocabulary import SKU_STATUSES

Send = Callable[..., Any]

LAMP, TOWEL, PUMP = "OC0000250380015", "OC0000250260096", "OC0000029222351"


def ids(reply: Any) -> list[str]:
    assert reply["code"] == 0, reply
    return [row["MFSKUID"] for row in reply["data"]]


def test_lists_of_three_kinds_add_up_and_a_sku_named_twice_comes_once(send: Send) -> None:
    query = {
        "sellerSKUIDList": [{"sellerSKUID": "DEMO-260096"}],
        "referenceSKUIDList": [{"referenceSKUID": "DEMO-222351"}, {"referenceSKUID": "DEMO-380015"}],
        "mfskulist": [{"mfskuid": LAMP}],
    }
    assert ids(send("sku_query_v3", {"data": query})) == [LAMP, PUMP, TOWEL]


def test_without_a_list_every_sku_is_found_in_the_order_of_creation(send: Send) -> None:
    made = send("sku_creation_v3", {"data": [{"referenceSKUID": "B"}, {"referenceSKUID": "A"}]})["data"]
    found = ids(send("sku_query_v3", {"data": {}}))
    assert found[0] == LAMP
    assert found[-2:] == [row["MFSKUID"] for row in made]


@pytest.mark.parametrize("rows", [[], [{}], [{}, {}]])
def test_a_list_that_names_nothing_counts_as_missing(send: Send, rows: list[Any]) -> None:
    everything = ids(send("sku_query_v3", {"data": {}}))
    assert ids(send("sku_query_v3", {"data": {"mfskulist": rows, "sellerSKUIDList": []}})) == everything


@pytest.mark.parametrize(
    "query",
    [
        {"mfskulist": [{"mfskuid": "OC9999999999999"}]},
        {"referenceSKUIDList": [{"ebayCustomLabel": "DEMO-380015"}]},
        {"referenceSKUIDList": [{"referenceSKUID": "demo-380015"}]},
        {"sellerSKUIDList": [{"sellerSKUID": ""}]},
        {"sellerSKUIDList": [{"sellerSKUID": "\x00"}]},
    ],
)
def test_an_id_that_names_no_sku_finds_nothing(send: Send, query: Any) -> None:
    assert ids(send("sku_query_v3", {"data": query})) == []


def test_pages_follow_one_another_without_gap_or_double(send: Send) -> None:
    everything = ids(send("sku_query_v3", {"data": {}}))
    pages = [ids(send("sku_query_v3", {"data": {"page": page, "limit": 5}})) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [5, 5, 2, 0]
    assert [code for page in pages for code in page] == everything


@pytest.mark.parametrize("page", [10**6, 2**63, 1e29])
def test_a_page_far_behind_the_last_is_empty(send: Send, page: float) -> None:
    assert ids(send("sku_query_v3", {"data": {"page": page, "limit": 200.0}})) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page": 0}, "400006"),
        ({"limit": 0}, "400006"),
        ({"limit": 201}, "400006"),
        ({"limit": "200"}, "400003"),
        ({"page": 1.5}, "400003"),
        ({"mfskulist": ["OC0000250380015"]}, "400003"),
        ({"mfskulist": [{"mfskuid": ""}]}, "400002"),
        ({"startTime": "2022-10-31"}, "400007"),
        ({"endTime": "2022-02-30+0800"}, "400007"),
        ({"endTime": "2022-10-31+9999"}, "400007"),
        ({"startTime": "2022-11-01+0800", "endTime": "2022-10-31+0800"}, "400008"),
    ],
)
def test_a_query_out_of_bounds_is_refused(send: Send, query: Any, code: str) -> None:
    reply = send("sku_query_v3", {"data": query})
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)


# The demo SKUs last changed on 31 October, at 23:30 in UTC: on 1 November in the zone +0800.
CHANGED_LATE = datetime(2022, 11, 30, 23, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2022-10-31+0000", "2022-10-31+0000", True),
        ("2022-11-01+0000", None, False),
        (None, "2022-10-30+0000", False),
        ("2022-11-01+0800", "2022-11-01+0800", True),
        (None, "2022-10-31+0800", False),
        ("2022-10-31+0000", None, True),
        ("0001-01-01+1400", "9999-12-31-1200", True),
    ],
)
def test_a_sku_is_found_on_the_day_of_its_last_change(send: Send, start: Any, end: Any, found: bool) -> None:
    sandbox = Sandbox(clock="manual", now=CHANGED_LATE)
    query = {"startTime": start, "endTime": end, "mfskulist": [{"mfskuid": LAMP}]}
    assert ids(send("sku_query_v3", {"data": query}, to=sandbox)) == ([LAMP] if found else [])


def test_a_step_of_the_review_is_a_change(send: Send) -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 3, 1, 12, tzinfo=timezone.utc), seed="empty")
    send("sku_creation_v3", {"data": [{"referenceSKUID": "A"}]}, to=sandbox)
    today = {"data": {"startTime": "2026-03-02+0000"}}
    assert ids(send("sku_query_v3", today, to=sandbox)) == []
    sandbox.advance(days=1, hours=1)
    assert len(ids(send("sku_query_v3", today, to=sandbox))) == 1


def test_what_the_creation_gave_comes_back_in_the_answer_s_spelling_and_nothing_else(send: Send) -> None:
    given = {
        "referenceSKUID": "A",
        "skudescription": "A thing",
        "SKUNameList": [{"SKUName": "Thing", "languageCode": "en-US", "invented": 1}],
        "serviceRegionList": [{"serviceRegion": "DE", "withBrand": "WOB"}],
        "batteryNumber": 2,
        "invented": {"a": [None]},
    }
    code = send("sku_creation_v3", {"data": [given]})["data"][0]["MFSKUID"]
    found = send("sku_query_v3", {"data": {"mfskulist": [{"mfskuid": code}]}})["data"]
    assert found == [
        {
            "MFSKUID": code,
            "SKUDescription": "A thing",
            "SKUNameList": [{"SKUName": "Thing", "languageCode": "en-US"}],
            "batteryNumber": 2,
            "referenceSKUID": "A",
            "sellerSKUID": "A",
            "serviceRegionList": [{"serviceRegion": "DE", "withBrand": "WOB"}],
            "status": "Draft",
        }
    ]
    assert list(found[0]) == sorted(found[0])


def test_a_change_in_the_first_second_of_a_day_is_of_that_day(send: Send) -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 11, 21, 16, 0, tzinfo=timezone.utc))
    (made,) = send("sku_creation_v3", {"data": [{"referenceSKUID": "NEW-1"}]}, to=sandbox)["data"]

    def found(day: str) -> list[str]:
        window = {"startTime": f"{day}+0800", "endTime": f"{day}+0800"}
        query = {"mfskulist": [{"mfskuid": made["MFSKUID"]}], **window}
        return ids(send("sku_query_v3", {"data": query}, to=sandbox))

    assert (found("2026-11-21"), found("2026-11-22")) == ([], [made["MFSKUID"]])


def test_a_status_of_any_kind_is_one_that_the_contract_lists() -> None:
    listed = (
        catalog().operations["sku_query_v3"].response["properties"]["data"]["items"]["properties"]["status"]["enum"]
    )
    assert set(listed) == set(SKU_STATUSES.values())
