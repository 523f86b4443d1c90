"""Mercozy's back office over HTTP: routes of the control plane below one tenant.

Each function takes the tenants, the tenant that the path names, the request and its JSON body. Errors: ValueError.
"""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ..control.mercozy import BackOffice, BadRequest
from ..tenancy import Tenant, Tenants


def get_keys(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Every API key of the shop, with its scopes."""
    return {"keys": BackOffice(tenants, tenant).keys()}


def create_key(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """A further API key: {"scopes": ["products:read", …]}; without scopes it may do everything."""
    settings = _settings(body, "scopes")
    office = BackOffice(tenants, tenant)
    if "scopes" in settings:
        scopes = settings["scopes"]
        if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
            raise BadRequest("scopes must be a list of texts")
        office.new_key(scopes)
    else:
        office.new_key()
    return _created(office.keys()[-1])


def revoke_key(tenants: Tenants, tenant: Tenant, request: Request, body: Any) -> Any:
    """Let an API key open nothing any more."""
    BackOffice(tenants, tenant).revoke_key(request.path_params["api_key"])
    return Response(status_code=204)


WAYS = (
    ("GET", "/mercozy_keys", get_keys),
    ("POST", "/mercozy_keys", create_key),
    ("DELETE", "/mercozy_keys/{api_key}", revoke_key),
)
"""Method, path below the tenant's, and what answers."""


def _created(value: Any) -> Response:
    return Response(orjson.dumps(value), 201, media_type="application/json")


def _settings(body: Any, *known: str) -> dict[str, Any]:
    """The body's settings; a null is as if left out. Errors: BadRequest."""
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise BadRequest(f"the body must be a JSON object with any of {', '.join(known)}")
    unknown = sorted(set(body) - {*known})
    if unknown:
        raise BadRequest(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    return {name: value for name, value in body.items() if value is not None}
