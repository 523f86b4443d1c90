"""The sandbox in process: one fresh tenant, and everything that a test wants to do with it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .adapters.clients import ForClients
from .call import NO_HOST, Call, Reply
from .callers import Callers
from .catalog import catalog
from .control import sellers as sellers_of
from .control import stock
from .control.books import books_view
from .control.events import events_view, redeliver, webhook_view
from .control.mercozy import BackOffice
from .control.next_step import let_happen
from .control.troubles import make_trouble
from .control.views import entry_view, tenant_view
from .dispatch import dispatch
from .domain.clock import Clock, Mode
from .domain.world import Happened
from .fault_checks import faults_of
from .journal import Journal
from .observed import observed
from .outbox import Posted, WebhookCall
from .samples import Sample, sample
from .tenancy import Sellers, Tenant, Tenants

if TYPE_CHECKING:
    from .client_report.reporting import ClientReport

BASE_URL = f"http://{NO_HOST}"
"""What in-process URLs start with."""

Receiver = Callable[[WebhookCall], int | None]
"""Takes a webhook and answers with an HTTP status; None is 200."""


class Sandbox(ForClients):
    """A fresh tenant in process. Point a client's transport at it, or call `send`.

    auth: strict, or open (a call may leave out signature and token). signing: either, stage (the signed text has an
    empty body part) or production (the raw body). assumptions: what to take for true where nobody knows how the vendor
    does, as {"batch_outcome": "atomic"}; `oc-sandbox assumptions` lists them. seed: demo, or empty. clock: real,
    frozen, accelerated or manual; `now` sets where it starts. sellers: how many, or a list of {"ocid", "login",
    "password"}; each has a world of its own, and what `seed` says. Errors: UnknownSetting, UnknownAnswer, KeyTaken.
    """

    def __init__(
        self,
        *,
        auth: str = "strict",
        signing: str | None = None,
        assumptions: Mapping[str, str] | None = None,
        seed: str = "demo",
        clock: Mode = "real",
        now: datetime | None = None,
        rate: float = 60.0,
        client_key: str | None = None,
        secret_key: str | None = None,
        sellers: Sellers = 1,
    ) -> None:
        self._tenants = Tenants(auth=auth, signing=signing, assumptions=assumptions, seed=seed)
        self.tenant: Tenant = self._tenants.create(
            client_key=client_key, secret_key=secret_key, clock=Clock(clock, now=now, rate=rate), sellers=sellers
        )
        self._tenants.default = self.tenant
        self._receiver: Receiver | None = None
        self._sending = False
        self._callers = Callers()

    def __repr__(self) -> str:
        return f"<Sandbox {self.client_key}>"

    @property
    def client_key(self) -> str:
        """The clientKey header's value."""
        return self.tenant.client_key

    @property
    def secret_key(self) -> str:
        """What signatures are made with; never sent."""
        return self.tenant.secret_key

    @property
    def access_token(self) -> str:
        """An access token of the first seller that is good for at least another minute."""
        return str(self.describe()["access_token"])

    @property
    def refresh_token(self) -> str:
        """A refresh token of the first seller."""
        return str(self.describe()["refresh_token"])

    @property
    def base_url(self) -> str:
        """What stands before /3pp/... in a business call."""
        return f"{BASE_URL}/openapi"

    @property
    def oauth_url(self) -> str:
        """What stands before /oauth/... in a token call."""
        return BASE_URL

    @property
    def mercozy_url(self) -> str:
        """What stands before /stock-movements and its like."""
        return f"{BASE_URL}/api/v1/external"

    @property
    def mercozy_api_key(self) -> str:
        """The X-API-Key header's value."""
        return str(self.describe()["mercozy_api_key"])

    @property
    def mercozy(self) -> BackOffice:
        """What no endpoint of Mercozy's does: further keys, as in `sandbox.mercozy.new_key(["inventory:read"])`."""
        return BackOffice(self._tenants, self.tenant)

    @property
    def journal(self) -> Journal:
        """Every call so far, oldest first."""
        return self.tenant.journal

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The journal as the control plane shows it: JSON, with the evidence of each error and a curl for each call."""
        facts = observed(catalog(), self.tenant.choices)
        return [entry_view(entry, BASE_URL, facts) for entry in self.journal.since()]

    def describe(self) -> dict[str, Any]:
        """Keys, tokens, sellers and URLs, as the control plane gives them."""
        return tenant_view(self.tenant, BASE_URL)

    def send(self, call: Call) -> Reply:
        """Answer one call, without any HTTP library."""
        reply = dispatch(call if call.line else call._replace(line=self._callers.line()), self._tenants)
        self._send_webhooks()
        return reply

    def sample(self, operation: str, exchange: str | None = None) -> Sample:
        """A signed sample request of an operation. Errors: KeyError, if there is no such operation or exchange."""
        return sample(catalog().operations[operation], self.tenant, exchange)

    def now(self) -> datetime:
        """The world's time."""
        return self.tenant.clock.now()

    def advance(self, **duration: float) -> list[Happened]:
        """Move the clock, as in `advance(days=2, hours=3)`, and let everything happen that is then due.

        A receiver of webhooks gets each at its own time, with the clock stopped there.
        """
        happened: list[Happened] = []
        for step in self.tenant.steps_to(self.tenant.clock.after(timedelta(**duration).total_seconds())):
            happened += step
            self._send_webhooks()
        return happened

    def let_happen(self, event: str, key: str) -> list[Happened]:
        """Let the next step of a life cycle happen now, as in `let_happen("sku_moves_on", "OC0000300000001")`.

        The key is an order's number or a SKU's id; the events are those that `advance` gives. Errors: NothingPlanned.
        """
        happened = let_happen(self.tenant, event, key)
        self._send_webhooks()
        return happened

    def on_webhook(self, receiver: Receiver, *, url: str = f"{BASE_URL}/webhook") -> None:
        """Give every webhook from now on to a function: a `WebhookCall` with url, headers, body and payload.

        It answers with an HTTP status; None is 200. An OSError that it raises is a receiver that cannot be reached, and
        is retried as that; any other exception reaches the test. The call is made as if to `url`, whose path is signed.
        Errors: BadAddress.
        """
        self._tenants.listen(self.tenant, url)
        self._receiver = receiver

    @property
    def events(self) -> list[dict[str, Any]]:
        """What has happened so far, oldest first, and the webhooks that tell of it; as the control plane shows it."""
        self._look()
        return events_view(self.tenant)

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        """The webhooks so far, oldest first: `payload`, `state`, `attempts`; without a receiver they are collected."""
        return [event["webhook"] for event in self.events if "webhook" in event]

    def redeliver(self, webhook_id: int) -> dict[str, Any] | None:
        """Give a webhook to the receiver once more, and tell what became of it. Errors: NotThere, Conflict."""
        event = redeliver(self.tenant, webhook_id)
        self._send_webhooks()
        return webhook_view(event, self.tenant)

    def _look(self) -> None:
        self.tenant.settle()
        self._send_webhooks()

    def _send_webhooks(self) -> None:
        if self._receiver is None or self._sending:  # a receiver that asks back is not interrupted by the next webhook
            return
        self.tenant.settle()
        self._sending = True
        try:
            while posted := self.tenant.outbox.take():
                self._hand_over(posted, self._receiver)
        finally:
            self._sending = False

    def _hand_over(self, posted: Posted, receiver: Receiver) -> None:
        status, error = None, ""
        try:
            status = receiver(posted.call) or 200
        except OSError as failure:
            error = str(failure) or type(failure).__name__
        except BaseException as failure:
            error = repr(failure)
            raise
        finally:
            self.tenant.outbox.answered(posted, status, error)

    def add_seller(
        self, *, ocid: str | None = None, login: str | None = None, password: str | None = None
    ) -> dict[str, str]:
        """One more seller with a world of its own: its ocid, login, password and tokens, as `describe` tells of each.

        Errors: UnknownSetting, KeyTaken.
        """
        return sellers_of.add(self.tenant, {"ocid": ocid, "login": login, "password": password})

    def stock(
        self, mf_sku_id: str | None = None, service_region: str | None = None, *, ocid: str | None = None
    ) -> list[dict[str, Any]]:
        """A seller's stock, by default the first's, of one SKU or region or all: a row for each, with every bucket.

        Errors: NoSuchSeller.
        """
        self._look()
        return [
            row
            for row in stock.rows(sellers_of.world_of(self.tenant, ocid))
            if mf_sku_id in (None, row["mf_sku_id"]) and service_region in (None, row["service_region"])
        ]

    def set_stock(
        self,
        mf_sku_id: str,
        service_region: str,
        *,
        ocid: str | None = None,
        reason: str = "adjusted",
        **quantities: int,
    ) -> None:
        """Adjust buckets (available, on_hold, suspended, …) to quantities, by movements; a seller's as in `stock`.

        With the reason frozen, or black_frozen, they come out of what is available: `suspended=5` freezes until five
        pieces are suspended, `suspended=0` frees them all. Errors: BadStock, NoSuchSeller.
        """
        row = {"mf_sku_id": mf_sku_id, "service_region": service_region, "reason": reason, **quantities}
        with self.tenant.one_instant():
            stock.adjust(sellers_of.world_of(self.tenant, ocid), [row])

    @property
    def books(self) -> list[dict[str, Any]]:
        """What the calls so far have brought about, and what was there: orders, SKUs, products, a shop's movements.

        Each has `kind`, `number`, the client's own `reference`, `cancelled`, and `says`: what was asked for.
        """
        self._look()
        return books_view(self.tenant)

    @property
    def assumptions(self) -> dict[str, str]:
        """What is taken for true, by question."""
        return {question: self.tenant.choices.answer(question) for question in catalog().questions}

    def assume(self, **answers: str) -> None:
        """Take answers for true from now on, as in `assume(batch_outcome="atomic")`. Errors: UnknownAnswer."""
        self.tenant.choices.take(answers)

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The faults as they were put, each with the `calls` it has counted and how often it has `fired`."""
        return self.tenant.faults.view() if self.tenant.faults is not None else []

    def put_faults(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """Let calls fail from now on, as in `put_faults([{"operation": "sku_query_v3", "status": 503, "first": 2}])`.

        They take the place of those before, and count from here. docs/failures.md tells what a fault may say. Errors:
        BadFault, and then all stays as it was.
        """
        self.tenant.faults = faults_of(faults)

    def clear_faults(self) -> None:
        """Let no call fail any more."""
        self.tenant.faults = None

    def report(self, *, expected: Collection[str] = ()) -> "ClientReport":
        """What the calls so far say of the client that made them: `findings`, `passed`, `as_text()`, `as_json()`.

        `expected` are errors (`window_too_wide`) that the tests provoke on purpose.
        """
        from .client_report.reporting import report_of  # noqa: PLC0415 - wanted by few tests, at their end

        return report_of(self.tenant, BASE_URL, expected=expected)

    def make_trouble(self, number: str, trouble: str) -> dict[str, Any]:
        """Let an outbound order end as failed, exception or undeliverable_return when its time comes.

        Or a SKU, by its MFSKUID, as review_failed. Errors: NoTrouble, NotThere, Conflict.
        """
        self.tenant.settle()
        return make_trouble(self.tenant.worlds, number, trouble)
