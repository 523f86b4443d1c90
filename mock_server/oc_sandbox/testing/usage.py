"""What sandboxes have been used for: operations, the errors that answered, and the open questions behind them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..catalog import catalog
from ..client_report.relied import relied
from ..client_report.story import story_of
from ..sandbox import Sandbox

Told = dict[str, Any]
"""JSON, as it goes from a worker of xdist to the terminal."""


class Usage:
    """Counts; they add up."""

    def __init__(self) -> None:
        self.tenants = 0
        self.operations: Counter[str] = Counter()
        self.errors: Counter[tuple[str, str]] = Counter()
        self.injected = 0
        self.unknown_paths = 0
        self.answers: dict[str, set[str]] = {}

    def copy(self) -> "Usage":
        """The same counts, to go on by themselves."""
        copied = Usage()
        copied.tenants, copied.injected, copied.unknown_paths = self.tenants, self.injected, self.unknown_paths
        copied.operations, copied.errors = self.operations.copy(), self.errors.copy()
        copied.answers = {name: set(answers) for name, answers in self.answers.items()}
        return copied

    def add(self, sandbox: Any) -> None:
        """What a sandbox's journal still has."""
        self.tenants += 1
        rows = [*_rows(sandbox)]
        for operation, errors, injected in rows:
            if operation is None:
                self.unknown_paths += 1
                continue
            self.operations[operation] += 1
            if injected:  # what a fault made up is evidence of nothing
                self.injected += 1
                continue
            self.errors.update((operation, error) for error in errors)
        if rows:
            for question, answer in _relied(sandbox):
                self.answers.setdefault(question, set()).add(answer)

    def told(self) -> Told:
        """The counts as JSON."""
        return {
            "tenants": self.tenants,
            "operations": dict(sorted(self.operations.items())),
            "errors": [
                {"operation": operation, "error": error, **_row(operation, error), "calls": calls}
                for (operation, error), calls in sorted(self.errors.items())
            ],
            "injected": self.injected,
            "unknown_paths": self.unknown_paths,
            "assumptions": {name: sorted(answers) for name, answers in sorted(self.answers.items())},
        }


def _rows(sandbox: Any) -> Iterable[tuple[str | None, Iterable[str], object]]:
    """Of each call its operation, its errors, and whether a fault befell it."""
    if isinstance(sandbox, Sandbox):
        return [(entry.operation, entry.errors, entry.injected) for entry in sandbox.journal.since()]
    return [(call["operation"], call["errors"], call.get("injected")) for call in sandbox.calls]


def _relied(sandbox: Any) -> Iterable[tuple[str, str]]:
    """The open questions of which another answer could have changed what came back, and the answers: the report's."""
    if isinstance(sandbox, Sandbox):
        story = story_of(sandbox.journal.since(), catalog(), sandbox.tenant.choices)
        return [(each.question.name, each.answer) for each in relied(story)]
    return [(row["name"], row["answer"]) for row in sandbox.report().as_json()["assumptions"]]


def _row(operation: str, error: str) -> Mapping[str, str]:
    known = catalog().operations.get(operation)
    row = known.errors.get(error) if known else None
    return {"code": row.code, "evidence": row.evidence} if row else {"code": "", "evidence": ""}


def summed(tests: Iterable[Told]) -> Told:
    """What all tests together have used; of each assumption also what is asked, and by how many tests it stands."""
    operations: Counter[str] = Counter()
    errors: dict[tuple[str, str], Told] = {}
    assumptions: dict[str, Told] = {}
    rest: Counter[str] = Counter()
    for told in tests:
        operations.update(told["operations"])
        rest.update({name: told[name] for name in ("tenants", "injected", "unknown_paths")})
        for row in told["errors"]:
            key = (row["operation"], row["error"])
            errors[key] = {**row, "calls": row["calls"] + (errors[key]["calls"] if key in errors else 0)}
        for name, answers in told["assumptions"].items():
            known = assumptions.setdefault(name, {"answers": set(), "tests": 0})
            known["answers"].update(answers)
            known["tests"] += 1
    return {
        **{name: rest[name] for name in ("tenants", "injected", "unknown_paths")},
        "operations": dict(sorted(operations.items())),
        "errors": [errors[key] for key in sorted(errors)],
        "assumptions": [
            {"name": name, **_question(name), "answers": sorted(row["answers"]), "tests": row["tests"]}
            for name, row in sorted(assumptions.items())
        ],
    }


def _question(name: str) -> Told:
    question = catalog().questions.get(name)
    if question is None:
        return {}
    of_all = "*" in question.operations
    return {"asks": question.asks, "default": question.default, "of_every_call": of_all, "api": question.api}
