"""How many calls a stretch of time holds."""

from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.domain.quota import Quota


def test_a_call_leaves_the_stretch_when_it_is_as_old_as_the_stretch_is_long() -> None:
    quota = Quota(1, 1000)
    assert quota.take(5)
    assert not quota.take(1004)
    assert quota.take(1005)


@given(most=st.integers(1, 5), waits=st.lists(st.integers(0, 400), max_size=60))
def test_no_stretch_holds_more_and_none_is_refused_that_would_fit(most: int, waits: list[int]) -> None:
    quota, now, let_in = Quota(most, 1000), 0, list[int]()
    for wait in waits:
        now += wait
        fits = sum(now - 1000 < at for at in let_in) < most
        assert quota.take(now) is fits
        if fits:
            let_in.append(now)
