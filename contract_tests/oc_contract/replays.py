"""Calls as lines for a POSIX shell that make them again, with the caller's own credentials and new numbers.

What is secret, what is new in every run and what an earlier call made stand in the lines as variables.
"""

import shlex
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.curls import quoted

from .running import Calls
from .scenes import Scene
from .targets import Answer, Keys, Request, credentials

NEEDED = "OC_TARGET, OC_CLIENT_KEY, OC_SECRET_KEY, OC_ACCESS_TOKEN"
SHORTEST_MADE = 6
"""A value of a reply that is shorter, and found again in a later call, is there by chance."""


class Made(NamedTuple):
    """A text in a reply that a later call names, and the key that it stands under."""

    key: str
    text: str


def variables_of(keys: Keys, run: str) -> dict[str, str]:
    """The name that stands in the place of each text."""
    named = {
        keys.client_key: "OC_CLIENT_KEY",
        keys.secret_key: "OC_SECRET_KEY",
        keys.access_token: "OC_ACCESS_TOKEN",
        keys.api_key: "MERCOZY_API_KEY",
        run: "RUN",
    }
    return {text: name for text, name in named.items() if text}


def script(calls: Calls, scene: Scene, waits: Mapping[int, int] = MappingProxyType({})) -> list[str]:
    """The lines that make a scene's calls again, in order; `waits` as a Finding's."""
    keys, run = scene.target.keys, scene.run
    variables = variables_of(keys, run) | {token: "OC_ACCESS_TOKEN" for token in scene.tokens if token}
    lines = ["RUN=$(date +%s)"] if any(_bears(request, run) for request, _ in calls) else []
    for index, (request, answer) in enumerate(calls):
        lines += _waited(waits[index]) if index in waits else []
        made = [one for one in _made(answer, calls[index + 1 :]) if one.text not in variables]
        body, line = _lines(request, keys, variables)
        lines += body
        if made:
            lines += [f"REPLY=$({line})", 'echo "$REPLY"']
        else:
            lines.append(line)
        for one in made:
            name = f"MADE{sum(value.startswith('MADE') for value in variables.values()) + 1}"
            found = shlex.quote(f's/.*"{one.key}": *"\\([^"]*\\)".*/\\1/p')
            lines.append(f'{name}=$(printf %s "$REPLY" | sed -n {found} | head -n 1)')
            variables[one.text] = name
    return lines


def _waited(seconds: int) -> list[str]:
    """Lines that let time pass at a sandbox, and fetch the token that is good then."""
    at = '"$OC_TARGET/_sandbox/tenants/$OC_CLIENT_KEY'
    moved = f"curl -sS -o /dev/null -X PUT {at}/clock\" -H 'Content-Type: application/json'"
    return [
        f"{moved} --data-raw '{{\"advance_seconds\": {seconds}}}'",
        f'OC_ACCESS_TOKEN=$(curl -sS {at}" | sed -n \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/p\')',
    ]


def _lines(request: Request, keys: Keys, variables: Mapping[str, str]) -> tuple[list[str], str]:
    """What goes before a call, and the call."""
    before: list[str] = []
    body = request.body.decode("utf-8", "replace")
    if body:
        before.append(f"BODY={quoted(body, variables)}")
    words = ["curl", "-sS", "-X", request.method]
    words.append('"$OC_TARGET"' + quoted(request.path + (f"?{request.query}" if request.query else ""), variables))
    for name, value in request.headers.items():
        if name == "vAuthorization" and value == _signature(request, keys):
            text = '"|$BODY|' if body and keys.signing != "stage" and request.method != "GET" else '"||'
            signed = f'{quoted(request.path, variables)}{text}$OC_CLIENT_KEY|$OC_SECRET_KEY"'
            before.append(f"SIGN=$(printf %s {signed} | md5sum | cut -c1-32)")
            words += ["-H", 'vAuthorization:" $SIGN"']
        else:
            words += ["-H", quoted(f"{name}: {value}", variables)]
    if body:
        words += ["--data-raw", '"$BODY"']
    return before, " ".join(words)


def _signature(request: Request, keys: Keys) -> str | None:
    operation = catalog().operations.get(request.operation)
    return credentials(operation, request.path, request.body, keys).get("vAuthorization") if operation else None


def _bears(request: Request, text: str) -> bool:
    return any(text in part for part in (request.path, request.query, request.body.decode("utf-8", "replace")))


def _made(answer: Answer, later: Calls) -> list[Made]:
    try:
        told = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return []
    texts = dict.fromkeys(one for one in _texts(told) if len(one.text) >= SHORTEST_MADE)
    found: dict[str, Made] = {}
    for one in texts:
        if any(_bears(request, one.text) for request, _ in later):
            found.setdefault(one.text, one)
    return list(found.values())


def _texts(node: Any, key: str = "") -> Iterator[Made]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _texts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str) and key:
        yield Made(key, node)
