"""Events and webhooks as the control plane shows them, as JSON values."""

from functools import cache
from typing import Any

import orjson

from ..catalog import catalog
from ..contract import Webhook
from ..events import Event
from ..outbox import Attempt, Delivery
from ..tenancy import Tenant
from .problems import Conflict, NotThere
from .views import happened_view, instant


def events_view(tenant: Tenant, since: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
    """What has happened in the tenant's worlds after an id, oldest first; with the webhook that tells of it."""
    events = list(tenant.events.since(since))[:limit]
    return [_event_view(event, tenant) for event in events]


def webhooks_view(tenant: Tenant) -> dict[str, Any]:
    """Where webhooks go, which there are, and how often they are tried."""
    return {
        "url": tenant.outbox.url,
        "webhooks": [
            {
                "operation": webhook.name,
                "triggered_by": list(webhook.triggered_by),
                "timeout_seconds": webhook.timeout_s,
                "retries_after_seconds": list(webhook.retries_after_s),
            }
            for webhook in catalog().webhooks.values()
        ],
    }


def webhook_view(event: Event, tenant: Tenant) -> dict[str, Any] | None:
    """The webhook that tells of an event, and what became of it; None where none does. Its id is the event's."""
    delivery = tenant.outbox.delivery_of(event)
    webhook = delivery.webhook if delivery else tenant.outbox.webhook_of(event)
    return _webhook_view(event, webhook, delivery, tenant) if webhook else None


def redeliver(tenant: Tenant, event_id: int) -> Event:
    """Ask for a webhook to be sent now, whether it was before or not. Errors: NotThere, Conflict."""
    if tenant.outbox.url is None:
        raise Conflict("the tenant has no webhook URL; set one first")
    event = tenant.events.find(event_id)
    if event is None:
        raise NotThere(f"there is no event {event_id}, or it has fallen out; the events list those there are")
    if tenant.outbox.again(event) is None:
        raise Conflict(f"no webhook tells of event {event_id}, {event.happened.event}")
    return event


def _event_view(event: Event, tenant: Tenant) -> dict[str, Any]:
    (happened,) = happened_view([event.happened])
    view = {"id": event.id, **happened, "group": group_of(event.happened.event)}
    webhook = webhook_view(event, tenant)
    return view | {"webhook": webhook} if webhook else view


@cache
def group_of(event: str) -> str:
    """The group of operations that an event belongs to: the one that its first word is, or begins."""
    word = event.partition("_")[0]
    groups = {operation.group for operation in catalog().operations.values()}
    return next((group for group in sorted(groups) if group.startswith(word)), word)


def _webhook_view(event: Event, webhook: Webhook, delivery: Delivery | None, tenant: Tenant) -> dict[str, Any]:
    body = delivery.body if delivery else tenant.outbox.body_of(event, webhook)
    next_at_ms = delivery.next_at_ms if delivery else None
    return {
        "id": event.id,
        "operation": webhook.name,
        "state": delivery.state if delivery else "collected",
        "payload": orjson.loads(body),
        "attempts": [_attempt_view(attempt) for attempt in delivery.attempts] if delivery else [],
        "injected": [dict(delivery.fault)] if delivery and delivery.fault else [],
        "next_attempt_at": None if next_at_ms is None else instant(next_at_ms),
    }


def _attempt_view(attempt: Attempt) -> dict[str, Any]:
    return {"at": instant(attempt.at_ms), "status": attempt.status, "error": attempt.error}
