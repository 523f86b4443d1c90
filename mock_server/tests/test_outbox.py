"""When webhooks go out, how often, and what becomes of them; with a receiver that is a function."""

from datetime import datetime, timezone
from typing import Any

import pytest
from calls import an_order, answer, send, the_world
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.control.problems import Conflict, NotThere
from oc_sandbox.domain.clock import Clock
from oc_sandbox.events import EventLog
from oc_sandbox.outbox import BadAddress, WebhookCall, check_address
from oc_sandbox.tenancy import Tenants

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
WAITS_S = catalog().webhooks["outbound_callback_webhook"].retries_after_s
STATES = ["Accepted", "Create picking task", "Picked", "Packed", "Outbound", "In-delivery", "Delivered"]


class Receiver:
    """Answers with what it is told to, then 200, and keeps what it got."""

    def __init__(self, *answers: int | OSError) -> None:
        self.answers = list(answers)
        self.got: list[WebhookCall] = []

    def __call__(self, call: WebhookCall) -> int | None:
        self.got.append(call)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, OSError):
            raise answer
        return answer

    @property
    def states(self) -> list[str]:
        """The states it was told of."""
        return [call.payload["data"]["orderStatus"] for call in self.got]


DEAD = [503] * 99


def a_sandbox(**settings: Any) -> Sandbox:
    """A world that waits for the test, with one order in it and nothing else."""
    sandbox = Sandbox(clock="manual", now=NOW, **settings)
    cancelled = {"cancelTime": "2026-11-22T23:30:00+0800", "orderNumber": "OCO2000023303105GB"}
    answer(sandbox, "outbound_order_cancellation", {"data": cancelled})
    the_world(sandbox).agenda.clear()  # of the demo's return and VAS order
    answer(sandbox, "place_outbound_order", {"data": [an_order("R1")]})
    sandbox.tenant.settle()
    sandbox.tenant.events.clear()
    return sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    """The same, as a fixture."""
    return a_sandbox()


def at(*seconds: int) -> list[str]:
    """Instants so long after the order was accepted, five minutes after NOW, as the control plane writes them."""
    first = NOW.timestamp() + 300
    return [datetime.fromtimestamp(first + s, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z") for s in seconds]


def test_a_receiver_gets_each_state_once_in_order(sandbox: Sandbox) -> None:
    receiver = Receiver()
    sandbox.on_webhook(receiver)
    sandbox.advance(days=30)
    assert receiver.states == STATES
    assert {webhook["state"] for webhook in sandbox.webhooks} == {"delivered"}
    assert len({call.payload["messageId"] for call in receiver.got}) == len(STATES)


def test_a_receiver_that_asks_back_meets_the_order_as_it_was_told(sandbox: Sandbox) -> None:
    told, found = [], []

    def ask_back(call: WebhookCall) -> None:
        data = call.payload["data"]
        asked = {"orderNumberList": [{"orderNumber": data["orderNumber"]}]}
        (order,) = answer(sandbox, "outbound_order_query_v2", {"data": asked})["data"]
        told.append((data["orderStatus"], sandbox.now()))
        found.append((order["orderStatus"], datetime.strptime(data["statusTime"], "%Y-%m-%dT%H:%M:%S%z")))

    sandbox.on_webhook(ask_back)
    sandbox.advance(days=30)
    assert told == found
    assert [state for state, _ in told] == STATES


def test_a_receiver_that_moves_the_clock_gets_the_rest_afterwards(sandbox: Sandbox) -> None:
    receiver = Receiver()

    def hurry(call: WebhookCall) -> None:
        receiver(call)
        if len(receiver.got) == 1:
            sandbox.advance(days=30)
            assert len(receiver.got) == 1

    sandbox.on_webhook(hurry)
    sandbox.advance(hours=1)
    assert receiver.states == STATES
    assert sandbox.now() == NOW.replace(month=12, minute=35)


def test_a_failed_call_is_made_again_at_the_contract_s_times(sandbox: Sandbox) -> None:
    receiver = Receiver(500, ConnectionRefusedError("refused"), 302)
    sandbox.on_webhook(receiver)
    sandbox.advance(minutes=5)
    (webhook,) = sandbox.webhooks
    assert (webhook["state"], webhook["next_attempt_at"]) == ("pending", at(WAITS_S[0])[0])
    sandbox.advance(seconds=WAITS_S[0] - 1)
    assert len(receiver.got) == 1
    sandbox.advance(days=30)
    webhook = sandbox.webhooks[0]
    assert webhook["state"] == "delivered"
    assert [attempt["status"] for attempt in webhook["attempts"]] == [500, None, 302, 200]
    assert [attempt["error"] for attempt in webhook["attempts"]] == ["", "refused", "", ""]
    assert [attempt["at"] for attempt in webhook["attempts"]] == at(0, *(sum(WAITS_S[:tried]) for tried in (1, 2, 3)))
    first = [call for call in receiver.got if call.payload["messageId"] == "2"]
    assert len({(call.body, call.headers["vAuthorization"]) for call in first}) == 1


@pytest.mark.parametrize("in_one_go", [True, False])
def test_a_dead_receiver_is_given_up_after_the_last_attempt(sandbox: Sandbox, in_one_go: bool) -> None:
    receiver = Receiver(*DEAD)
    sandbox.on_webhook(receiver)
    for _ in range(1 if in_one_go else 24 * 9):
        sandbox.advance(**({"days": 9} if in_one_go else {"hours": 1}))
    assert len(receiver.got) == len(STATES) * (1 + len(WAITS_S))
    for webhook in sandbox.webhooks:
        assert (webhook["state"], webhook["next_attempt_at"]) == ("given_up", None)
        assert len(webhook["attempts"]) == 1 + len(WAITS_S)


@pytest.mark.parametrize("status", [100, 199, 300, 404, 500])
def test_only_a_status_from_200_to_299_counts_as_taken(sandbox: Sandbox, status: int) -> None:
    sandbox.on_webhook(Receiver(status, 204, 299))
    sandbox.advance(hours=1)
    first, second, *_ = sandbox.webhooks
    assert [attempt["status"] for attempt in first["attempts"]] == [status, 204]
    assert [attempt["status"] for attempt in second["attempts"]] == [299]


def test_what_was_given_up_is_delivered_by_hand(sandbox: Sandbox) -> None:
    receiver = Receiver(*DEAD)
    sandbox.on_webhook(receiver)
    sandbox.advance(days=1)
    receiver.answers.clear()
    given_up = next(each for each in sandbox.webhooks if each["state"] == "given_up")
    again: Any = sandbox.redeliver(given_up["id"])
    assert again["state"] == "delivered"
    assert receiver.got[-1].payload == given_up["payload"]
    assert len(again["attempts"]) == len(given_up["attempts"]) + 1


def test_by_hand_it_is_retried_anew(sandbox: Sandbox) -> None:
    receiver = Receiver(*[503] * 20)
    sandbox.on_webhook(receiver)
    sandbox.advance(minutes=5)
    before = len(receiver.got)
    pending: Any = sandbox.redeliver(2)
    assert (pending["state"], len(receiver.got)) == ("pending", before + 1)
    sandbox.tenant.outbox._drop()
    assert sandbox.webhooks[0]["state"] == "given_up"
    sandbox.redeliver(2)
    sandbox.advance(days=9)
    mine = [call for call in receiver.got if call.payload["messageId"] == "2"]
    assert len(mine) == 2 + 1 + len(WAITS_S)


def test_a_call_by_hand_takes_the_place_of_the_retry_that_is_due(sandbox: Sandbox) -> None:
    receiver = Receiver(503)
    sandbox.on_webhook(receiver)
    sandbox.advance(minutes=5)
    sandbox.redeliver(2)
    sandbox.advance(minutes=10)
    assert [call.payload["messageId"] for call in receiver.got] == ["2", "2"]


def test_what_was_collected_can_be_sent_later(sandbox: Sandbox) -> None:
    sandbox.advance(days=30)
    assert {webhook["state"] for webhook in sandbox.webhooks} == {"collected"}
    assert sandbox.tenant.outbox._deliveries == {}
    receiver = Receiver()
    sandbox.on_webhook(receiver)
    assert receiver.got == []
    collected = sandbox.webhooks[2]
    sandbox.redeliver(collected["id"])
    (call,) = receiver.got
    assert call.payload == collected["payload"]


def test_what_cannot_be_redelivered_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(Conflict, match="no webhook URL"):
        sandbox.redeliver(1)
    sandbox.on_webhook(Receiver())
    send(sandbox, "sku_creation_v3", sandbox.sample("sku_creation_v3").body)
    sandbox.advance(hours=2)
    (reviewed,) = [event["id"] for event in sandbox.events if event["group"] == "sku"]
    with pytest.raises(Conflict, match=f"no webhook tells of event {reviewed}, sku_moves_on"):
        sandbox.redeliver(reviewed)
    with pytest.raises(NotThere, match="there is no event 999"):
        sandbox.redeliver(999)


def test_a_receiver_that_fails_touches_no_reply() -> None:
    replies = []
    for receiver in (None, Receiver(*DEAD)):
        sandbox = a_sandbox(client_key="the-same")
        if receiver:
            sandbox.on_webhook(receiver)
        data = {"cancelTime": "2026-11-22T23:30:00+0800", "orderNumber": "OCO2000030000001GB"}
        body = {"data": data, "messageId": "1"}
        replies.append([send(sandbox, "outbound_order_cancellation", body) for _ in range(2)])
        replies[-1].append(sandbox.advance(days=9))  # type: ignore[arg-type]
    assert replies[0] == replies[1]


def test_a_mistake_of_the_test_s_own_reaches_it_and_counts_as_an_attempt(sandbox: Sandbox) -> None:
    def wrong(call: WebhookCall) -> None:
        assert call.payload["data"]["orderStatus"] == "Delivered"

    sandbox.on_webhook(wrong)
    with pytest.raises(AssertionError):
        sandbox.advance(hours=1)
    (webhook,) = sandbox.webhooks
    assert webhook["state"] == "pending"
    assert webhook["attempts"][0]["error"].startswith("AssertionError")


def test_without_an_address_what_is_pending_is_given_up(sandbox: Sandbox) -> None:
    receiver = Receiver(*DEAD)
    sandbox.on_webhook(receiver)
    sandbox.advance(minutes=5)
    sandbox._tenants.listen(sandbox.tenant, None)
    sandbox.advance(days=9)
    assert len(receiver.got) == 1
    assert [webhook["state"] for webhook in sandbox.webhooks] == ["given_up"] + ["collected"] * 6


def test_what_is_forgotten_is_not_sent(sandbox: Sandbox) -> None:
    receiver = Receiver(503)
    sandbox.on_webhook(receiver)
    sandbox.advance(minutes=5)
    sandbox.tenant.events.clear()
    sandbox.tenant.outbox.forget()
    sandbox.advance(minutes=10)
    assert (len(receiver.got), sandbox.webhooks) == (1, [])


def test_deliveries_are_bounded_as_events_are(sandbox: Sandbox) -> None:
    sandbox.tenant.events = EventLog(3)
    sandbox.on_webhook(Receiver())
    sandbox.advance(days=30)
    assert [each.event.id for each in sandbox.tenant.outbox._deliveries.values()] == [5, 6, 7]
    assert [webhook["state"] for webhook in sandbox.webhooks] == ["delivered"] * 3


def test_a_tenant_without_a_listener_moves_its_clock_in_one_step(sandbox: Sandbox) -> None:
    assert len(list(sandbox.tenant.steps_to(sandbox.tenant.clock.after(9 * 86400)))) == 2


def test_a_clock_moves_on_where_nobody_sends(sandbox: Sandbox) -> None:
    sandbox._tenants.listen(sandbox.tenant, "http://127.0.0.1:1/")
    target_ms = sandbox.tenant.clock.after(9 * 86400)
    happened = [event for step in sandbox.tenant.steps_to(target_ms) for event in step]
    assert len(happened) == len(STATES)
    assert sandbox.tenant.clock.now_ms() == target_ms


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000",
        "https://erp.example.com/webhooks/oc?key=1",
        "http://[::1]:80/",
        "HTTP://localhost/%E5%BA%93",
    ],
)
def test_an_address_may_be_any_http_url(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "erp.example.com/x",
        "ftp://erp.example.com",
        "http://",
        "http:///path",
        "http://erp.example.com:x/",
        "http://erp.example.com:0/",
        "http://erp.example.com:99999/",
        "http://user:word@erp.example.com/",
        "http://erp.example.com/#here",
        "http://erp.example.com/a b",
        "http://erp.example.com/\r\nx: y",
        "http://erp.example.com/\x00",
        "http://erp.example.com\\@x/",
        "http://[::1/",
        "http://库.example.com/",
        "http://erp.example.com/" + "x" * 2000,
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_cannot_be_called_is_refused(url: str) -> None:
    with pytest.raises(BadAddress, match="a webhook URL is http"):
        check_address(url)
    tenants = Tenants()
    with pytest.raises(BadAddress):
        tenants.create(webhook_url=url)
    assert len(tenants) == len(tenants.listening) == 0


def test_a_tenant_that_is_gone_listens_no_more() -> None:
    tenants = Tenants()
    tenant = tenants.create(webhook_url="http://127.0.0.1:1/", clock=Clock("manual"))
    assert list(tenants.listening.values()) == [tenant]
    tenants.remove(tenant.client_key)
    assert not tenants.listening
