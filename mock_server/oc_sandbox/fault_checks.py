"""Faults as somebody wrote them: read, and held against schemas/meta/fault.json and the catalogue."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import jsonschema_rs
import orjson

from . import paths
from .catalog import catalog
from .contract import Operation, Webhook
from .faults import Faults, Given, bears
from .injecting import about_items

FILE = paths.SCHEMAS / "meta" / "fault.json"
MOST = 1000
COUNTED = ("calls", "fired")
"""What a list that was got says beside, so that it can be put again."""


class BadFault(ValueError):
    """A fault makes no sense. The message says why and what would."""


def faults_of(wanted: Any) -> Faults | None:
    """The faults of a JSON list, or of {"faults": [...]}; None for an empty one. Errors: BadFault."""
    if isinstance(wanted, Mapping) and set(wanted) == {"faults"}:
        wanted = wanted["faults"]
    if isinstance(wanted, (str, bytes, Mapping)) or not isinstance(wanted, Iterable):
        raise BadFault(f'faults are a list of objects, such as [{{"operation": "get_service_list", "status": 503}}], '
                       f"not {_shown(wanted)}")  # fmt: skip
    rows = list(wanted)
    if len(rows) > MOST:
        raise BadFault(f"{len(rows)} faults are more than a tenant has, which is {MOST}")
    checked = []
    for number, row in enumerate(rows, 1):
        try:
            checked.append(checked_fault(row))
        except BadFault as error:
            raise BadFault(f"fault {number}: {error}") from None
    return Faults(checked) if checked else None


def fault_of_words(text: str) -> Any:
    """A fault as a command line writes it: JSON, or operation=get_service_list,status=503. Errors: BadFault."""
    if text.lstrip().startswith("{"):
        return _json(text.encode(), repr(text))
    words = [word.partition("=") for word in text.split(",")]
    if not all(equals and name for name, equals, _ in words):
        raise BadFault(f"{text!r} is neither JSON nor NAME=VALUE,…, such as operation=get_service_list,status=503")
    return {name.strip(): _value(value.strip()) for name, _, value in words}


def faults_of_file(file: str) -> list[Any]:
    """The faults in a JSON file, unchecked. Errors: BadFault."""
    try:
        text = Path(file).read_bytes()
    except OSError as error:
        raise BadFault(f"{file} cannot be read: {error.strerror}") from error
    read = _json(text, file)
    rows = read["faults"] if isinstance(read, dict) and set(read) == {"faults"} else read
    if not isinstance(rows, list):
        raise BadFault(f"{file} is no JSON list of faults, and has none under faults")
    return rows


def schema() -> dict[str, Any]:
    """The JSON Schema of one fault."""
    read: dict[str, Any] = orjson.loads(FILE.read_bytes())
    return read


def checked_fault(row: Any) -> Given:
    """A fault that makes sense, with the seed of its share. Errors: BadFault."""
    if not isinstance(row, Mapping):
        raise BadFault(f'a fault is an object, such as {{"status": 503, "first": 2}}, not {_shown(row)}')
    given = {name: value for name, value in row.items() if name not in COUNTED}
    _check_form(given)
    if "webhook" in given:
        _check_webhook(given)
    else:
        _check_operation(given)
    properties = _rules()["properties"]
    if "share" in given:
        given.setdefault("seed", properties["seed"]["default"])
    if given.get("webhook") in properties["by_s"]["x-defaults"]:
        given.setdefault("by_s", properties["by_s"]["x-defaults"][given["webhook"]])
    return given


def _check_form(given: Given) -> None:
    rules = _rules()
    properties = rules["properties"]
    for name, value in given.items():
        if name not in properties:
            raise BadFault(f"there is no {_shown(name)}; {_instead(str(name), properties)}")
        for error in _validators()[name].iter_errors(value):
            raise BadFault(f"{name}: {error.message}. It is: {properties[name]['description']}")
    for name, needed in rules["dependentRequired"].items():
        if name in given and needed[0] not in given:
            raise BadFault(f"{name} says more about {needed[0]}, which is missing")
    for group in rules["allOf"]:
        choices = [choice["required"][0] for choice in group["oneOf"] if "required" in choice]
        named = [name for name in choices if name in given]
        if len(named) > 1:
            raise BadFault(f"{' and '.join(named)} exclude each other: of {', '.join(choices)} a fault has one")
    for title, idle in _idle():
        if idle.is_valid(dict(given)):
            raise BadFault(title)
    for error in _whole().iter_errors(dict(given)):
        if "webhook" in given:
            raise BadFault("latency_s and drip_s are for calls; a webhook is late by_s seconds")
        _, group = rules["allOf"]
        actions = [choice["required"][0] for choice in group["oneOf"] if "required" in choice]
        if not given.keys() & {*actions, "latency_s", "drip_s"}:
            raise BadFault(f"it says nothing that happens; name one of {', '.join(actions)}, latency_s, drip_s")
        raise BadFault(error.message)


def _check_operation(given: Given) -> None:
    operations, webhooks = catalog().operations, catalog().webhooks
    name = given.get("operation")
    if name in webhooks:
        raise BadFault(f"{name} is a webhook, to which only webhook happens, as late, twice or out_of_order")
    if name is not None and name not in operations:
        raise BadFault(
            f"there is no operation {name!r}; {_near(name, [*operations, *webhooks])}`oc-sandbox operations` lists them"
        )
    concerned = [operations[name]] if name is not None else [*operations.values()]
    if "token" in given and not any(bears(operation) for operation in concerned):
        raise BadFault(f"calls of {name} bear no access token that could be {given['token']}")
    if "error" in given:
        _check_error(given, concerned)
    if "content_type" in given:
        _check_content_type(given["content_type"], concerned)


def _check_content_type(wanted: str, concerned: list[Operation]) -> None:
    """Refuse the one that the answers have anyway. Errors: BadFault."""
    true = {dict(operation.api.reply_headers)["content-type"] for operation in concerned if operation.renders == "json"}
    if len(true) == 1 and _media_type(wanted) == _media_type(*true):
        raise BadFault(f"content_type: {wanted} is what the answer has without a fault; name another, as text/html")


def _media_type(text: str) -> str:
    return text.lower().replace(" ", "")


def _check_error(given: Given, concerned: list[Operation]) -> None:
    error = given["error"]
    rows = [operation.errors[error] for operation in concerned if error in operation.errors]
    if not rows:
        who = concerned[0].name if len(concerned) == 1 else "any operation"
        # Its own errors first, before those that all operations have.
        names = [*dict.fromkeys(name for operation in concerned for name in reversed([*operation.errors]))]
        listed = f"it has {', '.join(names)}" if len(concerned) == 1 else "docs/limits.md lists them by operation"
        raise BadFault(f"there is no error {error!r} of {who}; {_near(error, names)}{listed}")
    # Where a refusal tells which item of a batch it is about, it does so beside its text.
    known = set().union(*(_names_in(row.message) | ({"id"} if about_items(row) else set()) for row in rows))
    for value in given.get("values", ()):
        if value not in known:
            wanted = ", ".join(sorted(known)) or "none"
            raise BadFault(f"values: the text of {error} has no {value!r}; it wants {wanted}")


def _names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _check_webhook(given: Given) -> None:
    webhooks: Mapping[str, Webhook] = catalog().webhooks
    name = given.get("operation")
    if name is not None and name not in webhooks:
        raise BadFault(f"{given['webhook']} is for webhooks, and there is no webhook {name!r}; "
                       f"there is {', '.join(webhooks)}")  # fmt: skip


@cache
def _rules() -> dict[str, Any]:
    return schema()


@cache
def _whole() -> Any:
    return jsonschema_rs.validator_for(_rules(), offline=True)


@cache
def _idle() -> list[tuple[str, Any]]:
    """What would have no effect: why, and a validator of such faults."""
    rows = _rules()["not"]["anyOf"]
    return [(row["title"], jsonschema_rs.validator_for(row, offline=True)) for row in rows]


@cache
def _validators() -> dict[str, Any]:
    return {
        name: jsonschema_rs.validator_for(property_, offline=True) for name, property_ in _rules()["properties"].items()
    }


def _json(text: bytes, where: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFault(f"{where} is not JSON: {error}") from error


def _value(text: str) -> Any:
    """A word of a command line: what JSON takes it for, or else the text itself."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _instead(name: str, known: Iterable[str]) -> str:
    return f"{_near(name, known)}a fault has {', '.join(known)}"


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}? " if near else ""


def _shown(value: Any) -> str:
    return repr(value)[:100]
