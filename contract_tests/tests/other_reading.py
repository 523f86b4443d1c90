"""How the other server reads requests: by the contract files as data, the `jsonschema` package, and rules of its own.

Nothing here comes from `oc_sandbox` or `oc_contract`: it is what somebody else would write who has the files alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parents[2] / "schemas" / "orangeconnex"
FIRST_OF_A_VALUE = ("type", "required", "minLength", "minItems", "maxLength", "maxItems")
FORMS = FormatChecker(formats=())


class Refuse(Exception):
    """One declared error by name with the values of its text, or several."""

    def __init__(self, *told: tuple[str, Mapping[str, str]], data: Any = None) -> None:
        super().__init__(told)
        self.told, self.data = told, data


def refuse(error: str, **values: str) -> Refuse:
    return Refuse((error, values))


def load(file: Path) -> Any:
    """A contract file with what it points to written in."""
    return _written_in(json.loads(file.read_text("utf-8")), file)


def _written_in(node: Any, file: Path) -> Any:
    if isinstance(node, list):
        return [_written_in(item, file) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _written_in(value, file) for key, value in node.items() if key != "$ref"}
    if not isinstance(node.get("$ref"), str):
        return own
    where, _, pointer = node["$ref"].partition("#")
    there = (file.parent / where).resolve() if where else file
    found = json.loads(there.read_text("utf-8"))
    for step in pointer.split("/")[1:]:
        found = found[step]
    return {**_written_in(found, there), **own}


@FORMS.checks("offset-date-time")
def is_instant(text: Any) -> bool:
    return not isinstance(text, str) or _dated(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}", "T%H:%M:%S", text) is not None


@FORMS.checks("offset-date")
def is_day(text: Any) -> bool:
    return not isinstance(text, str) or _dated("", "", text) is not None


def instant(text: str) -> datetime:
    """What an offset-date-time or the begin of an offset-date stands for."""
    told = _dated(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}", "T%H:%M:%S", text) or _dated("", "", text)
    assert told is not None
    return told


def _dated(pattern: str, form: str, text: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}" + pattern + r"[+-][0-9]{4}", text):
        return None
    try:
        return datetime.strptime(text, f"%Y-%m-%d{form}%z")
    except ValueError:
        return None


class Reader:
    """The request of one operation, read by its schema."""

    def __init__(self, schema: Any, api: Any, *, every_error: bool = False) -> None:
        self.schema, self._api, self._every_error = schema, api, every_error
        self._validator = Draft202012Validator(schema, format_checker=FORMS)

    def read(self, raw: Any, now: datetime) -> Any:
        """The request with the schema's spelling, without nulls, with defaults. Errors: Refuse."""
        value = _spelt(raw, self.schema)
        broken = sorted(self._broken(value), key=lambda each: each[0])
        told = [error for _, *error in broken] or list(self._between(self.schema, value, now))
        if told:
            raise Refuse(*[(name, values) for name, values in (told if self._every_error else told[:1])])
        return _filled(value, self.schema)

    def _broken(self, value: Any) -> Iterator[tuple[Any, str, dict[str, str]]]:
        seen = set()
        for error in self._validator.iter_errors(value):
            path, schema, keyword = list(error.absolute_path), error.schema, str(error.validator)
            places = [path]
            if keyword == "required":
                places = [[*path, name] for name in error.validator_value if name not in error.instance]  # type: ignore
            for place in places:
                key = (*self._position(place), _rank(keyword))
                if key not in seen:
                    seen.add(key)
                    field = next((step for step in reversed(place) if isinstance(step, str)), "")
                    shown = {"field": field, "limit": str(schema.get(keyword)), "format": str(schema.get("x-format"))}  # type: ignore
                    yield key, self._error(schema, keyword), shown

    def _error(self, schema: Any, keyword: str) -> str:
        own, usual = schema.get("x-error"), self._api["keyword_errors"]
        named = own.get(keyword) if isinstance(own, dict) else own
        return str(named or usual.get(keyword) or usual["*"])

    def _position(self, place: list[Any]) -> Iterator[int]:
        schema = self.schema
        for step in place:
            names = list(schema.get("properties", {}))
            yield step if isinstance(step, int) else names.index(step)
            schema = schema.get("items", {}) if isinstance(step, int) else schema["properties"][step]

    def _between(self, schema: Any, value: Any, now: datetime) -> Iterator[tuple[str, dict[str, str]]]:
        """Errors of the rules between fields."""
        if isinstance(value, list):
            for item in value:
                yield from self._between(schema.get("items", {}), item, now)
        if not isinstance(value, dict):
            return
        for name, child in schema.get("properties", {}).items():
            if name in value:
                yield from self._between(child, value[name], now)
        needed = schema.get("x-required-if")
        if needed and str(value.get(needed["property"], "")).lower() == needed["equals_without_case"].lower():
            yield from ((needed["error"], {"field": name}) for name in needed["required"] if not value.get(name))
        if "x-date-range" in schema:
            yield from _window_errors(schema["x-date-range"], value, now)


def _rank(keyword: str) -> int:
    return FIRST_OF_A_VALUE.index(keyword) if keyword in FIRST_OF_A_VALUE else len(FIRST_OF_A_VALUE)


def _spelt(value: Any, schema: Any) -> Any:
    if isinstance(value, list):
        return [_spelt(item, schema.get("items", {})) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, dict):
        return value
    children = schema.get("properties", {})
    names, found = {name.lower(): name for name in children}, {}
    for key, item in value.items():
        name = names.get(key.lower())
        if name in found:
            raise refuse("duplicate_key", field=name)
        if name:
            found[name] = _spelt(item, children[name])
    return {name: item for name, item in found.items() if item is not None}


def _filled(value: Any, schema: Any) -> Any:
    if isinstance(value, list):
        return [_filled(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    children = schema.get("properties", {})
    usual = {name: child["default"] for name, child in children.items() if "default" in child}
    return {**usual, **{name: _filled(item, children[name]) for name, item in value.items()}}


def window(rule: Any, value: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Both ends of a window, its defaults filled in; None is no bound."""
    start, end = (instant(value[rule[each]]) if rule[each] in value else None for each in ("start", "end"))
    if end is None and rule.get("end_default") == "now":
        end = now
    if start is None and end is not None and "start_default" in rule:
        start = end - days(rule["start_default"])
    return start, end


def days(duration: str) -> timedelta:
    """Of a duration like P7D."""
    return timedelta(days=int(duration[1:-1]))


def _window_errors(rule: Any, value: Any, now: datetime) -> Iterator[tuple[str, dict[str, str]]]:
    start, end = window(rule, value, now)
    errors, names = rule["errors"], {"start": rule["start"], "end": rule["end"], "field": rule["start"]}
    if start is None:
        return
    if end is not None and end < start:
        yield errors["order"], {**names, "field": rule["end"]}
        return
    if end is not None and "longest" in rule:
        longest = days(rule["longest"])
        beyond = end - start > longest if rule.get("longest_inclusive", True) else end - start >= longest
        if beyond:
            yield errors["longest"], {**names, "days": str(longest.days)}
            return
    if "look_back" in rule:
        months = int(rule["look_back"][1:-1])
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        edge = next(_day_of_month(now, year, month + 1))
        if start < edge - days(rule.get("look_back_grace", "P0D")):
            yield errors["look_back"], names


def _day_of_month(now: datetime, year: int, month: int) -> Iterator[datetime]:
    for day in range(now.day, 27, -1) if now.day > 28 else (now.day,):
        try:
            yield now.replace(year=year, month=month, day=day)
        except ValueError:
            continue
