"""The one way in which a call is refused: by naming an error row of the contract files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

Wire = Any
"""A JSON value in a vendor's own spelling."""

Broken = Mapping[str, Any] | None
"""Whether a rule is broken: the values that the error's texts want, or None where it holds."""

Subject = TypeVar("Subject", contravariant=True)
Scene = TypeVar("Scene")


class Refused(Exception):
    """A vendor's refusal: the name of an error row, and the values that its texts want.

    The row, with its code, message and evidence, stands in the operation's contract file or in the API's. `also` are
    the refusals that go into the same reply.
    """

    def __init__(self, error: str, /, **values: Any) -> None:
        super().__init__(error)
        self.error = error
        self.values = values
        self.also: list[Refused] = []

    def __str__(self) -> str:
        return f"{self.error} {self.values}" if self.values else self.error


class Partial(NamedTuple):
    """The answer of a batch in which some items were refused: what was done, and the refusals in order."""

    done: Wire
    refusals: list[Refused]


@dataclass(frozen=True)
class Rule(Generic[Subject, Scene]):
    """A rule that needs state: the name of its error row, and what tells whether it is broken."""

    error: str
    broken_by: Callable[[Subject, Scene], Broken]


def enforce(rules: Iterable[Rule[Subject, Scene]], subject: Subject, scene: Scene) -> None:
    """Raise Refused for the first rule that is broken; the order of the rules is the order of the reports."""
    for rule in rules:
        values = rule.broken_by(subject, scene)
        if values is not None:
            raise Refused(rule.error, **values)
