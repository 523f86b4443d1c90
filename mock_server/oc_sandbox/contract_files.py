"""The contract files: read, held against their meta-schemas, and made into objects. Errors name the file."""

import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from . import paths
from .contract import Api, Credentials, Envelope, ErrorRow, Operation, Webhook, graded, ungraded
from .refusal import Wire
from .validation import RequestSchema

META = "meta"


class CatalogError(Exception):
    """The product's own data files do not fit together. The message names the file and what is wrong with it."""


class Files:
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


def load_api(file: Path, files: Files, package: str) -> Api:
    """What the operations below a folder share. Errors: CatalogError."""
    document = files.document(file)
    name = file.parent.name
    if document["api"] != name:
        raise CatalogError(f"{file}: api is {document['api']!r} but the folder is {name!r}")
    return _api_of(file, document, _module(f"{package}.{name}.credentials", file))


def _api_of(file: Path, document: Mapping[str, Any], credentials: Credentials) -> Api:
    envelopes = _envelopes(document, _translations(document))
    errors = _errors(file, document, envelopes, {}, _translations(document))
    for named in (*document["keyword_errors"].values(), *document["engine_errors"].values()):
        if named not in errors:
            raise CatalogError(f"{file}: names the error {named!r}, which it does not declare")
    _check_sources(file, document)
    return Api(
        name=document["api"],
        title=document["title"],
        base_paths=tuple(document["base_path"]),
        hosts=tuple(document["hosts"]),
        document=document,
        errors=errors,
        envelopes=envelopes,
        reply_headers=tuple((key, value) for key, value in document["reply_headers"]),
        echo=tuple(document.get("echo", {}).items()),
        session_cookie=document.get("session_cookie", ""),
        credentials=credentials,
        file=file,
    )


def load_operation(file: Path, api: Api, files: Files, fixtures: Path, package: str) -> Operation | Webhook:
    """An operation, or a call that goes the other way, with its handler and fixture. Errors: CatalogError."""
    document = files.document(file)
    stem, group = file.stem, file.parent.name
    if document["operation"] != stem:
        raise CatalogError(f"{file}: operation is {document['operation']!r} but the file is called {stem!r}")
    request = files.inlined(document["request"], file)
    response = files.inlined(document["response"], file)
    document = {**document, "request": request, "response": response}
    handler = _module(f"{package}.{api.name}.{group}.{stem}", file)
    outgoing = document.get("direction") == "outgoing"
    function = "data_of" if outgoing else "handle"
    if not callable(getattr(handler, function, None)):
        raise CatalogError(f"{file}: its handler {handler.__name__} has no function {function}")
    fixture_file = fixtures / api.name / group / f"{stem}.json"
    if not fixture_file.is_file():
        raise CatalogError(f"{file}: its fixture {fixture_file} is missing")
    fixture = files.document(fixture_file)
    if outgoing:
        envelopes = _checked(file, document, api)[0]
        return Webhook(stem, api, group, document, envelopes["payload"], request, response, handler.data_of, fixture)
    operation = _operation_of(file, document, api, handler.handle, fixture)
    for rule in getattr(handler, "RULES", ()):
        if rule.error not in operation.errors:
            raise CatalogError(f"{file}: its handler's RULES name the error {rule.error!r}, which is not declared")
    return operation


def _operation_of(
    file: Path,
    document: Mapping[str, Any],
    api: Api,
    handle: Callable[[Wire, Any], Wire],
    fixture: Mapping[str, Any],
) -> Operation:
    envelopes, errors = _checked(file, document, api)
    return Operation(
        name=document["operation"],
        api=api,
        group=file.parent.name,
        document=document,
        errors=errors,
        success=envelopes["success"],
        request=RequestSchema(
            document["request"],
            keyword_errors=api.document["keyword_errors"],
            keys=partial(api.keys, document["parameters"]),
            report_all=api.document.get("parameter_errors") == "all",
        ),
        response=document["response"],
        handle=handle,
        fixture=fixture,
        file=file,
    )


def _checked(
    file: Path, document: Mapping[str, Any], api: Api
) -> tuple[Mapping[str, Envelope], Mapping[str, ErrorRow]]:
    """The envelopes and errors of a contract file that holds together, the API's among them. Errors: CatalogError."""
    translations = _translations(api.document)
    envelopes = {**api.envelopes, **_envelopes(document, translations)}
    inherited = _errors(file, api.document, envelopes, {}, translations)
    errors = {**inherited, **_errors(file, document, envelopes, inherited, translations)}
    _check_sources(file, document)
    for side in ("request", "response"):
        for pointer in ungraded(document[side], f"/{side}"):
            raise CatalogError(f"{file}: at {pointer}: has no x-evidence")
    for name in _named_errors(document["request"]):
        if name not in errors:
            raise CatalogError(f"{file}: names the error {name!r}, which neither it nor {api.name}/api.json declares")
    return envelopes, errors


Patch = list[Any]
"""Changes of a JSON document, as RFC 6902 has them."""


def api_changed(api: Api, patch: Patch) -> Api:
    """The API as it would be with a patched contract file. Errors: CatalogError."""
    return _api_of(api.file, _patched(api.document, patch), api.credentials)


def operation_changed(operation: Operation, api: Api, patch: Patch) -> Operation:
    """The operation as it would be below `api` and with a patched contract file. Errors: CatalogError."""
    document = _patched(operation.document, patch)
    return _operation_of(operation.file, document, api, operation.handle, operation.fixture)


def _patched(document: Mapping[str, Any], patch: Patch) -> Mapping[str, Any]:
    import jsonpatch  # noqa: PLC0415 - most servers never need it, and a start has no time for it

    patched: Mapping[str, Any] = jsonpatch.apply_patch(document, patch)
    return patched


def _translations(document: Mapping[str, Any]) -> Mapping[str, str]:
    """From the texts of the contract files to those of the language that the API is to speak."""
    translations: Mapping[str, str] = document.get("translations", {}).get(document.get("language"), {})
    return translations


def _envelopes(document: Mapping[str, Any], translations: Mapping[str, str]) -> dict[str, Envelope]:
    return {
        name: Envelope(_translated(row["body"], translations), row.get("item", {}))
        for name, row in document["envelopes"].items()
    }


def _translated(template: Wire, translations: Mapping[str, str]) -> Wire:
    if isinstance(template, dict):
        return {key: _translated(value, translations) for key, value in template.items()}
    return translations.get(template, template) if isinstance(template, str) else template


def _errors(
    file: Path,
    document: Mapping[str, Any],
    envelopes: Mapping[str, Envelope],
    inherited: Mapping[str, ErrorRow],
    translations: Mapping[str, str],
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
            message=translations.get(row["message"], row["message"]),
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
