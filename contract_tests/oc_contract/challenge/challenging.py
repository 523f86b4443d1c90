"""A challenge: the client undisturbed, twice; then once for each trial, each time with a tenant of its own."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import accumulate
from time import perf_counter
from typing import Any, NamedTuple

from oc_sandbox import __version__
from oc_sandbox.catalog import catalog

from ..interruptions import INTERRUPTED, words_of
from ..stages import Refusal
from . import trials
from .books import Difference, Eyes, Row, called, new_rows
from .commands import Commands, Ran, free_port
from .judging import OUTCOMES, UNTRIED, Rules, Undisturbed, Verdict, judged
from .sandboxes import Tenant, environment_of
from .trials import Plan, Trial

FIRST_LIMIT_S = 120.0
LEAST_LIMIT_S, TIMES_UNDISTURBED = 60.0, 5.0
CALLS_SHOWN = 6
NOTHING_HAPPENS = Trial("undisturbed", "", "nothing went wrong", "documented")
ORDERS = frozenset({"outbound order"})
PLACING = frozenset(trials.PLACING)
Wire = dict[str, Any]


class Settings(NamedTuple):
    """How a challenge is made. `limit_s` is None where it follows from the undisturbed run; `heard` hears of each run.

    `options` are the words of a command line that make another run like this one. `webhook` is the address at which
    the client hears of its orders, with `{port}` where it takes a port of its own.
    """

    command: Sequence[str]
    wishes: trials.Wishes = trials.Wishes()
    jobs: int = 2
    limit_s: float | None = None
    exit_code_alone: bool = False
    compares_output: bool = False
    webhook: str | None = None
    options: Sequence[str] = ()
    heard: Callable[["Result", int, int], None] = lambda result, done, of: None


class Result(NamedTuple):
    """One run: the trial, the verdict, how it ended, and the calls from the one on that the trial befell."""

    trial: Trial
    verdict: Verdict
    ran: Ran
    calls: tuple[Wire, ...] = ()
    calls_total: int = 0


@dataclass
class Report:
    """What a challenge found. `client_report` is the report on the undisturbed run, as `GET .../report` gives it."""

    command: tuple[str, ...]
    seed: int
    options: tuple[str, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    effects: Mapping[str, int] = field(default_factory=dict)
    client_report: Wire = field(default_factory=dict)
    undisturbed_s: float = 0.0
    limit_s: float = 0.0
    results: list[Result] = field(default_factory=list)
    planned: int = 0
    took_s: float = 0.0
    ended: str = ""
    words: str = ""
    version: str = __version__

    @property
    def counts(self) -> dict[str, int]:
        """How often each outcome was met, the worst first."""
        counted = Counter(result.verdict.outcome for result in self.results)
        return {outcome: counted[outcome] for outcome in OUTCOMES if counted[outcome]}

    @property
    def exit_code(self) -> int:
        """0 all is well; 1 a verdict is bad, or the client report has an error or a warning; 130 interrupted."""
        if self.ended:
            return INTERRUPTED
        return int(any(result.verdict.bad for result in self.results) or not self.client_report["passed"])

    def worst_first(self) -> list[Result]:
        """The results, the worst first."""
        return sorted(self.results, key=lambda result: OUTCOMES.index(result.verdict.outcome))


class Seen(NamedTuple):
    """What one run left behind."""

    ran: Ran
    books: list[Row]
    journal: list[Wire]
    fired: bool
    report: Wire | None = None


class Challenge:
    """One challenge at the sandbox of a URL."""

    def __init__(self, root_url: str, settings: Settings) -> None:
        self._root_url, self._settings = root_url, settings
        self._commands = Commands(settings.command)
        self.report = Report(tuple(settings.command), settings.wishes.seed, tuple(settings.options))

    def run(self) -> Report:
        """Make it. Errors: Refusal, where the client does not work undisturbed; Unreachable."""
        started = perf_counter()
        try:
            plan = self.rehearse()
            self._try_all(plan)
        except KeyboardInterrupt as interruption:
            self.report.ended, self.report.words = "interrupted", words_of(interruption)
        finally:
            self._commands.end_all()
        self.report.took_s = perf_counter() - started
        return self.report

    def rehearse(self) -> list[Trial]:
        """Run the client twice undisturbed, and plan by what it did. Errors: Refusal."""
        limit_s = self._settings.limit_s or FIRST_LIMIT_S
        first = self._seen(NOTHING_HAPPENS, limit_s)
        _check(first, limit_s)
        second = self._seen(NOTHING_HAPPENS, limit_s)
        _check(second, limit_s)
        self._eyes = Eyes(first.books, second.books)
        _check_steady(self._eyes.difference(first.books, second.books))
        self._undisturbed = Undisturbed.of(first.books, first.ran, second.ran)
        report, ran = self.report, first.ran
        report.used = _used(first.journal, second.journal)
        report.effects = Counter(row["kind"] for row in first.books)
        report.client_report = first.report or {}
        report.undisturbed_s = max(ran.took_s, second.ran.took_s)
        derived_s = LEAST_LIMIT_S + TIMES_UNDISTURBED * report.undisturbed_s
        report.limit_s = self._settings.limit_s or derived_s
        wishes = self._settings.wishes._replace(
            short_of=_short_of(first.books, first.journal), webhooks=self._settings.webhook is not None
        )
        plan = Plan(catalog(), report.used, wishes).trials()
        report.planned = len(plan)
        return plan

    def _try_all(self, plan: Sequence[Trial]) -> None:
        with ThreadPoolExecutor(self._settings.jobs) as pool:
            futures = [pool.submit(self._try, trial) for trial in plan]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            finally:
                for future in futures:
                    future.cancel()
                if not all(future.done() for future in futures):
                    self._commands.end_all()
        order = {trial.name: place for place, trial in enumerate(plan)}
        self.report.results.sort(key=lambda result: order[result.trial.name])

    def _try(self, trial: Trial) -> None:
        limit_s = self.report.limit_s
        seen = self._seen(trial, limit_s)
        if self._commands.ended:
            return  # it was ended from outside, which says nothing of the client
        rules = Rules(limit_s, self._settings.exit_code_alone, self._settings.compares_output)
        difference = self._eyes.difference(self._undisturbed.books, seen.books)
        codes = {code for call in seen.journal for code in call["error_codes"]}
        verdict = judged(seen.ran, difference, self._undisturbed, codes, rules)
        if not seen.fired and not verdict.bad:
            verdict = Verdict(UNTRIED, "the client made fewer calls than undisturbed, so that nothing failed")
        calls, total = _excerpt(seen.journal, trial) if verdict.bad else ((), len(seen.journal))
        result = Result(trial, verdict, seen.ran, calls, total)
        self.report.results.append(result)
        self._settings.heard(result, len(self.report.results), self.report.planned)

    def _seen(self, trial: Trial, limit_s: float) -> Seen:
        settings: Wire = {"assumptions": dict(trial.assumptions)} if trial.assumptions else {}
        port = free_port() if "{port}" in (self._settings.webhook or "") else None
        if self._settings.webhook is not None:
            settings["webhook_url"] = self._settings.webhook.replace("{port}", str(port))
        tenant = Tenant(self._root_url, **settings)
        try:
            before: list[Row] = tenant.ask("GET", "/books")["books"]
            stock: list[Wire] = tenant.ask("GET", "/stock")["stock"]
            environment = environment_of(tenant.told, max(stock, key=lambda row: int(row["available"]))["mf_sku_id"])
            if port is not None:
                environment["OC_WEBHOOK_PORT"] = str(port)
            _set_up(tenant, trial)
            look = _Mover(tenant, before).look if self._settings.webhook is not None else None
            ran = self._commands.run(environment, limit_s, look)
            books = new_rows(tenant.ask("GET", "/books")["books"], before)
            journal: list[Wire] = tenant.ask("GET", "/journal")["calls"]
            # A fault that stays is there from the first call on; one that came too late for a last webhook is none.
            fired = all(fault["fired"] for fault in tenant.ask("GET", "/faults")["faults"])
            if trial.short_of:
                fired = any(trials.SHORT in call["errors"] for call in journal)
            report = tenant.ask("GET", "/report") if trial is NOTHING_HAPPENS else None
        finally:
            tenant.close()
        return Seen(ran, books, journal, fired, report)


class _Mover:
    """Lets the orders of a tenant go one step further at each look, so that there is something to tell by webhook."""

    def __init__(self, tenant: Tenant, before: Sequence[Row]) -> None:
        self._tenant, self._before = tenant, before
        self._ended: set[str] = set()

    def look(self) -> None:
        """Move each that can be moved."""
        for row in new_rows(self._tenant.ask("GET", "/books")["books"], self._before):
            number = row["number"]
            if row["kind"] in ORDERS and not row["cancelled"] and number not in self._ended:
                try:
                    self._tenant.ask("POST", "/events", {"event": "outbound_order_moves_on", "key": number})
                except Refusal:  # delivered, or cancelled meanwhile
                    self._ended.add(number)


def _set_up(tenant: Tenant, trial: Trial) -> None:
    if trial.short_of:
        sku, region, pieces = trial.short_of
        tenant.ask("PUT", "/stock", [{"mf_sku_id": sku, "service_region": region, "available": pieces}])
    if trial.faults:
        tenant.ask("PUT", "/faults", [dict(fault) for fault in trial.faults])


def _check(seen: Seen, limit_s: float) -> None:
    """Whether the client works where nothing goes wrong. Errors: Refusal."""
    ran = seen.ran
    words = f"\n{ran.last_words}" if ran.last_words else ""
    if ran.code is None:
        raise Refusal(
            f"undisturbed the command had not ended after {limit_s:g} s; a challenge wants one that does a job and"
            f" ends. --timeout gives it longer{words}"
        )
    if ran.code != 0:
        raise Refusal(f"undisturbed, with nothing that fails, the command ends with exit code {ran.code}{words}")
    if not any(call["operation"] for call in seen.journal):
        raise Refusal(
            "undisturbed the command made no call to its tenant; does it read OC_BASE_URL, OC_CLIENT_KEY and"
            f" OC_SECRET_KEY (or MERCOZY_BASE_URL and MERCOZY_API_KEY) from its environment?{words}"
        )


def _check_steady(difference: Difference) -> None:
    missing, doubled, extra = difference
    rows = [*(row for row, _ in missing), *doubled, *extra]
    if rows:
        raise Refusal(
            f"the command brings about other things in each undisturbed run, as {called(rows[0])}, so that nobody can"
            " tell what a failure changes. Let it do the same job each time: a fixed list of orders, a fixed seed, no"
            " memory of earlier runs (OC_CLIENT_KEY is another one in each run)"
        )


def _used(*journals: Sequence[Wire]) -> dict[str, int]:
    """How often each operation is called, in each of the runs at least."""
    counted = [Counter(call["operation"] for call in journal if call["operation"]) for journal in journals]
    return {name: min(each[name] for each in counted) for name in counted[0] if all(each[name] for each in counted)}


def _short_of(books: Sequence[Row], journal: Sequence[Wire]) -> tuple[str, str, int] | None:
    """Where stock shall lack for the last order of a batch, and how much there may be.

    That is one piece less than this order and all before it take. Without a batch it is the last order of all.
    """
    orders = [row for row in books if row["kind"] in ORDERS]
    if not orders:
        return None
    sizes = [_size(call) for call in journal if call["operation"] in PLACING and call["outcome"] == "ok"]
    ends = [end for end, size in zip(accumulate(sizes), sizes, strict=True) if size > 1]
    until = ends[-1] if ends and sum(sizes) == len(orders) else len(orders)
    says = orders[until - 1]["says"]
    sku, region = says["lines"][0]["sku"], says["serviceRegion"]
    ordered = sum(
        int(line["quantity"])
        for row in orders[:until]
        if row["says"]["serviceRegion"] == region
        for line in row["says"]["lines"]
        if line["sku"] == sku
    )
    return sku, region, ordered - 1


def _size(call: Wire) -> int:
    """How many orders a call asks for."""
    body = call["request"]["body"]
    data = next((body[key] for key in body if key.lower() == "data"), None) if isinstance(body, dict) else None
    return len(data) if isinstance(data, list) else 0


def _excerpt(journal: Sequence[Wire], trial: Trial) -> tuple[tuple[Wire, ...], int]:
    """The calls from the first on that the trial befell, or that was refused, or that the trial is about."""
    signs: tuple[Callable[[Wire], bool], ...] = (
        lambda call: bool(call["injected"]),
        lambda call: bool(call["errors"]),
        lambda call: call["operation"] == trial.operation,
        lambda call: True,
    )
    first = next((at for sign in signs for at, call in enumerate(journal) if sign(call)), 0)
    return tuple(_call(call) for call in journal[first : first + CALLS_SHOWN]), len(journal) - first


def _call(call: Wire) -> Wire:
    kept = ("id", "at", "operation", "outcome", "errors", "error_codes", "injected", "curl")
    return {**{name: call[name] for name in kept}, "status": call["reply"]["status"]}
