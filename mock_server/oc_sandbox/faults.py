"""Failure on demand: which calls of a tenant fail, and how. A fault is data; its shape is schemas/meta/fault.json."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from .contract import Operation, Webhook

Given = Mapping[str, Any]
"""A fault as its owner wrote it, checked, with the seed of a share."""

ANSWERS = ("error", "status", "body", "content_type", "drop", "token")
"""What takes the place of a call's answer; a call gets one of them, beside latency and drip."""


class Hit(NamedTuple):
    """What befalls one call: the faults that fired, what of them takes the answer's place, and the seconds it takes."""

    faults: tuple[Given, ...]
    answer: Given
    latency_s: float = 0.0
    drip_s: float = 0.0

    def beside(self, faults: tuple[Given, ...], answer: Given) -> "Hit":
        """The same with more faults, of which one gives an answer or none does."""
        latency_s, drip_s = answer.get("latency_s", 0.0), answer.get("drip_s", 0.0)
        return Hit((*self.faults, *faults), answer, self.latency_s + latency_s, self.drip_s + drip_s)

    @property
    def undone(self) -> bool:
        """Whether nothing is done of what the call asks for, and it gets another answer."""
        answer = self.answer
        return (
            "error" in answer
            or answer.get("drop") == "before_effect"
            or ("status" in answer and not answer.get("after_effect", False))
        )


@dataclass(eq=False)
class Fault:
    """A fault at work. `calls` counts those that it could have befallen, `fired` those that it did."""

    given: Given
    calls: int = 0
    fired: int = 0
    _draw: Random = field(init=False)

    def __post_init__(self) -> None:
        self._draw = Random(self.given.get("seed", 0))  # noqa: S311 - repeatable, and guards nothing

    def befalls(self) -> bool:
        """Count one more call that it can befall; whether it does."""
        given = self.given
        self.calls += 1
        if "nth" in given:
            return bool(self.calls == given["nth"])
        if "share" in given:
            return self._draw.random() < float(given["share"])
        return bool(self.calls <= given.get("first", self.calls))

    def can_befall(self, operation: Operation) -> bool:
        """Whether it is about such a call."""
        given = self.given
        if given.get("operation", operation.name) != operation.name or "webhook" in given:
            return False
        if "error" in given:
            return given["error"] in operation.errors
        return "token" not in given or bears(operation)

    def can_befall_webhook(self, webhook: Webhook) -> bool:
        """Whether it is about such a webhook."""
        return "webhook" in self.given and self.given.get("operation", webhook.name) == webhook.name


def bears(operation: Operation) -> bool:
    """Whether calls of an operation bear an access token."""
    return "token" in operation.auth


class Faults:
    """A tenant's faults, in order. Every fault counts every call; where several answer it, the first one does."""

    def __init__(self, checked: Iterable[Given]) -> None:
        self._faults = [Fault(given) for given in checked]

    def hit(self, operation: Operation) -> Hit | None:
        """What befalls a call of an operation; None where nothing does."""
        befallen = [fault for fault in self._faults if fault.can_befall(operation) and fault.befalls()]
        if not befallen:
            return None
        fired: list[Given] = []
        answer: Given | None = None
        latency_s = drip_s = 0.0
        for fault in befallen:
            given = fault.given
            answers = any(name in given for name in ANSWERS)
            if answers and answer is not None:
                continue  # an earlier one has answered already
            answer = given if answers else answer
            latency_s += given.get("latency_s", 0.0)
            drip_s += given.get("drip_s", 0.0)
            fault.fired += 1
            fired.append(given)
        return Hit(tuple(fired), answer or {}, latency_s, drip_s)

    def hit_webhook(self, webhook: Webhook) -> Given | None:
        """What befalls a webhook; None where nothing does."""
        befallen = [fault for fault in self._faults if fault.can_befall_webhook(webhook) and fault.befalls()]
        if not befallen:
            return None
        befallen[0].fired += 1
        return befallen[0].given

    def view(self) -> list[dict[str, Any]]:
        """The faults as they were put, each with how many calls it has counted and how often it has fired."""
        return [{**fault.given, "calls": fault.calls, "fired": fault.fired} for fault in self._faults]

    def __len__(self) -> int:
        return len(self._faults)
