"""What the contract files know of names and words: the allow-lists of what a recording may keep."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from oc_sandbox.catalog import catalog

Json = Any
TEXTS = frozenset({"message", "errormessage", "errormsg", "error", "error_description", "failreason", "reason"})
"""Fields in which a server speaks, by their names in lower case."""
WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9'@._+-]*[A-Za-z0-9])?|[\u3400-\u9fff]+|.", re.DOTALL)
"""A word, a run of Chinese, or any other character."""


class Known(NamedTuple):
    """In lower case: names of fields, of those that are numbers, instants or one of a list; and words of messages."""

    names: frozenset[str]
    numbers: frozenset[str]
    instants: frozenset[str]
    listed: dict[str, frozenset[Json]]
    words: frozenset[str]


@cache
def known() -> Known:
    """What all contract files and the replies of all fixtures say."""
    names, numbers, instants = set[str](), set[str](), set[str]()
    listed: dict[str, set[Json]] = {}
    texts: list[str] = []
    for operation in catalog().operations.values():
        for schema in (operation.request.schema, operation.response):
            for name, field in _fields(schema):
                names.add(name.lower())
                kinds = field.get("type", ())
                if kinds in ("integer", "number") or set(kinds) == {"integer", "null"}:
                    numbers.add(name.lower())
                if re.search("date|time|instant", field.get("format", "")):
                    instants.add(name.lower())
                if "enum" in field:
                    listed.setdefault(name.lower(), set()).update(each for each in field["enum"] if each is not None)
        texts += [row.message for row in operation.errors.values()]
        for envelope in (operation.success, *(row.envelope for row in operation.errors.values())):
            names.update(name.lower() for name in _keys([envelope.body, envelope.item]))
            texts += _texts([envelope.body, envelope.item])
        for exchange in operation.fixture["exchanges"].values():
            texts += _spoken(exchange.get("response"), "")
    for api in catalog().apis.values():
        for language in api.document.get("translations", {}).values():
            texts += language.values()
    words = {word.lower() for text in texts for word in WORD.findall(text) if not word.isdigit() and len(word) <= 16}
    frozen = {name: frozenset(values) for name, values in listed.items()}
    return Known(frozenset(names), frozenset(numbers), frozenset(instants), frozen, frozenset(words | names))


def _fields(schema: Json) -> Iterator[tuple[str, Json]]:
    if not isinstance(schema, dict):
        return
    for name, field in schema.get("properties", {}).items():
        yield name, field
        yield from _fields(field)
    yield from _fields(schema.get("items"))


def _keys(node: Json) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
        for child in node.values():
            yield from _keys(child)
    elif isinstance(node, list):
        for child in node:
            yield from _keys(child)


def _texts(node: Json) -> list[str]:
    if isinstance(node, str):
        return [] if node.startswith("$") else [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in _texts(child)]


def _spoken(node: Json, name: str) -> list[str]:
    """The texts of a reply's fields in which the server speaks."""
    if isinstance(node, dict):
        return [text for key, child in node.items() for text in _spoken(child, key)]
    if isinstance(node, list):
        return [text for child in node for text in _spoken(child, name)]
    return [node] if isinstance(node, str) and name.lower() in TEXTS else []
