"""How JSON values are written, whatever they say: their types, how dates look, what a schema lists."""

import re
from collections.abc import Collection
from typing import Any

from oc_sandbox.formats import CHECKS

Json = Any
MISSING = "<missing>"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?(?!\d)", re.ASCII)


def kinds(schema: Json) -> Collection[str]:
    """The JSON types that a schema names; none where it leaves them open."""
    named = schema.get("type", ())
    return (named,) if isinstance(named, str) else named


def kind(value: Json) -> type:
    """The type of a JSON value; a whole number is a number like any other."""
    return float if type(value) is int else type(value)


def date_form(text: str) -> str:
    """How a date is written, with 0 for each digit and + for the sign of an offset; empty for what is no date."""
    if not DATE.fullmatch(text):
        return ""
    form = re.sub(r"\d", "0", re.sub(r"\.\d+", ".0", text))
    return form[:10] + form[10:].replace("-", "+")


def broken(text: str, schema: Json) -> tuple[str, ...]:
    """The keywords of a schema about a text's words that it breaks."""
    listed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    checks = {
        "enum": listed is None or text in listed,
        "pattern": "pattern" not in schema or re.search(schema["pattern"], text),
        "format": schema.get("format") not in CHECKS or CHECKS[schema["format"]](text),
    }
    return tuple(keyword for keyword, kept in checks.items() if not kept)
