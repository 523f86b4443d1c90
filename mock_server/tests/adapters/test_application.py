"""The ASGI application, spoken to as servers speak to it: message by message."""

import asyncio
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.clock import Clock
from oc_sandbox.samples import sample
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY, Tenant, Tenants, UnknownSetting

LEFT = {"type": "http.disconnect"}


def chunk(body: bytes, *, more: bool = False) -> dict[str, Any]:
    """One message of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.fixture
def tenants() -> Tenants:
    """A server's tenants: the default one."""
    tenants = Tenants()
    tenants.create_default(Clock("manual"))
    return tenants


def tell(tenants: Tenants, scope: dict[str, Any], messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the application sends; at the end of the messages the client is gone."""
    waiting, sent = list(messages), []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else LEFT

    async def send(message: Any) -> None:
        sent.append(message)

    whole = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []} | scope
    asyncio.run(asyncio.wait_for(Application(tenants)(whole, receive, send), 5))
    return sent


def an_order(tenants: Tenants) -> tuple[dict[str, Any], bytes]:
    """The scope and the body of a signed order."""
    operation = catalog().operations["place_outbound_order"]
    tenant = tenants.default
    assert tenant is not None
    good = sample(operation, tenant)
    headers = [(name.lower().encode(), value.encode()) for name, value in good.headers.items()]
    return {"method": operation.method, "path": good.path, "headers": headers}, good.body


def journal_of(tenants: Tenants) -> list[Any]:
    """The default tenant's calls."""
    tenant: Any = tenants.default
    return list(tenant.journal.since())


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_a_body_may_come_in_pieces(tenants: Tenants, size: int) -> None:
    scope, body = an_order(tenants)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    start, end = tell(tenants, scope, [*(chunk(piece, more=True) for piece in pieces), chunk(b"")])
    assert start["status"] == 200
    assert orjson.loads(end["body"])["code"] == 0


@pytest.mark.parametrize("arrived", [0, 1, 2])
def test_a_client_that_leaves_before_the_end_of_its_body_is_not_answered(tenants: Tenants, arrived: int) -> None:
    scope, body = an_order(tenants)
    pieces = [chunk(body[:100], more=True), chunk(body[100:], more=True)]
    assert tell(tenants, scope, pieces[:arrived]) == []
    assert journal_of(tenants) == []


def test_a_form_that_is_cut_off_exchanges_nothing(tenants: Tenants) -> None:
    tenant: Any = tenants.default
    account = tenant.accounts["orangeconnex"]
    form = (
        f"grant_type=refresh_token&client_id={DEFAULT_CLIENT_KEY}&refresh_token={account.describe()['refresh_token']}"
    )
    held = dict(account.access)
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    scope = {"method": "POST", "path": "/oauth/token", "headers": headers}
    assert tell(tenants, scope, [chunk(form.encode(), more=True)]) == []
    assert account.access == held


def test_a_client_that_leaves_the_control_plane_does_no_harm(tenants: Tenants) -> None:
    path = f"/_sandbox/tenants/{DEFAULT_CLIENT_KEY}/clock"
    tell(tenants, {"method": "PUT", "path": path}, [chunk(b'{"advance_seconds":', more=True)])


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "X"])
def test_other_methods_are_refused_with_those_there_are(tenants: Tenants, method: str) -> None:
    start, _ = tell(tenants, {"method": method, "path": "/openapi/3pp/outbound/v1/creation"}, [chunk(b"")])
    assert start["status"] == 405
    assert (b"allow", b"POST") in start["headers"]


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/é库", "/a\r\nb: c", "/openapi/3pp/../x", "/api/v1/external/products/a/b", "*"]
)
def test_odd_paths_are_refused(tenants: Tenants, path: str) -> None:
    headers = [(b"x-odd", b"\xff\x00"), (b"cookie", b"a"), (b"cookie", b"b")]
    start, end = tell(tenants, {"path": path, "headers": headers, "query_string": b"\xff&%zz=%"}, [chunk(b"")])
    assert start["status"] == 404
    assert isinstance(orjson.loads(end["body"]), dict)
    for name, value in start["headers"]:
        assert b"\n" not in name + value


@pytest.mark.parametrize("path", ["/_sandbox/nothing", "/_sandbox/", "/_sandbox/tenants/a/b/c"])
def test_the_control_plane_answers_what_it_does_not_know_in_json(tenants: Tenants, path: str) -> None:
    start, end = tell(tenants, {"path": path}, [chunk(b"")])
    assert start["status"] == 404
    assert path in orjson.loads(end["body"])["error"]


def test_the_control_plane_answers_a_wrong_method_in_json(tenants: Tenants) -> None:
    start, end = tell(tenants, {"method": "PATCH", "path": "/_sandbox/health"}, [chunk(b"")])
    assert start["status"] == 405
    assert "PATCH" in orjson.loads(end["body"])["error"]
    assert b"GET" in dict(start["headers"])[b"allow"]


def test_a_websocket_is_closed(tenants: Tenants) -> None:
    (answer,) = tell(tenants, {"type": "websocket", "path": "/openapi"}, [{"type": "websocket.connect"}])
    assert answer["type"] == "websocket.close"


def test_a_lifespan_is_lived_through(tenants: Tenants) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = tell(tenants, {"type": "lifespan", "state": {}}, messages)
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize("key", ["a/b", "..", ".", "é", "a:b", " a", "a b", "a|b", "a?b", "-", "k" * 101, "a\n"])
def test_a_client_key_that_fits_no_header_or_path_is_refused(tenants: Tenants, key: str) -> None:
    with pytest.raises(UnknownSetting, match="client_key"):
        tenants.create(client_key=key)
    start, _ = tell(
        tenants,
        {"method": "POST", "path": "/_sandbox/tenants"},
        [chunk(orjson.dumps({"client_key": key}))],
    )
    assert start["status"] == 400
    assert len(tenants) == 1


@pytest.mark.parametrize("key", ["a", "my-key", DEFAULT_CLIENT_KEY + "2", "A.b_c~9", "k" * 100])
def test_a_tenant_is_found_under_any_key_it_may_have(tenants: Tenants, key: str) -> None:
    tenant: Tenant = tenants.create(client_key=key)
    start, end = tell(tenants, {"path": f"/_sandbox/tenants/{key}"}, [chunk(b"")])
    assert start["status"] == 200
    assert orjson.loads(end["body"])["secret_key"] == tenant.secret_key


def test_the_openapi_document_names_the_server_that_was_asked(tenants: Tenants) -> None:
    headers = [(b"host", b"sandbox.example.com:8400")]
    start, *bodies = tell(
        tenants, {"path": "/_sandbox/openapi.json", "headers": headers, "scheme": "http"}, [chunk(b"")]
    )
    document = orjson.loads(b"".join(part["body"] for part in bodies))
    assert start["status"] == 200
    assert document["servers"][0]["url"] == "http://sandbox.example.com:8400"
    assert document["paths"].keys() == {operation.path for operation in catalog().operations.values()}
