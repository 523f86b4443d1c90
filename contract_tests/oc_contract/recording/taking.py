"""An HTTP exchange made into a recording: what of it may be kept, and which facts of the contract it shows."""

import gzip
import re
import secrets
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson
from oc_sandbox.contract import Operation

from ..judging import UNCHECKED, judge
from ..stages import is_loopback, is_production
from ..targets import Answer
from .concealing import Concealed, Concealer
from .files import FORMAT, Recording

Json = Any
KEPT_HEADERS = frozenset(
    {
        "accept", "accept-language", "cache-control", "content-encoding", "content-type", "expires", "pragma",
        "retry-after", "vary", "x-content-type-options", "x-frame-options", "x-xss-protection",
    }
)  # fmt: skip
_HARMLESS_HEADER = re.compile(r"[\w ,;:=/*.+()\"'-]{0,120}")
CREDENTIALS = frozenset({"clientkey", "vauthorization", "access-token", "x-api-key", "authorization"})
FORM = "application/x-www-form-urlencoded"


class Exchange(NamedTuple):
    """One call and its reply, as they went over the wire. Header names are in lower case."""

    operation: Operation
    path_values: Mapping[str, str]
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer: Answer


class Session:
    """One run of the recorder: what it was pointed at, and the stand-ins that it has given out."""

    def __init__(self, host: str, source: str) -> None:
        self.id = secrets.token_hex(4)
        self._host, self._source = host_of(host), source
        self._concealer, self._serial = Concealer(), 0

    def take(self, exchange: Exchange, at: datetime) -> Recording:
        """The recording of an exchange. `at` is when it happened."""
        self._serial += 1
        concealed = self._concealer.exchange()
        operation, answer = exchange.operation, exchange.answer
        request = _request(exchange, concealed)
        headers = tuple((name.lower(), value) for name, value in answer.headers)
        body = _body(decoded(answer.body, headers), headers, concealed, "/reply")
        reply = {"status": answer.status, "headers": _headers(headers), **body}
        document = {
            "format": FORMAT,
            "recorded_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "source": self._source,
            "host": self._host,
            "session": self.id,
            "serial": self._serial,
            "api": operation.api.name,
            "operation": operation.name,
            "shows": {},
            "request": request,
            "reply": reply,
            "stand_ins": sorted(concealed.stand_ins),
        }
        document["shows"] = shows(Recording(document))
        return Recording(document)


def host_of(host: str) -> dict[str, str]:
    """What kind of host it is; its name only where that is no secret."""
    if is_production(host):
        return {"kind": "production"}
    return {"kind": "loopback" if is_loopback(host) else "stage", "name": host}


def _request(exchange: Exchange, concealed: Concealed) -> dict[str, Json]:
    names = {name for name, _ in exchange.headers}
    values = {name: concealed.number(value, f"/request/path/{name}") for name, value in exchange.path_values.items()}
    return {
        "path": values,
        "query": _parameters(exchange.query, concealed, "/request/query"),
        "headers": _headers(exchange.headers),
        # That they were sent is a fact; what they were is nobody's business.
        "credentials": sorted(names & CREDENTIALS),
        **_body(decoded(exchange.body, exchange.headers), exchange.headers, concealed, "/request"),
    }


def _parameters(text: str, concealed: Concealed, at: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True)
    return {name: concealed.parameter(name, value, f"{at}/{name}") for name, value in pairs}


def _headers(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {name: text for name, text in headers if name in KEPT_HEADERS and _HARMLESS_HEADER.fullmatch(text)}


def _body(body: bytes, headers: tuple[tuple[str, str], ...], concealed: Concealed, at: str) -> dict[str, Json]:
    if not body:
        return {}
    kind = dict(headers).get("content-type", "")
    if FORM in kind:
        return {"form": _parameters(body.decode("utf-8", "replace"), concealed, f"{at}/form")}
    try:
        return {"body": concealed.value(orjson.loads(body), f"{at}/body")}
    except orjson.JSONDecodeError:
        return {"no_json": {"bytes": len(body)}}


def decoded(body: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    """A body without its Content-Encoding; as it is where that is not known or broken."""
    coding = dict(headers).get("content-encoding", "").lower()
    try:
        if coding in ("gzip", "x-gzip"):
            return gzip.decompress(body)
        if coding == "deflate":
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        pass
    return body


def shows(recording: Recording) -> dict[str, Json]:
    """Which facts an exchange bears out, by pointers into the operation's contract file; and what no file knows."""
    operation = recording.operation
    verdict = judge(operation, recording.answer, UNCHECKED, recording.stand_ins("reply"))
    told: Json = recording.document["reply"].get("body") if verdict.success else None
    met = list(_met(operation.response, told, "/response"))
    sent = list(_met(operation.request.schema, recording.request.get("body"), "/request"))
    # An error that stands for several (code and text fit both) is shown by neither.
    errors = [f"/errors/{name}" for name in verdict.errors] if len(verdict.errors) == 1 else []
    return {
        "reply": "success" if verdict.success else verdict.errors or "neither a success nor a declared refusal",
        # Of the reply only: a field of a request that is taken may be one that the server does not look at.
        "facts": [
            *(["/envelopes/success"] if verdict.success else []),
            *errors,
            *sorted({at for at, known in met if known}),
        ],
        "not_in_the_contract": sorted({at for at, known in [*sent, *met] if not known}),
    }


def _met(schema: Json, node: Json, at: str) -> Iterator[tuple[str, bool]]:
    """The pointers of the fields that a value has, and whether the schema knows each."""
    if isinstance(node, list):
        for item in node:
            yield from _met(schema.get("items", {}), item, f"{at}/items")
    elif isinstance(node, dict):
        properties = schema.get("properties", {})
        spellings = {name.lower(): name for name in properties}
        for key, child in node.items():
            name = spellings.get(key.lower(), key)
            here = f"{at}/properties/{name}"
            yield here, name in properties
            if name in properties:
                yield from _met(properties[name], child, here)
