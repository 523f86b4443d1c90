"""The cases made from the contract files: the fake passes all, and a server that is wrong in any way does not."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from kit_calls import OPERATIONS
from oc_contract.cases import cases_of
from oc_contract.running import Result, run_operation
from oc_contract.scenes import Scene
from oc_contract.targets import Answer, InProcess, Request
from oc_sandbox.catalog import catalog


class Tampering(InProcess):
    """The fake, whose replies somebody changes on their way."""

    def __init__(self, change: Callable[[Request, Any], Any]) -> None:
        super().__init__()
        self._change = change

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        return answer._replace(body=orjson.dumps(self._change(request, orjson.loads(answer.body))))


def problems(target: InProcess, operation: str) -> list[str]:
    return [told(result) for result in run_operation(Scene(target), catalog().operations[operation]) if result.problem]


def told(result: Result) -> str:
    return f"{result.case.name}: {result.problem}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_fake_passes_every_case(operation: Any) -> None:
    assert problems(InProcess(), operation.name) == []


def test_there_are_cases_of_each_kind_for_every_rule_of_a_window() -> None:
    names = [case.name for case in cases_of(catalog().operations["get_stock_movement"])]
    assert [name for name in names if name.startswith("data ")] == [
        "data required: left out",
        "data required: null",
        "data type: string instead of object",
        "data type: integer instead of object",
        "data type: boolean instead of object",
        "data type: array instead of object",
        "data ends before it starts",
        "data ends when it starts",
        "data is a second shorter than the longest",
        "data is exactly the longest",
        "data is a second too long",
        "data is a second shorter, over two zones",
        "data is a second too long, over two zones",
        "data starts an hour inside the look-back",
        "data starts an hour before the look-back",
    ]


def tampered(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Tampering:
    return Tampering(lambda request, body: change(body) if request.operation == "get_stock_movement" else body)


def renamed(body: dict[str, Any]) -> dict[str, Any]:
    return {{"errors": "error"}.get(key, key): value for key, value in body.items()}


def with_code(body: dict[str, Any]) -> dict[str, Any]:
    errors = [{**error, "code": "400000"} for error in body.get("errors", ())]
    return {**body, "errors": errors} if errors else body


def with_text(body: dict[str, Any]) -> dict[str, Any]:
    errors = [{**error, "message": error["message"].replace("不能为空", "为空")} for error in body.get("errors", ())]
    return {**body, "errors": errors} if errors else body


@pytest.mark.parametrize(
    "change",
    [
        lambda body: {key: value for key, value in body.items() if key != "messageId"},
        lambda body: {**body, "messageId": "1"},
        lambda body: {**body, "success": True},
        lambda body: {**body, "code": str(body.get("code"))},
        lambda body: {**body, "data": {}} if "data" in body else body,
        lambda body: {"code": 0, "data": [], "message": "成功", "messageId": body.get("messageId", "")},
        renamed,
        with_code,
        with_text,
    ],
    ids=[
        "no id",
        "other id",
        "more",
        "code as text",
        "other data",
        "all good",
        "other key",
        "other code",
        "other text",
    ],
)
def test_a_reply_that_somebody_changed_is_told(change: Any) -> None:
    assert problems(tampered(change), "get_stock_movement")


def test_a_refusal_that_forgets_the_id_of_a_call_without_credentials_is_told() -> None:
    def forgotten(request: Request, body: Any) -> Any:
        return body if "clientKey" in request.headers else {**body, "messageId": "1700000000000"}

    found = problems(Tampering(forgotten), "cost_estimation_response")
    assert [problem.partition(":")[0] for problem in found] == ["no clientKey"]


def test_times_in_another_zone_than_that_of_replies_are_told() -> None:
    def moved(request: Request, body: Any) -> Any:
        return orjson.loads(orjson.dumps(body).replace(b"+0800", b"+0000"))

    found = problems(Tampering(moved), "finance_fee_detail_query")
    assert found
    assert all("in the zone of replies, +0800" in problem for problem in found)
