"""The calls of recordings made again at another server, and where that answers otherwise.

Signatures and tokens are the target's. Numbers that an earlier reply told are those that the target told in its place;
regions, services and SKUs are such as the target has, times lie as far back as they did.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from oc_sandbox.contract import Operation

from ..judging import UNCHECKED, Verdict, judge
from ..scenes import Draft, Scene, Unfit, things
from ..targets import Answer, Request, Target
from .comparing import Difference, form_differences
from .files import Recording

Json = Any
OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "client_key_unknown": {"clientKey": "00000000-0000-0000-0000-000000000000"},
    "signature_wrong": {"vAuthorization": "0" * 32},
    "token_invalid": {"Access-Token": "Bearer none"},
    "api_key_unknown": {"X-API-Key": "none"},
}
"""By refusal: the credential that was not good, and one that is none either."""
OF_CREDENTIALS = ("client_key_", "signature_", "token_", "api_key_")
_WIRE_NAMES = ("clientKey", "vAuthorization", "Access-Token", "X-API-Key")
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?([+-]\d{2}:?\d{2}|Z)")


class Replayed(NamedTuple):
    """One recording's call made again. `unfit` says why it could not be; then there is no answer."""

    recording: Recording
    differences: tuple[Difference, ...] = ()
    request: Request | None = None
    answer: Answer | None = None
    unfit: str = ""

    @property
    def name(self) -> str:
        """The recording in a few words."""
        document = self.recording.document
        return f"{document['operation']} ({document['session']}/{document['serial']})"


def replay(recordings: Iterable[Recording], target: Target) -> list[Replayed]:
    """Make the calls again, in the order given; numbers are followed within a session. Errors: Unreachable."""
    sessions: dict[str, Replayer] = {}
    done = []
    for recording in recordings:
        session = recording.document["session"]
        if session not in sessions:
            sessions[session] = Replayer(Scene(target))
        done.append(sessions[session].replay(recording))
    return done


def shown(value: Json) -> str:
    """A value in a line."""
    text = value if value == "<missing>" else orjson.dumps(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}..."


class Replayer:
    """One session's calls at one target, and what its stand-ins have become there."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._became: dict[str, Json] = {}

    def replay(self, recording: Recording) -> Replayed:
        """One recording. Errors: Unreachable."""
        operation = recording.operation
        recorded = judge(operation, recording.answer, UNCHECKED, recording.stand_ins("reply"))
        try:
            # Whether a refusal was of names that nobody knows, its recording does not tell: both are tried.
            for fitted in (True,) if recorded.success else (False, True):
                request, answer = self._call(recording, recorded, fitted)
                came = judge(operation, answer, UNCHECKED)
                if _alike(recorded, came):
                    break
            else:
                _check_kept(recording, recorded, came)
                _check_replayable(operation, recorded, came)
        except Unfit as unfit:
            return Replayed(recording, unfit=str(unfit))
        self._learn(recording.document["reply"].get("body"), _json(answer))
        return Replayed(recording, tuple(_differences(recording, recorded, answer, came)), request, answer)

    def _call(self, recording: Recording, recorded: Verdict, fitted: bool) -> tuple[Request, Answer]:
        operation, told = recording.operation, recording.request
        if "no_json" in told:
            raise Unfit("its body was no JSON, of which nothing is kept")
        if "client_id" in operation.auth:
            raise Unfit("logins, codes and refresh tokens are not kept")
        body = copy.deepcopy(told.get("body"))
        if fitted:
            self._fit(operation, body)
        move = partial(_moved, by=self._scene.now() - _instant(recording.document["recorded_at"]))
        path, query = self._placed(told["path"]), move(self._placed(told["query"]))
        headers = _headers(told, recorded)
        form = urlencode(self._placed(told["form"])).encode() if "form" in told else None
        answer = self._scene.send(Draft(operation, path, query, move(self._placed(body))), headers, form)
        return self._scene.calls[-1][0], answer

    def _fit(self, operation: Operation, body: Json) -> None:
        """Give the stand-ins of a request a meaning in this world. Errors: Unfit."""
        row = things(operation.api.name)["operations"].get(operation.name, {})
        for pointer in row.get("new", ()):
            for node, key in _places(body, pointer):
                self._became.setdefault(str(node[key]), self._scene.new())
        places = [(kind, *place) for pointer, kind in row.get("names", {}).items() for place in _places(body, pointer)]
        if not places:
            return
        regions = {node[key] for kind, node, key in places if kind == "region"}
        offers = sorted(self._scene.offers(), key=lambda offer: offer.region not in regions)
        elsewhere = offers[0].region not in regions
        unused = iter(offers)
        for kind, node, key in places:
            if kind in ("region", "service"):
                node[key] = getattr(offers[0], kind) if elsewhere else node[key]
            elif str(node[key]) not in self._became:
                made = next(unused, offers[0]).sku if kind == "sku" else self._scene.thing(kind, offers[0])
                self._became[str(node[key])] = made

    def _placed(self, node: Json) -> Json:
        """A value with what its stand-ins have become."""
        if isinstance(node, dict):
            return {key: self._placed(child) for key, child in node.items()}
        if isinstance(node, list):
            return [self._placed(child) for child in node]
        return self._became.get(node, node) if isinstance(node, str) else node

    def _learn(self, recorded: Json, came: Json) -> None:
        """What stands in the places of numbers."""
        if isinstance(recorded, dict) and isinstance(came, dict):
            for key in recorded.keys() & came.keys():
                self._learn(recorded[key], came[key])
        elif isinstance(recorded, list) and isinstance(came, list):
            for one, other in zip(recorded, came, strict=False):
                self._learn(one, other)
        elif isinstance(recorded, str) and isinstance(came, str) and _names_something(recorded):
            self._became.setdefault(recorded, came)


def _names_something(text: str) -> bool:
    """Whether a text may be a number that is asked about later; an instant is none, for instants are moved."""
    return bool(re.search(r"\d", text)) and not _INSTANT.fullmatch(text)


def _check_kept(recording: Recording, recorded: Verdict, came: Verdict) -> None:
    """Errors: Unfit, for a refusal of a value in whose place a good one stands."""
    hidden = {pointer.rpartition("/")[2].lower() for pointer in recording.stand_ins("request")}
    for refusal in recorded.refusals if came.success else ():
        fields = {values["field"] for values in refusal.values if "field" in values}
        if any(field.rpartition(".")[2].lower() in hidden for field in fields):
            raise Unfit(f"it was refused for {', '.join(sorted(fields))}, in whose place something else stands")


def _alike(recorded: Verdict, came: Verdict) -> bool:
    return (recorded.success and came.success) or bool(set(recorded.errors) & set(came.errors))


def _check_replayable(operation: Operation, recorded: Verdict, came: Verdict) -> None:
    """Errors: Unfit, for a refusal, on either side, that hangs on what a server has."""
    shared = [operation.api.document.get(key) for key in ("keyword_errors", "engine_errors")]
    rules = orjson.dumps([operation.request.schema, shared])
    if not recorded.success and not recorded.errors:
        return  # what the contract does not declare is news, whatever the world is
    for verdict, words in (
        (recorded, "its refusal hangs on what the server had"),
        (came, "this world lacks something"),
    ):
        errors = [name for name in verdict.errors if not name.startswith(OF_CREDENTIALS)]
        if any(f'"{name}"'.encode() not in rules for name in errors):
            raise Unfit(f"{words} ({', '.join(errors)})")


def _differences(recording: Recording, recorded: Verdict, answer: Answer, came: Verdict) -> Iterator[Difference]:
    if recording.answer.status != answer.status:
        yield Difference("status", recording.answer.status, answer.status)
    if not _alike(recorded, came):
        yield Difference("envelope", _words(recorded), _words(came))
    if "body" in recording.document["reply"]:
        schema = recording.operation.response if recorded.success and came.success else {}
        stand_ins = recording.stand_ins("reply")
        yield from form_differences(recording.document["reply"]["body"], _json(answer), schema, stand_ins)


def _words(verdict: Verdict) -> str:
    return "success" if verdict.success else ", ".join(verdict.errors) or "; ".join(verdict.wrong)


def _headers(told: Mapping[str, Any], recorded: Verdict) -> dict[str, str]:
    """Headers that replace the good ones: what was left out stays out, what was no good is none again."""
    headers = {name: "" for name in _WIRE_NAMES if name.lower() not in told["credentials"]}
    headers["Content-Type"] = told["headers"].get("content-type", "")
    bad = [name for error in recorded.errors for name in OTHERWISE.get(error, {}) if name not in headers]
    for error in recorded.errors if bad else ():
        headers |= {name: value for name, value in OTHERWISE.get(error, {}).items() if name in bad}
    return headers


def _places(node: Json, pointer: str) -> Iterator[tuple[Json, Any]]:
    """Where a pointer leads in a body, in any case of letters: what holds the value, and its key there."""
    step, _, rest = pointer.removeprefix("/").partition("/")
    if step == "*":
        keys: list[Any] = list(range(len(node))) if isinstance(node, list) else []
    else:
        keys = [key for key in node if key.lower() == step.lower()] if isinstance(node, dict) else []
    for key in keys:
        if rest:
            yield from _places(node[key], rest)
        else:
            yield node, key


def _moved(node: Json, by: timedelta) -> Json:
    """A value with its instants moved, each in the form that it has."""
    if isinstance(node, dict):
        return {key: _moved(child, by) for key, child in node.items()}
    if isinstance(node, list):
        return [_moved(child, by) for child in node]
    found = _INSTANT.fullmatch(node) if isinstance(node, str) else None
    return f"{datetime.fromisoformat(found[1]) + by:%Y-%m-%dT%H:%M:%S}{found[2] or ''}{found[3]}" if found else node


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _json(answer: Answer) -> Json:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
