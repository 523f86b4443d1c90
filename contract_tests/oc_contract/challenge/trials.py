"""What is done to a client, one thing at a time: a plan made from the operations that it is known to call."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from random import Random
from typing import Any, NamedTuple

from oc_sandbox.assumptions import Question
from oc_sandbox.catalog import Catalog
from oc_sandbox.contract import ErrorRow, Operation

Fault = Mapping[str, Any]
Used = Mapping[str, int]
"""By operation, how often the undisturbed client calls it."""
PLACING = ("place_outbound_order", "place_third_party_label_order")
SHORT = "stock_short"
FOR_EVER_S = 3600
ANY_NETWORK = "any network"
"""In the place of a grade of evidence: no claim about a vendor."""
GRADES = ("documented", "observed", ANY_NETWORK, "assumed")


class Trial(NamedTuple):
    """One thing that goes wrong. `says` tells it in plain words, `evidence` how well it is known that it can happen.

    Calls fail by `faults`; `assumptions` are what the tenant takes for true; where `short_of` a place of stock is
    named, one piece less is there than the undisturbed client orders.
    """

    name: str
    operation: str
    says: str
    evidence: str
    faults: tuple[Fault, ...] = ()
    assumptions: Mapping[str, str] = {}
    short_of: tuple[str, str, int] | None = None

    @property
    def grade(self) -> str:
        """One of GRADES."""
        return ANY_NETWORK if self.evidence == ANY_NETWORK else self.evidence.partition(" ")[0]


class Way(NamedTuple):
    """A way in which any call can fail. `says` has room for the operation's name."""

    name: str
    fault: Fault
    says: str
    evidence: str = ANY_NETWORK
    writes_only: bool = False


WAYS = (
    Way("http_500", {"status": 500}, "{} answered with HTTP 500, and did nothing", "assumed"),
    Way("http_502", {"status": 502}, "{} answered with HTTP 502 and a proxy's HTML page, and did nothing", "assumed"),
    Way("http_503", {"status": 503}, "{} answered with HTTP 503 and a proxy's HTML page, and did nothing", "assumed"),
    Way("http_429", {"status": 429}, "{} answered with HTTP 429, too many requests, and did nothing", "assumed"),
    Way("cut_body", {"body": "cut"}, "{} was done, and its answer was cut in half"),
    Way("malformed_body", {"body": "malformed"}, "{} was done, and its answer was no valid JSON"),
    Way("empty_body", {"body": "empty"}, "{} was done, and its answer was empty"),
    Way("dropped", {"drop": "before_effect"}, "the connection was closed before {} was done"),
    Way(
        "dropped_done",
        {"drop": "after_effect"},
        "{} was done, and the connection was closed before its answer",
        writes_only=True,
    ),
    Way("dropped_mid_body", {"drop": "mid_body"}, "{} was done, and the connection was closed in its answer"),
    Way(
        "http_504_done",
        {"status": 504, "after_effect": True},
        "{} was done, and a proxy answered with HTTP 504 in its place",
        "assumed",
        writes_only=True,
    ),
)
SOME_WAYS = frozenset({"http_503", "cut_body", "dropped"})
"""What a further read goes through, where not all is wanted."""
COMPANIONS: Mapping[str, str] = {
    "batch_outcome": "short",
    "repeated_reference": "dropped_done",
    "repeated_own_number": "dropped_done",
    "second_cancellation": "dropped_done",
    "refused_token": "token",
    "refresh_rotation": "token",
    "refused_signature": "signature",
}
"""What must go wrong besides, so that the answer to a question makes a difference."""


class Wishes(NamedTuple):
    """What the user wants of a plan. `short_of` as in a Trial, from the undisturbed books."""

    seed: int = 0
    everything: bool = False
    slow_s: float = 5.0
    webhooks: bool = False
    only: Sequence[str] = ()
    short_of: tuple[str, str, int] | None = None


class Plan:
    """The trials for a client that calls these operations."""

    def __init__(self, book: Catalog, used: Used, wishes: Wishes) -> None:
        self._book, self._used, self._wishes = book, used, wishes
        self._operations = [book.operations[name] for name in used if name in book.operations]

    def trials(self) -> list[Trial]:
        """All of them, or those whose names match a wish."""
        made = {trial.name: trial for trial in self._all()}
        only = self._wishes.only
        return [trial for trial in made.values() if not only or any(fnmatchcase(trial.name, word) for word in only)]

    def _all(self) -> Iterator[Trial]:
        for operation in self._operations:
            yield from self._ways(operation)
        yield from self._tokens()
        if self._wishes.short_of:
            yield self._short()
        for operation in self._operations:
            yield from self._errors(operation)
        yield from self._shared_errors()
        if self._wishes.webhooks:
            yield from self._webhooks()
        for question in self._book.questions.values():
            yield from self._answers(question)

    def _trial(self, operation: Operation, kind: str, says: str, evidence: str, fault: Fault) -> Trial:
        """One call of the operation fails: which of those that it makes is drawn by the seed."""
        name = f"{operation.name}:{kind}"
        nth = Random(f"{self._wishes.seed} {name}").randint(1, self._used[operation.name])  # noqa: S311 - repeatable
        return Trial(name, operation.name, says, evidence, ({"operation": operation.name, **fault, "nth": nth},))

    def _ways(self, operation: Operation) -> Iterator[Trial]:
        writes = changes_the_world(operation)
        reads = [each for each in self._operations if not changes_the_world(each) and "client_id" not in each.auth]
        main = max(reads, key=lambda each: self._used[each.name], default=None)
        full = writes or operation is main or self._wishes.everything
        for way in WAYS:
            if (writes or not way.writes_only) and (full or way.name in SOME_WAYS):
                yield self._trial(operation, way.name, way.says.format(operation.name), way.evidence, way.fault)
        if full:
            slow = self._wishes.slow_s
            says = f"{operation.name} took {slow:g} s to answer"
            yield self._trial(operation, "slow", says, ANY_NETWORK, {"latency_s": slow})
        if operation is self._first():
            says = f"{operation.name} gave no answer at all, and the connection stayed open"
            yield self._trial(operation, "silent", says, ANY_NETWORK, {"latency_s": FOR_EVER_S})
            says = f"{operation.name} answered with HTTP 503, however often it was called"
            fault = {"operation": operation.name, "status": 503}
            yield Trial(f"{operation.name}:http_503_for_good", operation.name, says, "assumed", (fault,))

    def _first(self) -> Operation | None:
        """The operation that stands for all where one is enough: a write, if there is any."""
        business = [operation for operation in self._operations if "client_id" not in operation.auth]
        return next((each for each in business if changes_the_world(each)), next(iter(business), None))

    def _tokens(self) -> Iterator[Trial]:
        bearing = [operation for operation in self._operations if "token" in operation.auth]
        for operation in bearing if self._wishes.everything else bearing[:1]:
            for how in ("expired", "revoked"):
                yield self._trial(
                    operation,
                    f"token_{how}",
                    f"the access token was {how} when {operation.name} was called, and stayed so",
                    operation.errors["token_expired" if how == "expired" else "token_invalid"].evidence,
                    {"token": how},
                )

    def _short(self) -> Trial:
        assert self._wishes.short_of is not None  # noqa: S101 - the caller has looked
        sku, region, pieces = self._wishes.short_of
        operation = next(each for each in self._operations if each.name in PLACING)
        row = operation.errors[SHORT]
        return Trial(
            f"{operation.name}:one_order_short_of_stock",
            operation.name,
            f"in {region} there was stock of {sku} for {pieces} pieces, so that the order for the next one was refused"
            f" with {row.code}",
            row.evidence,
            short_of=self._wishes.short_of,
        )

    def _errors(self, operation: Operation) -> Iterator[Trial]:
        """The refusals that are the operation's own, and of a window of time: one of each distinct form."""
        windows = _of_windows(operation.request.schema)
        own = dict.fromkeys(operation.document.get("errors", {}), "") | dict.fromkeys(windows, "window")
        forms: dict[Any, ErrorRow] = {}
        for row in sorted((operation.errors[name] for name in own), key=_rank):
            forms.setdefault((own[row.name], self._form(row)), row)
        for row in forms.values():
            yield self._refusal(operation, row)

    def _shared_errors(self) -> Iterator[Trial]:
        """What every operation of an API can answer: one of each distinct form, of the API's first operation."""
        seen = set()
        windows = {name for each in self._book.operations.values() for name in _of_windows(each.request.schema)}
        for operation in self._operations:
            others = {*operation.document.get("errors", {}), *windows}
            for row in operation.errors.values():
                where = operation.name if self._wishes.everything else operation.api.name
                form = self._form(row)
                if row.name in others or row.name.startswith("token_") or (where, form) in seen:
                    continue
                seen.add((where, form))
                yield self._refusal(operation, row)

    def _form(self, row: ErrorRow) -> object:
        """The same for two errors that a client has to read in one way."""
        return row.name if self._wishes.everything else (str(row.envelope), row.http_status // 100)

    def _refusal(self, operation: Operation, row: ErrorRow) -> Trial:
        words = " ".join(part for part in (row.code, f"({row.name})") if part)
        says = f"{operation.name} was refused with {words}, HTTP {row.http_status}"
        return self._trial(operation, row.name, says, row.evidence, {"error": row.name})

    def _webhooks(self) -> Iterator[Trial]:
        for webhook in self._book.webhooks.values():
            for how, more, says in (
                ("twice", {}, "came twice"),
                ("late", {"by_s": 2}, "came late, after those that followed it"),
                ("out_of_order", {"by_s": 5}, "came after the next one of its order"),
            ):
                fault = {"operation": webhook.name, "webhook": how, **more}
                name = f"{webhook.name}:{how}"
                yield Trial(name, webhook.name, f"each webhook {says}", ANY_NETWORK, (fault,))

    def _answers(self, question: Question) -> Iterator[Trial]:
        concerned = [
            operation
            for operation in self._operations
            if operation.api.name == question.api and {"*", operation.name} & {*question.operations}
        ]
        for answer in question.answers.values() if concerned else ():
            if answer.name == question.default:
                continue
            besides = self._companion(question.name, concerned)
            says = f"{question.asks} The vendor's answer was: {answer.says}"
            yield Trial(
                f"assumption:{question.name}={answer.name}",
                concerned[0].name,
                f"{says}; and {besides.says}" if besides else says,
                answer.evidence,
                besides.faults if besides else (),
                {question.name: answer.name},
                besides.short_of if besides else None,
            )

    def _companion(self, question: str, concerned: Sequence[Operation]) -> Trial | None:
        wanted = COMPANIONS.get(question)
        operation = concerned[0]
        if wanted == "short":
            return self._short() if self._wishes.short_of else None
        if wanted == "token":
            return next(self._tokens(), None)
        if wanted == "signature":
            signed = next((each for each in concerned if "signature" in each.auth), None)
            return self._refusal(signed, signed.errors["signature_wrong"]) if signed else None
        if wanted == "dropped_done" and changes_the_world(operation):
            (way,) = (way for way in WAYS if way.name == wanted)
            return self._trial(operation, way.name, way.says.format(operation.name), way.evidence, way.fault)
        return None


def changes_the_world(operation: Operation) -> bool:
    """Whether it orders, cancels or books something; to fetch a token is no such thing."""
    return operation.writes and "client_id" not in operation.auth


def _of_windows(schema: Any) -> list[str]:
    """The errors of the windows of time that a request has."""
    if isinstance(schema, dict):
        own = schema.get("x-date-range", {}).get("errors", {}).values()
        return [*own, *(name for child in schema.values() for name in _of_windows(child))]
    if isinstance(schema, list):
        return [name for child in schema for name in _of_windows(child)]
    return []


def _rank(row: ErrorRow) -> int:
    return GRADES.index(row.evidence.partition(" ")[0])
