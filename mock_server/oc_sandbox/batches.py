"""Batches: a call that brings many things, each of which may be refused."""

from collections.abc import Callable, Sequence
from typing import Any

from .domain.world import World
from .refusal import Partial, Refused, Wire


class DoomedRow(dict[str, Any]):
    """An item of a batch that is refused whatever it says."""

    def __init__(self, row: Wire, refused: Refused) -> None:
        super().__init__(row)
        self.refused = refused


def take_each(rows: Sequence[Wire], take: Callable[[Wire, World], Wire], world: World) -> Wire:
    """What `take` gives for each row; a Partial if it refused some, which changes nothing.

    Where a batch is atomic (assumption batch_outcome), a refusal means that none is taken.
    """
    if world.choices["batch_outcome"] == "atomic":
        rehearsed = _one_by_one(rows, take, world.rehearsal())
        if rehearsed.refusals:
            return Partial([], rehearsed.refusals)
    taken = _one_by_one(rows, take, world)
    return taken if taken.refusals else taken.done


def _one_by_one(rows: Sequence[Wire], take: Callable[[Wire, World], Wire], world: World) -> Partial:
    done: list[Wire] = []
    refusals: list[Refused] = []
    for row in rows:
        try:
            if type(row) is DoomedRow:
                raise row.refused
            done.append(take(row, world))
        except Refused as refused:
            refusals.append(refused)
    return Partial(done, refusals)
