"""Events and webhooks on the control plane of a running server."""

import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY
from receivers import Receiver, running_receiver
from servers import COMMAND, running_server

FRESH = "OCO2000023303105GB"
NOW = "2026-11-22T15:30:00Z"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    """A client of a server."""
    with running_server() as (url, _), httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with running_receiver() as server:
        yield server


@pytest.fixture
def one(http: httpx.Client) -> Iterator[str]:
    """The path of a fresh tenant, whose clock stands still."""
    made = http.post("/_sandbox/tenants", json={"clock": {"mode": "manual", "now": NOW}}).json()
    path = f"/_sandbox/tenants/{made['client_key']}"
    yield path
    http.delete(path)


def advance(http: httpx.Client, one: str, seconds: float) -> Any:
    """Move the clock."""
    moved = http.put(f"{one}/clock", json={"advance_seconds": seconds})
    assert moved.status_code == 200
    return moved.json()


def events(http: httpx.Client, one: str, **query: Any) -> list[dict[str, Any]]:
    """What has happened."""
    told: list[dict[str, Any]] = http.get(f"{one}/events", params=query).json()["events"]
    return told


def of_orders(http: httpx.Client, one: str) -> list[dict[str, Any]]:
    """What has happened to outbound orders."""
    return [event for event in events(http, one) if event["group"] == "outbound"]


def test_without_an_address_webhooks_are_collected(http: httpx.Client, one: str) -> None:
    advance(http, one, 3600)
    told = of_orders(http, one)
    assert [event["state"] for event in told] == ["accepted", "picking", "picked"]
    assert {event["webhook"]["state"] for event in told} == {"collected"}
    assert told[0] == {
        "id": 1,
        "at": "2026-11-22T15:35:00.000Z",
        "event": "outbound_order_moves_on",
        "key": FRESH,
        "state": "accepted",
        "group": "outbound",
        "webhook": told[0]["webhook"],
    }
    assert told[0]["webhook"]["payload"]["data"]["orderNumber"] == FRESH


def test_events_are_paged_and_forgotten(http: httpx.Client, one: str) -> None:
    advance(http, one, 86400 * 9)
    assert [event["id"] for event in events(http, one, since=2, limit=3)] == [3, 4, 5]
    assert events(http, one, limit=0) == []
    assert http.get(f"{one}/events?since=x").status_code == 400
    assert http.get(f"{one}/events?limit=-1").status_code == 400
    assert http.delete(f"{one}/events").status_code == 204
    assert events(http, one) == []


def test_the_address_is_told_changed_and_removed(http: httpx.Client, one: str, receiver: Receiver) -> None:
    url = f"{one}/webhooks"
    told = http.get(url).json()
    assert told["url"] is None
    (webhook,) = told["webhooks"]
    assert webhook["operation"] == "outbound_callback_webhook"
    assert webhook["retries_after_seconds"] == [60, 300, 1800, 7200, 21600]
    assert http.put(url, json={"url": receiver.url}).json() == told | {"url": receiver.url}
    assert http.get(one).json()["webhook_url"] == receiver.url
    assert http.delete(url).status_code == 204
    assert http.get(url).json() == told
    advance(http, one, 3600)
    assert receiver.got == []


@pytest.mark.parametrize(
    "body",
    [{"url": "ftp://x"}, {"url": 7}, {"url": None}, {"url": ""}, {}, [], None, {"url": "http://x/", "secret": "y"}],
    ids=str,
)
def test_a_wrong_address_is_refused_and_changes_nothing(http: httpx.Client, one: str, body: Any) -> None:
    refused = http.put(f"{one}/webhooks", json=body)
    assert refused.status_code == 400
    assert refused.json()["error"]
    assert http.get(f"{one}/webhooks").json()["url"] is None


@pytest.mark.parametrize("url", ["ftp://x", 7, "", "http://"])
def test_a_tenant_is_not_made_with_a_wrong_address(http: httpx.Client, url: Any) -> None:
    before = len(http.get("/_sandbox/tenants").json()["tenants"])
    assert http.post("/_sandbox/tenants", json={"webhook_url": url}).status_code == 400
    assert len(http.get("/_sandbox/tenants").json()["tenants"]) == before


def test_a_move_of_the_clock_answers_when_all_was_tried(http: httpx.Client, one: str, receiver: Receiver) -> None:
    http.put(f"{one}/webhooks", json={"url": receiver.url})
    receiver.answers = [500] * 3
    advance(http, one, 86400 * 9)
    assert receiver.states[0] == "Accepted"
    assert len(receiver.got) == 7 + 3
    assert {event["webhook"]["state"] for event in of_orders(http, one)} == {"delivered"}
    at = [attempt["at"] for event in of_orders(http, one) for attempt in event["webhook"]["attempts"]]
    assert min(at) == "2026-11-22T15:35:00.000Z"
    assert http.get(f"{one}/clock").json()["now"] == "2026-12-01T15:30:00.000Z"


def test_the_receiver_may_ask_the_sandbox_meanwhile(http: httpx.Client, one: str, receiver: Receiver) -> None:
    seen = []

    class Asking(list[int]):
        def pop(self, _: Any = 0) -> int:
            seen.append((httpx.get(f"{http.base_url}{one}/clock").json()["now"], len(of_orders(http, one))))
            return 200

        def __bool__(self) -> bool:
            return True

    receiver.answers = Asking()
    http.put(f"{one}/webhooks", json={"url": receiver.url})
    advance(http, one, 3600)
    assert seen == [
        ("2026-11-22T15:35:00.000Z", 1),
        ("2026-11-22T16:00:00.000Z", 2),
        ("2026-11-22T16:30:00.000Z", 3),
    ]


def test_other_tenants_are_served_while_a_receiver_dawdles(http: httpx.Client, one: str, receiver: Receiver) -> None:
    http.put(f"{one}/webhooks", json={"url": receiver.url})
    receiver.gate.clear()
    with pytest.raises(httpx.ReadTimeout):
        http.put(f"{one}/clock", json={"advance_seconds": 300}, timeout=0.3)
    assert http.get("/openapi/3pp/base/v1/service").status_code == 200
    assert http.get(f"{one}/events").status_code == 200
    assert receiver.answered == 0
    receiver.gate.set()


def test_redelivery_answers_with_what_came_of_it(http: httpx.Client, one: str, receiver: Receiver) -> None:
    advance(http, one, 300)
    url = f"{one}/webhooks"
    assert http.post(f"{url}/1/redeliver").status_code == 409
    http.put(url, json={"url": receiver.url})
    receiver.answers = [500]
    assert http.post(f"{url}/1/redeliver").json()["state"] == "pending"
    again = http.post(f"{url}/1/redeliver").json()
    assert (again["state"], [attempt["status"] for attempt in again["attempts"]]) == ("delivered", [500, 200])
    for wrong in ("2", "0", "x", "-1", "9" * 40):
        refused = http.post(f"{url}/{wrong}/redeliver")
        assert (refused.status_code, bool(refused.json()["error"])) == (404, True)


def test_what_is_forgotten_while_it_is_sent_stays_forgotten(http: httpx.Client, one: str, receiver: Receiver) -> None:
    http.put(f"{one}/webhooks", json={"url": receiver.url})
    receiver.answers = [500]
    advance(http, one, 300)
    http.delete(f"{one}/events")
    advance(http, one, 600)
    assert len(receiver.got) == 1
    assert of_orders(http, one) == []


def test_the_command_line_names_the_default_tenant_s_address(receiver: Receiver) -> None:
    words = [COMMAND, "serve", "--port", "0", "--clock", NOW, "--webhook-url", receiver.url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip().removeprefix("OC_SANDBOX_URL=")
        printed = subprocess.run(
            [COMMAND, "curl", "outbound_callback_webhook", "--url", url], capture_output=True, text=True, check=True
        )
        assert receiver.url in printed.stdout
        one = f"/_sandbox/tenants/{DEFAULT_CLIENT_KEY}"
        with httpx.Client(base_url=url) as http:
            assert http.get(one).json()["webhook_url"] == receiver.url
            advance(http, one, 300)
            # Stopped while a receiver dawdles, it waits for nobody and says nothing.
            receiver.gate.clear()
            with pytest.raises(httpx.ReadTimeout):
                http.put(f"{one}/clock", json={"advance_seconds": 86400}, timeout=0.3)
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=4)  # less than the 5 s that it gives a receiver
            assert told == ""
    assert receiver.states[0] == "Accepted"
    assert process.returncode in (0, -15)


def test_a_wrong_address_on_the_command_line_is_told() -> None:
    words = [COMMAND, "serve", "--port", "0", "--webhook-url", "erp.example.com"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--webhook-url: a webhook URL is http" in done.stderr


def test_webhooks_go_out_on_a_server_that_nobody_calls(receiver: Receiver) -> None:
    words = [COMMAND, "serve", "--port", "0", "--webhook-url", receiver.url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip().removeprefix("OC_SANDBOX_URL=")
        one = f"{url}/_sandbox/tenants/{DEFAULT_CLIENT_KEY}"
        httpx.put(f"{one}/clock", json={"mode": "accelerated", "rate": 600})
        assert receiver.first.wait(10)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert receiver.states[0] == "Accepted"
