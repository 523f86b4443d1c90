"""The sandbox as a transport: the same call and reply, whatever the library, and on the vendors' own hosts too."""

import asyncio
import threading
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import aiohttp
import httpx
import httpx2
import orjson
import pytest
import requests
import respx
from calls import an_order
from libraries import LIBRARIES, LOST, SLOW, Asked, Made
from oc_sandbox import Sandbox
from oc_sandbox.adapters.clients import vendor_hosts
from oc_sandbox.call import Call, Reply
from oc_sandbox.catalog import catalog

VENDORS_OWN = "https://openapi-stage-hk.orangeconnex.com"


@pytest.fixture(params=LIBRARIES)
def make(request: pytest.FixtureRequest) -> Made:
    """How the library makes a call."""
    return LIBRARIES[request.param]


def order_of(sandbox: Sandbox, root_url: str, **settings: Any) -> Asked:
    """A signed order."""
    body = b'{"messageId":"1","data":[%b]}' % orjson.dumps(an_order("N-1", consigneeName="王小明", **settings))
    operation = catalog().operations["place_outbound_order"]
    headers = operation.api.credentials.sign(operation, sandbox.tenant, operation.path, body)
    return Asked("POST", root_url + operation.path, {**headers, "Content-Type": "application/json"}, body)


def test_a_signed_order_goes_through(make: Made) -> None:
    sandbox = Sandbox()
    got = make(order_of(sandbox, sandbox.oauth_url), sandbox)
    assert orjson.loads(got.body)["data"][0]["referenceNumber"] == "N-1"
    assert ("content-type", "application/json;charset=UTF-8") in got.headers
    assert [value for name, value in got.headers if name == "x-frame-options"] == ["SAMEORIGIN", "SAMEORIGIN"]
    assert int(dict(got.headers).get("content-length", len(got.body))) == len(got.body)


def test_query_parameters_arrive(make: Made) -> None:
    sandbox = Sandbox()
    headers = {"X-API-Key": sandbox.mercozy_api_key}
    asked = Asked("GET", f"{sandbox.mercozy_url}/products", headers, query={"page": "2", "limit": "3"})
    assert orjson.loads(make(asked, sandbox).body)["meta"] == {"total": 6, "page": 2, "limit": 3}


def test_an_encoded_path_arrives_decoded_and_the_query_as_it_was_sent(make: Made) -> None:
    sandbox = Sandbox()
    make(Asked("GET", "https://x.example/a%20b/c?q=d%20e"), sandbox)
    (entry,) = sandbox.journal.since()
    assert (entry.call.path, entry.call.query) == ("/a b/c", "q=d%20e")
    assert entry.call.root_url() == "https://x.example"


def test_a_refusal_keeps_its_status(make: Made) -> None:
    assert make(Asked("GET", "https://x.example/openapi/nothing"), Sandbox()).status == 404


@pytest.mark.parametrize("host", sorted(vendor_hosts()))
def test_the_vendors_own_host_is_intercepted_in_a_client_that_knows_of_no_sandbox(make: Made, host: str) -> None:
    sandbox = Sandbox()
    with sandbox.intercept():
        got = make(order_of(sandbox, f"https://{host}"), None)
    assert orjson.loads(got.body)["data"][0]["referenceNumber"] == "N-1"
    (entry,) = sandbox.journal.since()
    assert entry.call.root_url() == f"https://{host}"


def test_of_two_interceptions_inside_each_other_the_inner_answers(make: Made) -> None:
    outer, inner = Sandbox(), Sandbox()
    with outer.intercept():
        with inner.intercept():
            make(Asked("GET", f"{VENDORS_OWN}/openapi/nothing"), None)
        assert (len(outer.journal), len(inner.journal)) == (0, 1)
        make(Asked("GET", f"{VENDORS_OWN}/openapi/nothing"), None)
        assert (len(outer.journal), len(inner.journal)) == (1, 1)


def test_of_two_interceptions_the_first_may_end_first(make: Made) -> None:
    before = httpx.HTTPTransport.handle_request
    around, first, second = Sandbox(), Sandbox(), Sandbox()
    with around.intercept():
        one, other = first.intercept(), second.intercept()
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        make(order_of(second, VENDORS_OWN), None)
        other.__exit__(None, None, None)
        make(order_of(around, VENDORS_OWN), None)
    assert [len(sandbox.calls) for sandbox in (around, first, second)] == [1, 0, 1]
    assert httpx.HTTPTransport.handle_request is before


def test_interception_leaves_other_hosts_alone_and_nothing_behind(make: Made) -> None:
    places = [
        (httpx.HTTPTransport, "handle_request"),
        (httpx2.AsyncHTTPTransport, "handle_async_request"),
        (requests.adapters.HTTPAdapter, "send"),
        (aiohttp.TCPConnector, "_create_connection"),
    ]
    before = [getattr(owner, name) for owner, name in places]
    sandbox = Sandbox()
    with a_server_of_ones_own() as url, sandbox.intercept():
        assert [getattr(owner, name) for owner, name in places] != before
        assert make(Asked("GET", url), None).body == b"not the sandbox"
    assert not len(sandbox.journal)
    assert [getattr(owner, name) for owner, name in places] == before


@pytest.mark.parametrize("name", ["httpx", "httpx async"])
def test_respx_intercepts_beside_routes_of_the_users_own(name: str) -> None:
    sandbox = Sandbox()
    with respx.mock() as mine, sandbox.respx_router():
        mine.get("https://erp.example.com/").respond(418)
        assert LIBRARIES[name](Asked("GET", "https://erp.example.com/"), None).status == 418
        got = LIBRARIES[name](order_of(sandbox, VENDORS_OWN), None)
    assert orjson.loads(got.body)["data"][0]["referenceNumber"] == "N-1"


def test_a_body_made_piece_by_piece_arrives_whole() -> None:
    sandbox = Sandbox(auth="open")
    pieces = [b'{"data":{},', b'"messageId":"1"}']
    headers = {"clientKey": sandbox.client_key, "Content-Type": "application/json"}
    url = f"{VENDORS_OWN}/openapi/3pp/inventory/v1/movement"

    async def made_by_aiohttp() -> Any:
        async with aiohttp.ClientSession(connector=sandbox.aiohttp_connector()) as session:
            return await (await session.post(url, data=_pieces(pieces), headers=headers)).json(content_type=None)

    async def made_by_httpx() -> Any:
        async with httpx.AsyncClient(transport=sandbox.async_httpx_transport()) as client:
            return (await client.post(url, content=_pieces(pieces), headers=headers)).json()

    with sandbox.intercept():
        replies = [
            httpx2.post(url, content=iter(pieces), headers=headers).json(),
            requests.post(url, data=iter(pieces), headers=headers).json(),
            asyncio.run(made_by_aiohttp()),
            asyncio.run(made_by_httpx()),
        ]
    assert [reply["code"] for reply in replies] == [0, 0, 0, 0]


def test_an_aiohttp_session_makes_many_calls_at_once_and_outlives_an_interception() -> None:
    sandbox, other = Sandbox(), Sandbox()
    url = f"{VENDORS_OWN}/openapi/nothing"

    async def calls() -> list[int]:
        async with aiohttp.ClientSession() as session:
            with sandbox.intercept():
                first = [reply.status for reply in await asyncio.gather(*(session.get(url) for _ in range(20)))]
            with other.intercept():
                return [*first, (await session.get(url)).status]

    assert asyncio.run(calls()) == [404] * 21
    assert (len(sandbox.journal), len(other.journal)) == (20, 1)


FAULTS = {
    "slow": ({"latency_s": 9}, SLOW),
    "dripping": ({"drip_s": 900}, SLOW),
    "dropped before": ({"drop": "before_effect"}, LOST),
    "dropped after": ({"drop": "after_effect"}, LOST),
    "dropped within": ({"drop": "mid_body"}, LOST),
}


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize("intercepted", [False, True], ids=["transport", "intercepted"])
def test_a_fault_on_the_way_is_what_the_library_makes_of_it(make: Made, how: str, intercepted: bool) -> None:
    fault, failures = FAULTS[how]
    sandbox = Sandbox()
    sandbox.put_faults([fault])
    with sandbox.intercept() if intercepted else nullcontext(), pytest.raises(failures):
        make(order_of(sandbox, VENDORS_OWN), None if intercepted else sandbox)


def test_a_reply_that_takes_less_than_the_client_waits_arrives_at_once(make: Made) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"latency_s": 4.5}])
    assert make(order_of(sandbox, VENDORS_OWN), sandbox).status == 200


def test_a_mistake_of_the_sandboxs_reaches_the_caller_as_it_is(make: Made) -> None:
    class Broken(Sandbox):
        def send(self, call: Call) -> Reply:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make(Asked("GET", f"{VENDORS_OWN}/openapi/nothing"), Broken())


class a_server_of_ones_own:
    """An HTTP server on the loopback that is no sandbox."""

    def __enter__(self) -> str:
        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"not the sandbox")

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Answers)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


async def _pieces(pieces: list[bytes]) -> Any:
    for piece in pieces:
        yield piece
