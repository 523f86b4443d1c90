"""A request against its schema: keys in their documented spelling, then the first error that the contract names."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from functools import cached_property
from types import MappingProxyType
from typing import Any

import jsonschema_rs

from . import formats
from .refusal import Refused, Wire

Schema = dict[str, Any]
LIST_LOOKED_AT_FIRST = 2001
"""More items than any list of the contract files may have, so that a list that is too long still is."""
# Longer numbers stay text and so break their type: no 64-bit reader takes them.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TRUTHS = MappingProxyType({"true": True, "false": False})


class Keys:
    """What the keys of a request are called, and how null and missing are read. Compiled from a schema once.

    A reader gives the request with documented spellings, absent nulls and declared defaults, changing it in place
    where it can, and adds to `seen` the keys it met. Errors: Refused, for a key that stands twice, letter case aside.
    """

    def __init__(self, *, without_case: bool, null_is_absent: bool, duplicate_error: str) -> None:
        self._without_case = without_case
        self._null_is_absent = null_is_absent
        self._duplicate_error = duplicate_error
        self.seen = 0

    def reader(self, schema: Schema) -> Callable[[Wire], Wire] | None:
        """A function that normalises a value of that schema; None where there is nothing to do."""
        properties: dict[str, Schema] = schema.get("properties", {})
        if properties:
            return self._object_reader(properties)
        if "items" in schema:
            read_item = self.reader(schema["items"])
            if read_item is not None:
                return lambda value: [read_item(item) for item in value] if type(value) is list else value
        return None

    def _object_reader(self, properties: dict[str, Schema]) -> Callable[[Wire], Wire]:
        readers = {name: self.reader(schema) for name, schema in properties.items()}
        inner = [(name, read) for name, read in readers.items() if read is not None]
        defaults = {name: schema["default"] for name, schema in properties.items() if "default" in schema}
        documented = frozenset(properties)
        nullable = frozenset(name for name, schema in properties.items() if "null" in schema.get("type", ()))
        spellings = {name.lower(): name for name in properties} if self._without_case else {}
        drop_nulls = self._null_is_absent

        def respelled(value: dict[str, Wire]) -> dict[str, Wire]:
            out: dict[str, Wire] = {}
            for key, item in value.items():
                name = key if key in documented else spellings.get(key.lower(), key)
                if item is None and drop_nulls and name not in nullable:
                    continue
                if name in out:
                    raise Refused(self._duplicate_error, field=name)
                out[name] = item
            return out

        def read(value: Wire) -> Wire:
            if type(value) is not dict:
                return value
            self.seen += len(value)
            # Most clients spell as documented and send no nulls: then there is nothing to move.
            if not value.keys() <= documented or (drop_nulls and None in value.values()):
                value = respelled(value)
            for name, read_inner in inner:
                if name in value:
                    value[name] = read_inner(value[name])
            for name, default in defaults.items():
                value.setdefault(name, default)
            return value

        return read


class RequestSchema:
    """The request side of a contract file, compiled at first use."""

    def __init__(
        self, schema: Schema, *, keyword_errors: Mapping[str, str], keys: Callable[[], Keys], report_all: bool = False
    ) -> None:
        self.schema = schema
        self._report_all = report_all
        self._keyword_errors = keyword_errors
        self._keys = keys
        self._date_ranges = list(_date_ranges(schema, ()))
        self._conditions = list(_conditions(schema, ()))

    @cached_property
    def _reader(self) -> tuple[Keys, Callable[[Wire], Wire]]:
        keys = self._keys()
        return keys, keys.reader(self.schema) or (lambda value: value)

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for(self.schema, formats=dict(formats.CHECKS), validate_formats=True)

    def read(self, request: Wire) -> tuple[Wire, int]:
        """The request with documented spellings and defaults, and how many keys it had. Errors: Refused."""
        keys, read = self._reader
        keys.seen = 0
        return read(request), keys.seen

    def read_text(self, parameters: Mapping[str, str]) -> Wire:
        """The same for a query or a form, where every value arrives as text.

        A property whose type is integer or boolean gets one, if its text is one; any other text stays, to be refused
        by its type. Errors: Refused.
        """
        request = self.read(dict(parameters))[0]
        for name, convert in self._converters.items():
            if type(request.get(name)) is str:
                request[name] = convert(request[name])
        return request

    @cached_property
    def _converters(self) -> dict[str, Callable[[str], Any]]:
        properties: dict[str, Schema] = self.schema.get("properties", {})
        by_type = {"integer": _integer_of, "boolean": _boolean_of}
        return {
            name: by_type[schema["type"]]
            for name, schema in properties.items()
            if isinstance(schema.get("type"), str) and schema["type"] in by_type
        }

    def check(self, request: Wire, now: Callable[[], datetime]) -> None:
        """Refuse a request that breaks the schema or a rule between its fields; fill in its windows of time.

        Errors: Refused, with `field` and what the broken keyword says, and the others where all are reported.
        """
        if not self._validator.is_valid(request):
            raise _together(self._refusals(request))
        broken = self._broken_rules(request, now)
        first = next(broken, None)
        if first is not None:
            raise _together([first, *broken] if self._report_all else [first])

    def _broken_rules(self, request: Wire, now: Callable[[], datetime]) -> Iterator[Refused]:
        """What the rules between fields refuse, in order."""
        for path, condition in self._conditions:
            for holder in _at(request, path):
                yield from _broken_condition(condition, holder)
        for path, date_range, properties in self._date_ranges:
            for holder in _at(request, path):
                yield from _broken_date_range(date_range, properties, holder, now())

    def _refusals(self, request: Wire) -> list[Refused]:
        """What the schema refuses, by the order of the contract: the first alone, or everything."""
        # Listing the errors of 100,000 items takes seconds. The first stands early, unless a list is bad late.
        errors = list(self._validator.iter_errors(_shortened(request))) or self._validator.iter_errors(request)
        ranked = map(self._refusal, errors)
        # The library walks keys in alphabetical order; the contract's own order is the one to report by.
        found = sorted(ranked, key=_rank_of) if self._report_all else [min(ranked, key=_rank_of)]
        return [refused for _, refused in found]

    def breaches(self, request: Wire) -> Iterator[tuple[list[str | int], str, Schema]]:
        """Where a request breaks the schema: the path, the keyword that says so, and the subschema that has it.

        The path of what is missing ends with its name. Rules between fields are not looked at.
        """
        return map(self._breach, self._validator.iter_errors(_shortened(request)))

    def _breach(self, error: jsonschema_rs.ValidationError) -> tuple[list[str | int], str, Schema]:
        subschema: Any = self.schema
        for step in error.schema_path[:-1]:
            subschema = subschema[step]
        path = list(error.instance_path)
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            path.append(error.kind.property)
        return path, str(error.schema_path[-1]), subschema

    def _refusal(self, error: jsonschema_rs.ValidationError) -> tuple[list[int], Refused]:
        path, keyword, subschema = self._breach(error)
        named = [str(step) for step in path if isinstance(step, str)]
        own = subschema.get("x-error")
        if isinstance(own, dict):
            own = own.get(keyword)
        name = own or self._keyword_errors.get(keyword) or self._keyword_errors["*"]
        field = named[-1] if named else "body"
        values = {"field": field, "limit": subschema.get(keyword), "format": subschema.get("x-format")}
        return self._rank(path), Refused(name, **values)

    def _rank(self, path: list[str | int]) -> list[int]:
        rank: list[int] = []
        schema: Schema = self.schema
        for step in path:
            if isinstance(step, int):
                rank.append(step)
                schema = schema.get("items", {})
            else:
                properties = schema.get("properties", {})
                rank.append(list(properties).index(step) if step in properties else len(properties))
                schema = properties.get(step, {})
        return rank


def _integer_of(text: str) -> int | str:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def _boolean_of(text: str) -> bool | str:
    return _TRUTHS.get(text, text)


def _shortened(value: Wire) -> Wire:
    """The value, its lists cut after LIST_LOOKED_AT_FIRST items."""
    if type(value) is list:
        return [_shortened(item) for item in value[:LIST_LOOKED_AT_FIRST]]
    if type(value) is dict:
        return {key: _shortened(item) for key, item in value.items()}
    return value


def _together(refusals: list[Refused]) -> Refused:
    first = refusals[0]
    first.also = refusals[1:]
    return first


def _rank_of(ranked: tuple[list[int], Refused]) -> list[int]:
    return ranked[0]


Path = tuple[str, ...]


def _walk(schema: Schema, path: Path, keyword: str) -> "list[tuple[Path, Schema]]":
    found = [(path, schema)] if keyword in schema else []
    for name, child in schema.get("properties", {}).items():
        found += _walk(child, (*path, name), keyword)
    if "items" in schema:
        found += _walk(schema["items"], (*path, "*"), keyword)
    return found


def _date_ranges(schema: Schema, path: Path) -> "list[tuple[Path, Schema, Schema]]":
    return [(at, node["x-date-range"], node["properties"]) for at, node in _walk(schema, path, "x-date-range")]


def _conditions(schema: Schema, path: Path) -> "list[tuple[Path, Schema]]":
    return [(at, node["x-required-if"]) for at, node in _walk(schema, path, "x-required-if")]


def _at(value: Wire, path: Path) -> list[Wire]:
    """What stands at a path of a valid request; `*` is every item of a list."""
    holders = [value]
    for step in path:
        if step == "*":
            holders = [item for holder in holders for item in holder]
        else:
            holders = [holder[step] for holder in holders if step in holder]
    return holders


def _broken_condition(condition: Schema, holder: Wire) -> Iterator[Refused]:
    given = holder.get(condition["property"])
    if isinstance(given, str) and given.lower() == condition["equals_without_case"].lower():
        for name in condition["required"]:
            if not holder.get(name):
                yield Refused(condition["error"], field=name)


def _broken_date_range(rule: Schema, properties: Schema, holder: Wire, now: datetime) -> Iterator[Refused]:
    start_name, end_name, errors = rule["start"], rule["end"], rule["errors"]
    form = properties[start_name]["format"]
    parse, write = formats.PARSERS[form], formats.WRITERS[form]
    if end_name in holder:
        end = parse(holder[end_name])
    elif rule.get("end_default") == "now":
        end = now.replace(microsecond=0)
        zone = parse(holder[start_name]).tzinfo if start_name in holder else timezone.utc
        holder[end_name] = write(end.astimezone(zone))
    else:
        return
    if start_name in holder:
        start = parse(holder[start_name])
    elif "start_default" in rule:
        try:
            start = formats.before(end, rule["start_default"])
        except ValueError:  # an end in the first days of year 1 has no week before it
            start = end
        holder[start_name] = write(start)
    else:
        return
    if end < start:
        yield Refused(errors["order"], field=end_name, start=start_name, end=end_name)
    if "longest" in rule:
        longest = formats.span(rule["longest"])
        width = end - start
        if width > longest or (width == longest and not rule.get("longest_inclusive", True)):
            yield Refused(errors["longest"], field=start_name, start=start_name, end=end_name, days=longest.days)
    if "look_back" in rule:
        furthest = formats.before(now.replace(microsecond=0), rule["look_back"])
        if "look_back_grace" in rule:
            furthest = formats.before(furthest, rule["look_back_grace"])
        if start < furthest:
            yield Refused(errors["look_back"], field=start_name, start=start_name, end=end_name)
