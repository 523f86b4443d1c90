"""What the control plane says of a tenant, its clock and its journal, as JSON values."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from ..call import Transport
from ..catalog import catalog
from ..contract import Operation, Webhook
from ..curls import curl
from ..dispatch import MANY_BRACKETS
from ..domain.clock import Clock, from_ms
from ..domain.world import Happened
from ..journal import Entry
from ..observed import Facts, evidence_of, observed
from ..samples import sample, webhook_sample
from ..tenancy import Tenant
from .problems import NotThere


def tenant_view(tenant: Tenant, root_url: str) -> dict[str, Any]:
    """Everything that a client wants to be told: keys, tokens, sellers and the URLs to call."""
    view: dict[str, Any] = {
        "client_key": tenant.client_key,
        "secret_key": tenant.secret_key,
        "auth": tenant.auth,
        "signing": tenant.signing,
        "assumptions": tenant.choices.taken,
        "seed": tenant.seed,
        "webhook_url": tenant.outbox.url,
        "base_url": f"{root_url}/openapi",
        "oauth_url": root_url,
        "mercozy_url": f"{root_url}/api/v1/external",
    }
    for account in tenant.accounts.values():
        view |= account.describe()
    return view


def assumptions_view(tenant: Tenant) -> list[dict[str, Any]]:
    """The open questions, what can be taken for true, and what the tenant takes."""
    return [
        {
            "name": question.name,
            "asks": question.asks,
            "answer": tenant.choices.answer(question.name),
            "default": question.default,
            "seen": tenant.choices.seen(question.name),
            "why": question.why,
            "answers": [
                {"name": answer.name, "says": answer.says, "evidence": answer.evidence}
                for answer in question.answers.values()
            ],
            "api": question.api,
            "operations": list(question.operations),
            "looked_at": sorted(question.looked_at),
        }
        for question in catalog().questions.values()
    ]


def instant(ms: int) -> str:
    """Epoch milliseconds as 2026-11-22T15:30:00.000Z."""
    return from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock_view(clock: Clock) -> dict[str, Any]:
    """How time passes, and what time it is."""
    return {"mode": clock.mode, "now": instant(clock.now_ms()), "rate": clock.rate}


def happened_view(happened: Iterable[Happened]) -> list[dict[str, str]]:
    """What happened while the clock moved."""
    return [
        {"at": instant(event.at_s * 1000), "event": event.event, "key": event.key, "state": event.state}
        for event in happened
    ]


def observed_view(tenant: Tenant) -> list[dict[str, str]]:
    """The facts that were assumed and are now observed: contract file, JSON pointer, evidence."""
    facts = observed(catalog(), tenant.choices)
    return [{"in": file, "at": at, "evidence": evidence} for (file, at), evidence in facts.items()]


def entry_view(entry: Entry, root_url: str, facts: Facts) -> dict[str, Any]:
    """One journal entry: call and reply, the error rows that answered, their evidence, and a curl that repeats it.

    `facts` are those that were assumed and are now observed.
    """
    operation = catalog().operations.get(entry.operation) if entry.operation else None
    evidence = (
        [
            {"error": name, "evidence": evidence_of(operation.errors[name], operation, facts)}
            for name in dict.fromkeys(entry.errors)
        ]
        if operation and not entry.injected  # what a fault made up is evidence of nothing
        else []
    )
    return {
        "id": entry.id,
        "at": instant(entry.at_ms),
        "operation": entry.operation,
        "request": {
            "method": entry.call.method,
            "path": entry.call.path,
            "query": entry.call.query,
            "headers": dict(entry.call.headers),
            "body": _readable(entry.call.body),
        },
        "reply": {
            "status": entry.reply.status,
            "headers": list(entry.reply.headers),
            "body": _readable(entry.reply.body),
            **({"transport": _transport_view(entry.reply.transport)} if entry.reply.transport else {}),
        },
        "outcome": entry.outcome,
        "injected": [dict(fault) for fault in entry.injected],
        "errors": list(entry.errors),
        "error_codes": [operation.errors[name].code for name in entry.errors] if operation else [],
        "evidence": evidence,
        "curl": curl(
            entry.call.method, root_url, entry.call.path, entry.call.query, dict(entry.call.headers), entry.call.body
        ),
    }


def _transport_view(transport: Transport) -> dict[str, Any]:
    """What a fault did to a reply on its way, but for what it left alone."""
    return {name: value for name, value in transport._asdict().items() if value}


class UnknownSample(NotThere):
    """There is no such operation, or it has no such sample. The message names what there is."""


def sample_curl(tenant: Tenant, name: str, exchange: str | None, root_url: str) -> str:
    """A signed curl of an operation's sample, at the tenant's now. Errors: UnknownSample."""
    operations = catalog().operations
    if name in catalog().webhooks:
        return _webhook_curl(tenant, catalog().webhooks[name], exchange)
    if name not in operations:
        near = get_close_matches(name, [*operations, *catalog().webhooks], n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UnknownSample(f"there is no operation {name!r}; {hint}`oc-sandbox operations` lists them")
    operation = operations[name]
    _check_exchange(operation, exchange)
    wanted = sample(operation, tenant, exchange)
    return curl(operation.method, root_url, wanted.path, wanted.query, wanted.headers, wanted.body)


def _webhook_curl(tenant: Tenant, webhook: Webhook, exchange: str | None) -> str:
    """What the tenant's receiver would get; where it has none, a curl that names one to be put in its place."""
    _check_exchange(webhook, exchange)
    call = webhook_sample(webhook, tenant, exchange)
    parts = urlsplit(call.url)
    root_url = f"{parts.scheme}://{parts.netloc}"
    return curl(call.method, root_url, unquote(parts.path), parts.query, call.headers, call.body)


def _check_exchange(operation: Operation | Webhook, exchange: str | None) -> None:
    exchanges = operation.fixture["exchanges"]
    if exchange and exchange not in exchanges:
        raise UnknownSample(f"{operation.name} has no sample {exchange!r}; it has {', '.join(exchanges)}")


def _readable(body: bytes) -> Any:
    """A body as JSON; as text where it is none, or is nested deeper than the journal around it can be written."""
    try:
        value = orjson.loads(body)
        if body.count(b"[") + body.count(b"{") > MANY_BRACKETS:
            orjson.dumps([[[[value]]]])  # the depth of calls, call, request, body
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return body.decode("utf-8", "replace")
    return value
