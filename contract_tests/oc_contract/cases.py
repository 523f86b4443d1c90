"""Every rule of a request schema, kept at its edge and broken, one at a time: made from the contract files alone.

A case is a change of a good request and what it must lead to: acceptance by the schema, or one declared error with the
values in its text.
"""

import copy
from collections.abc import Callable, Iterator, Mapping

from oc_sandbox.contract import Operation
from oc_sandbox.formats import PARSERS

from .causes import of_causes
from .places import ABSENT, Case, Expected, Json, Pointer, node_at, put, shown
from .scenes import Draft, Scene, things
from .windows import of_condition, of_date_range

WRONG_DATES = (
    "2024-07-13 10:10:10",
    "2024-07-13T10:10:10",
    "2024-07-13T10:10:10Z",
    "2024-02-30T10:10:10+0800",
    "2024-07-13 10:10:10+0800",
    "2024-07-13T10:10:10+08:00",
    "x",
)
OF_OTHER_TYPES: Mapping[str, tuple[Json, ...]] = {
    "string": ([1], {"a": 1}),
    "integer": ([], {}, "x y"),
    "number": ([], {}, "x y"),
    "boolean": ([], {}, "maybe"),
    "array": ({"a": 1}, "x"),
    "object": ([1], "x"),
}


def cases_of(operation: Operation) -> Iterator[Case]:
    """All cases of an operation, in the order of its fields."""
    yield Case("a good request", "positive", "success", "", lambda draft, _: draft, Expected())
    if operation.parameters == "json":
        yield from _spellings(operation)
        yield from _bodies(operation)
        yield from _of_schema(operation, operation.request.schema, ())
    elif operation.parameters == "query":
        yield from _of_schema(operation, operation.request.schema, ())
    yield from _credentials(operation)
    yield from of_causes(operation)


# --- the schema -------------------------------------------------------------------------------------------------------


def _of_schema(operation: Operation, schema: Json, at: Pointer) -> Iterator[Case]:
    properties: Mapping[str, Json] = schema.get("properties", {})
    path_names = set(_path_names(operation))
    for name in schema.get("required", ()):
        if name in properties and name not in path_names:
            error = _error_of(operation, schema, "required")
            field = {"field": name}
            yield _case(operation, schema, "required", (*at, name), ABSENT, Expected(error, field), "left out")
            if operation.parameters == "json" and operation.api.document.get("null_is_absent"):
                yield _case(operation, schema, "required", (*at, name), None, Expected(error, field), "null")
    for name, child in properties.items():
        if name in path_names:
            continue
        place = (*at, name)
        yield from _of_value(operation, child, place, name)
        if "properties" in child:
            yield from _of_schema(operation, child, place)
        items = child.get("items")
        if isinstance(items, dict):
            yield from _of_value(operation, items, (*place, 0), name)
            yield from _of_schema(operation, items, (*place, 0))
    if "x-date-range" in schema:
        yield from of_date_range(schema, at)
    if "x-required-if" in schema:
        yield from of_condition(schema, at)


def _of_value(operation: Operation, schema: Json, at: Pointer, field: str) -> Iterator[Case]:
    types = schema.get("type")
    listed = [types] if isinstance(types, str) else list(types or ())
    if operation.parameters == "json" and listed:
        for kind in ("string", "integer", "boolean", "array", "object"):
            for value in _values_of_type(kind)[:1]:
                if not _fits_types(value, listed):
                    wanted = _broken(operation, schema, "type", field)
                    yield _case(operation, schema, "type", at, value, wanted, f"{kind} instead of {'/'.join(listed)}")
    elif listed and listed[0] in ("integer", "boolean"):
        yield _case(operation, schema, "type", at, "x y", _broken(operation, schema, "type", field), "text")
    yield from _of_length(operation, schema, at, field, listed)
    yield from _of_number(operation, schema, at, field)
    if "enum" in schema:
        wanted = _broken(operation, schema, "enum", field)
        yield _case(operation, schema, "enum", at, "no such value", wanted, "another value")
        for value in schema["enum"]:
            yield _case(operation, schema, "enum", at, value, _kept(operation, schema, "enum"), f"{value!r}")
    if schema.get("format") in PARSERS:
        wanted = _broken(operation, schema, "format", field)
        for value in _wrong_dates(schema["format"]):
            yield _case(operation, schema, "format", at, value, wanted, value)


def _values_of_type(kind: str) -> tuple[Json, ...]:
    return {"string": ("x",), "integer": (7,), "boolean": (True,), "array": ([],), "object": ({},)}[kind]


def _fits_types(value: Json, types: list[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, int):
        return "integer" in types or "number" in types
    kinds: Mapping[type, str] = {str: "string", list: "array", dict: "object"}
    return kinds[type(value)] in types


def _of_length(operation: Operation, schema: Json, at: Pointer, field: str, types: list[str]) -> Iterator[Case]:
    if "maxLength" in schema and "pattern" not in schema and "format" not in schema and "enum" not in schema:
        limit = schema["maxLength"]
        yield _case(
            operation, schema, "maxLength", at, "x" * limit, _kept(operation, schema, "maxLength"), f"{limit} long"
        )
        # Characters are counted, not bytes: a Chinese name of the full length passes.
        yield _case(
            operation, schema, "maxLength", at, "长" * limit, _kept(operation, schema, "maxLength"), f"{limit} Chinese"
        )
        wanted = _broken(operation, schema, "maxLength", field)
        yield _case(operation, schema, "maxLength", at, "x" * (limit + 1), wanted, f"{limit + 1} long")
    if schema.get("minLength") == 1 and "string" in types and operation.parameters == "json":
        yield _case(operation, schema, "minLength", at, "", _broken(operation, schema, "minLength", field), "empty")
    if "minItems" in schema:
        yield _case(operation, schema, "minItems", at, [], _broken(operation, schema, "minItems", field), "no items")
    if "maxItems" in schema:
        limit = schema["maxItems"]
        kept, wanted = _kept(operation, schema, "maxItems"), _broken(operation, schema, "maxItems", field)
        yield _case(operation, schema, "maxItems", at, _times(limit), kept, f"{limit} items")
        yield _case(operation, schema, "maxItems", at, _times(limit + 1), wanted, f"{limit + 1} items")


def _of_number(operation: Operation, schema: Json, at: Pointer, field: str) -> Iterator[Case]:
    for keyword, step in (("minimum", -1), ("maximum", 1)):
        if keyword in schema:
            limit = schema[keyword]
            kept, wanted = _kept(operation, schema, keyword), _broken(operation, schema, keyword, field)
            yield _case(operation, schema, keyword, at, limit, kept, f"{limit}")
            yield _case(operation, schema, keyword, at, limit + step, wanted, f"{limit + step}")


def _wrong_dates(form: str) -> tuple[str, ...]:
    return tuple(text for text in WRONG_DATES if not _parses(form, text))


def _parses(form: str, text: str) -> bool:
    try:
        PARSERS[form](text)
    except ValueError:
        return False
    return True


# --- the body as a whole ----------------------------------------------------------------------------------------------


def _spellings(operation: Operation) -> Iterator[Case]:
    if operation.api.document.get("keys_without_case"):
        for name, respell in (("upper", str.upper), ("lower", str.lower)):
            yield Case(f"keys in {name} case", "positive", "keys_without_case", "", _each_key(respell), Expected())

    def with_more(draft: Draft, scene: Scene) -> Draft:
        return draft.with_body({**draft.body, "notInTheContract": {"a": [1, None]}})

    yield Case("an unknown key", "positive", "unknown keys", "assumed", with_more, Expected())
    echo = operation.api.document.get("echo", {})
    for key in dict.fromkeys(echo.values()):
        for value in ("a-b_c 1", "编号", 17):

            def with_id(draft: Draft, scene: Scene, value: Json = value, key: str = key) -> Draft:
                return draft.with_body({**draft.body, key: value})

            yield Case(f"{key} {value!r} comes back", "positive", "echo", "", with_id, Expected())

        def without_id(draft: Draft, scene: Scene, key: str = key) -> Draft:
            return draft.with_body({name: v for name, v in draft.body.items() if name != key})

        yield Case(f"no {key}", "positive", "echo", "", without_id, Expected())


def _each_key(respell: Callable[[str], str]) -> Callable[[Draft, Scene], Draft]:
    def walk(node: Json) -> Json:
        if isinstance(node, dict):
            return {respell(key): walk(value) for key, value in node.items()}
        return [walk(value) for value in node] if isinstance(node, list) else node

    return lambda draft, _: draft.with_body(walk(draft.body))


def _bodies(operation: Operation) -> Iterator[Case]:
    def same(draft: Draft, scene: Scene) -> Draft:
        return draft

    engine = operation.api.document["engine_errors"]
    for name, raw in (("nothing", b""), ("half an object", b'{"data":'), ("text", b"data=1"), ("NaN", b'{"data":NaN}')):
        expected = Expected(engine["not_json"])
        yield Case(f"the body is {name}", "negative", "body", "assumed", same, expected, raw=raw)
    field = next(iter(operation.request.schema["properties"]))
    # Which of two spellings the error tells of, nobody has said.
    twice = {field: {"field": field}, **({field.swapcase(): {}} if operation.api.document["keys_without_case"] else {})}
    for other, values in twice.items():
        one, raw = field, f'{{"{field}":{{}},"{other}":{{}}}}'.encode()
        expected = Expected(engine["duplicate_key"], values)
        yield Case(f"the keys {one} and {other}", "negative", "body", "assumed", same, expected, raw=raw)
    expected = Expected(engine["wrong_content_type"])
    plain = {"Content-Type": "text/plain"}
    yield Case("the Content-Type is text/plain", "negative", "body", "assumed", same, expected, headers=plain)


def _credentials(operation: Operation) -> Iterator[Case]:
    """Each header that `auth` asks for, left out and wrong. The errors' names are the API's own."""
    errors = operation.errors

    def same(draft: Draft, scene: Scene) -> Draft:
        return draft

    table = {
        "client_key": ("clientKey", "client_key_missing", (("not-a-key", "client_key_unknown"),)),
        "signature": ("vAuthorization", "signature_missing", (("0" * 32, "signature_wrong"),)),
        "token": ("Access-Token", "token_missing", (("Bearer no.such.token", "token_invalid"), ("x", "token_invalid"))),
        "api_key": ("X-API-Key", "api_key_missing", (("mk_live_no", "api_key_unknown"),)),
    }
    for need in operation.auth:
        if need in table and table[need][1] in errors:
            header, missing, wrong = table[need]
            evidence = errors[missing].evidence
            yield Case(f"no {header}", "negative", need, evidence, same, Expected(missing), headers={header: ""})
            for value, error in wrong:
                evidence = errors[error].evidence
                yield Case(
                    f"{header} {value}", "negative", need, evidence, same, Expected(error), headers={header: value}
                )


# --- shared -----------------------------------------------------------------------------------------------------------


def _case(
    operation: Operation, schema: Json, keyword: str, at: Pointer, value: Json, expected: Expected, told: str
) -> Case:
    beside = _needed_beside(operation.request.schema, at)

    def change(draft: Draft, scene: Scene) -> Draft:
        in_body = draft.operation.parameters == "json"
        body = copy.deepcopy(draft.body if in_body else dict(draft.query))
        put(body, at, value)
        for name in beside if value is not ABSENT else ():
            node_at(body, at[:-1]).setdefault(name, "x")
        return draft.with_body(body) if in_body else draft._replace(query=body)

    evidence = schema.get("x-evidence", "assumed")
    grade = evidence if isinstance(evidence, str) else evidence.get(keyword) or evidence.get("type") or "assumed"
    axis = "negative" if expected.error else "boundary"
    return Case(f"{shown(at)} {keyword}: {told}", axis, keyword, grade, change, expected)


def _needed_beside(schema: Json, at: Pointer) -> tuple[str, ...]:
    """The fields that must stand beside a field wherever it stands."""
    for step in at[:-1]:
        schema = schema.get("items", {}) if isinstance(step, int) else schema.get("properties", {}).get(step, {})
    return tuple(schema.get("dependentRequired", {}).get(at[-1], ()))


def _broken(operation: Operation, schema: Json, keyword: str, field: str) -> Expected:
    values = {"field": field, "format": str(schema.get("x-format")), "limit": str(schema.get(keyword))}
    return Expected(_error_of(operation, schema, keyword), values)


def _kept(operation: Operation, schema: Json, keyword: str) -> Expected:
    return Expected(not_errors=frozenset({_error_of(operation, schema, keyword)}))


def _error_of(operation: Operation, schema: Json, keyword: str) -> str:
    own = schema.get("x-error")
    if isinstance(own, dict):
        own = own.get(keyword)
    by_keyword = operation.api.document["keyword_errors"]
    return str(own or by_keyword.get(keyword) or by_keyword["*"])


def _path_names(operation: Operation) -> list[str]:
    return [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


def names_at(operation: Operation, at: Pointer) -> bool:
    """Whether a field names something, or is the caller's own word that must be new."""
    return _pointer(at) in _naming(operation)


def names_below(operation: Operation, at: Pointer) -> bool:
    """Whether a field below this one does."""
    return any(pointer.startswith(_pointer(at) + "/") for pointer in _naming(operation))


def _pointer(at: Pointer) -> str:
    return "/" + "/".join("*" if isinstance(step, int) else step for step in at)


def _naming(operation: Operation) -> set[str]:
    named = things(operation.api.name)["operations"].get(operation.name, {})
    return {*named.get("names", {}), *named.get("new", ()), *named.get("without", ())}


def _times(count: int) -> Callable[[Json], Json]:
    """So many copies of the list's first item."""
    return lambda present: [copy.deepcopy(present[0]) for _ in range(count)] if present else ["x"] * count
