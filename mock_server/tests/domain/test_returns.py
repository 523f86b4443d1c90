"""Goods on their way back: states in their order at their times, and pieces on the shelf at the end of it."""

from datetime import datetime, timezone

import pytest
from oc_sandbox.domain.clock import Clock
from oc_sandbox.domain.ids import Ids
from oc_sandbox.domain.lifecycles import EVENTS
from oc_sandbox.domain.records import PieceSize, ReturnLine, ReturnOrder, ReturnStatus, Tracking
from oc_sandbox.domain.returns import (
    CANCELLABLE,
    RETURN,
    RETURN_TAKES_S,
    cancel_return,
    returns_of,
    submit_return,
    track_return,
)
from oc_sandbox.domain.world import World

NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = 60, 3600, 86400
MOMENTS = {
    0: ReturnStatus.SUBMITTED,
    10 * MINUTE - 1: ReturnStatus.SUBMITTED,
    10 * MINUTE: ReturnStatus.ACCEPTED,
    10 * MINUTE + DAY - 1: ReturnStatus.ACCEPTED,
    10 * MINUTE + DAY: ReturnStatus.IN_TRANSIT,
    10 * MINUTE + 4 * DAY: ReturnStatus.ARRIVED,
    10 * MINUTE + 4 * DAY + 12 * HOUR - 1: ReturnStatus.ARRIVED,
    10 * MINUTE + 4 * DAY + 12 * HOUR: ReturnStatus.PUT_AWAY,
    1000 * DAY: ReturnStatus.PUT_AWAY,
}


@pytest.fixture
def world() -> World:
    """One with a return of three pieces, just submitted."""
    world = World(Clock("manual", now=NOW), Ids("test"))
    submit_return(world, a_return("R1"))
    return world


def a_return(number: str, outbound_number: str = "") -> ReturnOrder:
    size = PieceSize(1, 2, 3, 4)
    lines = ReturnLine("SKU-A", (f"{number}-1", f"{number}-2"), size), ReturnLine("", (f"{number}-3",), size)
    now_s = int(NOW.timestamp())
    return ReturnOrder(
        number, f"ref-{number}", ReturnStatus.SUBMITTED, now_s, now_s, "DE", "DE01", lines, outbound_number
    )


def after(world: World, seconds: int) -> ReturnOrder:
    """The return, so many seconds after its submission."""
    world.clock.set(datetime.fromtimestamp(NOW.timestamp() + seconds, timezone.utc))
    world.settle(EVENTS, world.now_s())
    return world.returns["R1"]


@pytest.mark.parametrize(("seconds", "status"), MOMENTS.items())
def test_a_return_is_where_its_table_says(world: World, seconds: int, status: ReturnStatus) -> None:
    assert after(world, seconds).status is status


@pytest.mark.parametrize("step_s", [MINUTE, HOUR, DAY, 30 * DAY])
def test_its_end_is_the_same_however_the_clock_is_moved(world: World, step_s: int) -> None:
    seconds = 0
    while after(world, seconds).status is not ReturnStatus.PUT_AWAY:
        seconds += step_s
    done_at_s = int(NOW.timestamp()) + RETURN_TAKES_S
    assert world.returns["R1"].changed_at_s == done_at_s
    assert {piece.put_away_at_s for piece in world.returned.values()} == {done_at_s}


def test_its_pieces_are_on_the_shelf_when_it_is_put_away_and_no_sooner(world: World) -> None:
    after(world, RETURN_TAKES_S - 1)
    assert not world.returned
    after(world, RETURN_TAKES_S)
    assert [(piece.unique_id, piece.sku) for piece in world.returned.values()] == [
        ("R1-1", "SKU-A"),
        ("R1-2", "SKU-A"),
        ("R1-3", ""),
    ]
    assert world.returned["R1-1"][2:8] == ("DE01", "available", 1, 2, 3, 4)


def test_its_label_is_made_when_it_is_accepted(world: World) -> None:
    assert after(world, 10 * MINUTE - 1).labelled_at_s is None
    assert after(world, DAY).labelled_at_s == int(NOW.timestamp()) + 10 * MINUTE


@pytest.mark.parametrize("seconds", [0, 10 * MINUTE, DAY])
def test_a_cancelled_return_never_comes(world: World, seconds: int) -> None:
    assert after(world, seconds).status in CANCELLABLE
    cancel_return(world, "R1")
    assert after(world, 100 * DAY).status is ReturnStatus.CANCELLED
    assert not world.returned


def test_told_tracking_does_not_change_when_it_comes(world: World) -> None:
    after(world, 2 * DAY)
    track_return(world, "R1", Tracking("T-1", "Carrier", ""))
    assert after(world, RETURN_TAKES_S - 1).status is ReturnStatus.ARRIVED
    assert after(world, RETURN_TAKES_S).status is ReturnStatus.PUT_AWAY


def test_the_returns_of_an_outbound_order_are_those_not_cancelled(world: World) -> None:
    for number in ("R2", "R3", "R4"):
        submit_return(world, a_return(number, "O1" if number != "R4" else "O2"))
    cancel_return(world, "R2")
    assert [order.number for order in returns_of(world, "O1")] == ["R3"]
    assert not list(returns_of(world, "O9"))


def test_no_state_but_the_last_two_is_without_a_next() -> None:
    assert set(ReturnStatus) - RETURN.keys() == {ReturnStatus.PUT_AWAY, ReturnStatus.CANCELLED}
