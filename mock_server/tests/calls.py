"""Calls that tests make: signed as a good client signs, with any body."""

import copy
from collections.abc import Mapping
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import orjson
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Reply
from oc_sandbox.catalog import catalog

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
"""A Monday on which the British warehouse takes on what comes at once: before its cut-off."""


def send(sandbox: Sandbox, operation: str, body: Any, **headers: str) -> Reply:
    """A POST with this body (bytes as they are, anything else as JSON), signed; `headers` win over the good ones."""
    wanted = catalog().operations[operation]
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    good = wanted.api.credentials.sign(wanted, sandbox.tenant, wanted.path, raw) | {"content-type": "application/json"}
    merged = {name.lower(): value for name, value in good.items()}
    merged |= {name.lower().replace("_", "-"): value for name, value in headers.items()}
    return sandbox.send(Call(wanted.method, wanted.path, merged, raw))


def answer(sandbox: Sandbox, operation: str, body: Any, **headers: str) -> Any:
    """The JSON of the reply to `send`."""
    return orjson.loads(send(sandbox, operation, body, **headers).body)


def look_up(sandbox: Sandbox, operation: str, headers: Mapping[str, str] = MappingProxyType({}), **query: Any) -> Any:
    """The JSON of the reply to a GET with these parameters; `headers` win over the good ones."""
    wanted = catalog().operations[operation]
    good = wanted.api.credentials.sign(wanted, sandbox.tenant, wanted.path, b"")
    lower = {name.lower(): value for name, value in {**good, **headers}.items()}
    return orjson.loads(sandbox.send(Call(wanted.method, wanted.path, lower, b"", urlencode(query))).body)


def worlds(sandbox: Sandbox) -> list[Any]:
    """Everything that the tenant remembers, as a copy to compare with later."""
    accounts = sandbox.tenant.accounts.values()
    return [remembered(world) for account in accounts for world in account.worlds()]


def remembered(world: Any) -> dict[str, Any]:
    """A world's records: neither the clock and the id source, which move with every call, nor its settings."""
    apart = ("clock", "ids", "choices", "working_hours")
    return {name: copy.deepcopy(value) for name, value in vars(world).items() if name not in apart}


def an_order(reference: str = "", **changes: Any) -> dict[str, Any]:
    """One outbound order that the demo world can ship."""
    order = {
        "referenceNumber": reference,
        "serviceRegion": "UK",
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": "OC0000250380015", "SKUQuantity": 1}],
    }
    return order | changes


def the_world(sandbox: Sandbox) -> Any:
    """The first seller's world."""
    return next(sandbox.tenant.accounts["orangeconnex"].worlds())
