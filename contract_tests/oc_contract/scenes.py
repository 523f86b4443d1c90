"""What there is in a target's world, found out by calls alone, and requests that fit it."""

import copy
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from oc_sandbox import paths
from oc_sandbox.assumptions import Departure
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.domain.clock import Clock
from oc_sandbox.formats import WRITERS
from oc_sandbox.samples import at_now

from .judging import judge
from .redaction import Redactor
from .targets import Answer, Request, Target, credentials

Json = Any


class Unfit(Exception):
    """The target's world lacks something that a request needs. The message says what, and what to do."""


class Offer(NamedTuple):
    """Pieces of a SKU that can be ordered in a region, by a service."""

    region: str
    service: str
    sku: str
    available: int


class Draft(NamedTuple):
    """A request before it is written down: the values of its path, its query or form, its JSON body."""

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Json

    def with_body(self, body: Json) -> "Draft":
        """The same with another body."""
        return self._replace(body=body)

    @property
    def message_id(self) -> str | None:
        """What the reply must give back, where the request has it."""
        for wanted in self.operation.api.document.get("echo", {}).values():
            for place in (self.body, self.query):
                for key, value in place.items() if isinstance(place, dict) else ():
                    if key.lower() == wanted.lower() and type(value) in (str, int, float):
                        return str(value)
        return None


@cache
def things(api: str) -> Mapping[str, Any]:
    """What the requests of an API name, from its data file."""
    file = paths.SCHEMAS / api / "things.json"
    told: Mapping[str, Any] = orjson.loads(file.read_bytes()) if file.is_file() else {"things": {}, "operations": {}}
    return told


class Scene:
    """One target's world as a run sees it, and its calls: every one is kept, in order."""

    def __init__(self, target: Target, departures: frozenset[Departure] = frozenset()) -> None:
        """`departures` are the answers to open questions in which the target is taken to differ from the defaults."""
        self.target = target
        self.departures = departures
        self.run = uuid.uuid4().hex[:8]
        self.calls: list[tuple[Request, Answer]] = []
        self.tokens: set[str] = set()
        """The target's own access tokens, as they came and went."""
        self.may_be_early = False
        """Whether something was made that takes its time, at a target where nobody can let time pass."""
        self._serial = 0
        self._offers: list[Offer] = []

    def send(self, draft: Draft, headers: Mapping[str, str] | None = None, raw: bytes | None = None) -> Answer:
        """Make a draft's call, signed; `headers` win over the good ones, where empty they leave one out."""
        request = self.request(draft, headers, raw)
        answer = self.target.send(request)
        self.calls.append((request, answer))
        return answer

    def request(self, draft: Draft, headers: Mapping[str, str] | None = None, raw: bytes | None = None) -> Request:
        """A draft as bytes, signed."""
        operation = draft.operation
        self.tokens.add(self.target.keys.access_token)
        body = raw if raw is not None else b"" if draft.body is None else orjson.dumps(draft.body)
        path = operation.path.format_map(draft.path)
        good = {"Content-Type": "application/json"} if operation.parameters == "json" else {}
        merged = {**good, **credentials(operation, path, body, self.target.keys), **(headers or {})}
        kept = {name: value for name, value in merged.items() if value != ""}
        return Request(operation.name, operation.method, path, urlencode(draft.query), kept, body)

    def operation(self, name: str) -> Operation:
        """An operation, as it is with the answers that the target is taken to give."""
        return catalog().variant(catalog().operations[name], self.departures)

    def ask(self, name: str, body: Json = None) -> Json:
        """The body of a success. Errors: Unfit, where it is none."""
        return self.ask_draft(Draft(self.operation(name), {}, {}, body))

    def ask_draft(self, draft: Draft) -> Json:
        """The body of a draft's success. Errors: Unfit, where it is none."""
        answer = self.send(draft)
        problem = self.why_not(draft, answer)
        if problem:
            raise Unfit(f"a good {draft.operation.name} was not taken: {problem}")
        return orjson.loads(answer.body)

    def why_not(self, draft: Draft, answer: Answer) -> str:
        """Why a reply is no success; empty where it is one."""
        verdict = judge(draft.operation, answer, draft.message_id)
        return "" if verdict.success else "; ".join(verdict.wrong) or ", ".join(verdict.errors)

    def now(self) -> datetime:
        """The target's time, as near as this machine knows it."""
        return Clock().now()

    def new(self) -> str:
        """A text that no run has used: the caller's own number for something."""
        self._serial += 1
        return f"OCT-{self.run}-{self._serial}"

    def offers(self) -> list[Offer]:
        """What can be ordered, the plentiful first. Errors: Unfit."""
        if not self._offers:
            try:
                self._offers = sorted(self._look_for_offers(), key=lambda offer: -offer.available)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise Unfit(f"services and stock cannot be read there ({type(error).__name__}: {error})") from error
            if not self._offers:
                raise Unfit("the seller has no pieces available in any region; the kit needs a SKU with stock")
        return self._offers

    def _look_for_offers(self) -> Iterator[Offer]:
        told = self.ask("get_service_list")["data"]
        services = {row["serviceRegion"]: [each["shippingServiceCode"] for each in row["productList"]] for row in told}
        page: dict[str, Any] = {"pageNumber": 1, "pageSize": 200}
        try:
            rows = self.ask("stock_snapshot_v2", {"data": page})["data"]["SKUList"]
        except Unfit:  # a server that wants to be told of which SKUs
            page["skuList"] = [{"mfSkuId": code} for code in self._sku_ids()]
            rows = self.ask("stock_snapshot_v2", {"data": page})["data"]["SKUList"]
        for row in rows:
            available = int(row["available"])  # where a number may come as text, that is told of elsewhere
            if available > 0 and row["serviceRegion"] in services:
                codes = services[row["serviceRegion"]]
                yield Offer(row["serviceRegion"], _domestic(codes), row["MFSKUID"], available)

    def _sku_ids(self) -> list[str]:
        try:
            told = self.ask("sku_query_v3", {"data": {"page": 1, "limit": 200}})["data"]
        except Unfit:  # that one too: those that moved lately are told to anyone
            write, now = WRITERS["offset-date-time"], self.now().replace(microsecond=0)
            window = {"startTime": write(now - timedelta(days=6)), "endTime": write(now)}
            told = self.ask("get_stock_movement", {"data": window})["data"]
        rows = told if isinstance(told, list) else next(iter(told.values()))
        return [row["MFSKUID"] for row in rows]

    def draft(self, operation: Operation, offer: Offer | None = None) -> Draft:
        """A good request: the first sample, with this world's names and new words of the caller's. Errors: Unfit."""
        wanted = self._sample(operation)
        named = things(operation.api.name)["operations"].get(operation.name, {})
        body = _documented_spelling(wanted.get("body"), operation.request.schema)
        holder = {"body": body, "query": wanted.get("query", {}), "path": wanted.get("path", {})}
        for pointer, kind in named.get("names", {}).items():
            _put(holder, pointer, operation, partial(self.thing, kind, offer))
        for pointer in named.get("without", ()):
            _drop(holder, pointer, operation)
        for pointer in named.get("new", ()):
            _put(holder, pointer, operation, self.new)
        return Draft(operation, holder["path"], holder["query"], holder["body"])

    def _sample(self, operation: Operation) -> dict[str, Any]:
        sample = next(iter(operation.fixture["exchanges"].values()))["request"]
        told: dict[str, Any] = at_now(copy.deepcopy(sample), self.now())
        return told

    def good_body(self, operation: Operation) -> Json:
        """The body of the first sample, as it stands: its names are of nobody's world."""
        return _documented_spelling(self._sample(operation).get("body"), operation.request.schema)

    def renewed(self, draft: Draft) -> Draft:
        """The same request with new words of the caller's where they must be new; in any case of letters."""
        pointers = things(draft.operation.api.name)["operations"].get(draft.operation.name, {}).get("new", ())
        if not pointers:
            return draft
        body = copy.deepcopy(draft.body)
        for pointer in pointers:
            _renew(body, pointer.split("/")[1:], self.new)
        return draft.with_body(body)

    def thing(self, kind: str, offer: Offer | None = None) -> str:
        """A thing of that kind: of an offer, or made by the operation that makes such. Errors: Unfit."""
        if kind in ("region", "service", "sku"):
            offer = offer or self.offers()[0]
            return {"region": offer.region, "service": offer.service, "sku": offer.sku}[kind]
        for api in catalog().apis:
            row = things(api)["things"].get(kind)
            if row and "made_by" in row:
                draft = self.draft(self.operation(row["made_by"]), offer)
                for pointer, value in row.get("with", {}).items():
                    _get(draft.body, pointer.rpartition("/")[0])[pointer.rpartition("/")[2]] = value
                told = self.ask_draft(draft)
                if "ready_after_s" in row:
                    self.may_be_early = not self.target.wait(row["ready_after_s"])
                where, _, pointer = row["at"].rpartition(":")
                try:
                    return str(_get(draft.body if where else told, pointer))
                except (IndexError, KeyError, TypeError) as error:
                    raise Unfit(f"{row['made_by']} names no {kind}; the kit needs one") from error
        raise Unfit(f"nothing makes a {kind}")


class AnyDialect(Scene):
    """A scene that takes for a success whatever says so by its code: which envelope is right is still a question."""

    def why_not(self, draft: Draft, answer: Answer) -> str:
        """Why a reply is no success, fit to be written; empty where it is one."""
        if not super().why_not(draft, answer):
            return ""
        try:
            body = orjson.loads(answer.body)
            good = answer.status < 400 and (body.get("code") == 0 or body.get("success") is True)
        except (orjson.JSONDecodeError, AttributeError):
            return f"HTTP {answer.status} with a body that is no JSON object"
        return "" if good else Redactor(own_world=False).reply(answer)[:300]


def _documented_spelling(value: Json, schema: Json) -> Json:
    """A sample with the keys of the schema; samples keep the letter case that was seen, whatever it was."""
    if isinstance(value, list):
        return [_documented_spelling(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties", {})
    spellings = {name.lower(): name for name in properties}
    named = {spellings.get(key.lower(), key): item for key, item in value.items()}
    return {name: _documented_spelling(item, properties.get(name, {})) for name, item in named.items()}


def _domestic(codes: list[str]) -> str:
    """A service for parcels within the country: by its name the service list tells no more."""
    return next((code for code in codes if "International" not in code and "Int" not in code), codes[0])


def _put(holder: Json, pointer: str, operation: Operation, value: Callable[[], str]) -> None:
    """Write a value wherever a pointer leads; where the sample lacks the field it stays away."""
    root = holder["body"] if operation.parameters == "json" else holder["query"]
    places = [(holder["path"] if step in holder["path"] else root, step) for step in pointer.split("/")[1:2]]
    for step in pointer.split("/")[2:]:
        places = [(child, step) for node, last in places for child in _children(node, last)]
    for node, last in places:
        if last == "*" and isinstance(node, list):
            node[:] = [value() for _ in node]
        elif isinstance(node, dict) and last in node:
            node[last] = value()


def _renew(node: Json, steps: list[str], value: Callable[[], str]) -> None:
    step, *rest = steps
    if isinstance(node, list):
        for item in node:
            _renew(item, rest, value)
        return
    for key in node if isinstance(node, dict) else ():
        if key.lower() == step.lower():
            if rest:
                _renew(node[key], rest, value)
            else:
                node[key] = value()


def _drop(holder: Json, pointer: str, operation: Operation) -> None:
    *way, last = pointer.split("/")[1:]
    node = holder["body"] if operation.parameters == "json" else holder["query"]
    for step in way:
        node = node.get(step, {}) if isinstance(node, dict) else {}
    if isinstance(node, dict):
        node.pop(last, None)


def _children(node: Json, step: str) -> Iterator[Json]:
    if step == "*" and isinstance(node, list):
        yield from node
    elif isinstance(node, dict) and step in node:
        yield node[step]


def _get(node: Json, pointer: str) -> Json:
    for step in pointer.split("/")[1:]:
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node
