"""The authorize call, its one-call approval and its redirect. Its pages: test_authorize_pages.py."""

from base64 import b64decode
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Reply

CALLBACK = "https://erp.example.com/oauth"


def authorize(sandbox: Sandbox, **query: str) -> Reply:
    given = {"response_type": "code", "client_id": sandbox.client_key, "redirect_uri": CALLBACK, "state": "all"}
    given |= query
    text = urlencode({name: value for name, value in given.items() if value != "-"})
    return sandbox.send(Call("GET", "/oauth/authorize", {}, b"", text))


def location(reply: Reply) -> str:
    assert reply.status == 302, reply.body
    return dict(reply.headers)["location"]


def ocid(sandbox: Sandbox) -> str:
    return str(sandbox.describe()["sellers"][0]["ocid"])


def test_the_redirect_bears_act_code_and_state_in_this_order(sandbox: Sandbox) -> None:
    query = urlsplit(location(authorize(sandbox, approve=ocid(sandbox)))).query
    assert [part.partition("=")[0] for part in query.split("&")] == ["act", "code", "state"]
    assert query.startswith("act=getAuthorizationCode&")


def test_the_code_is_512_bytes_of_base64_encoded_twice(sandbox: Sandbox) -> None:
    query = urlsplit(location(authorize(sandbox, approve=ocid(sandbox)))).query
    raw = query.split("&")[1].partition("=")[2]
    assert "%25" in raw
    once = parse_qs(query)["code"][0]
    twice = parse_qs(f"code={once}")["code"][0]
    assert len(twice) == 684
    assert len(b64decode(twice, validate=True)) == 512
    assert raw == quote(quote(twice, safe=""), safe="")


@pytest.mark.parametrize("state", ["all", "a&b=c#d?e%2F+ f", "商品", "", '"><script>'], ids=repr)
def test_state_comes_back_unchanged(sandbox: Sandbox, state: str) -> None:
    url = location(authorize(sandbox, approve=ocid(sandbox), state=state))
    assert parse_qs(urlsplit(url).query, keep_blank_values=True)["state"] == [state]


def test_a_call_without_state_is_let_through(sandbox: Sandbox) -> None:
    assert "state" not in location(authorize(sandbox, approve=ocid(sandbox), state="-"))


def test_a_query_of_the_redirect_uri_is_kept_and_added_to(sandbox: Sandbox) -> None:
    url = location(authorize(sandbox, approve=ocid(sandbox), redirect_uri=f"{CALLBACK}?shop=7#top"))
    assert url.startswith(f"{CALLBACK}?shop=7&act=getAuthorizationCode&code=")
    assert url.endswith("&state=all#top")


def test_a_header_cannot_be_smuggled_in_by_the_redirect_uri(sandbox: Sandbox) -> None:
    assert authorize(sandbox, approve=ocid(sandbox), redirect_uri="https://a.example\r\nx: y").status == 400
    url = location(authorize(sandbox, approve=ocid(sandbox), redirect_uri="https://a.example/商"))
    assert url.isascii()
    assert quote("商") in url


def test_nobody_is_approved_who_is_no_seller(sandbox: Sandbox) -> None:
    assert authorize(sandbox, approve="99999999").status == 400


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"client_id": "-"}, 401, b"invalid_client"),
        ({"client_id": "nobody"}, 401, b"invalid_client"),
        ({"response_type": "token"}, 400, b"unsupported_response_type"),
        ({"response_type": "-"}, 400, b"invalid_request"),
        ({"redirect_uri": "-"}, 400, b"invalid_request"),
        ({"redirect_uri": "javascript:alert(1)"}, 400, b"invalid_request"),
    ],
    ids=str,
)
def test_a_bad_call_is_an_oauth_error(sandbox: Sandbox, query: dict[str, str], status: int, error: bytes) -> None:
    reply = authorize(sandbox, **query)
    assert (reply.status, error in reply.body) == (status, True)
    assert b"error_description" in reply.body
