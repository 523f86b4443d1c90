"""Both grants of POST /oauth/token: codes and refresh tokens for access tokens."""

from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of

CALLBACK = "https://erp.example.com/oauth"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def new_code(sandbox: Sandbox, redirect_uri: str = CALLBACK) -> str:
    """A code as a browser's address bar shows it."""
    given = {"response_type": "code", "client_id": sandbox.client_key, "redirect_uri": redirect_uri, "state": "all"}
    given["approve"] = sandbox.describe()["sellers"][0]["ocid"]
    reply = sandbox.send(Call("GET", "/oauth/authorize", {}, b"", urlencode(given)))
    query = urlsplit(dict(reply.headers)["location"]).query
    return next(part[5:] for part in query.split("&") if part.startswith("code="))


def token(
    sandbox: Sandbox, *, query: str = "", form: str = "", headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    headers = {**(FORM if form else {}), **(headers or {})}
    reply = sandbox.send(Call("POST", "/oauth/token", headers, form.encode(), query))
    return reply.status, orjson.loads(reply.body)


def by_code(code: str, sandbox: Sandbox, redirect_uri: str = CALLBACK) -> str:
    return (
        f"grant_type=authorization_code&code={code}&redirect_uri={quote(redirect_uri)}&client_id={sandbox.client_key}"
    )


def client_header(scheme: str, client_key: str, secret: str) -> dict[str, str]:
    return {"authorization": f"{scheme} {b64encode(f'{client_key}:{secret}'.encode()).decode()}"}


def test_an_exchanged_token_opens_the_api(sandbox: Sandbox) -> None:
    status, answer = token(sandbox, query=by_code(new_code(sandbox), sandbox))
    assert status == 200
    assert list(answer) == ["access_token", "token_type", "refresh_token", "expires_in"]
    operation = catalog().operations["get_stock_movement"]
    call = call_of(operation, sandbox.sample("get_stock_movement"))
    call = call._replace(headers={**call.headers, "access-token": f"Bearer {answer['access_token']}"})
    assert orjson.loads(sandbox.send(call).body)["code"] == 0


@pytest.mark.parametrize("decoded", [0, 1, 2], ids=["as in the address bar", "decoded once", "decoded twice"])
def test_a_code_is_known_however_often_it_is_encoded(sandbox: Sandbox, decoded: int) -> None:
    code = new_code(sandbox)
    for _ in range(decoded):
        code = parse_qs(f"code={code}")["code"][0]
    assert token(sandbox, query=by_code(code, sandbox))[0] == 200


@pytest.mark.parametrize("scheme", ["Basic", "basic", "Bearer"])
def test_the_client_may_stand_in_the_authorization_header(sandbox: Sandbox, scheme: str) -> None:
    form = f"grant_type=authorization_code&code={new_code(sandbox)}&redirect_uri={quote(CALLBACK)}"
    header = client_header(scheme, sandbox.client_key, sandbox.secret_key)
    assert token(sandbox, form=form, headers=header)[0] == 200


def test_a_form_without_authorization_header_is_enough(sandbox: Sandbox) -> None:
    assert token(sandbox, form=by_code(new_code(sandbox), sandbox))[0] == 200


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(lambda s: client_header("Basic", s.client_key, "wrong"), id="wrong secret"),
        pytest.param(lambda s: client_header("Bearer", s.client_key, "wrong"), id="wrong secret after Bearer"),
        pytest.param(lambda s: client_header("Basic", "another", s.secret_key), id="another client"),
        pytest.param(lambda s: client_header("Basic", "", ""), id="empty"),
        pytest.param(lambda s: {"authorization": "Basic %%%"}, id="not base64"),
        pytest.param(lambda s: {"authorization": "Basic /w=="}, id="not text"),
        pytest.param(lambda s: {"authorization": "Basic ümlaut"}, id="not ascii"),
    ],
)
def test_an_authorization_header_must_be_the_clients(sandbox: Sandbox, header: Any) -> None:
    code = new_code(sandbox)
    status, answer = token(sandbox, query=by_code(code, sandbox), headers=header(sandbox))
    assert (status, answer["error"]) == (401, "invalid_client")
    assert token(sandbox, query=by_code(code, sandbox))[0] == 200  # the refusal did not use the code up


def test_another_bearer_text_is_ignored(sandbox: Sandbox) -> None:
    header = {"authorization": f"Bearer {sandbox.access_token}"}
    assert token(sandbox, query=by_code(new_code(sandbox), sandbox), headers=header)[0] == 200


def test_a_code_is_good_once(sandbox: Sandbox) -> None:
    code = new_code(sandbox)
    token(sandbox, query=by_code(code, sandbox))
    status, answer = token(sandbox, query=by_code(code, sandbox))
    assert (status, answer["error"]) == (400, "invalid_grant")


def test_a_code_expires_after_ten_minutes() -> None:
    sandbox = Sandbox(clock="manual")
    early, late = new_code(sandbox), new_code(sandbox)
    sandbox.advance(seconds=599)
    assert token(sandbox, query=by_code(early, sandbox))[0] == 200
    sandbox.advance(seconds=1)
    assert token(sandbox, query=by_code(late, sandbox)) == (
        400,
        {"error": "invalid_grant", "error_description": "Authorization code expired"},
    )


def test_the_redirect_uri_must_be_that_of_the_authorize_call(sandbox: Sandbox) -> None:
    code = new_code(sandbox, f"{CALLBACK}?a=1")
    assert token(sandbox, query=by_code(code, sandbox))[0] == 400
    assert token(sandbox, query=by_code(code, sandbox, f"{CALLBACK}?a=1"))[0] == 200


def test_codes_never_exchanged_are_forgotten() -> None:
    sandbox = Sandbox(clock="manual")
    for _ in range(3):
        new_code(sandbox)
    sandbox.advance(hours=1)
    new_code(sandbox)
    assert len(sandbox.tenant.accounts["orangeconnex"].codes) == 1


def test_a_refresh_leaves_the_older_tokens_valid(sandbox: Sandbox) -> None:
    query = urlencode(
        {"grant_type": "refresh_token", "refresh_token": sandbox.refresh_token, "client_id": sandbox.client_key}
    )
    first, second = token(sandbox, query=query), token(sandbox, query=query)
    assert (first[0], second[0]) == (200, 200)
    assert first[1]["access_token"] != second[1]["access_token"]
    assert list(first[1]) == ["access_token", "token_type", "expires_in"]
    assert {first[1]["access_token"], second[1]["access_token"]} <= set(sandbox.tenant.accounts["orangeconnex"].access)


def test_a_refresh_token_lasts_a_year() -> None:
    sandbox = Sandbox(clock="manual")
    query = urlencode(
        {"grant_type": "refresh_token", "refresh_token": sandbox.refresh_token, "client_id": sandbox.client_key}
    )
    sandbox.advance(days=365, seconds=-1)
    assert token(sandbox, query=query)[0] == 200
    sandbox.advance(seconds=1)
    assert token(sandbox, query=query) == (
        400,
        {"error": "invalid_grant", "error_description": "Refresh token expired"},
    )


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("", 401, "invalid_client"),
        ("client_id=", 401, "invalid_client"),
        ("client_id=nobody", 401, "invalid_client"),
        ("client_id=@", 400, "invalid_request"),
        ("client_id=@&grant_type=", 400, "unsupported_grant_type"),
        ("client_id=@&grant_type=password", 400, "unsupported_grant_type"),
        ("client_id=@&grant_type=refresh_token", 400, "invalid_request"),
        ("client_id=@&grant_type=refresh_token&refresh_token=%00", 400, "invalid_grant"),
        ("client_id=@&grant_type=authorization_code", 400, "invalid_request"),
        ("client_id=@&grant_type=authorization_code&code=%25%25%FF&redirect_uri=x", 400, "invalid_grant"),
        ("client_id=@&Client_Id=@&grant_type=refresh_token&refresh_token=x", 400, "invalid_grant"),
    ],
)
def test_no_refused_call_is_an_http_success(sandbox: Sandbox, query: str, status: int, error: str) -> None:
    refused, answer = token(sandbox, query=query.replace("@", sandbox.client_key))
    assert (refused, answer["error"]) == (status, error)
    assert set(answer) == {"error", "error_description"}


def test_the_token_path_wants_a_post(sandbox: Sandbox) -> None:
    reply = sandbox.send(Call("GET", "/oauth/token", {}))
    assert (reply.status, dict(reply.headers)["allow"]) == (405, "POST")
