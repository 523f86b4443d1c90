"""Put-away: the handfuls in which goods come onto the shelf."""

from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.domain.inbound import HANDFUL, INBOUND, MOST_HANDFULS
from oc_sandbox.domain.records import InboundStatus

STEPS = list(INBOUND.values())


@given(st.integers(1, 1_000_000))
def test_a_put_away_carries_every_piece_in_few_handfuls_all_alike_but_the_last(quantity: int) -> None:
    for step in (INBOUND[InboundStatus.ARRIVED], INBOUND[InboundStatus.PARTLY_PUT_AWAY]):
        handfuls = list(step.handfuls(step.moves(quantity)))
        assert sum(handfuls) == step.moves(quantity)
        assert len(handfuls) <= MOST_HANDFULS
        assert len(set(handfuls[:-1])) <= 1
        assert min(handfuls, default=1) > 0
        if quantity <= HANDFUL * MOST_HANDFULS:
            assert max(handfuls, default=0) <= HANDFUL


@given(st.integers(1, 1_000_000))
def test_goods_arrive_at_once_and_are_put_away_whole(quantity: int) -> None:
    arrival, *put_away = STEPS
    assert list(arrival.handfuls(arrival.moves(quantity))) == [quantity]
    assert sum(step.moves(quantity) for step in put_away) == quantity
