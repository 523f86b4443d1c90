"""Where the form of a reply differs from that of a recorded one: keys, types, and words that the contract lists."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from ..forms import MISSING, kind, kinds

Json = Any


class Difference(NamedTuple):
    """One place, as a JSON pointer (`*` is any entry of a list), `status` or `envelope`; and what stood there."""

    at: str
    recorded: Json
    came: Json


def form_differences(recorded: Json, came: Json, schema: Json, stand_ins: Collection[str]) -> Iterator[Difference]:
    """Differences of form.

    All entries of a list are taken together, since how many there are, and which, is a world's own matter; so is an
    empty list. A key that the contract calls optional may be missing on one side; one that it does not know may not.
    """
    yield from _differences(recorded, came, schema, "", stand_ins)


def _differences(recorded: Json, came: Json, schema: Json, at: str, free: Collection[str]) -> Iterator[Difference]:
    if recorded is None or came is None:
        nullable = "null" in kinds(schema)
        if (recorded is None) != (came is None) and not nullable:
            yield Difference(at, recorded, came)
    elif isinstance(recorded, dict) and isinstance(came, dict):
        properties = schema.get("properties", {})
        optional = properties.keys() - set(schema.get("required", ()))
        for key in [*recorded, *(key for key in came if key not in recorded)]:
            here = f"{at}/{key}"
            if key in recorded and key in came:
                yield from _differences(recorded[key], came[key], properties.get(key, {}), here, free)
            elif key not in optional:
                yield Difference(here, recorded.get(key, MISSING), came.get(key, MISSING))
    elif isinstance(recorded, list) and isinstance(came, list):
        if recorded and came:
            pair = _together(recorded), _together(came)
            yield from _differences(*pair, schema.get("items", {}), f"{at}/*", free)
    elif kind(recorded) != kind(came):
        yield Difference(at, recorded, came)
    elif at not in free and recorded != came:
        listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
        # Which of the listed words it is, is a world's own matter; one that is not listed is news.
        if listed and (recorded not in listed or came not in listed):
            yield Difference(at, recorded, came)


def _together(entries: list[Json]) -> Json:
    """The entries of a list in one: every key that any of them has, with the first value that is not empty."""
    if not all(isinstance(entry, dict) for entry in entries):
        return next((entry for entry in entries if entry is not None), None)
    whole: dict[str, Json] = {}
    for entry in entries:
        for key, value in entry.items():
            if isinstance(value, list):
                whole[key] = [*(whole.get(key) or []), *value]
            elif whole.get(key) in (None, ""):
                whole[key] = value
    return whole
