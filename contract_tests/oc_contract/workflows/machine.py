"""What the state machines share: a flow on a fresh target, and the checks that follow every step.

A domain is a subclass with rules; one class may inherit several. A user's own: subclass `Machine` (or a domain), write
rules that call `self.do(step, ...)`, and give the class to `run_workflows`.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ..targets import Target
from . import looking
from .flow import Flow, Settings, Wrong
from .model import Row, Shelf

WAITS_S = (1, 2, 6, 299, 301, 601, 1_900, 3_601, 3_700, 14_500, 43_300, 86_500, 90_100, 259_300, 605_000)
waits = st.sampled_from(WAITS_S)
few = st.integers(1, 9)


Checks = tuple[Callable[[Flow], None], ...]
"""What is looked at when a run is over."""


class Failure(Exception):
    """A claim that did not hold, and the steps that led there."""

    def __init__(self, wrong: Wrong, flow: Flow) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong
        self.flow = flow


class Machine(RuleBasedStateMachine):
    """Random use of one target. `run_workflows` sets what the class variables hold."""

    target_factory: ClassVar[Callable[[], Target]]
    settings_of: ClassVar[Settings]
    calls_made: ClassVar[Counter[str]]
    last_failure: ClassVar["Failure | None"] = None
    final: ClassVar[Checks] = ()

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow(type(self).target_factory(), self.settings_of)
        self.failed = False

    def do(self, make: Callable[..., None], **values: Any) -> None:
        """Make a step. Errors: Failure."""
        try:
            self.flow.do(make, **values)
        except Wrong as wrong:
            self.failed = True
            failure = Failure(wrong, self.flow)
            type(self).last_failure = failure
            raise failure from wrong

    # --- what rules draw from -----------------------------------------------------------------------------------------

    def labels(self, *kinds: str) -> list[str]:
        """The labels of all things of some kinds."""
        return [thing["label"] for thing in self.flow.book.things(*kinds)]

    def some(self, data: st.DataObject, kind: str, most: int = 1) -> list[str]:
        """The labels of one to so many things of a kind; one is made, by `make_<kind>`, if there is none."""
        if not self.flow.book.kinds[kind]:
            getattr(self, f"make_{kind}")()
        # Nothing is drawn from an empty list, where what was made was refused.
        labels = self.labels(kind)
        if not labels:
            return []
        return data.draw(st.lists(st.sampled_from(labels), min_size=1, max_size=most))

    def shelf(self, place: int) -> Shelf:
        """One of the menu's shelves, by any number. Whoever touches it has looked at it first."""
        shelf = self.flow.menu.shelves[place % len(self.flow.menu.shelves)]
        if shelf not in self.flow.book.base:
            self.do(looking.look, shelf=shelf)
        return shelf

    def lines(self, places: list[tuple[int, int]], region: str | None = None) -> tuple[str, list[tuple[str, int]]]:
        """Lines of one region: shelves by number, with quantities; below 1 they are told from what is available."""
        lines: list[tuple[str, int]] = []
        for place, quantity in places:
            shelf = self.shelf(place)
            region = region or shelf[1]
            if shelf[1] == region:
                seen: Row = self.flow.book.seen.get(("look", shelf), (0, {"available": 9}))[1]
                lines.append((shelf[0], quantity if quantity > 0 else max(seen["available"] - quantity, 1)))
        return region or "", lines

    def walk(self) -> None:
        """What is tried once before anything is tried at random: the moments at which a domain turns."""

    # --- what every machine does --------------------------------------------------------------------------------------

    @rule(seconds=waits)
    def let_time_pass(self, seconds: int) -> None:
        """Where the target can."""
        self.do(looking.wait, seconds=seconds)

    @invariant()
    def what_was_touched_lies_where_it_must(self) -> None:
        """Read after write: every shelf that the last step may have changed."""
        for shelf in sorted(self.flow.book.stale):
            self.do(looking.look, shelf=shelf)

    def teardown(self) -> None:
        """At the end every endpoint is asked about everything."""
        try:
            if not self.failed:
                self.look_at_everything()
        finally:
            self.calls_made.update(request.operation for request, _ in self.flow.scene.calls)
            self.flow.close()

    def look_at_everything(self) -> None:
        """Every shelf at every endpoint, and what the domain has to add."""
        for shelf in sorted(self.flow.book.base):
            self.do(looking.look, shelf=shelf)
            self.do(looking.movements, shelf=shelf)
            self.do(looking.age, shelf=shelf)
        for check in self.final:
            self.do(check)


quantities = st.one_of(few, st.sampled_from((0, -1)))
"""Pieces; 0 is all that is available, -1 a piece more."""
places = st.lists(st.tuples(st.integers(0, 3), quantities), min_size=1, max_size=2)
