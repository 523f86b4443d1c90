"""The walker of all tables of states, on a record of two states' way."""

from datetime import datetime, timezone
from enum import Enum
from typing import NamedTuple

import pytest
from oc_sandbox.domain.clock import Clock
from oc_sandbox.domain.durations import DAY, HOUR
from oc_sandbox.domain.ids import Ids
from oc_sandbox.domain.lifecycles import EVENTS
from oc_sandbox.domain.steps import Course, Step, along
from oc_sandbox.domain.world import Happened, World

NOW_S = 1_800_000_000


class Milk(Enum):
    """How milk goes."""

    FRESH = "fresh"
    SOUR = "sour"
    CHEESE = "cheese"
    SPILT = "spilt"


class Churn(NamedTuple):
    """A record; `seen` is what happened to it."""

    status: Milk
    seen: tuple[int, ...] = ()


TABLE = {Milk.FRESH: Step(DAY, Milk.SOUR), Milk.SOUR: Step(HOUR, Milk.CHEESE)}


def take(_: World, churn: Churn, step: Step[Milk], at_s: int) -> Churn:
    return Churn(step.then, (*churn.seen, at_s - NOW_S))


def held_up(_: World, churn: Churn, due_s: int) -> int:
    return due_s + HOUR if churn.status is Milk.FRESH else due_s


@pytest.fixture
def churns() -> dict[str, Churn]:
    """The records of the course."""
    return {"one": Churn(Milk.FRESH)}


@pytest.fixture
def world() -> World:
    """An empty one whose clock stands still."""
    return World(Clock("manual", now=datetime.fromtimestamp(NOW_S, timezone.utc)), Ids("test"))


def test_a_record_takes_every_step_at_its_own_time_however_far_the_clock_is_moved(
    world: World, churns: dict[str, Churn]
) -> None:
    course = Course("churn_moves_on", lambda _: churns, along(TABLE), take)
    course.plan(world, "one", churns["one"], NOW_S)
    assert world.settle({course.event: course.moves_on}, NOW_S + DAY - 1) == []
    happened = world.settle({course.event: course.moves_on}, NOW_S + 100 * DAY)
    assert happened == [
        Happened(NOW_S + DAY, "churn_moves_on", "one", "sour"),
        Happened(NOW_S + DAY + HOUR, "churn_moves_on", "one", "cheese"),
    ]
    assert churns["one"] == Churn(Milk.CHEESE, (DAY, DAY + HOUR))
    assert not world.agenda


def test_a_step_that_was_overtaken_does_not_happen(world: World, churns: dict[str, Churn]) -> None:
    course = Course("churn_moves_on", lambda _: churns, along(TABLE), take)
    course.plan(world, "one", churns["one"], NOW_S)
    churns["one"] = Churn(Milk.SPILT)
    assert world.settle({course.event: course.moves_on}, NOW_S + DAY) == []
    assert churns["one"] == Churn(Milk.SPILT)


def test_nothing_is_planned_for_a_record_at_its_end(world: World, churns: dict[str, Churn]) -> None:
    Course("churn_moves_on", lambda _: churns, along(TABLE), take).plan(world, "one", Churn(Milk.CHEESE), NOW_S)
    assert not world.agenda


def test_a_step_may_be_held_up_and_those_after_it_count_from_there(world: World, churns: dict[str, Churn]) -> None:
    course = Course("churn_moves_on", lambda _: churns, along(TABLE), take, leaves_at_s=held_up)
    course.plan(world, "one", churns["one"], NOW_S)
    world.settle({course.event: course.moves_on}, NOW_S + 100 * DAY)
    assert churns["one"].seen == (DAY + HOUR, DAY + 2 * HOUR)


def test_each_kind_of_records_has_an_event_of_its_own() -> None:
    assert len(EVENTS) == 5
