"""The control plane over HTTP. JSON in, JSON out; an error says in `error` what is wrong and what to do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from .. import __version__
from ..catalog import catalog
from ..control import stock
from ..control.views import clock_view, entry_view, happened_view, sample_curl, tenant_view
from ..domain.clock import Clock, Mode, wall_clock_ms
from ..formats import parse_iso_instant
from ..tenancy import KeyTaken, Tenant, Tenants
from . import mercozy_routes

CONTROL = "/_sandbox"
TENANT_SETTINGS = {"client_key", "secret_key", "seed", "clock", "auth", "signing"}
CLOCK_SETTINGS = {"mode", "now", "rate", "advance_seconds"}
MODES: tuple[Mode, ...] = ("real", "frozen", "accelerated", "manual")


class Problem(Exception):
    """Something that the caller can mend."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, media_type="application/json")


def control_application(tenants: Tenants) -> Starlette:
    """What answers below /_sandbox."""
    plane = ControlPlane(tenants)
    routes = [Route(CONTROL + way.path, _endpoint(plane, way), methods=[way.method]) for way in WAYS]
    application = Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_route})
    # A redirect would lose what a client without redirects sent; the 404 says what there is.
    application.router.redirect_slashes = False
    return application


def _endpoint(plane: "ControlPlane", way: "Way") -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            subject = (plane.tenant(request),) if "{client_key}" in way.path else ()
            answer = way.answer(plane, *subject, request, body)
        except Problem as problem:
            return _json({"error": str(problem)}, problem.status)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except KeyTaken as error:
            return _json({"error": str(error)}, 409)
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        return answer if isinstance(answer, Response) else _json(answer)

    return endpoint


async def _no_route(request: Request, error: Exception) -> Response:
    """Says what there is instead: the methods of the path, or every route."""
    path = request.url.path
    methods = [way.method for way in WAYS if compile_path(CONTROL + way.path)[0].fullmatch(path)]
    if methods:
        words = f"{path} answers {', '.join(methods)}, not {request.method}"
        return _json({"error": words}, 405, {"allow": ", ".join(methods)})
    return _json({"error": f"there is no {path}; routes lists what there is", "routes": _routes()}, 404)


def _routes() -> list[dict[str, str]]:
    return [
        {"method": way.method, "path": CONTROL + way.path, "does": (way.answer.__doc__ or "").partition("\n")[0]}
        for way in WAYS
    ]


class ControlPlane:
    """What the routes do. Each method takes the tenant, where its path names one, the request and its JSON body."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._started_ms = wall_clock_ms()

    def tenant(self, request: Request) -> Tenant:
        """The tenant that the path names, with everything due by now done. Errors: Problem."""
        client_key = request.path_params["client_key"]
        tenant = self._tenants.get(client_key)
        if tenant is None:
            raise Problem(404, f"there is no tenant {client_key}; GET /_sandbox/tenants lists them, POST makes one")
        tenant.settle()
        return tenant

    def index(self, request: Request, body: Any) -> Any:
        """What there is below /_sandbox, and where the vendors' APIs lie."""
        bases = {api.title: list(api.base_paths) for api in catalog().apis.values()}
        return {"oc-sandbox": __version__, "apis": bases, "routes": _routes()}

    def health(self, request: Request, body: Any) -> Any:
        """That the server is up, and what it is."""
        return {
            "status": "ok",
            "version": __version__,
            "contract_version": contract_version(),
            "uptime_seconds": (wall_clock_ms() - self._started_ms) / 1000,
            "tenants": len(self._tenants),
        }

    def list_tenants(self, request: Request, body: Any) -> Any:
        """All tenants, as `get_tenant` shows one."""
        return {"tenants": [tenant_view(tenant, root_url(request)) for tenant in self._tenants]}

    def create_tenant(self, request: Request, body: Any) -> Any:
        """A fresh tenant; the body's settings are all optional."""
        settings = _object({} if body is None else body, TENANT_SETTINGS)
        clock = new_clock(settings.pop("clock", None))
        for name, value in settings.items():
            if not isinstance(value, str) or not value.isprintable() or not value:
                raise Problem(400, f"{name} must be a text")
        tenant = self._tenants.create(clock=clock, **settings)
        return _json(tenant_view(tenant, root_url(request)), 201)

    def get_tenant(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Keys, tokens (made anew where they are about to expire), sellers and URLs."""
        return tenant_view(tenant, root_url(request))

    def delete_tenant(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Forget the tenant."""
        self._tenants.remove(tenant.client_key)
        return Response(status_code=204)

    def get_clock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Mode, now and rate."""
        return clock_view(tenant.clock)

    def put_clock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Change the clock; answers with what happened while it moved."""
        wanted = _object(body, CLOCK_SETTINGS)
        if not wanted:
            raise Problem(400, f"give at least one of {', '.join(sorted(CLOCK_SETTINGS))}")
        mode, rate = _mode(wanted.get("mode", tenant.clock.mode)), _number("rate", wanted.get("rate", 60))
        advance = _number("advance_seconds", wanted.get("advance_seconds", 0))
        now = parse_now(wanted["now"]) if "now" in wanted else None
        clock = tenant.clock
        # Whatever does not fit is found on another clock, before the tenant's is changed.
        Clock(mode, now=now or clock.now(), rate=rate).advance(advance)
        if now is not None:
            clock.set(now)
        clock.advance(advance)
        if "mode" in wanted or "rate" in wanted:
            clock.configure(mode, rate=rate)
        happened = tenant.settle()
        return clock_view(tenant.clock) | {"happened": happened_view(happened)}

    def get_stock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """The first seller's stock."""
        return {"stock": stock.rows(first_world(tenant))}

    def put_stock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Adjust stock by movements: {"stock": [row, …]} or the bare list."""
        wanted = body.get("stock") if isinstance(body, dict) else body
        if not isinstance(wanted, list):
            raise Problem(400, 'the body must be {"stock": [{"mf_sku_id": …, "service_region": …, "available": 10}]}')
        with tenant.one_instant():
            return {"stock": stock.adjust(first_world(tenant), wanted)}

    def get_curl(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """A signed curl for an operation's sample, or for the one that ?exchange= names."""
        exchange = request.query_params.get("exchange")
        return {"curl": sample_curl(tenant, request.path_params["operation"], exchange, root_url(request))}

    def get_journal(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """The calls after ?since=, of ?operation=, at most ?limit= (the first so many)."""
        since = _whole(request, "since", 0)
        limit = _whole(request, "limit", len(tenant.journal))
        entries = list(tenant.journal.since(since, request.query_params.get("operation")))[:limit]
        return {"calls": [entry_view(entry, root_url(request)) for entry in entries]}

    def clear_journal(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Forget the calls."""
        tenant.journal.clear()
        return Response(status_code=204)


def _below_tenant(answer: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the tenants, one of them, a request and its body, as if it were a method of the ControlPlane."""

    @wraps(answer)
    def method(plane: ControlPlane, tenant: Tenant, request: Request, body: Any) -> Any:
        return answer(plane._tenants, tenant, request, body)

    return method


class Way(NamedTuple):
    """A route: its path below /_sandbox, and the ControlPlane's method that answers."""

    method: str
    path: str
    answer: Callable[..., Any]


_ONE = "/tenants/{client_key}"
WAYS = (
    Way("GET", "", ControlPlane.index),
    Way("GET", "/health", ControlPlane.health),
    Way("GET", "/tenants", ControlPlane.list_tenants),
    Way("POST", "/tenants", ControlPlane.create_tenant),
    Way("GET", _ONE, ControlPlane.get_tenant),
    Way("DELETE", _ONE, ControlPlane.delete_tenant),
    Way("GET", f"{_ONE}/clock", ControlPlane.get_clock),
    Way("PUT", f"{_ONE}/clock", ControlPlane.put_clock),
    Way("GET", f"{_ONE}/stock", ControlPlane.get_stock),
    Way("PUT", f"{_ONE}/stock", ControlPlane.put_stock),
    Way("GET", f"{_ONE}/curl/{{operation}}", ControlPlane.get_curl),
    Way("GET", f"{_ONE}/journal", ControlPlane.get_journal),
    Way("DELETE", f"{_ONE}/journal", ControlPlane.clear_journal),
    *(Way(method, _ONE + path, _below_tenant(answer)) for method, path, answer in mercozy_routes.WAYS),
)


def contract_version() -> str:
    """How many operations the contract files describe; a digest of them comes with the first release."""
    return f"{__version__}+{len(catalog().operations)}-operations"


def root_url(request: Request) -> str:
    """Scheme, host and port as the caller wrote them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def first_world(tenant: Tenant) -> Any:
    """The world of the first seller."""
    return next(tenant.accounts["orangeconnex"].worlds())


def new_clock(wanted: Any) -> Clock:
    """A clock from {"mode": …, "now": …, "rate": …}, or a real one. Errors: Problem, ValueError."""
    if wanted is None:
        return Clock()
    settings = _object(wanted, {"mode", "now", "rate"})
    now = parse_now(settings["now"]) if "now" in settings else None
    return Clock(_mode(settings.get("mode", "real")), now=now, rate=_number("rate", settings.get("rate", 60)))


def parse_now(text: Any) -> datetime:
    """An instant such as 2026-11-22T15:30:00Z. Errors: Problem."""
    try:
        instant = parse_iso_instant(str(text))
    except ValueError as error:
        raise Problem(400, f"now must be an instant with a zone, such as 2026-11-22T15:30:00Z, not {text!r}") from error
    return instant


def _mode(value: Any) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise Problem(400, f"mode must be one of {', '.join(MODES)}, not {value!r}")


def _number(name: str, value: Any) -> float:
    # A century is further than any test looks.
    if type(value) not in (int, float) or not 0 <= value <= 100 * 366 * 86400:
        raise Problem(400, f"{name} must be a number from 0 to {100 * 366 * 86400}, not {value!r}")
    return float(value)


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Problem(400, f"{name} must be a whole number, not {text!r}")
    return int(text)


def _object(body: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Problem(400, f"the body must be a JSON object with any of {', '.join(sorted(known))}")
    unknown = sorted(set(body) - known)
    if unknown:
        raise Problem(400, f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return {name: value for name, value in body.items() if value is not None}


async def _body(request: Request) -> Any:
    text = await request.body()
    if not text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error}") from error
