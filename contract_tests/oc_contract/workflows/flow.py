"""One run of a workflow: a target, the model beside it, and steps that can be made again on a fresh target.

A step is a function of the flow and of plain values. It makes one call, or few, predicts by the model alone what comes
of it, and raises Wrong where something else did. Things have labels, which stand for numbers that differ from run to
run; a step about a label that no earlier step has made does nothing, so that steps can be left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from oc_sandbox.assumptions import Choices
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from ..judging import UNCHECKED, Verdict, judge, values_of
from ..scenes import Draft, Scene, Unfit
from ..targets import Answer, Target, Unreachable
from .model import SECOND, Book, Row, Shelf, Span, written

Json = Any
FASTEST = 120
"""How much faster than the machine's a target's clock may run."""
ANSWERS, KEEPS = "answers at all", "keeps to its contract"
"""What is claimed of every reply."""
LATE_MS = 60_000
"""How long a call that does not tell the time may have taken by such a clock."""


class Wrong(AssertionError):
    """A reply is not what it must be. `claim` names what was claimed, the same in every run."""

    def __init__(self, claim: str, told: str) -> None:
        super().__init__(f"{claim}: {told}")
        self.claim = claim
        self.told = told


class Missing(Exception):
    """The step is about something that was never made, or that it cannot be certain of."""


class Menu(NamedTuple):
    """What a target's world offers to a run: shelves on which nothing is under way, and services by region."""

    shelves: tuple[Shelf, ...]
    services: Mapping[str, tuple[str, ...]]
    skus: tuple[str, ...]

    def service(self, region: str) -> str:
        """A service for parcels within the country, as far as its name tells."""
        codes = self.services[region]
        return next((code for code in codes if "International" not in code and "Int" not in code), codes[0])

    def regions(self) -> list[str]:
        """Where there are shelves."""
        return list(dict.fromkeys(region for _, region in self.shelves))


class Reply(NamedTuple):
    """What came of a call. `data` is what its success bears; `now` is when it was answered."""

    operation: Operation
    verdict: Verdict
    answer: Answer
    body: Json
    data: Json
    now: Span

    @property
    def outcome(self) -> set[str]:
        """The empty text of a success, or the declared errors that it may be."""
        return {""} if self.verdict.success else set(self.verdict.errors)


class Step(NamedTuple):
    """What a flow does, and may do again. `make` is a function of the flow."""

    make: Callable[..., None]
    values: Mapping[str, Any]

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.make.__module__.rpartition('.')[2]}.{self.make.__name__}({values})"


class Event(NamedTuple):
    """What a flow has done to its target: the call of that index, or a wait."""

    call: int
    waited_s: int = 0


class Settings(NamedTuple):
    """What flows are run with. `answers` are those to the open questions, by name; `paced` as the Book's."""

    menu: Menu
    choices: Choices
    paced: bool = True


class Flow:
    """One run against one target."""

    def __init__(self, target: Target, settings: Settings) -> None:
        self.target = target
        self.scene = Scene(target, settings.choices.departures)
        self.menu = settings.menu
        self.choices = settings.choices
        self.book = Book({name: settings.choices.answer(name) for name in catalog().questions}, settings.paced)
        self.steps: list[Step] = []
        self.events: list[Event] = []
        self._heard = perf_counter()
        self._labels = 0

    # --- steps --------------------------------------------------------------------------------------------------------

    def do(self, make: Callable[..., None], **values: Any) -> None:
        """Make a step, and keep it. Errors: Wrong; Unreachable."""
        step = Step(make, values)
        self.steps.append(step)
        try:
            make(self, **values)
        except Missing:
            self.steps.pop()

    def label(self, kind: str) -> str:
        """A new label."""
        self._labels += 1
        return f"{kind}{self._labels}"

    def text(self, label: str) -> str:
        """The caller's own words for something, new in every run."""
        return f"OCT-{self.scene.run}-{label}"

    def thing(self, kind: str, label: str) -> Row:
        """What a step has made. Errors: Missing."""
        try:
            return self.book.kinds[kind][label]
        except KeyError:
            raise Missing(label) from None

    # --- calls --------------------------------------------------------------------------------------------------------

    def operation(self, name: str) -> Operation:
        """The operation as the answers have it."""
        return catalog().variant(catalog().operations[name], self.choices.departures)

    def call(
        self,
        name: str,
        body: Json = None,
        *,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """Make a call. Errors: Wrong, where the reply is neither a success nor a declared refusal; Unreachable."""
        operation = self.operation(name)
        draft = Draft(operation, path or {}, query or {}, body)
        before = self.book.told
        self.events.append(Event(len(self.scene.calls)))
        answer = self._sent(draft, headers, raw)
        verdict = judge(operation, answer, draft.message_id if raw is None else UNCHECKED)
        if answer.status >= 500:
            raise Wrong(f"{name}: {ANSWERS}", f"HTTP {answer.status}: {answer.body[:200]!r}")
        if verdict.wrong:
            raise Wrong(f"{name}: {KEEPS}", "; ".join(verdict.wrong))
        now = self._now(before, verdict.body if draft.message_id is None else None, answer.took_s)
        data = values_of(operation, verdict.body).get("data") if verdict.success else None
        return Reply(operation, verdict, answer, verdict.body, data, now)

    def _sent(self, draft: Draft, headers: Mapping[str, str] | None, raw: bytes | None) -> Answer:
        try:
            return self.scene.send(draft, headers, raw)
        except Unreachable:
            raise
        except Exception as error:
            # In process a server's own mistake arrives as the exception that it is; over HTTP it would be a 500.
            self.scene.calls.append((self.scene.request(draft, headers, raw), Answer(500, (), b"", 0.0)))
            raise Wrong(f"{draft.operation.name}: {ANSWERS}", repr(error)) from error

    def _now(self, before: int | None, body: Json, took_s: float) -> Span:
        """When the call was answered, by the target's clock: a reply tells the time where nobody gave it an id."""
        heard = perf_counter()
        passed = int((heard - self._heard) * SECOND)
        self._heard = heard
        told = (
            next((body[key] for key in ("messageId", "requestId") if key in body), "") if isinstance(body, dict) else ""
        )
        if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) == 13:
            self.book.told = int(told)
            sent = int(told) - int(took_s * SECOND * FASTEST) - 1
            return Span(sent if before is None else min(max(before, sent), int(told)), int(told))
        if before is None:
            return Span(-(10**15), 10**15)
        return Span(before, before + passed + LATE_MS)

    def wait(self, seconds: int) -> bool:
        """Let time pass, where the target can. Errors: Unreachable."""
        try:
            if not self.target.wait(seconds):
                return False
        except Unreachable:
            raise
        except Exception as error:
            self.events.append(Event(-1, seconds))
            raise Wrong("time passes", repr(error)) from error
        self.events.append(Event(-1, seconds))
        self.book.wait(seconds)
        return True

    def waits(self) -> dict[int, int]:
        """The seconds that passed, by the index of the call before which they did."""
        found: dict[int, int] = {}
        place = 0
        for event in self.events:
            if event.waited_s:
                found[place] = found.get(place, 0) + event.waited_s
            else:
                place = event.call + 1
        return found

    def close(self) -> None:
        """The run is over: a target that keeps a connection gives it up."""
        close = getattr(self.target, "close", None)
        if close is not None:
            close()

    # --- claims -------------------------------------------------------------------------------------------------------

    def claim(self, holds: bool, claim: str, told: Callable[[], str] | str = "") -> None:
        """Errors: Wrong, unless it holds."""
        if not holds:
            raise Wrong(claim, told if isinstance(told, str) else told())

    def same(self, claim: str, expected: Json, actual: Json) -> None:
        """Errors: Wrong, unless the two are one."""
        if expected != actual:
            raise Wrong(claim, f"{_short(expected)} is expected, not {_short(actual)}")

    def outcome(self, reply: Reply, allowed: Iterable[str], what: str = "") -> bool:
        """Whether a call succeeded; it must be one of the outcomes allowed, "" being success. Errors: Wrong."""
        wanted = set(allowed)
        if not reply.outcome & wanted:
            told = " or ".join(sorted(name or "success" for name in reply.outcome))
            must = " or ".join(sorted(name or "success" for name in wanted))
            claim = f"{reply.operation.name}: succeeds and refuses as it must"
            raise Wrong(claim, f"{must} is expected{' of ' + what if what else ''}, not {told}")
        return reply.verdict.success


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + "..."


def item_errors(reply: Reply) -> list[tuple[str, set[str]]]:
    """The refused items of a batch: the id of each, and the names of the errors that have its code."""
    rows = reply.body.get("errors", ()) if isinstance(reply.body, dict) else ()
    return [
        (row.get("id", ""), {name for name, error in reply.operation.errors.items() if error.code == row.get("code")})
        for row in rows
    ]


def discover(target: Target, choices: Choices) -> Menu:
    """What a target offers, found out by calls alone. Errors: Unfit; Unreachable; Wrong."""
    flow = Flow(target, Settings(Menu((), {}, ()), choices))
    try:
        return _menu_of(flow)
    finally:
        flow.close()


def _menu_of(flow: Flow) -> Menu:
    listed = flow.call("get_service_list").data or ()
    services = {row["serviceRegion"]: tuple(one["shippingServiceCode"] for one in row["productList"]) for row in listed}
    skus = [row["MFSKUID"] for row in _sku_rows(flow)]
    # Named, for what an empty list asks for is an open question.
    asked = {"skuList": [{"mfSkuId": sku} for sku in skus], "pageNumber": 1, "pageSize": 200}
    rows = (flow.call("stock_snapshot_v2", {"data": asked}).data or ()) if skus else ()
    shelves = tuple(_few_quiet(rows, services))
    if not shelves:
        raise Unfit("no SKU has pieces available in a region where nothing else is under way; the workflows need one")
    return Menu(shelves, services, tuple(skus))


def _sku_rows(flow: Flow) -> Iterable[Row]:
    """Rows that name SKUs: of the SKU query, or of what moved lately where that wants to be told of which SKUs."""
    if flow.book.answers["empty_sku_list"] == "everything":
        return flow.call("sku_query_v3", {"data": {"page": 1, "limit": 50}}).data or ()
    end = flow.scene.now().timestamp()
    window = {"startTime": written(int(end) - 6 * 86_400), "endTime": written(int(end))}
    return flow.call("get_stock_movement", {"data": window}).data or ()


def _few_quiet(rows: Iterable[Row], services: Mapping[str, tuple[str, ...]]) -> Iterator[Shelf]:
    """Shelves with something available and nothing else: of two regions the two with the fewest pieces each."""
    by_region: dict[str, list[Row]] = {}
    for row in rows:
        under_way = any(value for name, value in row.items() if isinstance(value, int) and name != "available")
        if row["available"] >= 8 and not under_way and services.get(row["serviceRegion"]):
            by_region.setdefault(row["serviceRegion"], []).append(row)
    for region in sorted(by_region, key=lambda name: -len(by_region[name]))[:2]:
        for row in sorted(by_region[region], key=lambda row: int(row["available"]))[:2]:
            yield row["MFSKUID"], region
