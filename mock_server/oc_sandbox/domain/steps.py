"""How records move on by themselves: tables of states, the time each lasts, and the one walker of all such tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from .world import World

State = TypeVar("State", bound=Enum)


class Stateful(Protocol):
    """A record with a state."""

    @property
    def status(self) -> Any:
        """Where it is."""


Record = TypeVar("Record", bound=Stateful)


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """How long a record stays in a state, and the state that follows."""

    lasts_s: int
    then: State


def along(table: Mapping[Any, Step[Any]]) -> Callable[[World, Any], Any]:
    """The step that a table has for a record's state."""

    def step_of(_: World, record: Stateful) -> Step[Any] | None:
        return table.get(record.status)

    return step_of


def on_time(world: World, record: Any, due_s: int) -> int:
    """When a record leaves a state that it could leave at `due_s`: then."""
    return due_s


@dataclass(frozen=True, slots=True)
class Course(Generic[Record]):
    """The way of one kind of records through their states.

    `event` is the agenda's name for a step. `step_of` gives the step that a record waits for; None where it stays as it
    is, at its end or because it was cancelled. `take` does what the step does at an instant, and gives the record as it
    is then. `leaves_at_s` may hold a step up.
    """

    event: str
    records: Callable[[World], dict[str, Record]]
    step_of: Callable[[World, Record], Any]
    take: Callable[[World, Record, Any, int], Record]
    leaves_at_s: Callable[[World, Record, int], int] = on_time

    def plan(self, world: World, key: str, record: Record, since_s: int) -> None:
        """Plan the next step, if there is one, of a record that is in its state since `since_s`."""
        step = self.step_of(world, record)
        if step is not None:
            world.plan(self.leaves_at_s(world, record, since_s + step.lasts_s), self.event, key)

    def moves_on(self, world: World, key: str, at_s: int) -> str | bool:
        """The event's effect: take the step that is due, and plan the next. False where it was overtaken."""
        records = self.records(world)
        record = records[key]
        step = self.step_of(world, record)
        if step is None:
            return False
        records[key] = record = self.take(world, record, step, at_s)
        self.plan(world, key, record, at_s)
        return str(record.status.value)
