"""Failure on demand: what a fault does to a call, and that every error of every operation can be had by one."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from calls import an_order
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Transport
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.samples import call_of

OPERATIONS = [pytest.param(operation, id=operation.name) for operation in catalog().operations.values()]
LIST = "get_service_list"
PLACE = "place_outbound_order"


def call(sandbox: Sandbox, operation: str = LIST, body: Any = None) -> Call:
    """A good call of an operation: its sample, or what is given."""
    contract = catalog().operations[operation]
    if body is None:
        return call_of(contract, sandbox.sample(operation))
    text = orjson.dumps(body)
    signed = contract.api.credentials.sign(contract, sandbox.tenant, contract.path, text)
    headers = {name.lower(): value for name, value in {**signed, "Content-Type": "application/json"}.items()}
    return Call(contract.method, contract.path, headers, text)


def statuses(sandbox: Sandbox, count: int, operation: str = LIST) -> list[int]:
    """What so many calls get."""
    return [sandbox.send(call(sandbox, operation)).status for _ in range(count)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_declared_error_of_an_operation_can_be_had_by_a_fault(operation: Operation) -> None:
    sandbox = Sandbox()
    sample = call_of(operation, sandbox.sample(operation.name))
    for name, row in operation.errors.items():
        sandbox.put_faults([{"operation": operation.name, "error": name}])
        reply = sandbox.send(sample)
        entry = list(sandbox.journal.since())[-1]
        assert (entry.operation, set(entry.errors), entry.outcome) == (operation.name, {name}, "refused")
        assert reply.status == row.http_status
        assert row.code in reply.body.decode()
        assert orjson.loads(reply.body)


def test_a_fault_without_a_match_befalls_every_call_of_every_operation() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 500}])
    assert statuses(sandbox, 2) + statuses(sandbox, 1, PLACE) + statuses(sandbox, 1, "list_products") == [500] * 4


@pytest.mark.parametrize(
    ("match", "expected"),
    [({"first": 2}, [503, 503, 200, 200]), ({"nth": 3}, [200, 200, 503, 200]), ({}, [503] * 4)],
    ids=["first", "nth", "every"],
)
def test_a_fault_says_exactly_which_calls(match: dict[str, int], expected: list[int]) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"operation": LIST, "status": 503, **match}])
    statuses(sandbox, 3, "sku_query_v3")  # other operations do not count
    assert statuses(sandbox, 4) == expected


def test_a_share_falls_on_the_same_calls_for_the_same_seed_and_on_others_for_another() -> None:
    def drawn(seed: int) -> list[int]:
        sandbox = Sandbox()
        sandbox.put_faults([{"status": 503, "share": 0.5, "seed": seed}])
        return statuses(sandbox, 40)

    assert drawn(1) == drawn(1) != drawn(2)
    assert {200, 503} == {*drawn(1)}


def test_a_share_without_a_seed_tells_the_seed_that_it_is_drawn_by() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 503, "share": 1}])
    statuses(sandbox, 1)
    (entry,) = sandbox.journal.since()
    assert [entry.injected[0]["seed"], sandbox.faults[0]["seed"]] == [0, 0]


def test_faults_tell_how_often_they_have_fired() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"operation": LIST, "status": 503, "first": 2}, {"error": "token_expired", "nth": 9}])
    statuses(sandbox, 3)
    assert [(fault["calls"], fault["fired"]) for fault in sandbox.faults] == [(3, 2), (3, 0)]


def test_faults_are_put_anew_and_cleared() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 503}])
    sandbox.put_faults([{"status": 500, "first": 1}])
    assert statuses(sandbox, 2) == [500, 200]
    sandbox.put_faults([{"status": 503}])
    sandbox.clear_faults()
    assert (statuses(sandbox, 1), sandbox.faults) == ([200], [])


def test_tenants_share_no_faults() -> None:
    one, other = Sandbox(), Sandbox()
    one.put_faults([{"status": 503}])
    assert (statuses(one, 1), statuses(other, 1)) == ([503], [200])


def test_the_first_of_two_faults_answers_and_slowness_comes_beside() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"latency_s": 2}, {"status": 503, "latency_s": 1}, {"status": 500}, {"drip_s": 4}])
    reply = sandbox.send(call(sandbox))
    assert (reply.status, reply.transport) == (503, Transport(latency_s=3, drip_s=4))
    assert [fault["fired"] for fault in sandbox.faults] == [1, 1, 0, 1]


def test_an_injected_refusal_speaks_of_what_the_call_asked_for() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"operation": PLACE, "error": "stock_short"}])
    body = {"messageId": "m-1", "data": [an_order("N-1"), an_order("N-2")]}
    answer = orjson.loads(sandbox.send(call(sandbox, PLACE, body)).body)
    sku = an_order("N-1")["productList"][0]["MFSKUID"]
    assert answer == {
        "code": 4,
        "data": [],
        "errors": [
            {"code": "400448", "id": name, "message": f"商品:{sku} 库存不足", "referenceNumber": name}
            for name in ("N-1", "N-2")
        ],
        "messageId": "m-1",
        "success": False,
    }


def test_a_fault_gives_the_values_of_an_errors_text() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"error": "field_too_long", "values": {"field": "remarks", "limit": 500}}])
    answer = orjson.loads(sandbox.send(call(sandbox, PLACE)).body)
    assert answer["errors"] == [{"code": "400004", "message": "remarks 字段长度不能超过500!"}]


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ({"error": "stock_short"}, 0),
        ({"status": 504}, 0),
        ({"status": 504, "after_effect": True}, 1),
        ({"drop": "before_effect"}, 0),
        ({"drop": "after_effect"}, 1),
        ({"drop": "mid_body"}, 1),
        ({"body": "cut"}, 1),
        ({"latency_s": 30}, 1),
    ],
    ids=str,
)
def test_a_call_is_done_or_not_as_its_fault_says(fault: dict[str, Any], done: int) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"operation": PLACE, **fault}])
    sandbox.send(call(sandbox, PLACE, {"data": [an_order("N-1")]}))
    assert any("N-1" in world.outbound_by_reference for world in sandbox.tenant.worlds) == bool(done)
    (entry,) = sandbox.journal.since()
    assert entry.outcome == ("ok" if done else "refused")


def test_a_status_bears_the_page_of_whoever_would_give_it() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 503, "nth": 1}, {"status": 500, "nth": 2}, {"status": 500, "from": "proxy"}])
    proxy, vendor, wanted = (sandbox.send(call(sandbox)) for _ in range(3))
    assert b"<h1>503 Service Unavailable</h1>" in proxy.body
    assert dict(proxy.headers)["content-type"] == "text/html"
    assert orjson.loads(vendor.body)["status"] == 500
    assert dict(vendor.headers)["content-type"] == "application/json;charset=UTF-8"
    assert b"<h1>500 Internal Server Error</h1>" in wanted.body


def test_mercozys_own_page_is_mercozys() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 500}])
    answer = orjson.loads(sandbox.send(call(sandbox, "list_products")).body)
    assert answer == {"statusCode": 500, "message": "Internal Server Error", "error": "Internal Server Error"}


def as_is() -> bytes:
    """The body of the same call without a fault."""
    sandbox = Sandbox()
    return sandbox.send(call(sandbox, PLACE, {"messageId": "m", "data": [an_order("N-1")]})).body


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"body": "empty"}, lambda whole: b""),
        ({"body": "cut"}, lambda whole: whole[: len(whole) // 2]),
        ({"body": "malformed"}, lambda whole: whole.replace(b":", b" ", 1)),
        ({"content_type": "text/plain"}, lambda whole: whole),
        ({"drop": "mid_body"}, lambda whole: whole[: len(whole) // 2]),
        ({"drop": "after_effect"}, lambda whole: b""),
    ],
    ids=["empty", "cut", "malformed", "content_type", "mid_body", "after_effect"],
)
def test_a_body_is_spoilt_as_the_fault_says(fault: dict[str, Any], expected: Callable[[bytes], bytes]) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([fault])
    reply = sandbox.send(call(sandbox, PLACE, {"messageId": "m", "data": [an_order("N-1")]}))
    whole = as_is()
    assert reply.body == expected(whole)
    if "content_type" in fault:
        assert [value for name, value in reply.headers if name == "content-type"] == ["text/plain"]
    if fault.get("drop") == "mid_body":
        assert reply.transport == Transport(promised=len(whole))
    if fault.get("body") == "malformed":
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(reply.body)


@pytest.mark.parametrize(("how", "error"), [("expired", "token_expired"), ("revoked", "token_invalid")])
def test_a_token_is_ended_for_good_and_a_fresh_one_works(how: str, error: str) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"token": how, "nth": 2}])
    old = call(sandbox, "sku_query_v3")
    for _ in range(4):
        sandbox.send(old)
    sandbox.send(call(sandbox, "sku_query_v3"))
    found = [(entry.errors, bool(entry.injected)) for entry in sandbox.journal.since()]
    assert found == [((), False), ((error,), True), ((error,), False), ((error,), False), ((), False)]


def test_the_journal_marks_what_was_injected() -> None:
    sandbox = Sandbox()
    fault = {"operation": LIST, "status": 503, "nth": 2}
    sandbox.put_faults([fault])
    statuses(sandbox, 3)
    assert [entry.injected for entry in sandbox.journal.since()] == [(), (fault,), ()]


Told = list[tuple[str, str, datetime]]


def told(*faults: dict[str, Any], receiver: Callable[[], int | None] = lambda: None) -> Told:
    """What the webhooks told, in the order in which they came: of which order, its state, and when it came."""
    sandbox = Sandbox(clock="manual", now=datetime(2026, 11, 23, 9, tzinfo=timezone.utc))
    sandbox.put_faults(faults)
    got: Told = []

    def receive(webhook: Any) -> int | None:
        data = webhook.payload["data"]
        got.append((data["referenceNumber"], data["orderStatus"], sandbox.now()))
        return receiver()

    sandbox.on_webhook(receive)
    sandbox.send(call(sandbox, PLACE, {"data": [an_order("N-1")]}))
    sandbox.advance(days=20)
    return got


def states(got: Told, reference: str = "N-1") -> list[str]:
    """What was told of an order."""
    return [state for order, state, _ in got if order == reference]


def test_webhooks_come_late() -> None:
    assert told({"webhook": "late", "by_s": 60}) == [(*rest, at + timedelta(seconds=60)) for *rest, at in told()]


def test_a_webhook_comes_twice() -> None:
    true = told()
    got = told({"webhook": "twice", "first": 1, "operation": "outbound_callback_webhook"})
    assert sorted(got) == sorted([true[0], *true])


def test_webhooks_that_are_out_of_order_come_after_the_next_of_the_same_order() -> None:
    true, swapped = states(told()), states(told({"webhook": "out_of_order"}))
    assert len(true) % 2 == 1
    assert swapped == [*(state for at in range(0, len(true) - 1, 2) for state in (true[at + 1], true[at])), true[-1]]


def test_one_webhook_alone_is_out_of_order() -> None:
    true = told()
    nth = next(at for at, (order, _, _) in enumerate(true) if order == "N-1")
    first, second, *rest = states(true)
    assert states(told({"webhook": "out_of_order", "nth": nth + 1})) == [second, first, *rest]


def test_a_webhook_that_waits_for_another_in_vain_comes_by_itself() -> None:
    true = told()
    got = told({"webhook": "out_of_order", "by_s": 3600, "nth": len(true)})
    *rest, at = true[-1]
    assert got == [*true[:-1], (*rest, at + timedelta(hours=1))]


def test_a_webhook_that_was_not_taken_is_tried_again_before_its_double() -> None:
    answers = iter([500])
    true = told()
    got = told({"webhook": "twice", "first": 1}, receiver=lambda: next(answers, 200))
    order, state, _ = true[0]
    assert states(got, order).count(state) == 3


def test_webhooks_show_what_befell_them() -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 11, 23, 9, tzinfo=timezone.utc))
    sandbox.put_faults([{"webhook": "late", "nth": 1}])
    sandbox.on_webhook(lambda call: None)
    sandbox.send(call(sandbox, PLACE, {"data": [an_order("N-1")]}))
    sandbox.advance(days=3)
    injected = [webhook["injected"] for webhook in sandbox.webhooks]
    assert injected[0] == [{"webhook": "late", "nth": 1, "by_s": 3600}]
    assert injected[1] == []
    assert sandbox.faults[0]["fired"] == 1
