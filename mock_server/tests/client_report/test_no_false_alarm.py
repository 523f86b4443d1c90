"""What looks like a mistake and is none; and that a mistake beside it is one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import orjson
import pytest
from calls import an_order, answer, send
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Reply
from oc_sandbox.catalog import catalog
from oc_sandbox.client_report.reporting import findings_of
from oc_sandbox.client_report.story import story_of
from oc_sandbox.journal import Entry
from oc_sandbox.samples import call_of

NO_STOCK = [{"MFSKUID": "OC0000250276174", "SKUQuantity": 1}]


def checks(sandbox: Sandbox, **options: Any) -> list[tuple[str, str]]:
    """Severity and name of what is found."""
    return [(finding.severity, finding.check) for finding in sandbox.report(**options).findings]


def place(sandbox: Sandbox, *orders: Any) -> Any:
    """Orders in one call."""
    return answer(sandbox, "place_outbound_order", {"messageId": "1", "data": list(orders)})


def movements(sandbox: Sandbox, days: float, seconds: int = 0) -> None:
    """A movement query over so much time."""
    now = sandbox.now()
    start = (now - timedelta(days=days, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    data = {"startTime": start, "endTime": now.strftime("%Y-%m-%dT%H:%M:%S+0000")}
    send(sandbox, "get_stock_movement", {"messageId": "1", "data": data})


def snapshot(sandbox: Sandbox, page: int, size: int, **more: Any) -> None:
    """A page of the stock."""
    send(sandbox, "stock_snapshot_v2", {"messageId": "1", "data": {"pageNumber": page, "pageSize": size, **more}})


def snapshot_call(sandbox: Sandbox, page: int, size: int) -> Call:
    """The same, not sent yet."""
    operation = catalog().operations["stock_snapshot_v2"]
    body = orjson.dumps({"messageId": "1", "data": {"pageNumber": page, "pageSize": size}})
    headers = operation.api.credentials.sign(operation, sandbox.tenant, operation.path, body)
    headers["content-type"] = "application/json"
    return Call("POST", operation.path, {name.lower(): value for name, value in headers.items()}, body)


FIRST_SAMPLES = {name: next(iter(operation.fixture["exchanges"])) for name, operation in catalog().operations.items()}


@pytest.mark.parametrize("name", FIRST_SAMPLES)
def test_the_first_sample_of_an_operation_gets_no_finding(name: str) -> None:
    sandbox = Sandbox()
    operation = catalog().operations[name]
    sandbox.send(call_of(operation, sandbox.sample(name)))
    assert checks(sandbox) == []


def test_no_calls_are_no_verdict() -> None:
    report = Sandbox().report()
    assert (report.findings, report.passed) == ((), True)
    assert "nothing to judge" in report.as_text()


def test_a_refusal_for_the_state_of_things_is_no_mistake_of_the_client(sandbox: Sandbox) -> None:
    place(sandbox, an_order("A-1", productList=NO_STOCK))
    operation = catalog().operations["outbound_order_cancellation"]
    sandbox.send(call_of(operation, sandbox.sample(operation.name, "unknown_order")))
    assert [entry.outcome for entry in sandbox.journal.since()] == ["refused", "refused"]
    assert checks(sandbox) == []


def test_a_window_of_exactly_the_longest_is_an_assumption_and_no_finding(sandbox: Sandbox) -> None:
    movements(sandbox, 7)
    assert checks(sandbox) == []
    assert "seven_day_edge" in [each["name"] for each in sandbox.report().as_json()["assumptions"]]


def test_a_window_of_one_second_more_is_a_finding_unless_the_tests_expect_it(sandbox: Sandbox) -> None:
    movements(sandbox, 7, seconds=1)
    assert checks(sandbox) == [("error", "window-too-wide")]
    assert checks(sandbox, expected=["window_too_wide"]) == [("note", "window-too-wide")]


def test_what_the_tenants_answers_allow_is_judged_by_them() -> None:
    sandbox = Sandbox(assumptions={"seven_day_edge": "outside"})
    movements(sandbox, 7)
    assert checks(sandbox) == [("error", "window-too-wide")]


def test_what_failed_and_is_looked_at_or_sent_again_is_not_ignored(sandbox: Sandbox) -> None:
    place(sandbox, an_order("A-1"), an_order("A-2", productList=NO_STOCK), an_order("A-3", productList=NO_STOCK))
    (finding,) = sandbox.report().findings
    assert (finding.severity, finding.check) == ("note", "partial-failure-ignored")
    assert "A-2, A-3" in finding.says
    query = {"referenceNumberList": [{"referenceNumber": "A-2"}]}
    send(sandbox, "outbound_order_query_v2", {"messageId": "2", "data": query})
    place(sandbox, an_order("A-3"))
    assert checks(sandbox) == []


def test_one_order_to_one_address_twice_is_two_orders(sandbox: Sandbox) -> None:
    place(sandbox, an_order("A-1"))
    place(sandbox, an_order("A-2"))
    assert checks(sandbox) == []


def test_a_sale_that_was_cancelled_may_be_placed_anew(sandbox: Sandbox) -> None:
    sale = {"orderPlatform": "eBay", "ebayId": "example-shop", "ebayOrderId": "02-05696-00555"}
    number = place(sandbox, an_order("A-1", **sale))["data"][0]["orderNumber"]
    when = sandbox.now().strftime("%Y-%m-%dT%H:%M:%S+0000")
    data = {"orderNumber": number, "cancelReason": "address", "cancelTime": when}
    answer(sandbox, "outbound_order_cancellation", {"messageId": "2", "data": data})
    place(sandbox, an_order("A-2", **sale))
    assert checks(sandbox) == []
    place(sandbox, an_order("A-3", **sale))
    assert checks(sandbox) == [("warning", "placed-twice")]


def test_a_reference_is_sent_again_only_after_a_look(sandbox: Sandbox) -> None:
    place(sandbox, an_order("A-1"))
    query = {"referenceNumberList": [{"referenceNumber": "A-1"}]}
    send(sandbox, "outbound_order_query_v2", {"messageId": "2", "data": query})
    place(sandbox, an_order("A-1"))
    assert checks(sandbox) == []
    place(sandbox, an_order("A-1"))
    assert checks(sandbox) == [("warning", "sent-again-unseen")]
    assert checks(sandbox, expected=["reference_taken"]) == [("note", "sent-again-unseen")]


@pytest.mark.parametrize(("days_ago", "warned"), [(0, False), (3, True)], ids=["of_that_time", "of_another"])
def test_who_lists_the_orders_of_the_time_has_looked(sandbox: Sandbox, days_ago: int, warned: bool) -> None:
    sandbox.put_faults([{"operation": "place_outbound_order", "drop": "before_effect", "first": 1}])
    send(sandbox, "place_outbound_order", {"messageId": "1", "data": [an_order("A-1")]})
    end = sandbox.now() - timedelta(days=days_ago)
    times = {"startTime": end - timedelta(hours=1), "endTime": end}
    data = {name: at.strftime("%Y-%m-%dT%H:%M:%S+0000") for name, at in times.items()}
    send(sandbox, "outbound_order_query_v2", {"messageId": "2", "data": data})
    place(sandbox, an_order("A-1"))
    assert checks(sandbox) == ([("warning", "sent-again-unseen")] if warned else [])


def test_paging_until_a_page_is_empty_is_right_and_beyond_that_is_not(sandbox: Sandbox) -> None:
    for page in (1, 2, 3):
        snapshot(sandbox, page, 10)
    assert checks(sandbox) == []
    snapshot(sandbox, 4, 10)
    assert checks(sandbox) == [("warning", "paging-past-the-end")]


@pytest.mark.parametrize(
    ("pages", "severity"),
    [
        ("1a 2a 3a 4a", "warning"),
        ("1a 2a 2a 3a 4a", "warning"),
        ("1a 2a 3a 1b 2b 3b 4b", "warning"),  # in the evening once more
        ("1a 2a 3a 4b", "note"),
        ("1a 2b 3c 4d", "note"),
        # A pool of two: whichever is free is taken, and may be overtaken.
        ("1a 2b 3a 4a", "note"),
        ("1a 2b 3b 4b", "note"),
        ("2a 1b 3b 4b", "note"),
        ("1a 3a 4a 2b", "note"),
        ("2a 3a 4a 1b", "note"),
    ],
)
def test_pages_past_the_end_are_a_warning_only_for_who_has_the_empty_one(
    sandbox: Sandbox, pages: str, severity: str
) -> None:
    for number, line in pages.split():
        sandbox.send(snapshot_call(sandbox, int(number), 10)._replace(line=line))
    assert checks(sandbox) == [(severity, "paging-past-the-end")]


def test_tasks_that_ask_for_several_pages_at_once_have_seen_none_of_them(sandbox: Sandbox) -> None:
    async def page(number: int) -> None:
        sandbox.send(snapshot_call(sandbox, number, 10))

    async def side_by_side() -> None:
        await asyncio.gather(*map(page, (1, 2, 3, 4)))

    asyncio.run(side_by_side())
    assert checks(sandbox) == [("note", "paging-past-the-end")]
    assert "whether the client had that one by then cannot be told" in sandbox.report().as_text().replace("\n ", "")


def test_a_task_that_asks_for_one_page_after_the_other_has_seen_them(sandbox: Sandbox) -> None:
    async def one_after_the_other() -> None:
        for number in (1, 2, 3, 4):
            sandbox.send(snapshot_call(sandbox, number, 10))
            await asyncio.sleep(0)

    asyncio.run(one_after_the_other())
    assert checks(sandbox) == [("warning", "paging-past-the-end")]


def test_a_pool_of_threads_may_have_asked_for_all_pages_at_once(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(1) as pool:
        for number in (1, 2, 3, 4):
            pool.submit(snapshot, sandbox, number, 10).result()
    assert checks(sandbox) == [("note", "paging-past-the-end")]


def test_one_page_more_than_a_total_tells_is_no_mistake(sandbox: Sandbox) -> None:
    headers = {"x-api-key": sandbox.mercozy_api_key}
    for page in (1, 2):
        sandbox.send(Call("GET", "/api/v1/external/inventory", headers, b"", f"page={page}&limit=100"))
    assert checks(sandbox) == []


def test_two_sellers_may_use_one_number() -> None:
    sandbox = Sandbox(sellers=2)
    for seller in sandbox.describe()["sellers"]:
        body = orjson.loads(sandbox.sample("place_inbound_order").body)
        send(sandbox, "place_inbound_order", body, access_token=f"Bearer {seller['access_token']}")
    assert "sent-again-unseen" not in [check for _, check in checks(sandbox)]


def test_a_full_page_of_what_was_named_one_by_one_is_all_of_it(sandbox: Sandbox) -> None:
    named = {"skuList": [{"mfSkuId": "OC0000000194079"}, {"mfSkuId": "OC0000000675549"}]}
    snapshot(sandbox, 1, 2, **named)
    assert checks(sandbox) == []
    snapshot(sandbox, 1, 2)
    assert checks(sandbox) == [("warning", "paging-stopped-early")]


def test_two_that_page_side_by_side_do_not_disturb_each_other(sandbox: Sandbox) -> None:
    for page in (1, 1, 2, 2, 3, 3):
        snapshot(sandbox, page, 9)
    assert checks(sandbox) == []


def test_a_call_without_signature_is_told_where_the_sandbox_lets_it_pass() -> None:
    sandbox = Sandbox(auth="open")
    send(sandbox, "get_stock_movement", {"messageId": "1", "data": {}}, vauthorization="")
    (finding,) = sandbox.report().findings
    assert finding.check == "unsigned"
    assert "auth is open" in finding.says


def test_an_expired_token_that_is_renewed_and_the_call_made_again_is_a_note(sandbox: Sandbox) -> None:
    old = {"access_token": f"Bearer {sandbox.access_token}"}
    sandbox.advance(hours=2)
    send(sandbox, "stock_snapshot_v2", {"messageId": "1", "data": {}}, **old)
    assert checks(sandbox) == [("warning", "token-renewed-late")]
    send(sandbox, "stock_snapshot_v2", {"messageId": "2", "data": {}})
    assert checks(sandbox) == [("note", "token-renewed-late")]


def test_workers_that_each_fetch_a_token_do_not_renew_it_too_often(sandbox: Sandbox) -> None:
    operation = catalog().operations["oauth_refresh_access_token"]
    query = f"grant_type=refresh_token&client_id={sandbox.client_key}&refresh_token={sandbox.refresh_token}"
    call = Call(operation.method, operation.path, {}, b"", query)
    tokens = [orjson.loads(sandbox.send(call).body)["access_token"] for _ in range(4)]
    for token in tokens * 2:
        headers = {"access_token": f"Bearer {token}"}
        send(sandbox, "stock_snapshot_v2", {"messageId": "1", "data": {"pageNumber": 1, "pageSize": 200}}, **headers)
    assert checks(sandbox) == []


def test_tokens_of_two_sellers_are_not_one_that_is_renewed_too_often() -> None:
    sandbox = Sandbox(sellers=2)
    operation = catalog().operations["oauth_refresh_access_token"]
    for _ in range(4):
        for seller in sandbox.describe()["sellers"]:
            query = f"grant_type=refresh_token&client_id={sandbox.client_key}&refresh_token={seller['refresh_token']}"
            sandbox.send(Call(operation.method, operation.path, {}, b"", query))
    assert checks(sandbox) == []


def test_whether_retries_wait_is_not_judged_by_a_clock_that_stands_still() -> None:
    sandbox = Sandbox(clock="manual")
    for _ in range(9):
        place(sandbox, an_order("A-1", productList=NO_STOCK))
    report = sandbox.report()
    assert report.findings == ()
    assert "clock stands still" in report.as_text()


def test_a_hot_loop_is_told_by_a_clock_that_runs(sandbox: Sandbox) -> None:
    for _ in range(5):
        place(sandbox, an_order("A-1", productList=NO_STOCK))
    assert checks(sandbox) == [("warning", "retried-without-back-off")]


class Injected(Entry):
    """A call that a fault befell."""

    injected: Any = ()


def after_a_fault(sandbox: Sandbox, status: int, body: bytes, /, **fault: Any) -> tuple[Any, ...]:
    """The findings where a fault befell the first call: it was done, and got this answer."""
    first, *others = sandbox.journal.since()
    faulty = Injected(*first._replace(reply=Reply(status, (), body)))
    faulty.injected = (fault,)
    story = story_of([faulty, *others], catalog(), sandbox.tenant.choices)
    return findings_of(story)


def test_an_order_under_a_second_number_after_an_unclear_answer_is_an_error(sandbox: Sandbox) -> None:
    place(sandbox, an_order("A-1"))
    place(sandbox, an_order("A-2"))
    (finding,) = after_a_fault(sandbox, 500, b"oops", status=500, after_effect=True)
    assert (finding.severity, finding.check) == ("error", "placed-twice")
    assert finding.assumed


def test_the_same_number_after_an_unclear_answer_is_a_warning_that_says_what_it_assumes(sandbox: Sandbox) -> None:
    place(sandbox, an_order("A-1"))
    place(sandbox, an_order("A-1"))
    (finding,) = after_a_fault(sandbox, 200, b'{"code":0,"da', body="cut")
    assert (finding.severity, finding.check, finding.assumed) == ("warning", "sent-again-unseen", True)
    assert finding.basis[0].fact.startswith("Nobody knows")


def test_an_order_that_took_long_and_another_like_it_are_two(sandbox: Sandbox) -> None:
    reply = send(sandbox, "place_outbound_order", {"messageId": "1", "data": [an_order("A-1")]})
    place(sandbox, an_order("A-2"))
    assert after_a_fault(sandbox, 200, reply.body, latency_s=30) == ()


def test_orders_that_look_alike_are_no_doubles_of_one_that_is_asked_for(sandbox: Sandbox) -> None:
    for number in ("A-1", "A-2"):
        place(sandbox, an_order(number))
    query = {"referenceNumberList": [{"referenceNumber": "A-1"}]}
    send(sandbox, "outbound_order_query_v2", {"messageId": "2", "data": query})
    assert after_a_fault(sandbox, 500, b"oops", status=500, after_effect=True) == ()


def test_a_token_that_a_fault_has_ended_was_not_renewed_too_late(sandbox: Sandbox) -> None:
    old = {"access_token": f"Bearer {sandbox.access_token}"}
    sandbox.advance(hours=2)
    send(sandbox, "stock_snapshot_v2", {"messageId": "1", "data": {}}, **old)
    send(sandbox, "stock_snapshot_v2", {"messageId": "2", "data": {"pageSize": 100}}, **old)
    (first, _) = sandbox.journal.since()
    assert after_a_fault(sandbox, 200, first.reply.body, token="expired") == ()


def test_a_fault_is_no_mistake_of_the_client(sandbox: Sandbox) -> None:
    snapshot(sandbox, 1, 200)
    snapshot(sandbox, 1, 200)
    assert after_a_fault(sandbox, 503, b"", status=503) == ()


def test_calls_that_fell_out_are_counted_and_make_no_finding(sandbox: Sandbox) -> None:
    for number in range(3):
        place(sandbox, an_order(f"A-{number}"), an_order(f"B-{number}", productList=NO_STOCK))
    kept = list(sandbox.journal.since(2))
    story = story_of(kept, catalog(), sandbox.tenant.choices, lost=2)
    assert [finding.calls[0].id for finding in findings_of(story)] == [3]


def test_the_report_says_how_many_calls_the_journal_has_lost(sandbox: Sandbox) -> None:
    sandbox.tenant.journal._limit = 2
    for page in (1, 2, 3):
        snapshot(sandbox, page, 10)
    assert sandbox.report().as_json()["calls_lost"] == 1
    assert "the oldest calls: 1 had fallen out" in sandbox.report().as_text()


def test_each_rule_that_is_a_guess_is_marked(sandbox: Sandbox) -> None:
    movements(sandbox, 20)
    send(sandbox, "stock_snapshot_v2", {"messageId": "1", "data": {"pageSize": 500}})
    by_check = {finding.check: finding for finding in sandbox.report().findings}
    assert not by_check["window-too-wide"].assumed  # the limit is documented, if the text of its refusal is not
    assert by_check["value-not-allowed"].assumed
    assert "rests on an assumption" in sandbox.report().as_text()


def test_the_report_is_json(sandbox: Sandbox) -> None:
    movements(sandbox, 20)
    value = orjson.loads(orjson.dumps(sandbox.report().as_json()))
    (finding,) = value["findings"]
    assert finding["calls"][0]["curl"].startswith("curl -sS -X POST")
    assert finding["basis"][0]["where"].endswith("x-date-range/longest")
    assert value["passed"] is False
