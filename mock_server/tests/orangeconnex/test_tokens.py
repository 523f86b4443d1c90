"""The tokens that an account remembers: found while they are good, forgotten in time, and never too many."""

import sys

import pytest
from calls import answer
from oc_sandbox import Sandbox
from oc_sandbox.orangeconnex.tokens import Grant, Grants
from oc_sandbox.orangeconnex.vocabulary import TOKENS_KEPT


def grants(newest: int, *given: tuple[str, str, int]) -> Grants:
    """Tokens that live for 100 seconds, each with its seller and when it was given out."""
    book = Grants(100, newest)
    for token, ocid, now_s in given:
        book.add(token, Grant(ocid, now_s + 100))
    return book


def test_of_each_seller_the_newest_are_known() -> None:
    book = grants(2, ("a", "1", 0), ("b", "2", 0), ("c", "1", 0), ("d", "1", 0))
    assert list(book) == ["b", "c", "d"]


def test_one_that_was_taken_is_gone_and_makes_no_room() -> None:
    book = grants(2, ("a", "1", 0), ("b", "1", 0))
    assert book.take("b").ocid == "1"
    book.add("c", Grant("1", 100))
    assert list(book) == ["c"]
    with pytest.raises(KeyError):
        book.take("b")


def test_the_dead_are_told_from_the_unknown_for_as_long_as_they_lived() -> None:
    book = grants(9, ("a", "1", 0))
    book.add("b", Grant("1", 199 + 100))
    assert "a" in book
    book.add("c", Grant("1", 200 + 100))
    assert list(book) == ["b", "c"]


def test_a_lasting_token_is_the_sellers_newest() -> None:
    book = grants(9, ("a", "1", 0), ("b", "1", 50), ("c", "2", 60))
    assert (book.lasting("1", 149), book.lasting("1", 150), book.lasting("3", 0)) == ("b", None, None)
    book.take("b")
    assert book.lasting("1", 0) is None


def test_a_client_that_asks_for_a_token_each_call_does_not_fill_the_memory() -> None:
    sandbox = Sandbox(clock="frozen")
    account = sandbox.tenant.accounts["orangeconnex"]
    first = account.new_access_token("10000001")
    for _ in range(TOKENS_KEPT["access_token"] - 1):
        account.new_access_token("10000001")
    body = {"data": {}, "timestamp": 0}
    assert answer(sandbox, "get_stock_movement", body, Access_Token=f"Bearer {first}")["code"] == 0
    newest = account.new_access_token("10000001")
    assert len(account.access) == TOKENS_KEPT["access_token"]
    assert sum(map(sys.getsizeof, account.access)) < 1_500_000
    refused = answer(sandbox, "get_stock_movement", body, Access_Token=f"Bearer {first}")
    assert refused["message"] == "Authentication Fail:access token invalid"
    assert answer(sandbox, "get_stock_movement", body, Access_Token=f"Bearer {newest}")["code"] == 0


@pytest.mark.parametrize("kind", ["refresh_token", "authorization_code"])
def test_refresh_tokens_and_codes_are_bounded_too(kind: str) -> None:
    account = Sandbox(clock="frozen").tenant.accounts["orangeconnex"]
    for _ in range(TOKENS_KEPT[kind] + 5):
        if kind == "refresh_token":
            account.new_refresh_token("10000001")
        else:
            account.new_authorization_code("10000001", "https://erp.example.com")
    book = account.refresh if kind == "refresh_token" else account.codes
    assert len(book) == TOKENS_KEPT[kind]
