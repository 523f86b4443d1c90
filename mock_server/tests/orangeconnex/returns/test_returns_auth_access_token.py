"""The token page of the returns folder: the same codes, the same tokens, at a path of its own."""

from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of


def exchange(sandbox: Sandbox, path: str, **parameters: str) -> tuple[int, Any]:
    reply = sandbox.send(Call("POST", path, {}, b"", urlencode(parameters)))
    return reply.status, orjson.loads(reply.body)


def good(sandbox: Sandbox) -> dict[str, str]:
    """The parameters of a good exchange, with a fresh code."""
    account = sandbox.tenant.accounts["orangeconnex"]
    names = {"code": "authorization_code", "redirect_uri": "redirect_uri", "client_id": "client_key"}
    return {"grant_type": "authorization_code"} | {name: account.credential(what) for name, what in names.items()}


@pytest.mark.parametrize("operation", ["returns_query_stock", "returns_query_orders", "get_stock_movement"])
def test_its_token_opens_the_returns_and_all_else(sandbox: Sandbox, operation: str) -> None:
    status, tokens = exchange(sandbox, "/oauth/returns/token", **good(sandbox))
    assert (status, tokens["expires_in"]) == (200, 3600)
    call = call_of(catalog().operations[operation], sandbox.sample(operation))
    reply = sandbox.send(call._replace(headers=call.headers | {"access-token": f"Bearer {tokens['access_token']}"}))
    assert list(sandbox.journal.since())[-1].outcome == "ok", reply.body


def test_its_refresh_token_is_renewed_where_all_are(sandbox: Sandbox) -> None:
    _, tokens = exchange(sandbox, "/oauth/returns/token", **good(sandbox))
    renewed = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": sandbox.client_key}
    assert exchange(sandbox, "/oauth/token", **renewed)[0] == 200


@pytest.mark.parametrize("paths", [("/oauth/token", "/oauth/returns/token"), ("/oauth/returns/token", "/oauth/token")])
def test_a_code_is_good_once_at_either_path(sandbox: Sandbox, paths: tuple[str, str]) -> None:
    parameters = good(sandbox)
    assert [exchange(sandbox, path, **parameters)[0] for path in paths] == [200, 400]


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"code": "AAAA"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://other.example.com"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({"code": ""}, 400, "invalid_request"),
    ],
    ids=str,
)
def test_a_bad_exchange_is_refused_as_its_sibling_refuses(
    sandbox: Sandbox, wrong: dict[str, str], status: int, error: str
) -> None:
    got, body = exchange(sandbox, "/oauth/returns/token", **good(sandbox) | wrong)
    assert (got, body["error"]) == (status, error)
    assert set(body) == {"error", "error_description"}
