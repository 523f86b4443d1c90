"""The journal: the latest calls, and never more than its bounds."""

from oc_sandbox.call import Call, Reply
from oc_sandbox.journal import Journal


def write(journal: Journal, size: int, operation: str = "any") -> None:
    """A call whose body and reply have so many bytes together."""
    call, reply = Call("POST", "/", {}, b"x" * (size - 1)), Reply(200, (), b"y")
    journal.write(0, operation, call, reply, (), "ok")


def ids(journal: Journal, **wanted: object) -> list[int]:
    """The ids of the calls that are left."""
    return [entry.id for entry in journal.since(**wanted)]  # type: ignore[arg-type]


def test_the_oldest_fall_out_at_a_number_of_calls() -> None:
    journal = Journal(limit=3)
    for _ in range(5):
        write(journal, 10)
    assert ids(journal) == [3, 4, 5]
    assert len(journal) == 3


def test_the_oldest_fall_out_at_a_number_of_bytes_and_the_last_stays() -> None:
    journal = Journal(limit_bytes=100)
    for size in (50, 50, 1, 99):
        write(journal, size)
    assert ids(journal) == [3, 4]
    for _ in range(20):
        write(journal, 10)
    assert len(journal) == 10
    write(journal, 1000)
    assert ids(journal) == [25]


def test_cleared_it_goes_on_counting_and_has_all_its_room_again() -> None:
    journal = Journal(limit_bytes=100)
    write(journal, 100)
    journal.clear()
    assert len(journal) == 0
    write(journal, 50)
    write(journal, 50)
    assert ids(journal) == [2, 3]


def test_calls_are_found_by_id_and_operation() -> None:
    journal = Journal()
    for operation in ("a", "b", "a"):
        write(journal, 1, operation)
    assert ids(journal, last_id=1) == [2, 3]
    assert ids(journal, operation="a") == [1, 3]
    assert ids(journal, last_id=1, operation="a") == [3]
