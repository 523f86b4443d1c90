"""What Schemathesis is told: credentials that are taken, and a verdict that lets through what the contract declares."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from oc_contract.second_opinion import call_of, headers_of, operation_of, verdict_of
from oc_contract.targets import Answer, InProcess
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog

MOVEMENT = "/openapi/3pp/inventory/v1/movement"
GOOD = {"code": 0, "data": [], "message": "成功", "messageId": "7"}


def good_call(target: InProcess, name: str) -> Call:
    """The first sample of an operation as a tool would send it: with nothing that tells who calls."""
    wanted = target.sandbox.sample(name)
    headers = {name: value for name, value in wanted.headers.items() if name == "Content-Type"}
    url = f"{target.root_url}{wanted.path}" + (f"?{wanted.query}" if wanted.query else "")
    return call_of(catalog().operations[name].method, url, headers, wanted.body)


def answer_of(sandbox: Sandbox, call: Call, headers: dict[str, str]) -> Answer:
    signed = call._replace(headers={**call.headers, **{name.lower(): value for name, value in headers.items()}})
    reply = sandbox.send(signed)
    return Answer(reply.status, reply.headers, reply.body, 0.0)


@pytest.mark.parametrize("name", catalog().operations)
def test_a_sample_that_is_given_its_credentials_is_a_success(name: str) -> None:
    target = InProcess()
    call = good_call(target, name)
    verdict = verdict_of(call, answer_of(target.sandbox, call, headers_of(call, target.keys)))
    assert (verdict.success, verdict.wrong) == (True, ())


def test_without_credentials_it_is_a_refusal_that_is_declared() -> None:
    target = InProcess()
    call = good_call(target, "get_stock_movement")
    verdict = verdict_of(call, answer_of(target.sandbox, call, {}))
    assert (verdict.errors, verdict.wrong) == (["client_key_missing"], ())


def test_an_oauth_call_that_names_no_client_gets_the_header() -> None:
    target = InProcess()
    call = call_of("POST", f"{target.root_url}/oauth/token?grant_type=refresh_token&refresh_token=x", {}, b"")
    headers = headers_of(call, target.keys)
    assert headers["Authorization"].startswith("Basic ")
    assert verdict_of(call, answer_of(target.sandbox, call, headers)).errors == ["refresh_token_invalid"]
    named = call._replace(query=f"{call.query}&client_id={target.keys.client_key}")
    assert headers_of(named, target.keys) == {}


def movement(body: Any, path: str = MOVEMENT) -> Call:
    return Call("POST", path, {"content-type": "application/json"}, orjson.dumps(body))


def wrong(call: Call, status: int, body: Any) -> str:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return "; ".join(verdict_of(call, Answer(status, (), raw, 0.0)).wrong)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, GOOD, ""),
        (500, GOOD, "HTTP 500"),
        (400, GOOD, "neither the success nor a declared refusal"),
        (200, {**GOOD, "messageId": "8"}, "messageId '7' comes back as '8'"),
        (200, {**GOOD, "data": {}}, "breaks its schema at /data"),
        (
            200,
            {"code": 3, "errors": [{"code": "1", "message": "?"}], "message": "参数错误", "messageId": "7"},
            "neither",
        ),
        (200, b"<html>", "no JSON"),
    ],
    ids=["good", "server error", "other status", "other echo", "other type", "other error", "no JSON"],
)
def test_a_reply_that_the_contract_does_not_declare_is_told(status: int, body: Any, told: str) -> None:
    found = wrong(movement({"data": {}, "messageId": 7}), status, body)
    assert (told in found) if told else (found == "")


def test_an_error_that_is_declared_for_faults_alone_is_told() -> None:
    call = Call("GET", "/api/v1/external/products", {})
    body = {"statusCode": 500, "message": "Internal server error", "error": "Internal Server Error"}
    assert "HTTP 500" in wrong(call, 500, body)


@pytest.mark.parametrize(
    "body", [{"MESSAGEID": "7"}, {"messageId": "6", "messageid": "7"}, {"messageId": "6", "MessageId": 6}]
)
def test_a_message_id_is_looked_at_in_any_spelling_unless_there_are_two(body: dict[str, Any]) -> None:
    assert wrong(movement({"data": {}, **body}), 200, GOOD) == ""


def test_parameters_of_a_query_are_spelt_as_they_are() -> None:
    path = "/openapi/3pp/returns/v1/query/label"
    target = InProcess()
    for query in ("messageId=5&orderNumber=x", "MESSAGEID=5&orderNumber=x"):
        call = call_of("GET", f"http://127.0.0.1:8400{path}?{query}", {}, b"")
        assert verdict_of(call, answer_of(target.sandbox, call, headers_of(call, target.keys))).wrong == ()


def test_what_is_nobodys_must_be_refused_in_its_apis_manner() -> None:
    sandbox = Sandbox()
    for path in ("/openapi/nowhere", MOVEMENT, "/api/v1/external/nowhere"):
        call = Call("PUT", path, {})
        assert operation_of(call) is None
        assert headers_of(call, InProcess().keys) == {}
        assert verdict_of(call, answer_of(sandbox, call, {})).wrong == ()
        assert wrong(call, 404, {"detail": "Not Found"})
        assert wrong(call, 200, GOOD)


@pytest.fixture
def look_at() -> Callable[[dict[str, int]], None]:
    """The last look of the command that CI runs."""
    file = Path(__file__).parents[2] / ".ci" / "second_opinion.py"
    spec = importlib.util.spec_from_file_location("second_opinion", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    look: Callable[[dict[str, int]], None] = module.look_at
    return look


def test_an_opinion_that_saw_refusals_only_is_none(look_at: Callable[[dict[str, int]], None]) -> None:
    succeeded = {f"{name} success": 100 for name in catalog().operations}
    look_at(succeeded)
    with pytest.raises(SystemExit, match="place_outbound_order"):
        look_at({row: count for row, count in succeeded.items() if "place_outbound_order" not in row})
    with pytest.raises(SystemExit, match="too little"):
        look_at(dict.fromkeys(succeeded, 1))
