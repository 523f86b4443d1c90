"""What has happened in a tenant's worlds, and the webhooks that tell of it."""

from typing import Any

from ...control import next_step
from ...control.events import events_view, redeliver, webhook_view, webhooks_view
from ...control.views import happened_view
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way, nothing


def get_events(tenant: Tenant, asked: Asked) -> Any:
    """What has happened after ?since=, at most ?limit= (the first so many), and the webhooks that tell of it."""
    limit = asked.whole("limit", len(tenant.events))
    return {"events": events_view(tenant, asked.whole("since", 0), limit)}


def let_happen(tenant: Tenant, asked: Asked) -> Any:
    """Let a life cycle's next step happen now: {"event": "sku_moves_on", "key": "OC…"}."""
    wanted = asked.settings("event", "key")
    return {"happened": happened_view(next_step.let_happen(tenant, wanted.get("event"), wanted.get("key")))}


def clear_events(tenant: Tenant, asked: Asked) -> Any:
    """Forget what has happened, and the webhooks that tell of it."""
    tenant.events.clear()
    tenant.outbox.forget()
    return nothing()


def get_webhooks(tenant: Tenant, asked: Asked) -> Any:
    """Where webhooks go, which there are, and how often they are tried; what became of them is in the events."""
    return webhooks_view(tenant)


def put_webhooks(tenant: Tenant, asked: Asked) -> Any:
    """Send webhooks to {"url": …} from now on."""
    url = asked.settings("url").get("url")
    if not isinstance(url, str):
        raise Problem(400, 'the body must be {"url": "http://…"}; DELETE stops the webhooks')
    asked.tenants.listen(tenant, url)
    return webhooks_view(tenant)


def delete_webhooks(tenant: Tenant, asked: Asked) -> Any:
    """Send no webhooks any more; what was not delivered yet will not be."""
    asked.tenants.listen(tenant, None)
    return nothing()


async def redeliver_webhook(tenant: Tenant, asked: Asked) -> Any:
    """Send the webhook of an event's id once more, now; answers when it was tried."""
    event_id = asked.request.path_params["id"]
    if not event_id.isascii() or not event_id.isdigit() or len(event_id) > 15:
        raise Problem(404, f"{event_id} is no event's id")
    event = redeliver(tenant, int(event_id))
    await asked.courier.deliver(tenant)
    return webhook_view(event, tenant)


WAYS = (
    Way("GET", f"{ONE_TENANT}/events", get_events),
    Way("POST", f"{ONE_TENANT}/events", let_happen),
    Way("DELETE", f"{ONE_TENANT}/events", clear_events),
    Way("GET", f"{ONE_TENANT}/webhooks", get_webhooks),
    Way("PUT", f"{ONE_TENANT}/webhooks", put_webhooks),
    Way("DELETE", f"{ONE_TENANT}/webhooks", delete_webhooks),
    Way("POST", f"{ONE_TENANT}/webhooks/{{id}}/redeliver", redeliver_webhook),
)
