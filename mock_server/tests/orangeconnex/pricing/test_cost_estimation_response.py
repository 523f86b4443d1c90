"""When the result of an estimate is there, and that it is the same as the synchronous one."""

from datetime import datetime, timezone
from typing import Any

import pytest
from calls import answer, the_world
from oc_sandbox import Sandbox

NOW = datetime(2026, 11, 22, 15, 30, 0, 900_000, tzinfo=timezone.utc)
PARCEL = {
    "consigneeCountryCode": "DE",
    "consigneePostCode": "10115",
    "referenceId": "r-1",
    "serviceRegion": "DE",
    "skuType": True,
    "skuList": [{"skuId": "OC0000012220012", "pieceQuantity": 2}],
}


@pytest.fixture
def sandbox() -> Sandbox:
    """A world whose clock moves only when told."""
    return Sandbox(clock="manual", now=NOW)


def ask(sandbox: Sandbox, **changes: Any) -> Any:
    return answer(sandbox, "cost_estimation_request", {"data": {**PARCEL, **changes}})


def fetch(sandbox: Sandbox, reference: Any = "r-1") -> Any:
    return answer(sandbox, "cost_estimation_response", {"data": {"referenceId": reference}})


def test_a_result_is_pending_for_five_seconds_and_then_stays(sandbox: Sandbox) -> None:
    assert ask(sandbox)["code"] == 0
    for seconds in (0, 4):
        sandbox.advance(seconds=seconds)
        pending = fetch(sandbox)
        assert (pending["code"], pending["success"]) == (4, False)
        assert pending["errors"] == [{"code": "400514", "message": "referenceId:r-1 计算中，请稍后查询"}]
    sandbox.advance(seconds=1)
    done = fetch(sandbox)
    assert (done["code"], done["success"], done["errors"]) == (0, True, [])
    sandbox.advance(days=4000)
    assert fetch(sandbox)["data"] == done["data"]


def test_each_reference_has_its_own_clock(sandbox: Sandbox) -> None:
    ask(sandbox)
    sandbox.advance(seconds=5)
    ask(sandbox, referenceId="r-2")
    assert fetch(sandbox)["code"] == 0
    assert fetch(sandbox, "r-2")["code"] == 4
    assert ask(sandbox)["errors"][0]["code"] == "400510"


def test_both_ways_of_asking_give_one_result(sandbox: Sandbox) -> None:
    ask(sandbox)
    sandbox.advance(seconds=5)
    at_once = answer(sandbox, "sync_freight_estimate", {"data": PARCEL})
    assert fetch(sandbox)["data"] == at_once["data"]


def test_a_synchronous_estimate_is_not_kept(sandbox: Sandbox) -> None:
    before = dict(the_world(sandbox).estimates)
    for _ in range(2):
        assert answer(sandbox, "sync_freight_estimate", {"data": PARCEL})["code"] == 0
    assert the_world(sandbox).estimates == before
    assert fetch(sandbox)["errors"][0]["code"] == "400515"


def test_an_estimate_whose_services_all_fail_is_done_all_the_same(sandbox: Sandbox) -> None:
    ask(sandbox, skuList=[])
    sandbox.advance(seconds=5)
    got = fetch(sandbox)
    assert (got["code"], got["success"]) == (0, True)
    assert got["data"]
    assert {row["success"] for row in got["data"]} == {False}
    assert [error["productOuterCode"] for error in got["errors"]] == [row["productOuterCode"] for row in got["data"]]


@pytest.mark.parametrize("reference", [None, "", 5, "x" * 101, [], {}], ids=repr)
def test_a_malformed_reference_is_a_parameter_error(sandbox: Sandbox, reference: Any) -> None:
    assert fetch(sandbox, reference)["code"] == 3


@pytest.mark.parametrize("reference", ["\x00", "商品", "r-1 ", "R-1"], ids=repr)
def test_another_reference_is_unknown(sandbox: Sandbox, reference: str) -> None:
    ask(sandbox)
    assert fetch(sandbox, reference)["errors"][0] == {"code": "400515", "message": f"referenceId:{reference} 不存在"}


@pytest.mark.parametrize("header", ["clientKey", "vAuthorization", "Access-Token"])
def test_refused_credentials_give_the_message_id_back(sandbox: Sandbox, header: str) -> None:
    body = {"messageId": "m-1", "data": {"referenceId": "r-1"}}
    got = answer(sandbox, "cost_estimation_response", body, **{header: ""})
    assert (got["code"], got["messageId"]) == (1, "m-1")
    assert got["message"].startswith("Authentication Fail:")
