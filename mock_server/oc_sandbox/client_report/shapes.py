"""Requests that are not of the form that the contract gives them."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from ..contract import Operation
from .findings import Basis, Finding, Severity, of_error, of_fact, of_field, of_named_fact, times
from .story import Seen, Story, keys_of

_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
_BY_KEYWORD = {
    "type": "wrong-type",
    "required": "field-missing",
    "dependentRequired": "field-missing",
    "minLength": "field-missing",
    "minItems": "field-missing",
    "maxItems": "batch-too-big",
    "maxLength": "field-too-long",
    "format": "time-malformed",
}
"""The finding's name by the JSON Schema keyword that is broken; value-not-allowed for any other."""
_UNREADABLE = {"not_json": "JSON", "wrong_content_type": "sent as application/json", "duplicate_key": "free of doubles"}


class Place(NamedTuple):
    """Where in a request something is wrong, and what."""

    check: str
    field: str
    says: str
    fix: str
    severity: Severity
    basis: tuple[Basis, ...]


def check(story: Story) -> Iterator[Finding]:
    """What the contract's schema says against the requests, each field once, and spellings that nobody documents."""
    for name, calls in story.by_operation.items():
        by_place: dict[tuple[str, str], tuple[Place, list[Seen]]] = {}
        for seen in calls:
            for place in _places(seen):
                of_place = by_place.setdefault((place.check, place.field), (place, []))[1]
                if seen not in of_place:
                    of_place.append(seen)
        for place, found in by_place.values():
            says = f"{name}: {place.says} ({times(len(found))})."
            yield Finding(place.check, place.severity, name, says, place.fix, place.basis, tuple(found))


def _places(seen: Seen) -> Iterator[Place]:
    operation = seen.operation
    if operation is None or operation.parameters == "none":
        return
    for error in seen.errors:
        if error in _UNREADABLE:
            basis = (of_error(operation, error),)
            says = f"the body is not {_UNREADABLE[error]} ({error})"
            yield Place("unreadable-body", error, says, "Let a JSON library write the body.", "error", basis)
    if isinstance(seen.request, dict):
        breaches = [] if seen.taken else list(_breaches(operation, seen.request))
        yield from breaches or _refused_parameters(operation, seen)
        sent = seen.body if operation.parameters == "json" else seen.entry.call.form_and_query()
        if isinstance(sent, dict):
            yield from _keys(operation, operation.request.schema, sent, "", "")
            yield from _envelope(operation, sent)


def _refused_parameters(operation: Operation, seen: Seen) -> Iterator[Place]:
    """What an operation refuses in a request by a rule of its own."""
    for error in seen.errors:
        row = operation.document.get("errors", {}).get(error)
        if row is not None and row["envelope"].startswith("parameter_error"):
            says = f"the request was refused with {error}: {row.get('means', row['message']).rstrip('.')}"
            fix = "Send what the message asks for."
            yield Place("refused-parameter", error, says, fix, "error", (of_error(operation, error),))


def _breaches(operation: Operation, request: Any) -> Iterator[Place]:
    for path, keyword, schema in operation.request.breaches(request):
        field = _shown(path)
        check_name = _BY_KEYWORD.get(keyword, "value-not-allowed")
        value = _at(request, path)
        if keyword == "format" and isinstance(value, str) and _NO_ZONE.fullmatch(value):
            check_name = "time-without-zone"
        node = schema.get("properties", {}).get(path[-1], schema) if keyword == "required" else schema
        says = _words(keyword, schema, field, value)
        basis = of_field(operation, node, _pointer(path), keyword, _rule(keyword, schema, field))
        yield Place(check_name, field, says, _fix(check_name, schema, field), "error", (basis,))


def _words(keyword: str, schema: Any, field: str, value: Any) -> str:
    shown = f"{value!r:.60}"
    if keyword == "required":
        return f"{field} is missing"
    if keyword in ("minLength", "minItems"):
        return f"{field} is empty"
    if keyword == "maxItems":
        return f"{field} has {len(value)} entries, at most {schema['maxItems']} are allowed"
    if keyword == "maxLength":
        return f"{field} has {len(value)} characters, at most {schema['maxLength']} are allowed"
    if keyword == "type":
        return f"{field} is {_kind(value)} ({shown}), it must be {_or(schema['type'])}"
    if keyword == "format":
        return f"{field} is {shown}, it must have the form {_form(schema)}"
    return f"{field} is {shown}, which breaks {keyword} {schema[keyword]!r:.80}"


def _rule(keyword: str, schema: Any, field: str) -> str:
    if keyword == "required":
        return f"{field} is required."
    value = _form(schema) if keyword == "format" else schema[keyword]
    return f"{field}: {keyword} {_or(value) if isinstance(value, list) else value}."


def _fix(check_name: str, schema: Any, field: str) -> str:
    if check_name == "time-without-zone":
        return f"Write {field} with its zone offset: {_form(schema)}."
    if check_name == "batch-too-big":
        return f"Send at most {schema['maxItems']} entries of {field} in one call, the rest in further calls."
    if check_name == "wrong-type":
        return f"Send {field} as {_or(schema['type'])}."
    return f"Send {field} as the contract file has it."


def _keys(operation: Operation, schema: Any, value: Any, at: str, pointer: str) -> Iterator[Place]:
    """Keys that the contract does not have, or spells otherwise."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(operation, schema.get("items", {}), item, f"{at}[]", f"{pointer}/items")
    properties = schema.get("properties", {})
    if not isinstance(value, dict) or not properties:
        return
    spellings = {name.lower(): name for name in properties}
    for key, child in value.items():
        name = key if key in properties else spellings.get(key.lower())
        field = f"{at}.{key}".lstrip(".")
        if name is None:
            yield _undocumented(operation, field, key, list(properties))
            continue
        if name != key and key not in _spelt_in_samples(operation):
            yield _odd_spelling(operation, properties[name], field, name, f"{pointer}/properties/{name}")
        yield from _keys(operation, properties[name], child, f"{at}.{name}", f"{pointer}/properties/{name}")


def _undocumented(operation: Operation, field: str, key: str, known: list[str]) -> Place:
    near = get_close_matches(key, known, n=1)
    fix = f"Did you mean {near[0]}?" if near else "Leave it out, or tell us where it is documented."
    says = f"{field} is a field that no source knows; the sandbox reads past it"
    basis = (of_fact(operation.api, "unknown_keys"),)
    return Place("undocumented-field", field, says, fix, "warning" if near else "note", basis)


def _odd_spelling(operation: Operation, schema: Any, field: str, name: str, pointer: str) -> Place:
    loose = bool(operation.api.document.get("keys_without_case"))
    fact = of_fact(operation.api, "keys_without_case" if loose else "unknown_keys")
    told = of_field(operation, schema, pointer, "type", f"{operation.name} spells it {name}.")
    what = "it is read all the same" if loose else "so it is not read"
    says = f"{field} is spelt otherwise than {name}; {what}"
    return Place("odd-spelling", field, says, f"Spell it {name}.", "note" if loose else "warning", (told, fact))


def _envelope(operation: Operation, sent: Any) -> Iterator[Place]:
    """What a reply takes from the request, so that the two can be matched."""
    lower = {key.lower() for key in sent}
    for _, key in operation.api.echo:
        schema = operation.request.schema.get("properties", {}).get(key)
        if operation.parameters != "json" or schema is None:
            continue
        # Where a sample of the vendor's goes without it, so may a client.
        if key.lower() not in lower and _in_every_sample(operation, key):
            told = of_field(operation, schema, f"/properties/{key}", "type", f"{operation.name} has the field {key}.")
            says = f"{key} is missing, so that the reply bears a number that nobody asked for"
            fix = f"Send a {key} that is new in each call, and log it: it is what ties a reply to its request."
            basis = (told, *of_named_fact(operation, "message_id"))
            yield Place("envelope-field-missing", key, says, fix, "note", basis)


def _samples(operation: Operation) -> list[Any]:
    """The bodies of the operation's named exchanges, in which the vendor's own samples stand as they were found."""
    requests = (exchange["request"] for exchange in operation.fixture["exchanges"].values())
    return [request["body"] for request in requests if isinstance(request.get("body"), dict)]


def _in_every_sample(operation: Operation, key: str) -> bool:
    return all(key.lower() in {name.lower() for name in body} for body in _samples(operation))


def _spelt_in_samples(operation: Operation) -> frozenset[str]:
    """Every key of the samples, as it is spelt there: so the vendor spells it too."""
    return frozenset(key for body in _samples(operation) for key in keys_of(body))


def _at(value: Any, path: list[str | int]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _shown(path: list[str | int]) -> str:
    words = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return words.lstrip(".") or "the body"


def _pointer(path: list[str | int]) -> str:
    return "".join("/items" if isinstance(step, int) else f"/properties/{step}" for step in path)


def _kind(value: Any) -> str:
    kinds = {bool: "a boolean", int: "an integer", float: "a number", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")


def _form(schema: Any) -> str:
    return str(schema.get("x-format", schema.get("format")))


def _or(words: Any) -> str:
    return words if isinstance(words, str) else " or ".join(map(str, words))
