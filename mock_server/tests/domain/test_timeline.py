"""The timeline finds what happened in a window, in the order of time, however it was told."""

from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.domain.timeline import Timeline

entries = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abcde")), max_size=30)


@given(entries, st.integers(-1, 21), st.integers(-1, 21))
def test_a_window_holds_what_happened_from_its_start_to_its_end(
    told: list[tuple[int, str]], start: int, end: int
) -> None:
    timeline = Timeline()
    for at_s, key in told:
        timeline.add(at_s, key)
    in_order = [key for at_s, key in sorted(told, key=lambda entry: entry[0]) if start <= at_s <= end]
    assert timeline.between(start, end) == list(dict.fromkeys(in_order))
    assert len(timeline) == len(told)


def test_a_copy_goes_its_own_way() -> None:
    timeline = Timeline()
    timeline.add(1, "a")
    copied = timeline.copy()
    assert copied == timeline
    copied.add(2, "b")
    assert copied != timeline
    assert timeline.between(0, 9) == ["a"]
