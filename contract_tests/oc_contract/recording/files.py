"""Recordings as files: one JSON file for each exchange, below `<folder>/<api>/<operation>/`."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from ..targets import Answer

Json = Any
FORMAT = 1
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:?\d{2}|Z)?|\b1\d{12}\b")


class NotReadable(Exception):
    """A file is no recording. The message says why."""


class Recording(NamedTuple):
    """One exchange as it was recorded. `document` is the file's JSON; docs/recordings.md tells its keys."""

    document: Mapping[str, Any]

    @property
    def operation(self) -> Operation:
        """The operation that was called."""
        return catalog().operations[self.document["operation"]]

    @property
    def request(self) -> Mapping[str, Any]:
        """The request's `path`, `query`, `headers`, `credentials` and perhaps `body`, `form` or `no_json`."""
        told: Mapping[str, Any] = self.document["request"]
        return told

    @property
    def answer(self) -> Answer:
        """The reply, as the judge takes it; of a body that was no JSON nothing is left."""
        reply = self.document["reply"]
        body = orjson.dumps(reply["body"]) if "body" in reply else b""
        return Answer(reply["status"], tuple(reply["headers"].items()), body, 0.0)

    def stand_ins(self, side: str) -> frozenset[str]:
        """The pointers into the body of a side, request or reply, at which something else stood."""
        lead = f"/{side}/body"
        return frozenset(at.removeprefix(lead) for at in self.document["stand_ins"] if at.startswith(lead))

    @property
    def digest(self) -> str:
        """The same for exchanges that differ in nothing but their times and message ids."""
        parts = {name: self.document[name] for name in ("operation", "request", "reply")}
        # A sorted form, in which the key order of a hash seed or a client plays no part.
        text = orjson.dumps(_timeless(parts), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()[:16]


def _timeless(node: Json, name: str = "") -> Json:
    if isinstance(node, dict):
        return {key: _timeless(child, key.lower()) for key, child in node.items()}
    if isinstance(node, list):
        return [_timeless(child, name) for child in node]
    if name in ("messageid", "requestid", "timestamp"):
        return type(node).__name__
    return _INSTANT.sub("<time>", node) if isinstance(node, str) else node


def store(recording: Recording, folder: Path) -> Path | None:
    """Write a recording under a name of its own, whole or not at all; None where the same is there already.

    Errors: OSError.
    """
    operation, digest = recording.operation, recording.digest
    place = folder / operation.api.name / operation.name
    if any(place.glob(f"*-{digest}.json")):
        return None
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{recording.document['recorded_at'][:10]}-{digest}.json"
    unfinished = place / f".{digest}-{secrets.token_hex(4)}.part"
    try:
        with unfinished.open("xb") as stream:
            stream.write(orjson.dumps(recording.document, option=orjson.OPT_INDENT_2) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return file


def recordings(folder: Path) -> Iterator[Recording]:
    """All recordings below a folder, in the order in which each session made them. Errors: NotReadable."""
    found = [_read(file) for file in sorted(folder.glob("**/*.json"))]
    yield from sorted(found, key=lambda one: (one.document["session"], one.document["serial"]))


def _read(file: Path) -> Recording:
    try:
        document = orjson.loads(file.read_bytes())
        if document["format"] != FORMAT:
            raise NotReadable(f"{file} has the format {document['format']!r}; this release reads {FORMAT}")
        missing = _KEYS - document.keys()
        name = document["operation"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise NotReadable(f"{file} is no recording: {error!r}") from error
    if missing:
        raise NotReadable(f"{file} is no recording: it lacks {', '.join(sorted(missing))}")
    if name not in catalog().operations:
        raise NotReadable(f"{file} is of an operation {name!r}, which there is not")
    return Recording(document)


_KEYS = frozenset(
    {"recorded_at", "source", "host", "operation", "session", "serial", "shows", "request", "reply", "stand_ins"}
)
