"""Stock is a ledger: balances are sums, nothing goes below zero, nothing is written by halves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.domain.ledger import Bucket, Ledger, Overdrawn, Reason

KEY = ("OC1", "UK")
events = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.lists(
            st.tuples(st.sampled_from(Bucket), st.integers(-5, 9)), min_size=1, max_size=3, unique_by=lambda to: to[0]
        ),
    ),
    max_size=25,
)


@given(events)
def test_a_balance_is_the_sum_of_its_movements_and_never_negative(events: list) -> None:
    ledger, at_s = Ledger({KEY: 7}, opened_at_s=-1), 0
    for wait, changes in events:
        at_s += wait
        before = list(ledger.shelf(*KEY).between(-1, at_s))
        try:
            ledger.post(KEY, at_s, changes, Reason.ADJUSTED, "O1")
        except Overdrawn:
            assert list(ledger.shelf(*KEY).between(-1, at_s)) == before
    movements = list(ledger.shelf(*KEY).between(-1, at_s))
    for bucket in Bucket:
        own = [movement for movement in movements if movement.bucket is bucket]
        running = 0
        for movement in own:
            running += movement.change
            assert movement.after == running >= 0
        assert ledger.balance(*KEY, bucket) == running
    assert len({(movement.serial, movement.bucket) for movement in movements}) == len(movements)


@given(events, st.integers(0, 800), st.integers(0, 800))
def test_a_window_holds_the_movements_from_start_to_end_both_inside(events: list, start_s: int, end_s: int) -> None:
    ledger, at_s = Ledger(), 0
    for wait, changes in events:
        at_s += wait
        ledger.post(KEY, at_s, [(bucket, abs(change)) for bucket, change in changes], Reason.ADJUSTED)
    everything = list(ledger.shelf(*KEY).between(0, at_s))
    inside = [movement for movement in everything if start_s <= movement.at_s <= end_s]
    assert list(ledger.shelf(*KEY).between(start_s, end_s)) == inside


def test_an_untouched_shelf_answers_like_a_touched_one() -> None:
    ledger = Ledger({KEY: 7, ("OC2", "DE"): 0}, opened_at_s=5)
    assert ledger.balance(*KEY, Bucket.AVAILABLE) == 7
    (opening,) = ledger.shelf(*KEY).between(0, 9)
    assert (opening.change, opening.after, opening.at_s) == (7, 7, 5)
    assert ledger.balance(*KEY, Bucket.AVAILABLE) == 7
    assert len(ledger.shelf("OC2", "DE")) == 0
    assert ledger.shelves() == [KEY, ("OC2", "DE")]


def test_shelves_stand_in_order_however_they_came() -> None:
    ledger = Ledger({("OC5", "UK"): 1, ("OC5", "DE"): 1, ("OC1", "UK"): 1})
    for key in (("OC5", "AU"), ("OC3", "UK"), ("OC9", "UK"), ("OC0", "UK"), ("OC5", "AU")):
        assert list(ledger.sorted_shelves()) == sorted(ledger.shelves())
        ledger.post(key, 0, [(Bucket.AVAILABLE, 1)], Reason.ADJUSTED)
    assert list(ledger.sorted_shelves()) == sorted(set(ledger.shelves()))
    assert len(ledger.sorted_shelves()) == 7


def test_reading_a_balance_makes_no_shelf() -> None:
    ledger = Ledger()
    assert ledger.balance("OC9", "UK", Bucket.AVAILABLE) == 0
    assert ledger.shelves() == []


def test_an_overdraft_names_sku_bucket_and_balance() -> None:
    with pytest.raises(Overdrawn, match="OC1 in UK: AVAILABLE holds 7, a change of -8"):
        Ledger({KEY: 7}).post(KEY, 0, [(Bucket.AVAILABLE, -8)], Reason.ADJUSTED)


def test_serials_count_from_the_first() -> None:
    ledger = Ledger({("A", "UK"): 5, ("B", "UK"): 6}, first_serial=1000)
    ledger.post(("A", "UK"), 1, [(Bucket.AVAILABLE, 1)], Reason.ADJUSTED)
    assert [movement.serial for movement in ledger.shelf("A", "UK").between(0, 1)] == [1000, 1002]
    assert [movement.serial for movement in ledger.shelf("B", "UK").between(0, 1)] == [1001]
