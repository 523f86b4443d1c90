"""The catalogue as one OpenAPI 3.1 document, for other people's tools: generators, viewers, testers.

Written from the contract files and fixtures alone. What OpenAPI has no word for stays as `x-` members: evidence and its
sources, rules between fields, facts, and what nobody knows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from . import __version__
from .catalog import Catalog
from .contract import Api, Operation, Webhook
from .openapi_replies import responses
from .openapi_schemas import Components, leaving, of_request, pascal
from .refusal import Wire
from .samples import FORM, at_now, is_credential

Json = dict[str, Any]

JSON = "application/json"
NOT_THE_VENDORS = (
    "This is not a document of OrangeConnex or Mercozy, and neither of them has a part in it. The project "
    "orangeconnex-sandbox wrote it from its contract files, which restate what is known of the two APIs. Every "
    "`x-evidence` says how: `documented`, `observed`, or `assumed`, which is a guess; after it stand the sources, by "
    "their keys in `x-sources` beside the operation or in `x-apis`."
)
HOW_TO_READ = (
    "A refusal may come with HTTP 200: tell a success by the envelope, not by the status. Texts of errors are "
    "templates wherever they have braces. Times in examples were near the time at which this document was made."
)


def openapi(book: Catalog, server_url: str, now: datetime) -> Json:
    """The document, as JSON. The times in its examples lie around `now`; it holds nobody's keys or tokens."""
    components = Components()
    ways: dict[tuple[str, str], list[Operation]] = {}
    for operation in book.operations.values():
        ways.setdefault((operation.path, operation.method), []).append(operation)
    paths: dict[str, Json] = {}
    for (path, method), operations in ways.items():
        paths.setdefault(path, {})[method.lower()] = _operation(operations, components, now)
    webhooks = {
        webhook.name: {webhook.method.lower(): _webhook(webhook, components, now)} for webhook in book.webhooks.values()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": " and ".join(api.title for api in book.apis.values()) + ", as orangeconnex-sandbox knows them",
            "version": __version__,
            "description": "\n\n".join([NOT_THE_VENDORS, HOW_TO_READ, *map(_manner, book.apis.values())]),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server_url, "description": "A sandbox"}],
        "tags": list(_tags([*book.operations.values(), *book.webhooks.values()])),
        "paths": paths,
        "webhooks": webhooks,
        "components": components.written(),
        "x-apis": {name: _api(api) for name, api in book.apis.items()},
    }


def _tags(every: Iterable[Operation | Webhook]) -> Iterator[Json]:
    """A tag for each group; where several APIs have the group, it is the tag of all."""
    titles: dict[str, dict[str, None]] = {}
    for operation in every:
        titles.setdefault(operation.group, {})[operation.api.title] = None
    for group, apis in titles.items():
        yield {"name": group, "description": ", ".join(apis)}


def _manner(api: Api) -> str:
    """How an API reads what it is sent."""
    cased = "without" if api.document.get("keys_without_case") else "with"
    null = "counts as a missing key" if api.document.get("null_is_absent") else "is a value like others"
    return f"{api.title}: keys of JSON bodies are read {cased} regard to case, and a null {null}."


def _api(api: Api) -> Json:
    document = api.document
    return {
        "title": api.title,
        "base-paths": list(api.base_paths),
        "x-sources": document["sources"],
        "x-facts": document["facts"],
    }


def _operation(operations: Sequence[Operation], components: Components, now: datetime) -> Json:
    """What a method of a path does. Operations that share both become one; a parameter tells them apart."""
    first = operations[0]
    told: Json = {
        "operationId": "_or_".join(operation.name for operation in operations),
        "summary": " / ".join(str(operation.document["title"]) for operation in operations),
        "description": "\n\n".join(_description(operation, alone=len(operations) == 1) for operation in operations),
        "tags": list(dict.fromkeys(operation.group for operation in operations)),
        "parameters": _parameters(operations, now),
        "responses": responses(operations, components),
        "security": _security(first, components),
        "x-operations": {operation.name: _knowledge(operation) for operation in operations},
    }
    body = _body(operations, components, now)
    return {**told, "requestBody": body} if body else told


def _description(operation: Operation, *, alone: bool) -> str:
    summary = str(operation.document["summary"])
    if not alone:
        choice = operation.selected_by
        when = f"with {choice[0]}={choice[1]}" if choice else "otherwise"
        summary = f"**{operation.document['title']}**, {when}: {summary}"
    if operation.parameters == "query_or_form":
        needed = ", ".join(f"`{name}`" for name in operation.document["request"].get("required", ()))
        summary += " Each parameter may stand in the query string or in the form."
        summary += f" Needed in either: {needed}." if needed else ""
    return summary


def _knowledge(operation: Operation | Webhook) -> Json:
    """What is known of an operation and how, as its contract file has it."""
    document = operation.document
    known = {
        "api": operation.api.name,
        "effect": document.get("effect"),
        "x-evidence": document["x-evidence"],
        "x-sources": document["sources"],
        "x-facts": document["facts"],
        "x-not-modelled": document.get("not_modelled"),
        "x-unknown": document["unknown"],
        "x-rules": leaving(document["request"], ("type", "properties", "required", "description", "x-error")),
    }
    return {name: value for name, value in known.items() if value}


def _security(operation: Operation | Webhook, components: Components) -> list[Json]:
    """The headers that a call carries. What needs no header, such as a client_id among the parameters, is not here."""
    schemes: Mapping[str, Json] = operation.api.document.get("security_schemes", {})
    needed: Json = {}
    roles: list[str] = []
    optional = False
    for name in operation.auth:
        kind, _, role = name.partition(":")
        if role:
            roles.append(role)
        elif kind in schemes:
            scheme = leaving(schemes[kind], ("optional",))
            needed[components.name("securitySchemes", scheme.get("name", kind), operation.api.name, scheme)] = []
            optional = optional or bool(schemes[kind].get("optional"))
    for scopes in needed.values():
        scopes.extend(roles)
    return [*([{}] if optional or not needed else []), *([needed] if needed else [])]


def _parameters(operations: Sequence[Operation], now: datetime) -> list[Json]:
    """The path's and the query string's parameters, each once."""
    found: dict[tuple[str, str], list[tuple[Operation, Json]]] = {}
    for operation in operations:
        for parameter in _parameters_of(operation, now):
            found.setdefault((parameter["in"], parameter["name"]), []).append((operation, parameter))
    return [_shared(rows, len(operations)) for rows in found.values()]


def _parameters_of(operation: Operation, now: datetime) -> Iterator[Json]:
    request = of_request(operation.document["request"])
    exchange, sample = _sample(operation, now)
    required = request.get("required", ())
    for name, schema in request.get("properties", {}).items():
        in_path = f"{{{name}}}" in operation.path
        if not in_path and operation.parameters not in ("query", "query_or_form"):
            continue
        place = "path" if in_path else "query"
        parameter: Json = {
            "name": name,
            "in": place,
            # A form may have what the query string lacks.
            "required": in_path or (name in required and operation.parameters == "query"),
            "schema": leaving(schema, ("description",)),
        }
        if "description" in schema:
            parameter["description"] = schema["description"]
        if name in sample.get(place, {}):
            parameter["examples"] = {exchange: {"value": sample[place][name]}}
        yield parameter


def _shared(rows: Sequence[tuple[Operation, Json]], of: int) -> Json:
    """One parameter out of those of several operations; what differs between them in evidence alone is not a choice."""
    first = rows[0][1]
    if of == 1:
        return first
    schemas: list[Json] = []
    for _, row in rows:
        schema = leaving(row["schema"], ("x-evidence", "x-error"))
        if schema not in schemas:
            schemas.append(schema)
    examples = {f"{operation.name}.{name}": e for operation, row in rows for name, e in row.get("examples", {}).items()}
    shared = {
        **first,
        "required": len(rows) == of and all(row["required"] for _, row in rows),
        "schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas},
        "description": " ".join(dict.fromkeys(row["description"] for _, row in rows if "description" in row)),
        "x-evidence": {operation.name: row["schema"]["x-evidence"] for operation, row in rows},
    }
    return {**shared, "examples": examples} if examples else shared


def _body(operations: Sequence[Operation], components: Components, now: datetime) -> Json | None:
    """A JSON body, or a form that may take the query string's place; None where the request has neither."""
    kind = operations[0].parameters
    if kind not in ("json", "query_or_form"):
        return None
    media: Json = {"schema": _body_schema(operations, components)}
    examples: Json = {}
    for operation in operations:
        prefix = f"{operation.name}." if len(operations) > 1 else ""
        examples |= {prefix + name: example for name, example in _body_examples(operation, now)}
    if examples:
        media["examples"] = examples
    return {"required": kind == "json", "content": {JSON if kind == "json" else FORM: media}}


def _body_schema(operations: Sequence[Operation], components: Components) -> Json:
    refs: dict[str, Json] = {}
    for operation in operations:
        schema = of_request(operation.document["request"], without=_in_path(operation))
        if operation.parameters == "query_or_form":
            # Any of them may stand in the query string; the one that tells operations apart has to stand by the form.
            schema = leaving(schema, ("required",))
            choosing = _choosing(operations)
            schema = {**schema, "required": [choosing]} if choosing else schema
        refs[operation.name] = components.ref("schemas", f"{pascal(operation.name)}Request", schema)
    if len(refs) == 1:
        return refs[operations[0].name]
    choosing = _choosing(operations)
    mapping = {
        value: refs[operation.name]["$ref"]
        for operation in operations
        for value in operation.document["request"]["properties"].get(choosing, {}).get("enum", ())
    }
    return {"oneOf": list(refs.values()), "discriminator": {"propertyName": choosing, "mapping": mapping}}


def _choosing(operations: Sequence[Operation]) -> str:
    """The parameter that tells operations of one method and path apart."""
    return next((operation.selected_by[0] for operation in operations if operation.selected_by), "")


def _in_path(operation: Operation) -> frozenset[str]:
    properties = operation.document["request"].get("properties", {})
    return frozenset(name for name in properties if f"{{{name}}}" in operation.path)


def _body_examples(operation: Operation, now: datetime) -> Iterator[tuple[str, Json]]:
    exchange, sample = _sample(operation, now)
    value = sample.get("body", sample.get("form"))
    if value:
        yield exchange, _example(operation.fixture["exchanges"][exchange], value)


def _example(row: Mapping[str, Any], value: Wire) -> Json:
    told = {"summary": row.get("title"), "description": f"Source: {row['source']}.", "value": value}
    return {key: part for key, part in told.items() if part is not None} | {"x-evidence": row["x-evidence"]}


def _sample(operation: Operation, now: datetime) -> tuple[str, Json]:
    """The first exchange's name and request as the sandbox reads it: documented spellings, and types for texts."""
    name, sample = _first_request(operation, now)
    if "body" in sample:
        sample["body"] = operation.request.read(sample["body"])[0]
    for place in ("query", "form"):
        if place in sample:
            read = operation.request.read_text(sample[place])
            sample[place] = {key: read[key] for key in sample[place]}
    return name, sample


def _first_request(operation: Operation | Webhook, now: datetime) -> tuple[str, Json]:
    """The name and request of the first exchange, its times written out; what only an account knows is left out."""
    name, exchange = next(iter(operation.fixture["exchanges"].items()))
    return name, _without_credentials(at_now(exchange["request"], now))


def _without_credentials(value: Wire) -> Wire:
    if isinstance(value, dict):
        return {key: _without_credentials(child) for key, child in value.items() if not is_credential(child)}
    if isinstance(value, list):
        return [_without_credentials(child) for child in value if not is_credential(child)]
    return value


def _webhook(webhook: Webhook, components: Components, now: datetime) -> Json:
    """A call that the vendor makes; its address is the integrator's to name, so OpenAPI has it beside the paths."""
    exchange, sample = _first_request(webhook, now)
    schema = components.ref("schemas", f"{pascal(webhook.name)}Call", of_request(webhook.request))
    row = webhook.fixture["exchanges"][exchange]
    least, greatest = webhook.document["delivery"]["taken"]
    taken = dict.fromkeys(f"{status // 100}XX" for status in range(least, greatest + 1))
    return {
        "operationId": webhook.name,
        "summary": webhook.document["title"],
        "description": webhook.document["summary"],
        "tags": [webhook.group],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schema, "examples": {exchange: _example(row, sample["body"])}}},
        },
        "responses": {
            status: {"description": "The call is taken. Nothing else of the answer is read."} for status in taken
        },
        "security": _security(webhook, components),
        "x-operations": {webhook.name: _knowledge(webhook)},
        "x-triggered-by": list(webhook.triggered_by),
        "x-delivery": webhook.document["delivery"],
    }
