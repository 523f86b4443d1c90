"""From contract files to Hypothesis strategies: requests that a schema allows, in every way it allows them.

A request starts as a good draft, whose names fit the target's world; the strategy then fills in, leaves out and
respells everything that the contract leaves to the caller. Public parts of Hypothesis only: hypothesis-jsonschema
reaches into its inside and breaks with it.
"""

import copy
import string
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st
from oc_sandbox.contract import Operation
from oc_sandbox.formats import WRITERS

from .cases import names_at, names_below
from .places import Pointer, put
from .scenes import Draft

Json = Any
MOST_ITEMS = 3
MOST_CHARACTERS = 40
"""What is longer than this is a boundary's matter; here it would only make examples slow."""
MOST_CHANGES = 5
LEFT_OUT = object()

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=MOST_CHARACTERS)
_plain = st.text(string.ascii_letters + string.digits + " -_.,/äß编号", min_size=1, max_size=MOST_CHARACTERS)
_instants = st.integers(1_577_836_800, 1_893_456_000).map(  # from 2020 to 2030
    lambda at_s: datetime.fromtimestamp(at_s, tz=timezone.utc)
)
_zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def requests(operation: Operation, good: Draft) -> st.SearchStrategy[Draft]:
    """Requests that the schema allows and that name what `good` names: it, with up to MOST_CHANGES fields changed."""
    if operation.parameters != "json" or not isinstance(good.body, dict):
        return st.just(good)
    places = [
        values.map(partial(_Change, at)) for at, values in _places(operation, operation.request.schema, good.body, ())
    ]
    changes = st.lists(st.one_of(places), max_size=MOST_CHANGES) if places else st.just([])
    ways = st.sampled_from(_RESPELT if operation.api.document.get("keys_without_case") else _RESPELT[:1])
    return st.builds(partial(_changed, good), changes, ways)


class _Change(NamedTuple):
    at: Pointer
    value: Json


def _changed(good: Draft, changes: list[_Change], respell: Callable[[str], str]) -> Draft:
    body = copy.deepcopy(good.body)
    for change in changes:
        put(body, change.at, change.value)
    return good.with_body(body if respell is str else _respelt(body, respell))


def _places(
    operation: Operation, schema: Json, good: Json, at: Pointer
) -> Iterator[tuple[Pointer, st.SearchStrategy[Json]]]:
    """The fields that the contract leaves to the caller, and what each may be.

    Not those that name something, nor those that a rule between fields holds together: they stay as the good one's.
    """
    held = _held_together(schema)
    for name, child in schema.get("properties", {}).items():
        place = (*at, name)
        present = good.get(name, LEFT_OUT) if isinstance(good, dict) else LEFT_OUT
        if name in held or names_at(operation, place):
            continue
        if isinstance(present, dict) and "properties" in child:
            yield from _places(operation, child, present, place)
        elif isinstance(present, list) and present and "properties" in child.get("items", {}):
            yield from _places(operation, child["items"], present[0], (*place, 0))
        elif not names_below(operation, place):
            yield place, value(child)


def _held_together(schema: Json) -> set[str]:
    held: set[str] = set()
    if "x-date-range" in schema:
        held |= {schema["x-date-range"]["start"], schema["x-date-range"]["end"]}
    if "x-required-if" in schema:
        held |= {schema["x-required-if"]["property"], *schema["x-required-if"]["required"]}
    for name, others in schema.get("dependentRequired", {}).items():
        held |= {name, *others}
    return held


def value(schema: Json) -> st.SearchStrategy[Json]:
    """Values that a schema allows."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format") in WRITERS:
        write = WRITERS[schema["format"]]
        return st.builds(lambda instant, zone: write(instant.astimezone(zone)), _instants, _zones)
    types = schema.get("type")
    kinds = [types] if isinstance(types, str) else list(types or ("string",))
    return st.one_of([_of_type(kind, schema) for kind in kinds])


def _of_type(kind: str, schema: Json) -> st.SearchStrategy[Json]:
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "number"):
        low = schema.get("minimum", 0)
        return st.integers(low, max(low, min(schema.get("maximum", 9), low + 9)))
    if kind == "array":
        low = schema.get("minItems", 0)
        return st.lists(value(schema.get("items", {})), min_size=low, max_size=max(low, MOST_ITEMS))
    if kind == "object":
        properties, required = schema.get("properties", {}), set(schema.get("required", ()))
        fixed = {name: value(child) for name, child in properties.items() if name in required}
        return st.fixed_dictionaries(
            fixed, optional={name: value(child) for name, child in properties.items() if name not in required}
        )
    return _text(schema)


def _text(schema: Json) -> st.SearchStrategy[str]:
    low, high = schema.get("minLength", 0), schema.get("maxLength", MOST_CHARACTERS)
    if "pattern" in schema:
        texts = st.from_regex(schema["pattern"], fullmatch=True)
        return texts.filter(lambda text: text.isascii() and low <= len(text) <= high)
    texts = _plain if low else _plain | _texts
    return texts.map(lambda text: text[:high]).filter(lambda text: len(text) >= low)


def _respelt(node: Json, respell: Callable[[str], str]) -> Json:
    if isinstance(node, dict):
        return {respell(key): _respelt(item, respell) for key, item in node.items()}
    return [_respelt(item, respell) for item in node] if isinstance(node, list) else node


_RESPELT: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, str.swapcase)
