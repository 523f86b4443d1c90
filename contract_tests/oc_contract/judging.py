"""What a reply is, by the contract: a success, or one of the declared refusals. An HTTP status alone says nothing.

A template of an envelope is compared with the body key for key; `$name` stands for a value, which is taken out.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs
import orjson
from oc_sandbox.contract import ErrorRow, Operation
from oc_sandbox.formats import CHECKS

from .targets import Answer

Json = Any
NOTHING = object()
ZONED = "offset-date-time"
UNCHECKED = "\0"
"""In the place of a message id: what the reply gives back is not looked at."""


class Refusal(NamedTuple):
    """A declared error that a reply may be, and the values that its texts bear, for each entry of its list."""

    error: str
    values: tuple[Mapping[str, str], ...]


class Verdict(NamedTuple):
    """What a reply is. `refusals` are the declared errors that fit it, by code and text; `wrong` is what fits none."""

    success: bool
    refusals: tuple[Refusal, ...]
    body: Json
    wrong: tuple[str, ...]

    @property
    def errors(self) -> list[str]:
        """The names of the declared errors that fit."""
        return [refusal.error for refusal in self.refusals]


def judge(operation: Operation, answer: Answer, message_id: str | None = None, free: Collection[str] = ()) -> Verdict:
    """What a reply to an operation is; `message_id` is what it must echo.

    At the JSON pointers in `free`, in which `*` is any entry of a list, the schema is not looked at.
    """
    if operation.renders != "json":
        good = answer.status in (operation.success_status, 302)
        return Verdict(good, () if good else tuple(_refusals(operation, answer, _json(answer), message_id)), None, ())
    body = _json(answer)
    if body is NOTHING:
        return Verdict(False, (), None, (f"HTTP {answer.status} with a body that is no JSON: {answer.body[:120]!r}",))
    values = _match(operation.success.body, body)
    if answer.status == operation.success_status and values is not None:
        wrong = [*_schema_errors(operation, body, free), *_echo_errors(values, message_id)]
        return Verdict(not wrong, (), body, tuple(wrong))
    refusals = tuple(_refusals(operation, answer, body, message_id))
    if refusals:
        return Verdict(False, refusals, body, ())
    shown = orjson.dumps(body).decode()[:300]
    return Verdict(False, (), body, (f"HTTP {answer.status}, neither the success nor a declared refusal: {shown}",))


def _json(answer: Answer) -> Json:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return NOTHING


def _schema_errors(operation: Operation, body: Json, free: Collection[str]) -> Iterator[str]:
    zone = _reply_zone(operation)
    for error in _compiled(operation.name, orjson.dumps(operation.response), zone).iter_errors(body):
        if free and "".join(f"/{'*' if isinstance(step, int) else step}" for step in error.instance_path) in free:
            continue
        at = "/".join(map(str, error.instance_path))
        more = f" in the zone of replies, {zone}" if zone and error.schema_path[-1:] == ["format"] else ""
        yield f"the reply breaks its schema at /{at}: {error.message[:200]}{more}"


@lru_cache(maxsize=256)
def _compiled(name: str, schema: bytes, zone: str) -> jsonschema_rs.Validator:
    formats = dict(CHECKS)
    if zone:
        formats[ZONED] = lambda text: CHECKS[ZONED](text) and text.endswith(zone)
    return jsonschema_rs.validator_for(orjson.loads(schema), formats=formats, validate_formats=True)


def _reply_zone(operation: Operation) -> str:
    """The offset in which the API's replies write their times; empty where it says nothing."""
    words = operation.api.document.get("vocabulary", {})
    return str(words.get("reply_zone", {}).get("offset", ""))


def _echo_errors(values: Mapping[str, Json], message_id: str | None) -> Iterator[str]:
    told = values.get("message_id", NOTHING)
    if told is NOTHING or message_id == UNCHECKED:
        return
    if message_id is not None and told != message_id:
        yield f"messageId {message_id!r} comes back as {told!r}"
    if message_id is None and not re.fullmatch(r"\d{13}", str(told)):
        yield f"without a messageId the reply must bear 13 digits of epoch milliseconds, not {told!r}"


def _refusals(operation: Operation, answer: Answer, body: Json, message_id: str | None) -> Iterator[Refusal]:
    for name, row in operation.errors.items():
        if answer.status != row.http_status:
            continue
        values = _match(row.envelope.body, body)
        if values is None or any(_echo_errors(values, message_id)):
            continue
        found = tuple(_items(row, values))
        if found:
            yield Refusal(name, found)


def _items(row: ErrorRow, values: Mapping[str, Json]) -> Iterator[Mapping[str, str]]:
    """The entries that bear the row's code and text: of the list of errors, or the one in the envelope itself."""
    items = values.get("errors", NOTHING)
    if items is NOTHING:
        entries = [values]
    elif isinstance(items, list) and items:
        matched = [_match(row.envelope.item, item) for item in items]
        # The first entry is what the envelope stands for; the others may be other errors of the operation.
        entries = [entry for entry in matched if entry is not None] if matched[0] is not None else []
    else:
        return
    pattern = _pattern(row.message)
    for index, entry in enumerate(entries):
        text = entry.get("message", NOTHING)
        code = entry.get("code", NOTHING)
        if (code is not NOTHING and code != row.code) or (text is not NOTHING and not isinstance(text, str)):
            if index == 0:
                return
            continue
        found = pattern.fullmatch(text) if isinstance(text, str) else pattern.fullmatch(row.message)
        if found is None:
            if index == 0:
                return
            continue
        yield {**{k: v for k, v in entry.items() if isinstance(v, str)}, **found.groupdict()}


@lru_cache(maxsize=1024)
def _pattern(message: str) -> re.Pattern[str]:
    """A message template as a pattern; a name that stands twice must stand for the same."""
    seen: set[str] = set()
    parts = re.split(r"\{(\w+)\}", message)
    out = re.escape(parts[0])
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        out += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
        out += re.escape(text)
        seen.add(name)
    return re.compile(out, re.DOTALL)


def values_of(operation: Operation, body: Json) -> Mapping[str, Json]:
    """What the names in an operation's success stand for in a body, `data` above all; none where it is no success."""
    return _match(operation.success.body, body) or {}


def _match(template: Json, actual: Json) -> dict[str, Json] | None:
    """The values that a template's names stand for in a JSON value; None where the two differ."""
    values: dict[str, Json] = {}
    return values if _into(values, template, actual) else None


def _into(values: dict[str, Json], template: Json, actual: Json) -> bool:
    if isinstance(template, str) and template.startswith("$"):
        values[template[1:]] = actual
        return True
    if isinstance(template, dict):
        if not isinstance(actual, dict) or template.keys() != actual.keys():
            return False
        return all(_into(values, part, actual[key]) for key, part in template.items())
    return type(template) is type(actual) and bool(template == actual)
