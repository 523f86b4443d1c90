"""A tenant's journal as the checks read it: each call with its request and reply as values, in order.

Checks look forward only, from a call that is there to what follows it. So a journal that has lost its oldest calls
may hide a finding; it never makes one up.
"""

from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import orjson

from ..assumptions import Choices
from ..catalog import Catalog
from ..contract import Operation
from ..domain.clock import from_ms
from ..formats import PARSERS
from ..journal import Entry
from ..refusal import Refused, Wire

ANSWERS = frozenset({"error", "status", "body", "content_type", "drop", "token"})
"""What a fault can do to an answer; any other only takes time."""
NO_ANSWER = 0
"""In the place of a status where nothing came."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One call of the journal. `operation` is as the tenant's answers make it; None where the path leads nowhere."""

    entry: Entry
    operation: Operation | None
    path_values: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """Its number in the journal."""
        return self.entry.id

    @property
    def name(self) -> str:
        """The operation's name, or method and path where there is none."""
        return self.operation.name if self.operation else f"{self.entry.call.method} {self.entry.call.path}"

    @property
    def errors(self) -> tuple[str, ...]:
        """The error rows that a refusal named; none of an answer that was put in by a fault."""
        return () if self.injected else self.entry.errors

    @property
    def injected(self) -> bool:
        """Whether a fault took the answer's place or spoilt it, so that it says nothing of the request."""
        return any(ANSWERS & fault.keys() for fault in self.faults)

    @property
    def faults(self) -> tuple[Mapping[str, Any], ...]:
        """The faults that befell it, as their owner wrote them; none in a journal that knows of no faults."""
        return getattr(self.entry, "injected", ())

    @property
    def taken(self) -> bool:
        """Whether the sandbox took the request, or some of it: then it broke no rule of the contract."""
        return self.entry.outcome != "refused"

    @property
    def unclear(self) -> bool:
        """Whether the client cannot tell from the answer what became of its call."""
        if any({"drop", "content_type"} & fault.keys() for fault in self.faults):
            return True
        json = self.operation is not None and self.operation.renders == "json"
        status = self.entry.reply.status
        return status >= 500 or status == NO_ANSWER or (json and status < 400 and self.reply is None)

    @cached_property
    def body(self) -> Wire:
        """The JSON of the request's body as it was sent; None where it is none."""
        return _json(self.entry.call.body)

    @cached_property
    def request(self) -> Wire:
        """The request in the contract's spelling, with defaults; None where it cannot be read."""
        operation = self.operation
        if operation is None or operation.parameters == "none":
            return {}
        try:
            if operation.parameters == "json":
                request = (
                    operation.request.read(_json(self.entry.call.body))[0] if isinstance(self.body, dict) else None
                )
            else:
                request = operation.request.read_text(self.entry.call.form_and_query())
        except Refused:
            return None
        return {**request, **self.path_values} if isinstance(request, dict) else None

    @cached_property
    def reply(self) -> Wire:
        """The JSON of the reply; None where it is none."""
        return _json(self.entry.reply.body)

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every text that the request names: by these a later call is known to be about the same thing."""
        found = set(_texts(self.request)) | set(_texts(self.body))
        return frozenset({*found, *self.entry.call.path.split("/")})

    @cached_property
    def fingerprint(self) -> bytes:
        """The same for two calls that ask the same, whatever their envelope's ids and times."""
        request = self.request
        if self.operation is not None and isinstance(request, dict) and self.operation.api.echo:
            request = {name: request[name] for name in request if name in self.operation.request.schema["required"]}
        told = [self.name, self.entry.call.path, self.entry.call.query, request]
        if request is None:
            told.append(self.entry.call.body.decode("utf-8", "replace"))
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)

    def header(self, name: str) -> str:
        """A header's value; empty where it is missing."""
        return self.entry.call.headers.get(name.lower(), "").strip()

    @property
    def token(self) -> str:
        """The access token that it bears, or that is missing."""
        schemes = self.operation.api.document.get("security_schemes", {}) if self.operation else {}
        return self.header(schemes["token"]["name"]).partition(" ")[2] if "token" in schemes else ""

    @property
    def caller(self) -> str:
        """For whom it acts: what its token (a JWT, RFC 7519) claims but for the time; the token where it is none."""
        try:
            claims = orjson.loads(urlsafe_b64decode(self.token.split(".")[1] + "=="))
        except (ValueError, LookupError):
            return self.token
        return str({name: claims[name] for name in claims if name != "exp"} if isinstance(claims, dict) else claims)

    def failed_ids(self) -> list[str]:
        """The caller's own numbers of what a batch's reply reports as failed."""
        if self.operation is None or not isinstance(self.reply, dict):
            return []
        rows = [self.operation.errors[name] for name in self.entry.errors if name in self.operation.errors]
        keys = {
            key
            for row in rows
            if isinstance(row.envelope.item, dict)
            for key, to in row.envelope.item.items()
            if to == "$id"
        }
        items = self.reply.get("errors")
        found = [str(item.get(key) or "") for item in items or () for key in sorted(keys)[:1] if isinstance(item, dict)]
        return list(dict.fromkeys(filter(None, found)))

    def window(self) -> Iterator[tuple[Mapping[str, Any], str, Any, Any]]:
        """Each window of time that it asks for: the rule, where it stands, and its two ends."""
        operation = self.operation
        if operation is None:
            return
        for pointer, node in _walk(operation.request.schema, "", "x-date-range"):
            rule = node["x-date-range"]
            for holder in _holders(self.request, pointer):
                parse = PARSERS[node["properties"][rule["start"]]["format"]]
                try:
                    start = parse(holder[rule["start"]])
                    now = from_ms(self.entry.at_ms).replace(microsecond=0)
                    end = parse(holder[rule["end"]]) if rule["end"] in holder else now
                except (KeyError, TypeError, ValueError):
                    continue  # no window, or one that its format refuses
                yield rule, pointer, start, end


@dataclass(frozen=True)
class Story:
    """A tenant's calls, and what a check needs beside them.

    `lost` calls fell out of the journal before the first. `clock_rate` is how many of the journal's seconds pass in
    one of the client's: 0 where the clock stands still, so that no waiting can be seen. `expected` are the errors that
    a test provokes on purpose. `kept` is what the client is to keep to itself, by the value what it is.
    """

    calls: tuple[Seen, ...]
    book: Catalog
    choices: Choices
    lost: int = 0
    clock_rate: float = 1.0
    expected: frozenset[str] = frozenset()
    kept: Mapping[str, str] = field(default_factory=dict)

    def of(self, operation: str) -> list[Seen]:
        """The calls of one operation."""
        return self.by_operation.get(operation, [])

    @cached_property
    def by_operation(self) -> dict[str, list[Seen]]:
        """The calls of each operation, in order."""
        found: dict[str, list[Seen]] = {}
        for seen in self.calls:
            if seen.operation is not None:
                found.setdefault(seen.operation.name, []).append(seen)
        return found

    def after(self, seen: Seen) -> Iterator[Seen]:
        """What the client did next."""
        return (other for other in self.calls if other.id > seen.id)


def story_of(
    entries: Iterable[Entry],
    book: Catalog,
    choices: Choices,
    *,
    lost: int = 0,
    clock_rate: float = 1.0,
    expected: Collection[str] = (),
    kept: Mapping[str, str] = MappingProxyType({}),
) -> Story:
    """The story that a journal's entries tell."""
    calls = []
    for entry in entries:
        operation = book.operations.get(entry.operation) if entry.operation else None
        found = book.find(entry.call.method, entry.call.path) if operation and "{" in operation.path else None
        if operation is not None and choices.departures:
            operation = book.variant(operation, choices.departures)
        calls.append(Seen(entry, operation, found[1] if found else {}))
    return Story(tuple(calls), book, choices, lost, clock_rate, frozenset(expected), kept)


def _json(text: bytes) -> Wire:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _texts(value: Wire) -> Iterator[str]:
    if isinstance(value, dict):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, str):
        yield value


def keys_of(value: Wire) -> Iterator[str]:
    """Every key of a JSON value, however deep."""
    if isinstance(value, dict):
        yield from value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_of(child)


def _walk(schema: Mapping[str, Any], pointer: str, keyword: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if keyword in schema:
        yield pointer, schema
    for name, child in schema.get("properties", {}).items():
        yield from _walk(child, f"{pointer}/properties/{name}", keyword)
    if isinstance(schema.get("items"), dict):
        yield from _walk(schema["items"], f"{pointer}/items", keyword)


def _holders(value: Wire, pointer: str) -> list[Any]:
    """What stands in a request where a pointer into its schema leads."""
    found = [value]
    for step in pointer.split("/")[1:]:
        if step == "properties":
            continue
        if step == "items":
            found = [item for each in found if isinstance(each, list) for item in each]
        else:
            found = [each[step] for each in found if isinstance(each, dict) and step in each]
    return [each for each in found if isinstance(each, dict)]
