"""Webhooks on their way out: what is to be sent when, and what came of it. Nothing here sends; adapters do.

An adapter takes a call, makes it, and tells what was answered; the contract file says what counts as taken, and when
the next attempt follows.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import orjson

from .catalog import catalog
from .contract import Webhook, fill
from .events import Event
from .faults import Given
from .wire import packed

if TYPE_CHECKING:
    from .tenancy import Tenant

LONGEST_ADDRESS = 2000

State = Literal["collected", "pending", "delivered", "given_up"]


class BadAddress(ValueError):
    """Webhooks cannot be sent to that URL. The message says why."""


def check_address(url: str) -> None:
    """Refuse what is no http or https URL with a host. Errors: BadAddress."""
    wanted = "a webhook URL is http:// or https://, a host, and a path if need be, such as http://127.0.0.1:9000/oc"
    shown = url[:200]
    if len(url) > LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise BadAddress(
            f"{wanted}; in at most {LONGEST_ADDRESS} characters of ASCII, anything else percent-encoded; not {shown!r}"
        )
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise BadAddress(f"{wanted}; not {shown!r}: {error}") from error
    if not usable or parts.fragment or "@" in parts.netloc:
        raise BadAddress(f"{wanted}, without user name and fragment; not {shown!r}")


class Attempt(NamedTuple):
    """One try. `status` is the receiver's HTTP status; where it gave none, `error` tells why."""

    at_ms: int
    status: int | None
    error: str


@dataclass(slots=True, eq=False)
class Delivery:
    """One webhook that is sent, or was.

    `tried` counts the attempts since it was last asked for. `fault` is what befalls it, `copies` how often it is to be
    sent once more after it was taken.
    """

    event: Event
    webhook: Webhook
    body: bytes
    attempts: list[Attempt] = field(default_factory=list)
    tried: int = 0
    next_at_ms: int | None = None
    taken: bool = False
    ticket: int = -1
    fault: Given | None = None
    copies: int = 0

    @property
    def state(self) -> State:
        """Where it is; collected where no attempt was made and none will be."""
        if self.taken:
            return "delivered"
        if self.next_at_ms is not None:
            return "pending"
        return "given_up" if self.attempts else "collected"


class WebhookCall(NamedTuple):
    """One HTTP request to the integrator, signed and ready to send."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    timeout_s: float

    @property
    def payload(self) -> Any:
        """The body's JSON."""
        return orjson.loads(self.body)


class Posted(NamedTuple):
    """A call that was taken out of the outbox, and what it belongs to."""

    call: WebhookCall
    delivery: Delivery
    ticket: int


class Outbox:
    """A tenant's webhooks. `url` is where they go; without one they are but collected, which costs nothing."""

    def __init__(self, tenant: "Tenant") -> None:
        self.url: str | None = None
        self._tenant = tenant
        self._deliveries: dict[int, Delivery] = {}
        self._queue: list[tuple[int, int, Delivery]] = []
        self._tickets = count()
        self._held: dict[str, Delivery] = {}

    def webhook_of(self, event: Event) -> Webhook | None:
        """The call that tells of an event; None where no contract file has one."""
        for api, account in self._tenant.accounts.items():
            if any(world is event.world for world in account.worlds()):
                return catalog().webhook_of(api, event.happened.event)
        return None

    def body_of(self, event: Event, webhook: Webhook) -> bytes:
        """The body of the call that tells of an event; of one event always the same."""
        happened = event.happened
        values = {
            "data": webhook.data_of(happened, event.world),
            "message_id": str(event.id),
            "timestamp": happened.at_s * 1000,
        }
        return packed(fill(webhook.payload.body, values))

    def post(self, event: Event) -> None:
        """Send the webhook that tells of an event, if there is one, when the event happens."""
        webhook = self.webhook_of(event)
        if webhook is None:
            return
        delivery, at_ms = self._new(event, webhook), event.happened.at_s * 1000
        faults = self._tenant.faults
        delivery.fault = faults.hit_webhook(webhook) if faults is not None else None
        if delivery.fault is None and not self._held:
            self._plan(delivery, at_ms)
        else:
            self._plan_befallen(delivery, at_ms)

    def _plan_befallen(self, delivery: Delivery, at_ms: int) -> None:
        """Plan a webhook that a fault befalls, or after which one of the same order is to be sent."""
        fault, key = delivery.fault or {}, delivery.event.happened.key
        held = self._held.pop(key, None)
        late_ms = fault.get("by_s", 0) * 1000
        out_of_order = fault.get("webhook") == "out_of_order"
        if out_of_order and held is None:
            self._held[key] = delivery
        elif out_of_order:
            late_ms = 0
        delivery.copies = 1 if fault.get("webhook") == "twice" else 0
        self._plan(delivery, at_ms + late_ms)
        if held is not None and held.next_at_ms is not None and not held.attempts:
            self._plan(held, at_ms + late_ms)

    def again(self, event: Event) -> Delivery | None:
        """Send it now, whatever became of it, with all its retries; None where no webhook tells of the event."""
        webhook = self.webhook_of(event)
        if webhook is None:
            return None
        delivery = self._deliveries.get(event.id) or self._new(event, webhook)
        delivery.tried, delivery.taken = 0, False
        self._plan(delivery, self._tenant.clock.now_ms())
        return delivery

    def delivery_of(self, event: Event) -> Delivery | None:
        """What became of an event's webhook; None where it was only collected."""
        return self._deliveries.get(event.id)

    @property
    def next_at_ms(self) -> int | None:
        """When the next attempt is due, in epoch milliseconds of the world."""
        while self._queue:
            at_ms, ticket, delivery = self._queue[0]
            if delivery.ticket == ticket:
                return at_ms
            heapq.heappop(self._queue)  # asked for again meanwhile, or forgotten
        return None

    def is_due(self) -> bool:
        """Whether there is something to send now."""
        at_ms = self.next_at_ms if self._queue else None
        return at_ms is not None and at_ms <= self._tenant.clock.now_ms()

    def take(self) -> Posted | None:
        """The next call to make; None where none is due. Whoever takes it tells `answered`."""
        if self.url is None or not self.is_due():
            return None
        _, ticket, delivery = heapq.heappop(self._queue)
        return Posted(self.signed(delivery.webhook, delivery.body, self.url), delivery, ticket)

    def signed(self, webhook: Webhook, body: bytes, url: str) -> WebhookCall:
        """The request that brings a payload to an address."""
        path = urlsplit(url).path or "/"
        signed = webhook.api.credentials.sign(webhook, self._tenant, path, body)
        headers = {"Content-Type": "application/json", **signed}
        return WebhookCall(webhook.method, url, headers, body, webhook.timeout_s)

    def answered(self, posted: Posted, status: int | None, error: str = "") -> None:
        """What the receiver answered, or why it did not."""
        delivery, now_ms = posted.delivery, self._tenant.clock.now_ms()
        delivery.attempts.append(Attempt(now_ms, status, error))
        if delivery.ticket != posted.ticket:  # asked for again meanwhile, or forgotten
            return
        waits = delivery.webhook.retries_after_s
        delivery.taken = status is not None and delivery.webhook.takes(status)
        delivery.next_at_ms, delivery.ticket = None, -1
        if not delivery.taken and delivery.tried < len(waits):
            delivery.tried += 1
            self._plan(delivery, now_ms + waits[delivery.tried - 1] * 1000)
        elif delivery.taken and delivery.copies:
            delivery.copies -= 1
            self._plan(delivery, now_ms)

    def forget(self) -> None:
        """Forget all webhooks; what was not delivered yet will not be."""
        self._drop()
        self._deliveries.clear()

    def close(self) -> None:
        """Send nothing any more; what was not delivered yet is given up."""
        self.url = None
        self._drop()

    def _drop(self) -> None:
        for delivery in self._deliveries.values():
            delivery.next_at_ms, delivery.ticket = None, -1
        self._queue.clear()
        self._held.clear()

    def _new(self, event: Event, webhook: Webhook) -> Delivery:
        delivery = self._deliveries[event.id] = Delivery(event, webhook, self.body_of(event, webhook))
        if len(self._deliveries) > self._tenant.events.limit:
            del self._deliveries[next(iter(self._deliveries))]
        return delivery

    def _plan(self, delivery: Delivery, at_ms: int) -> None:
        """Put an attempt into the queue, in the place of one that it has there."""
        delivery.next_at_ms, delivery.ticket = at_ms, next(self._tickets)
        heapq.heappush(self._queue, (at_ms, delivery.ticket, delivery))
