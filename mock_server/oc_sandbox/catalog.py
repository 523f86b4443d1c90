"""All operations, loaded from the contract files and paired by name with handler and fixture.

A file that is malformed or lacks a partner stops the start with a message that names it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from . import paths
from .assumptions import Departure, Question, questions_of
from .contract import Api, Operation, Webhook
from .contract_files import (
    META,
    CatalogError,
    Files,
    Patch,
    api_changed,
    load_api,
    load_operation,
    operation_changed,
)
from .magic import Magic

SHARED = "_shared"
PACKAGE = __package__


@dataclass
class Catalog:
    """The operations by name, and the way from a path to one of them; beside them the calls that vendors make."""

    apis: dict[str, Api]
    operations: dict[str, Operation]
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    magic: dict[str, Magic] = field(default_factory=dict)
    _variants: dict[tuple[str, frozenset[Departure]], Operation] = field(default_factory=dict)
    _triggered: dict[tuple[str, str], Webhook] = field(default_factory=dict)
    _exact: dict[tuple[str, str], Operation] = field(default_factory=dict)
    _shared: dict[tuple[str, str], "_Choice"] = field(default_factory=dict)
    _patterns: list[tuple[re.Pattern[str], Operation]] = field(default_factory=list)

    def __post_init__(self) -> None:
        same_way: dict[tuple[str, str], list[Operation]] = {}
        for operation in self.operations.values():
            if "{" in operation.path:
                pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)
                self._patterns.append((re.compile(pattern), operation))
            else:
                same_way.setdefault((operation.method, operation.path), []).append(operation)
        for way, operations in same_way.items():
            if len(operations) == 1:
                self._exact[way] = operations[0]
            else:
                self._shared[way] = _Choice(operations)
        for webhook in self.webhooks.values():
            for event in webhook.triggered_by:
                other = self._triggered.setdefault((webhook.api.name, event), webhook)
                if other is not webhook:
                    raise CatalogError(f"{other.name}, {webhook.name}: both are triggered by {event}")

    def webhook_of(self, api: str, event: str) -> Webhook | None:
        """The call that an API makes when an event has happened in one of its worlds."""
        return self._triggered.get((api, event))

    def find(
        self, method: str, path: str, parameters: Callable[[], Mapping[str, str]] = dict
    ) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a method and path lead to, and the path's parameters.

        `parameters` reads the call's query string and form; only a path that several operations share asks for them.
        """
        operation = self._exact.get((method, path))
        if operation is not None:
            return operation, {}
        if (method, path) in self._shared:
            return self._shared[method, path].of(parameters()), {}
        for pattern, candidate in self._patterns:
            if candidate.method == method and (found := pattern.fullmatch(path)):
                return candidate, found.groupdict()
        return None

    def variant(self, operation: Operation, departures: frozenset[Departure]) -> Operation:
        """The operation as it is where some questions have other answers than their defaults; made once."""
        known = self._variants.get((operation.name, departures))
        if known is None:
            known = self._variants[operation.name, departures] = self._changed(operation, departures)
        return known

    def _changed(self, operation: Operation, departures: frozenset[Departure]) -> Operation:
        answers = [self.questions[name].answers[answer] for name, answer in sorted(departures)]
        changes = [
            change
            for (name, _), answer in zip(sorted(departures), answers, strict=True)
            for change in answer.changes
            if self.questions[name].api == operation.api.name
        ]
        of_api: Patch = [step for change in changes if "api" in change.files for step in change.patch]
        own: Patch = [step for change in changes if operation.name in change.files for step in change.patch]
        if not of_api and not own:
            return operation
        api = api_changed(operation.api, of_api) if of_api else operation.api
        return operation_changed(operation, api, own)

    def methods(self, path: str) -> list[str]:
        """The methods that a path knows."""
        return sorted(
            [method for method, known in (*self._exact, *self._shared) if known == path]
            + [operation.method for pattern, operation in self._patterns if pattern.fullmatch(path)]
        )

    def api_of(self, path: str) -> Api | None:
        """The API below whose base path a path lies; where several do, the one with the longest."""
        below = [
            (len(base), name)
            for name, api in self.apis.items()
            for base in api.base_paths
            if path == base or path.startswith(base.rstrip("/") + "/")
        ]
        return self.apis[max(below)[1]] if below else None


class _Choice:
    """The operations that share a method and path, told apart by a parameter that their contract files name."""

    def __init__(self, operations: list[Operation]) -> None:
        self._selected = {choice: operation for operation in operations if (choice := operation.selected_by)}
        others = [operation for operation in operations if operation.selected_by is None]
        if len(self._selected) + len(others) < len(operations) or len(others) > 1:
            names = ", ".join(operation.name for operation in operations)
            raise CatalogError(f"{names}: share {operations[0].path}, and selected_by does not tell them apart")
        self._other = others[0] if others else operations[0]

    def of(self, parameters: Mapping[str, str]) -> Operation:
        """The operation that the parameters select; failing that the one that needs no selecting."""
        for (name, value), operation in self._selected.items():
            if parameters.get(name) == value:
                return operation
        return self._other


@cache
def catalog() -> Catalog:
    """The product's own catalogue; loaded once, never changed."""
    return load(paths.SCHEMAS, paths.FIXTURES, PACKAGE)


def load(schemas: Path, fixtures: Path, package: str) -> Catalog:
    """The catalogue of a tree of contract files and one of fixtures; handlers are modules below `package`.

    Errors: CatalogError, with every fault that was found.
    """
    files = Files(schemas)
    apis: dict[str, Api] = {}
    operations: dict[str, Operation] = {}
    questions: dict[str, Question] = {}
    webhooks: dict[str, Webhook] = {}
    magic: dict[str, Magic] = {}
    faults: list[str] = []
    for api_file in sorted(schemas.glob("*/api.json")):
        if api_file.parent.name == META:
            continue
        try:
            api = load_api(api_file, files, package)
            questions |= _questions(api_file.with_name("assumptions.json"), files, questions)
            if api_file.with_name("magic.json").is_file():
                magic[api.name] = Magic(files.document(api_file.with_name("magic.json")))
        except CatalogError as error:
            faults.append(str(error))
            continue
        apis[api.name] = api
        for file in sorted(api_file.parent.glob("*/*.json")):
            if file.parent.name == SHARED:
                continue
            try:
                operation = load_operation(file, api, files, fixtures, package)
            except CatalogError as error:
                faults.append(str(error))
                continue
            if operation.name in operations or operation.name in webhooks:
                faults.append(f"{file}: there is another operation called {operation.name}")
            if isinstance(operation, Webhook):
                webhooks[operation.name] = operation
            else:
                operations[operation.name] = operation
    if not faults:
        faults = list(_fixtures_without_contract(schemas, fixtures))
    if faults:
        raise CatalogError("\n".join(faults))
    return Catalog(apis, operations, webhooks, questions, magic)


def _questions(file: Path, files: Files, others: Mapping[str, Question]) -> dict[str, Question]:
    """The questions of an API's data file, if it has one. Errors: CatalogError."""
    if not file.is_file():
        return {}
    found = {question.name: question for question in questions_of(files.document(file))}
    for question in found.values():
        if question.name in others:
            raise CatalogError(f"{file}: there is another question called {question.name}")
        if question.default not in question.answers:
            raise CatalogError(f"{file}: {question.name} has no answer called {question.default!r}, its default")
        if any(answer.changes for name, answer in question.answers.items() if name == question.default):
            raise CatalogError(f"{file}: {question.name}: the default answer is what the contract files say already")
    return found


def _fixtures_without_contract(schemas: Path, fixtures: Path) -> Iterator[str]:
    for fixture in sorted(fixtures.glob("*/*/*.json")):
        contract = schemas / fixture.relative_to(fixtures)
        if not contract.is_file():
            yield f"{fixture}: its contract file {contract} is missing"


def vocabulary(api: str) -> dict[str, Any]:
    """The words of an API's contract file. Read apart from the catalogue, because handlers want them while it loads."""
    words: dict[str, Any] = orjson.loads((paths.SCHEMAS / api / "api.json").read_bytes())["vocabulary"]
    return words
