"""How many calls a shop's plan lets through."""

from typing import Any

import pytest
from oc_sandbox import Sandbox


@pytest.fixture
def pro(shop: Any) -> Any:
    """A shop whose plan allows 300 calls a minute."""
    shop.sandbox.mercozy.set_plan("pro")
    return shop


def statuses(shop: Any, count: int) -> list[int]:
    return [shop.get("/products", limit=1).status for _ in range(count)]


def test_one_call_too_many_is_refused_in_the_vendors_form(pro: Any) -> None:
    assert statuses(pro, 300) == [200] * 300
    refused = pro.get("/products")
    assert refused.status == 429
    assert refused.body == {"statusCode": 429, "message": "Too many requests", "error": "Too Many Requests"}


def test_a_business_shop_may_call_a_thousand_times(shop: Any) -> None:
    shop.sandbox.mercozy.set_plan("business")
    assert statuses(shop, 1001) == [200] * 1000 + [429]


def test_any_sixty_seconds_hold_300_calls(pro: Any) -> None:
    assert statuses(pro, 100) == [200] * 100
    pro.sandbox.advance(seconds=30)
    assert statuses(pro, 201) == [200] * 200 + [429]
    pro.sandbox.advance(seconds=29.999)
    assert statuses(pro, 1) == [429]
    pro.sandbox.advance(seconds=0.001)
    assert statuses(pro, 101) == [200] * 100 + [429]


def test_waiting_after_a_refusal_is_enough_however_often_it_was_tried(pro: Any) -> None:
    statuses(pro, 300)
    pro.sandbox.advance(seconds=59)
    assert statuses(pro, 50) == [429] * 50
    pro.sandbox.advance(seconds=1)
    assert statuses(pro, 1) == [200]


def test_all_keys_of_a_shop_count_together_and_so_do_refusals(pro: Any) -> None:
    first = pro.headers
    pro.headers = {"x-api-key": pro.sandbox.mercozy.new_key([])}
    assert statuses(pro, 150) == [403] * 150
    pro.headers = first
    assert [pro.get("/products/nobody").status for _ in range(150)] == [404] * 150
    assert statuses(pro, 1) == [429]


def test_a_refused_write_changes_nothing(pro: Any) -> None:
    statuses(pro, 300)
    assert pro.move("IN", 5).status == 429
    pro.sandbox.advance(minutes=1)
    assert pro.quantity() == 42


def test_a_wrong_key_uses_nobody_s_calls(pro: Any) -> None:
    own = pro.headers
    pro.headers = {"x-api-key": "wrong"}
    assert statuses(pro, 300) == [401] * 300
    pro.headers = own
    assert statuses(pro, 1) == [200]


def test_shops_and_their_owners_other_calls_are_counted_apart(pro: Any) -> None:
    statuses(pro, 301)
    other = type(pro)(Sandbox())
    assert statuses(other, 1) == [200]
    assert pro.sandbox.stock()


def test_without_a_plan_nobody_counts(shop: Any) -> None:
    assert statuses(shop, 1001) == [200] * 1001
    shop.sandbox.mercozy.set_plan("pro")
    statuses(shop, 300)
    shop.sandbox.mercozy.set_plan(None)
    assert statuses(shop, 2) == [200] * 2


def test_a_reply_has_no_headers_that_nobody_documented(pro: Any) -> None:
    statuses(pro, 301)
    for entry in list(pro.sandbox.journal.since())[-2:]:
        assert [name for name, _ in entry.reply.headers] == ["content-type"]
