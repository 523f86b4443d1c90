"""What nobody knows about a vendor: open questions, the plausible answers to each, and what a tenant takes for true.

An answer changes the contract files (a patch, as RFC 6902 has them), or gives handlers a value to act by, or both.
The questions and answers are data: `schemas/<api>/assumptions.json`.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

Departure = tuple[str, str]
"""The name of a question, and of an answer to it that is not the default."""


class Change(NamedTuple):
    """A patch of the contract files named; `api` is the API's own."""

    files: frozenset[str]
    patch: list[dict[str, Any]]


class Answer(NamedTuple):
    """One plausible answer. `value` is what handlers are given.

    `shows` are the facts, by contract file, that whoever gets this answer has seen; what it changes is not among them.
    """

    name: str
    says: str
    value: Any
    evidence: str
    changes: tuple[Change, ...]
    shows: Mapping[str, list[str]] = MappingProxyType({})


class Question(NamedTuple):
    """Something that no source tells. Each API's names are unlike all others'.

    `looked_at` are the operations that show the answer when it is settled, `*` where one shows it for the whole server.
    """

    name: str
    api: str
    asks: str
    why: str
    default: str
    answers: Mapping[str, Answer]
    operations: tuple[str, ...]
    looked_at: frozenset[str] = frozenset()

    def speaks_for(self, operation: str) -> bool:
        """Whether an answer that was seen is known to hold for an operation."""
        return "*" in self.looked_at or operation in self.looked_at


def questions_of(document: Mapping[str, Any]) -> Iterator[Question]:
    """The questions of an API's data file."""
    for name, row in document["questions"].items():
        answers = {
            key: Answer(
                name=key,
                says=answer["says"],
                value=answer.get("value", key),
                evidence=answer["x-evidence"],
                changes=tuple(Change(frozenset(change["in"]), change["patch"]) for change in answer.get("changes", ())),
                shows=answer.get("shows", {}),
            )
            for key, answer in row["answers"].items()
        }
        operations = tuple(row["operations"])
        looked_at = frozenset(row.get("looked_at", ()))
        yield Question(name, document["api"], row["asks"], row["why"], row["default"], answers, operations, looked_at)


class NoSightings(ValueError):
    """A file of answers cannot be read. The message says why."""


class Sightings(NamedTuple):
    """What a target was seen to do on a day, as the kit's `settle` and `replay --sightings` write it.

    `answers` are those to questions; `facts` JSON pointers into contract files, by operation.
    """

    answers: Mapping[str, str] = MappingProxyType({})
    target: str = ""
    date: str = ""
    facts: Mapping[str, list[str]] = MappingProxyType({})

    @classmethod
    def of_file(cls, file: str) -> "Sightings":
        """What a file says. Errors: NoSightings."""
        try:
            told = orjson.loads(Path(file).read_bytes())
            answers, target, date = told["assumptions"], told["target"], told["date"]
            facts = told.get("facts", {})
        except OSError as error:
            raise NoSightings(f"{file} cannot be read: {error.strerror}") from error
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise NoSightings(f'{file} is no JSON object with "assumptions", "target" and "date"') from error
        if not isinstance(answers, dict) or not all(
            isinstance(each, str) for each in (*answers.values(), target, date)
        ):
            raise NoSightings(f"{file}: assumptions must be an object of names and answers; target and date texts")
        if not isinstance(facts, dict) or not all(
            isinstance(pointers, list) and all(isinstance(pointer, str) for pointer in pointers)
            for pointers in facts.values()
        ):
            raise NoSightings(f"{file}: facts must be an object of operations and lists of JSON pointers")
        return cls(answers, target, date, facts)


class UnknownAnswer(ValueError):
    """There is no such question, or no such answer to it. The message names what there is."""


class Choices:
    """One tenant's answers.

    `values` is what handlers read, by question: a view, which shows what is taken later. `departures` are the answers
    that change the contract, `sightings` what was seen of a real server.
    """

    def __init__(self, questions: Mapping[str, Question], sightings: "Sightings | None" = None) -> None:
        self._questions = questions
        self.sightings = sightings or Sightings()
        self._taken: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self.values: Mapping[str, Any] = MappingProxyType(self._values)
        self.departures: frozenset[Departure] = frozenset()
        self._settle()

    def copy(self) -> "Choices":
        """Choices of their own, with the same answers; much cheaper than to take them again."""
        copied = Choices.__new__(Choices)
        copied._questions, copied.sightings = self._questions, self.sightings
        copied._taken, copied._values = self._taken.copy(), self._values.copy()
        copied.values = MappingProxyType(copied._values)
        copied.departures = self.departures
        return copied

    @property
    def taken(self) -> dict[str, str]:
        """The answers that are not the defaults, by question."""
        return dict(self._taken)

    def answer(self, question: str) -> str:
        """The name of the answer that counts. Errors: UnknownAnswer."""
        return self._taken.get(question) or self._question(question).default

    def seen(self, question: str) -> str:
        """Where the answer that counts was seen, as evidence: observed, the target, the date. Empty if nowhere.

        Answers of a file that names no target were seen nowhere: a sandbox of ours gave them.
        """
        seen = self.sightings.target and self.sightings.answers.get(question) == self.answer(question)
        return f"observed {self.sightings.target} {self.sightings.date}" if seen else ""

    def take(self, answers: Mapping[str, str]) -> None:
        """Take these answers for true; the other questions keep theirs. Errors: UnknownAnswer; then nothing changes."""
        if not answers:
            return
        for name, answer in answers.items():
            question = self._question(name)
            if answer not in question.answers:
                raise UnknownAnswer(f"{name} can be {_or(question.answers)}, not {answer!r}")
        self._taken.update(answers)
        self._settle()

    def reset(self) -> None:
        """Take the defaults for true."""
        self._taken.clear()
        self._settle()

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            near = get_close_matches(name, self._questions, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self._questions)}"
            raise UnknownAnswer(f"there is no assumption {name!r}; {hint}")
        return self._questions[name]

    def _settle(self) -> None:
        self._taken = {name: answer for name, answer in self._taken.items() if answer != self._questions[name].default}
        for question in self._questions.values():
            self._values[question.name] = question.answers[self.answer(question.name)].value
        self.departures = frozenset(
            (name, answer) for name, answer in self._taken.items() if self._questions[name].answers[answer].changes
        )


def _or(names: Iterable[str]) -> str:
    return " or ".join(names)
