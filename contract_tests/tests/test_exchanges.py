"""The documented exchanges over a real port, and a judge that sees what is wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_contract import differences, replay
from oc_contract.exchanges import judge
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.domain.clock import Clock
from oc_sandbox.samples import sample
from oc_sandbox.tenancy import Tenants

COMMAND = str(Path(sys.executable).parent / ("oc-sandbox.exe" if os.name == "nt" else "oc-sandbox"))
# Exchanges whose world a fresh tenant has by itself; the in-process walk covers the others too.
PLAIN = [
    pytest.param(operation, name, id=f"{operation.name}-{name}")
    for operation in catalog().operations.values()
    for name, exchange in operation.fixture["exchanges"].items()
    if not exchange.get("given", {}).keys() - ({"auth"} if operation.api.name == "orangeconnex" else set())
    and "client_id" not in operation.auth
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server of our own."""
    with subprocess.Popen([COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().removeprefix("OC_SANDBOX_URL=")
        process.terminate()


def fresh_tenant(server: str, **settings: Any) -> dict[str, Any]:
    """A tenant of the server, as the control plane gives it."""
    request = Request(f"{server}/_sandbox/tenants", orjson.dumps(settings), {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as reply:
        view: dict[str, Any] = orjson.loads(reply.read())
        return view


@pytest.mark.parametrize(("operation", "name"), PLAIN)
def test_a_documented_call_gets_the_documented_answer_over_http(operation: Operation, name: str, server: str) -> None:
    exchange = operation.fixture["exchanges"][name]
    keys = fresh_tenant(server, **exchange.get("given", {}))
    # The same keys sign here; the tokens are the server's own.
    signer = Tenants().create(client_key=keys["client_key"], secret_key=keys["secret_key"], clock=Clock())
    wanted = sample(operation, signer, name)
    own = {"Access-Token": f"Bearer {keys['access_token']}", "X-API-Key": keys["mercozy_api_key"]}
    sent_wrong = exchange["request"].get("headers", {})
    headers = {key: own.get(key, value) if key not in sent_wrong else value for key, value in wanted.headers.items()}
    url = f"{server}{wanted.path}{'?' + wanted.query if wanted.query else ''}"
    got = replay(operation, name, url=url, headers=headers, body=wanted.body)
    assert not got.differences, "\n".join(got.differences)


EXPECTED = {"code": 3, "errors": [{"code": "400007"}], "messageId": "string"}


@pytest.mark.parametrize(
    ("actual", "told"),
    [
        ({**EXPECTED, "code": "3"}, "/code: 3 is wanted, not '3'"),
        ({**EXPECTED, "code": 3.0}, "/code: 3 is wanted, not 3.0"),
        ({**EXPECTED, "success": False}, "/success: is not in the source"),
        ({"code": 3, "errors": [{"code": "400007"}]}, "/messageId: is missing"),
        ({**EXPECTED, "errors": []}, "/errors: 1 items are wanted, not 0"),
        ({**EXPECTED, "errors": [{"code": "400008"}]}, "/errors/0/code: '400007' is wanted, not '400008'"),
        ({**EXPECTED, "errors": {"code": "400007"}}, "/errors: "),
    ],
)
def test_a_difference_is_told_with_its_pointer(actual: Any, told: str) -> None:
    (line,) = differences(EXPECTED, actual)
    assert line.startswith(told)


def test_a_free_value_must_have_the_type_and_a_key_beyond_must_be_allowed() -> None:
    actual = {**EXPECTED, "messageId": "other", "success": False}
    assert differences(EXPECTED, actual, free={"/messageId"}, more={"/success"}) == []
    assert differences(EXPECTED, {**actual, "messageId": 7}, free={"/messageId"}, more={"/success"}) != []


def test_an_item_beyond_must_be_allowed_too() -> None:
    actual = {**EXPECTED, "errors": [{"code": "400007"}, {"code": "400008"}]}
    assert differences(EXPECTED, actual, more={"/errors/1"}) == []
    assert differences(EXPECTED, actual, more={"/errors/0"}) == ["/errors: 1 items are wanted, not 2"]
    assert differences(EXPECTED, {**EXPECTED, "errors": []}, more={"/errors/0"}) != []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=3), children, max_size=3),
    max_leaves=8,
)


@given(json_values, json_values)
def test_differences_are_empty_exactly_where_values_are_the_same_json(one: Any, other: Any) -> None:
    assert (differences(one, other) == []) == (
        orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)
    )


def test_a_reply_that_is_no_json_or_has_another_status_is_told() -> None:
    operation = catalog().operations["place_outbound_order"]
    told = judge(operation, "stock_short", 502, b"<html>Bad Gateway</html>")
    assert told[0] == "HTTP status: 200 is wanted, not 502"
    assert told[1].startswith("the body is not JSON")
