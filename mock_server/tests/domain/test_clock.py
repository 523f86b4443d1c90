"""How a world's time passes."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from oc_sandbox.domain.clock import EARLIEST, LATEST, Clock, TimeOutOfReach, TimeRunsForward

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


class Wall:
    """A machine clock that a test turns."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.mark.parametrize(("mode", "passed_s"), [("real", 10), ("accelerated", 600), ("frozen", 0), ("manual", 0)])
def test_each_mode_passes_time_in_its_own_way(mode: str, passed_s: int) -> None:
    wall = Wall()
    clock = Clock(mode, now=NOON, rate=60, wall=wall)  # type: ignore[arg-type]
    wall.ms += 10_000
    assert clock.now() == NOON + timedelta(seconds=passed_s)


@pytest.mark.parametrize(
    ("mode", "rate", "message"),
    [("frozn", 60, "mode must be one of real, frozen"), ("accelerated", "fast", "rate must be above 0")],
    ids=["mode", "rate"],
)
def test_a_mode_or_rate_that_means_nothing_is_refused(mode: str, rate: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Clock(mode, rate=rate)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["real", "accelerated", "frozen", "manual"])
def test_every_mode_can_be_moved_forward_only(mode: str) -> None:
    clock = Clock(mode, now=NOON, wall=Wall())  # type: ignore[arg-type]
    clock.advance(3600)
    assert clock.now() == NOON + HOUR
    clock.set(NOON + 2 * HOUR)
    assert clock.now() == NOON + 2 * HOUR
    with pytest.raises(TimeRunsForward, match="make a fresh tenant"):
        clock.set(NOON)
    with pytest.raises(TimeRunsForward, match="make a fresh tenant"):
        clock.advance(-1)
    assert clock.now() == NOON + 2 * HOUR


def test_a_machine_clock_that_steps_back_does_not_take_the_world_along() -> None:
    wall = Wall()
    clock = Clock("real", now=NOON, wall=wall)
    wall.ms += 5000
    assert clock.now() == NOON + timedelta(seconds=5)
    wall.ms -= 4000
    assert clock.now() == NOON + timedelta(seconds=5)


def test_changing_the_mode_keeps_the_time() -> None:
    wall = Wall()
    clock = Clock("accelerated", now=NOON, rate=3600, wall=wall)
    wall.ms += 1000
    clock.configure("frozen")
    wall.ms += 99_000
    assert clock.now() == NOON + HOUR
    clock.configure("real")
    wall.ms += 1000
    assert clock.now() == NOON + HOUR + timedelta(seconds=1)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Clock("frozen", now=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("now", [EARLIEST - HOUR, LATEST + HOUR], ids=["too early", "too late"])
def test_an_instant_out_of_reach_is_refused(now: datetime) -> None:
    with pytest.raises(TimeOutOfReach, match="is not between 1971"):
        Clock("frozen", now=now)


def test_a_clock_cannot_be_moved_past_the_last_instant() -> None:
    clock = Clock("manual", now=LATEST - HOUR)
    with pytest.raises(TimeOutOfReach):
        clock.advance(3601)
    with pytest.raises(TimeOutOfReach):
        clock.set(LATEST + HOUR)
    assert clock.now() == LATEST - HOUR
    clock.advance(3600)
    assert clock.now() == LATEST


def test_a_clock_that_runs_into_the_last_instant_stays_there() -> None:
    wall = Wall()
    clock = Clock("accelerated", now=NOON, rate=3e9, wall=wall)
    wall.ms += 86_400_000
    assert clock.now() == LATEST
    clock.configure("real")
    wall.ms += 1000
    assert clock.now() == LATEST
