"""Sample calls from the fixtures: the request of a named exchange, with its times moved to the world's now."""

import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from .call import Call
from .contract import Operation, Webhook
from .formats import WRITERS, zone_of
from .outbox import WebhookCall
from .refusal import Wire
from .tenancy import Tenant

_RELATIVE = re.compile(r"@(datetime|date|iso)(?:([+-]\d+)([dhms]))?")
_CREDENTIAL = re.compile(r"@([a-z]+(?:_[a-z]+)*)")
FORM = "application/x-www-form-urlencoded"
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_ZONE = zone_of("+0800")
SAMPLE_RECEIVER = "http://127.0.0.1:9000/webhook"


class Sample(NamedTuple):
    """A request as a client would write it, before it is signed."""

    path: str
    query: str
    body: bytes
    headers: dict[str, str]


def sample(operation: Operation, tenant: Tenant, exchange: str | None = None) -> Sample:
    """The request of an exchange, by default the first, at the tenant's now. Errors: KeyError."""
    exchanges = operation.fixture["exchanges"]
    wanted = exchanges[exchange] if exchange else next(iter(exchanges.values()))
    request = _with_credentials(at_now(wanted["request"], tenant.clock.now()), tenant.accounts[operation.api.name])
    body, content_type = _body(request)
    path = operation.path.format_map(request.get("path", {}))
    headers = {"Content-Type": content_type} if body else {}
    headers |= operation.api.credentials.sign(operation, tenant, path, body)
    headers |= request.get("headers", {})
    for name in request.get("without", ()):
        headers.pop(name, None)
    return Sample(path, urlencode(request.get("query", {})), body, headers)


def webhook_sample(webhook: Webhook, tenant: Tenant, exchange: str | None = None) -> WebhookCall:
    """What a receiver gets in an exchange, by default the first, at the tenant's now. Errors: KeyError."""
    exchanges = webhook.fixture["exchanges"]
    wanted = exchanges[exchange] if exchange else next(iter(exchanges.values()))
    body = orjson.dumps(at_now(wanted["request"]["body"], tenant.clock.now()))
    return tenant.outbox.signed(webhook, body, tenant.outbox.url or SAMPLE_RECEIVER)


def call_of(operation: Operation, wanted: Sample) -> Call:
    """The sample as a call."""
    headers = {name.lower(): value for name, value in wanted.headers.items()}
    return Call(operation.method, wanted.path, headers, wanted.body, wanted.query)


def _body(request: Wire) -> tuple[bytes, str]:
    if "form" in request:
        return urlencode(request["form"]).encode(), FORM
    return orjson.dumps(request["body"]) if "body" in request else b"", "application/json"


def _with_credentials(value: Wire, account: Any) -> Wire:
    """A fixture's value with `@client_key` and its like taken from the account; other texts stay."""
    if isinstance(value, dict):
        return {key: _with_credentials(child, account) for key, child in value.items()}
    if isinstance(value, list):
        return [_with_credentials(child, account) for child in value]
    if isinstance(value, str) and (found := _CREDENTIAL.fullmatch(value)):
        return account.credential(found[1])
    return value


def is_credential(value: Wire) -> bool:
    """Whether a fixture's value stands for one that only an account knows, such as `@refresh_token`."""
    return isinstance(value, str) and _CREDENTIAL.fullmatch(value) is not None and not _RELATIVE.fullmatch(value)


def at_now(value: Wire, now: datetime) -> Wire:
    """A fixture's value with `@datetime-7d` and its like written out."""
    if isinstance(value, dict):
        return {key: at_now(child, now) for key, child in value.items()}
    if isinstance(value, list):
        return [at_now(child, now) for child in value]
    if isinstance(value, str) and (found := _RELATIVE.fullmatch(value)):
        form, count, unit = found.groups()
        instant = now + timedelta(**{_UNITS[unit]: int(count)}) if count else now
        if form == "iso":
            return WRITERS["iso-instant"](instant)
        return WRITERS[f"offset-{form.replace('datetime', 'date-time')}"](instant.astimezone(_ZONE))
    return value
