"""The journal keeps the latest calls, in order, within its bounds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.call import Call, Reply
from oc_sandbox.journal import Journal

BIG = "x" * 1000


def write(journal: Journal, call: Call, reply: bytes = b"") -> None:
    """One call more."""
    journal.write(0, None, call, Reply(200, (), reply), (), "ok")


@given(st.lists(st.integers(0, 400), max_size=40), st.integers(1, 10), st.integers(1, 1000))
def test_it_holds_the_latest_calls_within_both_bounds(sizes: list[int], limit: int, limit_bytes: int) -> None:
    journal = Journal(limit, limit_bytes)
    for size in sizes:
        write(journal, Call("POST", "", {}, b"x" * size))
    kept = list(journal.since())
    assert len(kept) == len(journal) <= limit
    assert len(kept) == 1 or sum(len(entry.call.body) for entry in kept) <= limit_bytes
    assert all(after.id == before.id + 1 for before, after in pairwise(kept))
    assert [len(entry.call.body) for entry in kept] == sizes[len(sizes) - len(kept) :]
    assert bool(kept) == bool(sizes)


@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (Call("POST", "", {}, BIG.encode()), b""),
        (Call("GET", BIG, {}), b""),
        (Call("GET", "", {}, b"", BIG), b""),
        (Call("GET", "", {"cookie": BIG}), b""),
        (Call("GET", "", {}), BIG.encode()),
    ],
    ids=["body", "path", "query", "header", "reply"],
)
def test_whatever_a_call_carries_counts(call: Call, reply: bytes) -> None:
    journal = Journal(limit_bytes=5000)
    for _ in range(20):
        write(journal, call, reply)
    assert len(journal) == 5


def test_ids_go_on_after_it_is_cleared() -> None:
    journal = Journal()
    write(journal, Call("GET", "/", {}))
    journal.clear()
    write(journal, Call("GET", "/", {}))
    assert [entry.id for entry in journal.since()] == [2]


def test_calls_are_found_by_id_and_operation() -> None:
    journal = Journal()
    for operation in ("a", "b", "a"):
        journal.write(0, operation, Call("GET", "/", {}), Reply(200, (), b""), (), "ok")
    assert [entry.id for entry in journal.since(1)] == [2, 3]
    assert [entry.id for entry in journal.since(operation="a")] == [1, 3]
    assert [entry.id for entry in journal.since(1, "a")] == [3]
