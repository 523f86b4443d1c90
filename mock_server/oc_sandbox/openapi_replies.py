"""The replies of the OpenAPI document: by HTTP status the success, and each envelope of refusals with its errors."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import jsonschema_rs

from .contract import Envelope, ErrorRow, Operation, fill
from .formats import CHECKS
from .openapi_schemas import Components, of_request, of_template, pascal
from .refusal import Wire

Json = dict[str, Any]

JSON = "application/json"
EXAMPLE_VALUES = {
    "message_id": "123456789",
    "timestamp": "2026-11-22T15:30:00.000+00:00",
    "data": [],
    "id": "TEST_123456789",
}
UNREAD_BODY = ("wrong_content_type", "not_json", "duplicate_key")
"""What the engine finds in JSON bodies only."""


def responses(operations: Sequence[Operation], components: Components) -> Json:
    """What the operations of one method and path answer, by HTTP status."""
    kinds: dict[int, dict[str, None]] = {}
    media: dict[int, dict[str, dict[str, list[Json]]]] = {}

    def add(status: int, kind: str, content_type: str, schema: Json, examples: Json) -> None:
        kinds.setdefault(status, {})[kind] = None
        place = media.setdefault(status, {}).setdefault(content_type, {"schemas": [], "examples": []})
        if schema not in place["schemas"]:
            place["schemas"].append(schema)
        place["examples"].append(examples)

    for operation in operations:
        prefix = f"{operation.name}." if len(operations) > 1 else ""
        for status, content_type, schema, examples in _successes(operation, components):
            add(status, "success", content_type, schema, {prefix + name: value for name, value in examples.items()})
        for row in errors_of(operation):
            schema = _envelope(operation, row.envelope, components)
            add(row.http_status, "refusal", JSON, schema, _error_examples(operation, row, components, prefix))
    redirects = {302} if any(operation.renders == "browser" for operation in operations) else set()
    told = {
        str(status): _response(status, list(kinds.get(status, {})), media.get(status, {}))
        for status in sorted(media.keys() | redirects)
    }
    if redirects:
        told["302"]["headers"] = {"Location": {"description": "Where the browser goes.", "schema": {"type": "string"}}}
    return told


def errors_of(operation: Operation) -> Iterator[ErrorRow]:
    """The declared errors that a call of the operation can meet: a path that is its own is never unknown."""
    named = operation.api.document["engine_errors"]
    without = {named["wrong_method"]}
    if "{" not in operation.path:
        without.add(named["unknown_path"])
    if operation.parameters != "json":
        without |= {named[what] for what in UNREAD_BODY}
    if operation.parameters not in ("json", "query_or_form"):
        without.add(named["body_too_large"])
    yield from (row for name, row in operation.errors.items() if name not in without)


def _response(status: int, kinds: Sequence[str], media: Mapping[str, Mapping[str, list[Json]]]) -> Json:
    if not kinds:
        return {"description": "A redirect."}
    described = "A success, or a refusal: the envelope tells which." if len(kinds) > 1 else f"A {kinds[0]}."
    content = {}
    for content_type, found in media.items():
        examples = dict(ChainMap(*reversed([{}, *found["examples"]])))
        schemas = found["schemas"]
        row: Json = {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
        content[content_type] = {**row, "examples": examples} if examples else row
    return {"description": f"{HTTPStatus(status).phrase}. {described}", "content": content}


def _successes(operation: Operation, components: Components) -> Iterator[tuple[int, str, Json, Json]]:
    """HTTP status, content type, schema and examples of what a success may be, but for a redirect."""
    response = operation.document["response"]
    if operation.renders == "json":
        schema = components.ref("schemas", f"{pascal(operation.name)}Reply", of_request(response))
        yield operation.success_status, JSON, schema, dict(_success_examples(operation))
    else:
        text = response["contentMediaType"].startswith("text/")
        yield operation.success_status, response["contentMediaType"], {"type": "string"} if text else {}, {}


def _success_examples(operation: Operation) -> Iterator[tuple[str, Json]]:
    """The first exchange that shows a success and all of it: some sources leave parts out."""
    whole = jsonschema_rs.validator_for(operation.response, formats=dict(CHECKS), validate_formats=True)
    for name, exchange in operation.fixture["exchanges"].items():
        reply = exchange.get("response")
        if reply is None or exchange.get("status", operation.success_status) != operation.success_status:
            continue
        if isinstance(reply, dict) and reply.get("data") == "@data":
            reply = {**reply, "data": operation.fixture["data"]}
        if _has_literals_of(operation.success.body, reply) and whole.is_valid(reply):
            title = {"summary": exchange["title"]} if "title" in exchange else {}
            told = {"description": f"Source: {exchange['source']}.", "value": reply}
            yield name, {**title, **told, "x-evidence": exchange["x-evidence"]}
            return


def _has_literals_of(template: Wire, reply: Wire) -> bool:
    if isinstance(template, dict):
        return isinstance(reply, dict) and all(_has_literals_of(part, reply.get(key)) for key, part in template.items())
    return (isinstance(template, str) and template[:1] == "$") or template == reply


def _envelope(operation: Operation, envelope: Envelope, components: Components) -> Json:
    """The schema of an envelope, which has its name in the contract file: the operation's own, or the API's."""
    api = operation.api
    for name, own in api.envelopes.items():
        if own == envelope:
            row = api.document["envelopes"][name]
            return components.ref("schemas", pascal(api.name, name), _schema_of(envelope, row))
    name, row = next(
        (name, row)
        for name, row in operation.document["envelopes"].items()
        if Envelope(row["body"], row.get("item", {})) == envelope
    )
    return components.ref("schemas", pascal(operation.name, name), _schema_of(envelope, row))


def _schema_of(envelope: Envelope, row: Mapping[str, Any]) -> Json:
    why = {"description": row["why"]} if "why" in row else {}
    return {**why, **of_template(envelope.body, envelope.item), "x-evidence": row["x-evidence"]}


def _error_examples(operation: Operation, row: ErrorRow, components: Components, prefix: str) -> Json:
    """A named example of the error; one that is the API's own is said once."""
    api = operation.api
    if api.errors.get(row.name) == row:
        name = f"{api.name}.{row.name}"
        value = _error_example(row, api.document["errors"][row.name], api.base_paths[0])
        return {row.name: components.ref("examples", name, value)}
    declared = operation.document["errors"].get(row.name) or api.document["errors"][row.name]
    return {prefix + row.name: _error_example(row, declared, operation.path)}


def _error_example(row: ErrorRow, declared: Mapping[str, Any], path: str) -> Json:
    values = EXAMPLE_VALUES | {"code": row.code, "message": row.message, "path": path, "status": row.http_status}
    # What else a template names is shown by its name.
    named = _Named(values)
    item = fill(row.envelope.item, named)
    told: Json = {"summary": f"{row.code} {row.message}".strip()}
    if "means" in declared:
        told["description"] = declared["means"]
    why = {"x-why": declared["why"]} if "why" in declared else {}
    value = fill(row.envelope.body, _Named({**values, "errors": [item]}))
    return {**told, "value": value, "x-evidence": row.evidence, **why}


class _Named(dict[str, Any]):
    """Values of which one that is missing is its own name, in braces."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name, f"{{{name}}}")
