"""Who may call: client key, signature, token, in this order, in both signing modes and with auth open."""

import logging
from base64 import urlsafe_b64encode
from datetime import datetime, timezone

import orjson
import pytest
from calls import answer, send
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.orangeconnex.credentials import signature

BODY = orjson.dumps({"data": {}, "messageId": "m"})
PATH = "/openapi/3pp/inventory/v1/movement"


def message(sandbox: Sandbox, **headers: str) -> str:
    """What the reply says; empty on success."""
    got = answer(sandbox, "get_stock_movement", BODY, **headers)
    return "" if got["code"] == 0 else str(got["message"])


def test_the_signature_is_the_md5_of_path_body_and_keys() -> None:
    # Computed with made-up keys from the formula of the vendor handbook 2021 and the request collections 2024.
    body = b'{"data":{"page":1,"limit":200}}'
    keys = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222")
    assert signature("/openapi/3pp/sku/v3/query", body, *keys) == "0e785d9dc29d2766d1efee569bff0de6"
    assert signature("/openapi/3pp/sku/v3/query", b"", *keys) == "673279360752c8c14fdd93795423b47e"


@pytest.mark.parametrize(
    ("signing", "raw_body", "empty_body"), [("either", 1, 1), ("stage", 0, 1), ("production", 1, 0)]
)
def test_each_signing_mode_takes_its_own_form(signing: str, raw_body: bool, empty_body: bool) -> None:
    sandbox = Sandbox(signing=signing)
    for text, accepted in ((BODY, raw_body), (b"", empty_body)):
        signed = signature(PATH, text, sandbox.client_key, sandbox.secret_key)
        wanted = "" if accepted else "Authentication Fail:vAuthorization invalid"
        assert message(sandbox, vAuthorization=signed) == wanted


@pytest.mark.parametrize("signing", ["either", "stage", "production"])
def test_a_get_signs_an_empty_text_even_where_it_brings_a_body(signing: str) -> None:
    sandbox = Sandbox(signing=signing)
    operation = catalog().operations["get_service_list"]
    signed = signature(operation.path, b"", sandbox.client_key, sandbox.secret_key)
    assert answer(sandbox, "get_service_list", b"{}", vAuthorization=signed)["code"] == 0
    over_body = signature(operation.path, b"{}", sandbox.client_key, sandbox.secret_key)
    assert answer(sandbox, "get_service_list", b"{}", vAuthorization=over_body)["code"] == 1


def test_a_signature_in_upper_case_is_refused() -> None:
    sandbox = Sandbox()
    signed = signature(PATH, BODY, sandbox.client_key, sandbox.secret_key)
    assert message(sandbox, vAuthorization=signed.upper()) == "Authentication Fail:vAuthorization invalid"


def test_a_refused_signature_says_in_the_log_what_was_to_be_signed(caplog: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox()
    with caplog.at_level(logging.WARNING, "oc_sandbox"):
        message(sandbox, vAuthorization="0" * 32)
    text = caplog.text
    assert f"{PATH}|{BODY.decode()}|{sandbox.client_key}|<secretKey>" in text
    assert f"{PATH}||{sandbox.client_key}|<secretKey>" in text
    assert signature(PATH, BODY, sandbox.client_key, sandbox.secret_key) in text
    assert sandbox.secret_key not in text


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"vAuthorization": ""}, "it has no vAuthorization header; a tenant whose auth is open"),
        ({"Access_Token": ""}, "it has no Access-Token header; a tenant whose auth is open"),
        ({"Access_Token": "x.y.z"}, "not the word Bearer, a space and a token"),
        ({"Access_Token": "Bearer x.y.z"}, "none of the tenant's; GET /_sandbox/tenants/"),
        ({"clientKey": "somebody"}, "no tenant has the clientKey 'somebody'"),
    ],
    ids=["signature", "token", "bearer", "foreign", "client"],
)
def test_refused_credentials_say_in_the_log_what_is_wrong(
    headers: dict[str, str], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "oc_sandbox"):
        assert message(Sandbox(), **headers)
    assert said in caplog.text


def test_an_expired_token_says_in_the_log_when_it_expired(caplog: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc))
    token = sandbox.access_token
    sandbox.advance(hours=2)
    with caplog.at_level(logging.WARNING, "oc_sandbox"):
        message(sandbox, Access_Token=f"Bearer {token}")
    assert "expired at 2026-11-22T16:30:00+00:00; the tenant's clock stands at 2026-11-22T17:30:00" in caplog.text


def test_a_token_that_died_long_ago_is_expired_and_not_unknown() -> None:
    sandbox = Sandbox(clock="manual")
    token = sandbox.access_token
    sandbox.advance(days=2)
    assert sandbox.access_token != token  # which made the tenant forget the dead
    assert message(sandbox, Access_Token=f"Bearer {token}") == "Authentication Fail:access token expired"


@pytest.mark.parametrize(
    "claims",
    [b"", b"\xff", b"[]", b"{}", b'{"exp":"1"}', b'{"exp":true}', b'{"exp":-1e400}', b'{"exp":-10000000000000000}'],
)
def test_a_text_like_a_token_is_no_token(claims: bytes) -> None:
    token = f"e30.{urlsafe_b64encode(claims).decode()}.e30"
    assert message(Sandbox(), Access_Token=f"Bearer {token}") == "Authentication Fail:access token invalid"


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", PATH, "this path answers POST"),
        ("POST", f"{PATH}/", f"did you mean {PATH}?"),
        ("POST", PATH.removeprefix("/openapi"), f"did you mean {PATH}?"),
        ("POST", f"/{PATH}", f"did you mean {PATH}?"),
        ("GET", "/", "the control plane is at /_sandbox"),
    ],
    ids=["method", "slash", "base path", "double slash", "root"],
)
def test_an_unknown_call_says_in_the_log_what_was_meant(
    method: str, path: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "oc_sandbox"):
        Sandbox().send(Call(method, path, {}))
    assert said in caplog.text


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"clientKey": ""}, "Authentication Fail:clientKey missing"),
        ({"clientKey": "x"}, "Authentication Fail:clientKey invalid"),
        ({"vAuthorization": ""}, "Authentication Fail:vAuthorization missing"),
        ({"Access-Token": ""}, "Authentication Fail:Access-Token missing"),
        ({"Access-Token": "Bearer"}, "Authentication Fail:Access-Token missing"),
        ({"Access-Token": "Bearer x"}, "Authentication Fail:access token invalid"),
        ({"Access-Token": "Basic x"}, "Authentication Fail:access token invalid"),
    ],
    ids=str,
)
def test_what_is_missing_or_wrong_is_told_with_http_200_and_code_1(headers: dict[str, str], said: str) -> None:
    reply = send(Sandbox(), "get_stock_movement", BODY, **headers)
    assert reply.status == 200
    got = orjson.loads(reply.body)
    assert (got["code"], got["message"]) == (1, said)


def test_a_missing_client_key_is_answered_with_these_two_keys_only() -> None:
    got = answer(Sandbox(), "place_outbound_order", {"messageId": "x"}, clientKey="")
    assert got == {"code": 1, "message": "Authentication Fail:clientKey missing"}


def test_the_token_is_needed_as_it_is_and_its_word_in_any_case() -> None:
    sandbox = Sandbox()
    for word in ("Bearer", "bearer", "BEARER"):
        assert message(sandbox, Access_Token=f"{word} {sandbox.access_token}") == ""
    assert message(sandbox, Access_Token=sandbox.access_token) == "Authentication Fail:access token invalid"


def test_a_token_lasts_3600_seconds_of_the_worlds_clock() -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 11, 22, tzinfo=timezone.utc))
    token = f"Bearer {sandbox.access_token}"
    sandbox.advance(seconds=3599)
    assert message(sandbox, Access_Token=token) == ""
    sandbox.advance(seconds=1)
    assert message(sandbox, Access_Token=token) == "Authentication Fail:access token expired"
    assert message(sandbox, Access_Token=f"Bearer {sandbox.access_token}") == ""


def test_the_service_list_needs_no_token() -> None:
    assert answer(Sandbox(), "get_service_list", b"", Access_Token="")["code"] == 0


def test_open_auth_lets_the_documentations_own_curl_through() -> None:
    sandbox = Sandbox(auth="open")
    assert message(sandbox, vAuthorization="", Access_Token="") == ""


def test_open_auth_still_refuses_what_is_there_and_wrong() -> None:
    sandbox = Sandbox(auth="open")
    assert message(sandbox, vAuthorization="x", Access_Token="") == "Authentication Fail:vAuthorization invalid"
    assert message(sandbox, vAuthorization="", Access_Token="Bearer x") == "Authentication Fail:access token invalid"
    assert message(sandbox, clientKey="") == "Authentication Fail:clientKey missing"


def test_a_token_of_another_tenant_is_not_known() -> None:
    other = Sandbox()
    assert message(Sandbox(), Access_Token=f"Bearer {other.access_token}") == "Authentication Fail:access token invalid"


def test_credentials_are_checked_before_the_body() -> None:
    assert answer(Sandbox(), "get_stock_movement", b"{", clientKey="x")["code"] == 1
