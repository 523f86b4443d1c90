"""The secret key and refresh tokens: told wherever they have no place, never shown, and no alarm where they belong."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.client_report.junit import junit_report
from oc_sandbox.client_report.page import html_report

SECRET = "it's 100% secret/key"  # each of its characters wants care somewhere
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
Make = Callable[[Sandbox], Call]


def basic(sandbox: Sandbox, word: str = "Basic") -> dict[str, str]:
    """The client's key and secret in an Authorization header."""
    return {"authorization": f"{word} {b64encode(f'{sandbox.client_key}:{sandbox.secret_key}'.encode()).decode()}"}


def business(headers: Mapping[str, str], query: str = "", body: Any = None) -> Make:
    """A stock query with more than it should have; `@secret` and `@refresh` stand for the values."""

    def make(sandbox: Sandbox) -> Call:
        def filled(text: str) -> str:
            return text.replace("@secret", sandbox.secret_key).replace("@refresh", sandbox.refresh_token)

        own = {"clientkey": sandbox.client_key, "content-type": JSON}
        raw = json.dumps({"data": {}} if body is None else body)
        raw = raw.replace('"@secret"', json.dumps(sandbox.secret_key)).replace("@refresh", sandbox.refresh_token)
        encoded = query.replace("@secret", quote(sandbox.secret_key, safe="")).replace("@refresh", filled("@refresh"))
        sent = {name: filled(value) for name, value in headers.items()}
        return Call("POST", "/openapi/3pp/inventory/v2/snapshot", {**own, **sent}, raw.encode(), encoded)

    return make


def token(place: str, more: Mapping[str, str], headers: Callable[[Sandbox], dict[str, str]] = lambda _: {}) -> Make:
    """A token call, its parameters in the query or a form."""

    def make(sandbox: Sandbox) -> Call:
        parameters = {"grant_type": "refresh_token", "client_id": sandbox.client_key}
        parameters |= {"refresh_token": sandbox.refresh_token}
        parameters |= {name: value.replace("@secret", sandbox.secret_key) for name, value in more.items()}
        text = urlencode(parameters)
        query, body = (text, b"") if place == "query" else ("", text.encode())
        return Call("POST", "/oauth/token", {"content-type": FORM, **headers(sandbox)}, body, query)

    return make


def browser(sandbox: Sandbox) -> Call:
    """The login page with the secret key in its address."""
    query = {"response_type": "code", "client_id": sandbox.client_key, "redirect_uri": "https://erp.example.com/oauth"}
    return Call("GET", "/oauth/authorize", {}, b"", urlencode({**query, "client_secret": sandbox.secret_key}))


def encoded(sandbox: Sandbox) -> Call:
    """A business call with HTTP Basic."""
    call = business({})(sandbox)
    return call._replace(headers={**call.headers, **basic(sandbox)})


def misspelt_path(sandbox: Sandbox) -> Call:
    """A path that is no operation's, with the secret key in it."""
    return Call("GET", f"/openapi/3pp/{sandbox.secret_key}", {})


LEAKS: dict[str, tuple[Make, str, str]] = {
    "header": (business({"secretkey": "@secret"}), "secret-key-sent", "the header secretkey"),
    "signed text": (business({"vauthorization": "/p||key|@secret"}), "secret-key-sent", "the header vauthorization"),
    "query": (business({}, "secretKey=@secret"), "secret-key-sent", "the query"),
    "body": (business({}, "", {"data": {"secretKey": "@secret"}}), "secret-key-sent", "the body"),
    "value of a field": (business({}, "", {"data": {"pageSize": "@secret"}}), "secret-key-sent", "the body"),
    "base64": (encoded, "secret-key-sent", "the header authorization, in base64"),
    "path": (misspelt_path, "secret-key-sent", "the path"),
    "login page": (browser, "secret-key-sent", "the query"),
    "token query": (token("query", {"client_secret": "@secret"}), "secret-key-sent", "the query"),
    "token form": (token("form", {"note": "@secret"}), "secret-key-sent", "the body"),
    "refresh header": (business({"refresh-token": "@refresh"}), "refresh-token-sent", "the header refresh-token"),
    "refresh query": (business({}, "refresh_token=@refresh"), "refresh-token-sent", "the query"),
    "refresh body": (business({}, "", {"refresh_token": "@refresh"}), "refresh-token-sent", "the body"),
    "as access token": (business({"access-token": "Bearer @refresh"}), "refresh-token-sent", "the header access-token"),
}
PROPER: dict[str, Make] = {
    "query": token("query", {}),
    "form": token("form", {}),
    "basic": token("form", {}, basic),
    "bearer": token("query", {}, lambda sandbox: basic(sandbox, "Bearer")),
    "client_secret_post": token("form", {"client_secret": "@secret"}),
}


def leaks(sandbox: Sandbox) -> list[Any]:
    """What is found of this kind."""
    return [finding for finding in sandbox.report().findings if finding.check.endswith("-sent")]


@pytest.mark.parametrize(("make", "check", "place"), LEAKS.values(), ids=LEAKS)
def test_what_is_to_be_kept_is_told_where_it_is_sent_and_is_not_shown(make: Make, check: str, place: str) -> None:
    sandbox = Sandbox(auth="open", secret_key=SECRET)
    refresh_token = sandbox.refresh_token
    sandbox.send(make(sandbox))
    (finding,) = leaks(sandbox)
    # That the key has no place in any call no page says; it is gathered from examples that do not send it.
    assumed = check == "secret-key-sent"
    assert (finding.severity, finding.check, finding.assumed) == ("error", check, assumed)
    assert f" in {place}: " in finding.says
    assert len(finding.calls) == 1
    report = sandbox.report().as_json()
    kept = SECRET if check == "secret-key-sent" else refresh_token
    forms = (kept, json.dumps(kept)[1:-1], quote(kept), quote(kept, safe=""), basic(sandbox)["authorization"][6:])
    told = {*_texts(report)} | {junit_report(report).decode(), html_report(report).decode()}
    assert [text for text in told for form in forms if form in text] == []
    assert [each.says for each in sandbox.report().findings if kept in each.says or kept in each.operation] == []


@pytest.mark.parametrize("make", PROPER.values(), ids=PROPER)
def test_where_tokens_are_fetched_they_have_their_place(make: Make) -> None:
    sandbox = Sandbox(secret_key=SECRET)
    assert sandbox.send(make(sandbox)).status == 200
    assert leaks(sandbox) == []


def test_every_call_that_sends_it_is_counted_once_and_other_fields_stay_readable() -> None:
    sandbox = Sandbox(auth="open")
    for _ in range(2):
        sandbox.send(business({"secretkey": "@secret", "x": "1"}, "secretKey=@secret&y=2")(sandbox))
    (finding,) = leaks(sandbox)
    assert "was called twice with the secret key in the header secretkey, the query: " in finding.says
    (told,) = [each for each in sandbox.report().as_json()["findings"] if each["check"] == "secret-key-sent"]
    assert "secretKey=<secret key>&y=2" in told["calls"][0]["curl"]
    assert "'x: 1'" in told["calls"][0]["curl"]


@pytest.mark.parametrize(
    "settings",
    [{"secret_key": "data"}, {"secret_key": "12345678"}, {"client_key": "one-for-all", "secret_key": "one-for-all"}],
)
def test_a_secret_that_is_none_is_not_looked_for(settings: dict[str, str]) -> None:
    sandbox = Sandbox(auth="open", **settings)
    sandbox.send(business({}, body={"data": {"consigneePhone": "+4412345678"}})(sandbox))
    assert leaks(sandbox) == []


@pytest.mark.parametrize("name", catalog().operations)
def test_a_good_call_of_any_operation_leaks_nothing(name: str) -> None:
    sandbox = Sandbox()
    call = sandbox.sample(name)
    operation = catalog().operations[name]
    headers = {key.lower(): value for key, value in call.headers.items()}
    sandbox.send(Call(operation.method, call.path, headers, call.body, call.query))
    assert leaks(sandbox) == []


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for child in value.values() for text in _texts(child)]
    if isinstance(value, list):
        return [text for child in value for text in _texts(child)]
    return [value] if isinstance(value, str) else []
