"""All operations, loaded from the contract files and paired by name with handler and fixture.

A file that is malformed or lacks a partner stops the start with a message that names it.
"""

import importlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from . import paths
from .contract import Api, Envelope, ErrorRow, Operation, Webhook, graded, ungraded
from .validation import RequestSchema

META = "meta"
SHARED = "_shared"
PACKAGE = __package__


class CatalogError(Exception):
    """The product's own data files do not fit together. The message names the file and what is wrong with it."""


@dataclass
class Catalog:
    """The operations by name, and the way from a path to one of them; beside them the calls that vendors make."""

    apis: dict[str, Api]
    operations: dict[str, Operation]
    webhooks: dict[str, Webhook] = field(default_factory=dict)
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
    files = _Files(schemas)
    apis: dict[str, Api] = {}
    operations: dict[str, Operation] = {}
    webhooks: dict[str, Webhook] = {}
    faults: list[str] = []
    for api_file in sorted(schemas.glob("*/api.json")):
        if api_file.parent.name == META:
            continue
        try:
            api = _load_api(api_file, files, package)
        except CatalogError as error:
            faults.append(str(error))
            continue
        apis[api.name] = api
        for file in sorted(api_file.parent.glob("*/*.json")):
            if file.parent.name == SHARED:
                continue
            try:
                operation = _load_operation(file, api, files, fixtures, package)
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
    return Catalog(apis, operations, webhooks)


class _Files:
    """The JSON files of a schema tree, each read once, and the meta-schemas that they must fit."""

    def __init__(self, schemas: Path) -> None:
        self._read: dict[Path, Any] = {}
        self._named: dict[tuple[Path, str], Any] = {}
        meta = [self.read(file) for file in sorted((paths.SCHEMAS / META).glob("*.json"))]
        registry = jsonschema_rs.Registry([(schema["$id"], schema) for schema in meta])
        self._meta = {
            schema["$id"]: jsonschema_rs.validator_for(schema, registry=registry, offline=True) for schema in meta
        }
        self.root = schemas

    def read(self, file: Path) -> Any:
        """The JSON of a file. Errors: CatalogError."""
        if file not in self._read:
            try:
                self._read[file] = orjson.loads(file.read_bytes())
            except OSError as error:
                raise CatalogError(f"{file}: cannot be read: {error.strerror}") from error
            except orjson.JSONDecodeError as error:
                raise CatalogError(f"{file}: is not JSON: {error}") from error
        return self._read[file]

    def document(self, file: Path) -> Any:
        """A file that fits the meta-schema it names. Errors: CatalogError."""
        document = self.read(file)
        named = document.get("$schema") if isinstance(document, dict) else None
        if named not in self._meta:
            raise CatalogError(f"{file}: $schema must be one of {', '.join(sorted(self._meta))}")
        for error in self._meta[named].iter_errors(document):
            at = "/".join(str(step) for step in error.instance_path)
            raise CatalogError(f"{file}: at /{at}: {error.message[:300]}")
        return document

    def inlined(self, node: Any, file: Path) -> Any:
        """A schema with each $ref replaced by what it names; keywords beside the $ref win.

        The libraries' own dereferencing sorts keys, and the order of properties is part of a contract file.
        """
        if isinstance(node, list):
            return [self.inlined(child, file) for child in node]
        if not isinstance(node, dict):
            return node
        rest = {
            key: self.inlined(child, file) if type(child) in (dict, list) else child
            for key, child in node.items()
            if key != "$ref"
        }
        if "$ref" not in node:
            return rest
        named = (file if node["$ref"].startswith("#") else file.parent, node["$ref"])
        if named not in self._named:
            self._named[named] = self._target(file, str(node["$ref"]))
        return {**self._named[named], **rest}

    def _target(self, file: Path, ref: str) -> Any:
        name, _, pointer = ref.partition("#")
        target_file = Path(os.path.normpath(file.parent / name)) if name else file
        target = self.read(target_file)
        for step in pointer.strip("/").split("/"):
            if not isinstance(target, dict) or step not in target:
                raise CatalogError(f"{file}: $ref {ref} leads nowhere")
            target = target[step]
        return self.inlined(target, target_file)


def _load_api(file: Path, files: _Files, package: str) -> Api:
    document = files.document(file)
    name = file.parent.name
    if document["api"] != name:
        raise CatalogError(f"{file}: api is {document['api']!r} but the folder is {name!r}")
    envelopes = _envelopes(document)
    errors = _errors(file, document, envelopes, {})
    for named in (*document["keyword_errors"].values(), *document["engine_errors"].values()):
        if named not in errors:
            raise CatalogError(f"{file}: names the error {named!r}, which it does not declare")
    _check_sources(file, document)
    return Api(
        name=name,
        title=document["title"],
        base_paths=tuple(document["base_path"]),
        document=document,
        errors=errors,
        envelopes=envelopes,
        reply_headers=tuple((key, value) for key, value in document["reply_headers"]),
        echo=tuple(document.get("echo", {}).items()),
        session_cookie=document.get("session_cookie", ""),
        credentials=_module(f"{package}.{name}.credentials", file),
    )


def _load_operation(file: Path, api: Api, files: _Files, fixtures: Path, package: str) -> Operation | Webhook:
    document = files.document(file)
    stem, group = file.stem, file.parent.name
    if document["operation"] != stem:
        raise CatalogError(f"{file}: operation is {document['operation']!r} but the file is called {stem!r}")
    envelopes = {**api.envelopes, **_envelopes(document)}
    inherited = _errors(file, api.document, envelopes, {})
    errors = {**inherited, **_errors(file, document, envelopes, inherited)}
    request = files.inlined(document["request"], file)
    response = files.inlined(document["response"], file)
    document = {**document, "request": request, "response": response}
    _check_sources(file, document)
    for side in ("request", "response"):
        for pointer in ungraded(document[side], f"/{side}"):
            raise CatalogError(f"{file}: at {pointer}: has no x-evidence")
    for name in _named_errors(request):
        if name not in errors:
            raise CatalogError(f"{file}: names the error {name!r}, which neither it nor {api.name}/api.json declares")
    handler = _module(f"{package}.{api.name}.{group}.{stem}", file)
    for rule in getattr(handler, "RULES", ()):
        if rule.error not in errors:
            raise CatalogError(f"{file}: its handler's RULES name the error {rule.error!r}, which is not declared")
    outgoing = document.get("direction") == "outgoing"
    function = "data_of" if outgoing else "handle"
    if not callable(getattr(handler, function, None)):
        raise CatalogError(f"{file}: its handler {handler.__name__} has no function {function}")
    fixture_file = fixtures / api.name / group / f"{stem}.json"
    if not fixture_file.is_file():
        raise CatalogError(f"{file}: its fixture {fixture_file} is missing")
    fixture = files.document(fixture_file)
    if outgoing:
        sent = envelopes["payload"]
        return Webhook(stem, api, group, document, sent, request, response, handler.data_of, fixture)
    return Operation(
        name=stem,
        api=api,
        group=group,
        document=document,
        errors=errors,
        success=envelopes["success"],
        request=RequestSchema(
            request,
            keyword_errors=api.document["keyword_errors"],
            keys=partial(api.keys, document["parameters"]),
        ),
        response=response,
        handle=handler.handle,
        fixture=fixture,
    )


def _envelopes(document: Mapping[str, Any]) -> dict[str, Envelope]:
    return {name: Envelope(row["body"], row.get("item", {})) for name, row in document["envelopes"].items()}


def _errors(
    file: Path, document: Mapping[str, Any], envelopes: Mapping[str, Envelope], inherited: Mapping[str, ErrorRow]
) -> dict[str, ErrorRow]:
    rows = {}
    for name, row in document["errors"].items():
        if row["envelope"] not in envelopes:
            raise CatalogError(
                f"{file}: the error {name!r} names the envelope {row['envelope']!r}, which is not declared"
            )
        if name in inherited:
            raise CatalogError(f"{file}: the error {name!r} is declared in the API's file already")
        rows[name] = ErrorRow(
            name=name,
            envelope=envelopes[row["envelope"]],
            code=row.get("code", ""),
            message=row["message"],
            http_status=row.get("http_status", 200),
            evidence=row["x-evidence"],
        )
    return rows


def _check_sources(file: Path, document: Mapping[str, Any]) -> None:
    named = {source for evidence in _evidence(document) for source in evidence.split()[1:]}
    for unknown in named - document["sources"].keys():
        pointer = next(pointer for pointer, evidence in graded(document, "") if unknown in evidence.split()[1:])
        raise CatalogError(f"{file}: at {pointer}: there is no source called {unknown!r}")


def _evidence(node: Any) -> set[str]:
    """What `graded` yields, without saying where; a start has no time for thousands of pointers that nobody reads."""
    found: set[str] = set()
    if type(node) is dict:
        evidence = node.get("x-evidence")
        if type(evidence) is str:
            found.add(evidence)
        elif type(evidence) is dict:
            found.update(evidence.values())
        node = node.values()
    for child in node:
        if type(child) in (dict, list):
            found |= _evidence(child)
    return found


def _named_errors(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        own = node.get("x-error")
        if isinstance(own, str):
            yield own
        elif isinstance(own, dict):
            yield from own.values()
        if "x-date-range" in node:
            yield from node["x-date-range"]["errors"].values()
        if "x-required-if" in node:
            yield node["x-required-if"]["error"]
        for child in node.values():
            yield from _named_errors(child)
    elif isinstance(node, list):
        for child in node:
            yield from _named_errors(child)


def _module(name: str, file: Path) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        raise CatalogError(f"{file}: its handler, the module {name}, is missing") from error


def _fixtures_without_contract(schemas: Path, fixtures: Path) -> Iterator[str]:
    for fixture in sorted(fixtures.glob("*/*/*.json")):
        contract = schemas / fixture.relative_to(fixtures)
        if not contract.is_file():
            yield f"{fixture}: its contract file {contract} is missing"


def vocabulary(api: str) -> dict[str, Any]:
    """The words of an API's contract file. Read apart from the catalogue, because handlers want them while it loads."""
    words: dict[str, Any] = orjson.loads((paths.SCHEMAS / api / "api.json").read_bytes())["vocabulary"]
    return words
