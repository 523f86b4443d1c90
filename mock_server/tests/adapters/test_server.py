"""The server as its user meets it: a process, a port, curl lines, and the control plane."""

import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY
from servers import COMMAND, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, str]]:
    """The URL of a server, and what it printed at start."""
    with running_server() as started:
        yield started


@pytest.fixture
def plane(server: tuple[str, str]) -> Iterator[httpx.Client]:
    """A client of the control plane."""
    with httpx.Client(base_url=f"{server[0]}/_sandbox") as client:
        yield client


@pytest.fixture
def tenant(plane: httpx.Client) -> dict[str, str]:
    """A fresh tenant, with its clock standing still."""
    made = plane.post("/tenants", json={"clock": {"mode": "manual", "now": "2026-11-22T15:30:00Z"}})
    assert made.status_code == 201
    view: dict[str, str] = made.json()
    return view


def run_curl(line: str) -> httpx.Response:
    """What the printed curl would do."""
    words = shlex.split(line)
    headers = [tuple(words[i + 1].split(": ", 1)) for i, word in enumerate(words) if word == "-H"]
    body = words[words.index("--data-binary") + 1] if "--data-binary" in words else None
    (url,) = [word for word in words if word.startswith("http://")]
    return httpx.request(words[words.index("-X") + 1], url, headers=headers, content=body)


def test_it_says_where_it_is_and_how_to_call_it(server: tuple[str, str]) -> None:
    url, printed = server
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert DEFAULT_CLIENT_KEY in printed
    assert f"{COMMAND} curl OPERATION --url {url}" in printed
    assert f"{url}/_sandbox\n" in printed
    reply = run_curl(printed.splitlines()[-1])
    assert reply.json()["code"] == 0
    assert re.fullmatch(r"OCO\d{13}GB", reply.json()["data"][0]["orderNumber"])


def test_replies_bear_the_recorded_headers(server: tuple[str, str]) -> None:
    reply = httpx.get(f"{server[0]}/openapi/3pp/base/v1/service")
    assert reply.headers["server"] == "nginx"
    assert reply.headers["content-type"] == "application/json;charset=UTF-8"
    assert reply.headers.get_list("x-frame-options") == ["SAMEORIGIN", "SAMEORIGIN"]
    assert len(reply.headers.get_list("vary")) == 6
    assert re.fullmatch(r"JSESSIONID=[0-9A-F]{32}; Path=/; HttpOnly", reply.headers["set-cookie"])
    assert int(reply.headers["content-length"]) == len(reply.content)


def test_a_session_cookie_is_set_once(server: tuple[str, str]) -> None:
    reply = httpx.get(f"{server[0]}/openapi/3pp/base/v1/service", headers={"Cookie": "JSESSIONID=1"})
    assert "set-cookie" not in reply.headers


def test_the_curl_command_prints_calls_that_work(server: tuple[str, str]) -> None:
    for words in (["get_stock_movement"], ["place_outbound_order", "--exchange", "stock_short"], ["get_service_list"]):
        printed = subprocess.run(
            [COMMAND, "curl", *words, "--url", server[0]], capture_output=True, text=True, check=True
        )
        assert run_curl(printed.stdout).status_code == 200


def test_a_printed_curl_keeps_its_signed_bytes_whatever_the_encoding(server: tuple[str, str]) -> None:
    words = [COMMAND, "curl", "sku_creation_v3", "--url", server[0]]
    done = subprocess.run(words, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert run_curl(done.stdout.decode()).json()["code"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["curl", "get_stock_movment"], "did you mean get_stock_movement?"),
        (["curl", "get_stock_movement", "--exchange", "x"], "it has last_days, bad_start_format"),
        (["curl", "get_stock_movement", "--tenant", "x"], "there is no tenant x"),
    ],
    ids=["operation", "exchange", "tenant"],
)
def test_the_curl_command_says_what_there_is_instead(server: tuple[str, str], arguments: list[str], said: str) -> None:
    done = subprocess.run([COMMAND, *arguments, "--url", server[0]], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_server_the_curl_command_says_how_to_start_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = [COMMAND, "curl", "get_service_list", "--url", f"http://127.0.0.1:{port}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "start one with `oc-sandbox serve`" in done.stderr


def test_a_url_with_a_path_is_told(server: tuple[str, str]) -> None:
    words = [COMMAND, "curl", "get_service_list", "--url", f"{server[0]}/openapi"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--url wants the address alone" in done.stderr


def test_a_reader_that_has_seen_enough_gets_no_traceback() -> None:
    with subprocess.Popen([COMMAND, "operations"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_ctrl_c_ends_the_server_without_a_traceback() -> None:
    words = [COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode in (0, 130, -2)


def test_a_port_that_is_taken_is_told(server: tuple[str, str]) -> None:
    words = [COMMAND, "serve", "--port", server[0].rsplit(":", 1)[1]]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--port 0 picks a free port" in done.stderr


def test_health_tells_version_and_tenants(plane: httpx.Client) -> None:
    health = plane.get("/health").json()
    assert health["status"] == "ok"
    assert set(health) >= {"version", "contract_version", "uptime_seconds", "tenants"}


def test_a_tenant_comes_with_all_that_a_client_needs(plane: httpx.Client, tenant: dict[str, str]) -> None:
    wanted = {"client_key", "secret_key", "access_token", "refresh_token", "sellers", "mercozy_api_key"}
    assert set(tenant) >= wanted | {"base_url", "oauth_url", "mercozy_url"}
    again = plane.get(f"/tenants/{tenant['client_key']}").json()
    assert again == tenant
    assert tenant["client_key"] in {each["client_key"] for each in plane.get("/tenants").json()["tenants"]}
    assert plane.delete(f"/tenants/{tenant['client_key']}").status_code == 204
    assert plane.get(f"/tenants/{tenant['client_key']}").status_code == 404


def test_a_tenant_can_have_its_owners_keys(plane: httpx.Client) -> None:
    keys = {"client_key": "my-key", "secret_key": "my-secret", "auth": "open", "signing": "stage", "seed": "empty"}
    made = plane.post("/tenants", json=keys).json()
    assert {name: made[name] for name in keys} == keys
    assert plane.post("/tenants", json=keys).status_code == 409
    plane.delete("/tenants/my-key")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"colour":"red"}', "unknown: colour"),
        (b'{"auth":"lax"}', "strict, open"),
        (b'{"seed":7}', "seed must be a text"),
        (b'{"clock":{"mode":"slow"}}', "real, frozen, accelerated, manual"),
        (b'{"clock":{"mode":"frozen","now":"yesterday"}}', "2026-11-22T15:30:00Z"),
        (b'{"clock":{"mode":"accelerated","rate":0}}', "rate must be above 0"),
    ],
)
def test_a_wrong_setting_is_told(plane: httpx.Client, body: bytes, said: str) -> None:
    reply = plane.post("/tenants", content=body)
    assert reply.status_code == 400
    assert said in reply.json()["error"]


def test_assumptions_are_a_tenants_own(plane: httpx.Client, server: tuple[str, str]) -> None:
    made = plane.post("/tenants", json={"assumptions": {"batch_outcome": "atomic"}}).json()
    assert made["assumptions"] == {"batch_outcome": "atomic"}
    one = f"/tenants/{made['client_key']}/assumptions"
    put = plane.put(one, json={"refused_token": "http_401"}).json()["assumptions"]
    answers = {row["name"]: row["answer"] for row in put if row["answer"] != row["default"]}
    assert answers == {"batch_outcome": "atomic", "refused_token": "http_401"}
    assert all({"asks", "why", "answers", "operations", "api"} <= row.keys() for row in put)
    assert put == plane.get(one).json()["assumptions"]
    refused = httpx.post(
        f"{server[0]}/openapi/3pp/inventory/v2/snapshot",
        headers={"clientKey": made["client_key"], "vAuthorization": "no"},
    )
    assert (refused.status_code, refused.json()["code"]) == (200, 1)
    assert plane.delete(one).status_code == 204
    assert all(row["answer"] == row["default"] for row in plane.get(one).json()["assumptions"])
    wrong = plane.put(one, json={"batch_outcome": "atmic"})
    assert (wrong.status_code, "partial or atomic" in wrong.json()["error"]) == (400, True)


def test_the_command_line_takes_assumptions(server: tuple[str, str]) -> None:
    words = [COMMAND, "assumptions", "--url", server[0]]
    told = subprocess.run([*words, "second_cancellation=accepted"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"\* accepted .*\n(?!.*\* refused)", told)
    assert re.findall(r"^\w+(?=:)", told, re.MULTILINE) == ["second_cancellation"]
    reset = subprocess.run([*words, "--reset"], capture_output=True, text=True, check=True).stdout
    assert "* accepted" not in reset
    assert reset == subprocess.run([COMMAND, "assumptions"], capture_output=True, text=True, check=True).stdout
    wrong = subprocess.run([*words, "second_cancellation"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, "is not NAME=ANSWER" in wrong.stderr) == (1, True)


def test_the_clock_moves_and_tells_what_happened(plane: httpx.Client, tenant: dict[str, str]) -> None:
    one = f"/tenants/{tenant['client_key']}"
    assert plane.get(f"{one}/clock").json() == {"mode": "manual", "now": "2026-11-22T15:30:00.000Z", "rate": 0.0}
    curl = plane.get(f"{one}/curl/place_outbound_order").json()["curl"]
    number = run_curl(curl).json()["data"][0]["orderNumber"]
    moved = plane.put(f"{one}/clock", json={"advance_seconds": 5 * 3600}).json()
    assert moved["now"] == "2026-11-22T20:30:00.000Z"
    # Accepted, picking, picked, packed and gone.
    assert [event["key"] for event in moved["happened"] if event["key"] == number] == [number] * 5
    assert [event["at"] for event in moved["happened"]] == sorted(event["at"] for event in moved["happened"])
    back = plane.put(f"{one}/clock", json={"now": "2026-01-01T00:00:00Z"})
    assert back.status_code == 400
    assert "cannot go back" in back.json()["error"]
    assert plane.put(f"{one}/clock", json={"mode": "real"}).json()["mode"] == "real"


@pytest.mark.parametrize(
    "body",
    [
        {"now": "2027-01-01T00:00:00Z", "mode": "accelerated", "rate": 0},
        {"now": "8999-12-31T00:00:00Z", "advance_seconds": 100 * 366 * 86400},
        {"now": "2026-01-01T00:00:00Z", "mode": "real", "advance_seconds": 1},
        {"advance_seconds": 1, "mode": "slow"},
        {"advance_seconds": -1},
        {"now": "9000-01-01T00:00:01Z"},
        {"now": "1970-12-31T23:59:59Z"},
        {"now": "20261123T153000Z"},
        {"now": "2026-11-23T15:30:00"},
        {"now": 1},
        {},
        [],
    ],
    ids=str,
)
def test_a_clock_that_cannot_be_set_is_left_alone(plane: httpx.Client, tenant: dict[str, str], body: object) -> None:
    one = f"/tenants/{tenant['client_key']}"
    before = plane.get(f"{one}/clock").json()
    assert plane.put(f"{one}/clock", json=body).status_code == 400
    assert plane.get(f"{one}/clock").json() == before


def test_a_tenant_at_the_end_of_time_still_answers(plane: httpx.Client, tenant: dict[str, str]) -> None:
    one = f"/tenants/{tenant['client_key']}"
    assert plane.put(f"{one}/clock", json={"now": "9000-01-01T00:00:00Z"}).status_code == 200
    assert plane.put(f"{one}/clock", json={"advance_seconds": 1}).status_code == 400
    for operation in ("place_outbound_order", "get_stock_movement", "sku_query_v3", "list_stock_movements"):
        assert run_curl(plane.get(f"{one}/curl/{operation}").json()["curl"]).status_code == 200


def test_stock_is_adjusted_by_movements(plane: httpx.Client, tenant: dict[str, str]) -> None:
    url = f"/tenants/{tenant['client_key']}/stock"
    wanted = {"mf_sku_id": "OC0000250276174", "service_region": "UK", "available": 7, "suspended": 2}
    (row,) = plane.put(url, json={"stock": [wanted]}).json()["stock"]
    assert {name: row[name] for name in wanted} == wanted
    assert row in plane.get(url).json()["stock"]
    curl = plane.get(f"/tenants/{tenant['client_key']}/curl/get_stock_movement").json()["curl"]
    moved = run_curl(curl.replace("OC0000250260096", "OC0000250276174"))
    assert moved.json()["message"].startswith("Authentication Fail")  # the signature was of another body
    refused = plane.put(url, json=[{"mf_sku_id": "OC0000250276174", "service_region": "UK", "allocated": 1}])
    assert refused.status_code == 400
    assert "allocated cannot be set" in refused.json()["error"]


LAMP = {"mf_sku_id": "OC0000250380015", "service_region": "UK"}


@pytest.mark.parametrize(
    "rows",
    [
        [LAMP | {"available": 1}, LAMP | {"available": 1}],
        [LAMP | {"available": 1}, LAMP | {"on_hold": 1}],
        [LAMP | {"available": 1}, {"mf_sku_id": "OC0000250260096", "service_region": "UK", "available": -1}],
        [LAMP | {"mf_sku_id": []}],
        [LAMP | {"mf_sku_id": {}}],
        [LAMP | {"mf_sku_id": None}],
        [LAMP | {"service_region": []}],
        [LAMP | {"reason": []}],
        [LAMP | {"reason": {}}],
        [LAMP | {"available": True}],
        [LAMP | {"available": 2**63}],
        [LAMP | {"available": [[]]}],
        [[]],
        [None],
        {"stock": {}},
        "stock",
    ],
    ids=str,
)
def test_stock_that_cannot_be_applied_changes_nothing(
    plane: httpx.Client, tenant: dict[str, str], rows: object
) -> None:
    url = f"/tenants/{tenant['client_key']}/stock"
    before = plane.get(url).json()
    refused = plane.put(url, json=rows)
    assert refused.status_code == 400
    assert refused.json()["error"]
    assert plane.get(url).json() == before


@pytest.mark.parametrize("depth", [248, 249, 250, 251, 252, 253, 254, 255, 900])
def test_the_journal_shows_a_body_however_deep(plane: httpx.Client, tenant: dict[str, str], depth: int) -> None:
    body = "[" * depth + "]" * depth
    url = tenant["base_url"] + "/3pp/inventory/v1/movement"
    httpx.post(url, content=body, headers={"clientKey": tenant["client_key"]})
    (call,) = plane.get(f"/tenants/{tenant['client_key']}/journal").json()["calls"]
    shown = call["request"]["body"]
    assert shown == body if isinstance(shown, str) else str(shown) == body


def test_the_journal_holds_calls_replies_and_their_evidence(plane: httpx.Client, tenant: dict[str, str]) -> None:
    one = f"/tenants/{tenant['client_key']}"
    run_curl(plane.get(f"{one}/curl/get_service_list").json()["curl"])
    run_curl(plane.get(f"{one}/curl/place_outbound_order?exchange=stock_short").json()["curl"])
    first, second = plane.get(f"{one}/journal").json()["calls"]
    assert (first["operation"], first["outcome"], first["error_codes"]) == ("get_service_list", "ok", [])
    assert (second["outcome"], second["error_codes"]) == ("refused", ["400448"])
    assert second["evidence"] == [{"error": "stock_short", "evidence": "documented page-2026"}]
    assert second["at"] == "2026-11-22T15:30:00.000Z"
    assert run_curl(second["curl"]).json() == second["reply"]["body"]
    assert [call["id"] for call in plane.get(f"{one}/journal?since=1&limit=1").json()["calls"]] == [2]
    assert plane.get(f"{one}/journal?operation=get_service_list").json()["calls"] == [first]
    assert plane.get(f"{one}/journal?since=x").status_code == 400
    assert plane.delete(f"{one}/journal").status_code == 204
    assert plane.get(f"{one}/journal").json()["calls"] == []


def test_the_control_plane_lists_its_routes(server: tuple[str, str]) -> None:
    index = httpx.get(f"{server[0]}/_sandbox").json()
    health = {"method": "GET", "path": "/_sandbox/health", "does": "That the server is up, and what it is."}
    assert health in index["routes"]
    assert index["apis"]["OrangeConnex eBay fulfillment openAPI"] == ["/openapi", "/oauth", "/"]
    assert all(route["does"] for route in index["routes"])


@pytest.mark.parametrize("path", ["/health/", "/tenants/", "/nothing", "/tenants/x/y/z", "/"])
def test_an_unknown_route_lists_those_there_are(plane: httpx.Client, path: str) -> None:
    reply = plane.get(path)
    assert reply.status_code == 404
    assert "/_sandbox/tenants/{client_key}/clock" in {route["path"] for route in reply.json()["routes"]}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/health", "GET"), ("PATCH", "/tenants", "GET, POST"), ("POST", "/tenants/x/clock", "GET, PUT")],
)
def test_a_wrong_method_names_the_right_ones(plane: httpx.Client, method: str, path: str, allowed: str) -> None:
    reply = plane.request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    assert f"answers {allowed}, not {method}" in reply.json()["error"]


def test_only_what_lies_below_its_path_is_the_control_planes(server: tuple[str, str]) -> None:
    assert set(httpx.get(f"{server[0]}/_sandboxes").json()) == {"error", "path", "status", "timestamp"}


def test_a_body_of_20_megabytes_is_refused_and_the_server_goes_on(server: tuple[str, str]) -> None:
    url = f"{server[0]}/openapi/3pp/outbound/v1/creation"
    keys = httpx.get(f"{server[0]}/_sandbox/tenants/{DEFAULT_CLIENT_KEY}").json()
    headers = {
        "clientKey": DEFAULT_CLIENT_KEY,
        "Content-Type": "application/json",
        "Access-Token": keys["access_token"],
    }
    reply = httpx.post(url, content=b" " * 20_000_000, headers=headers)
    assert reply.status_code < 500
    assert httpx.get(f"{server[0]}/_sandbox/health").status_code == 200


def test_bytes_that_are_no_http_do_not_harm(server: tuple[str, str]) -> None:
    port = int(server[0].rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\x00\xff" * 100 + b"\r\n\r\n")
        assert b"400" in connection.recv(1000)
    assert httpx.get(f"{server[0]}/_sandbox/health").status_code == 200
