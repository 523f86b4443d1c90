"""What a reply gives back of a call whose body was never checked."""

from typing import Any

import orjson
import pytest
from calls import answer, look_up, send
from oc_sandbox import Sandbox


def request_id(body: Any, **headers: str) -> Any:
    """What the returns envelope, which bears an id in every refusal, gives back."""
    return answer(Sandbox(), "returns_query_stock", body, **headers)["requestId"]


@pytest.mark.parametrize("key", ["messageId", "messageid"])
def test_refused_credentials_give_the_callers_message_id_back(key: str) -> None:
    assert request_id({key: "m-1", "data": None}, Access_Token="") == "m-1"


def test_a_message_id_in_the_query_comes_back_too() -> None:
    refused = look_up(Sandbox(), "returns_get_label", {"Access-Token": ""}, messageId="m-1", orderNumber="x")
    assert refused["errorMsg"] == "Authentication Fail:Access-Token missing"
    assert refused["requestId"] == "m-1"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"data":{}}', b'{"messageId":{}}', b'{"messageId":"1","messageid":"2"}'],
    ids=repr,
)
def test_a_body_that_gives_none_gets_the_time(body: bytes) -> None:
    assert len(request_id(body, Access_Token="")) == 13


def test_a_body_that_is_too_large_is_not_looked_at() -> None:
    body = orjson.dumps({"messageId": "m-1", "data": "x" * 11_000_000})
    assert len(request_id(body, Access_Token="")) == 13


def test_an_envelope_that_names_no_message_id_bears_none() -> None:
    reply = send(Sandbox(), "get_stock_movement", {"messageId": "m-1"}, clientKey="")
    assert orjson.loads(reply.body).keys() == {"code", "message"}
