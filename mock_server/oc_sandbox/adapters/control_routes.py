"""The control plane over HTTP. JSON in, JSON out; an error says in `error` what is wrong and what to do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import wraps
from inspect import isawaitable
from typing import Any, NamedTuple

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from .. import __version__
from ..catalog import catalog
from ..control import sellers, stock
from ..control.events import NoWebhook, events_view, redeliver, webhook_view, webhooks_view
from ..control.troubles import make_trouble
from ..control.views import assumptions_view, clock_view, entry_view, happened_view, sample_curl, tenant_view
from ..domain.clock import Clock, Mode, wall_clock_ms
from ..domain.world import World
from ..formats import parse_iso_instant
from ..openapi import openapi
from ..tenancy import KeyTaken, Tenant, Tenants
from . import mercozy_routes
from .courier import Courier

CONTROL = "/_sandbox"
TENANT_SETTINGS = {
    *("client_key", "secret_key", "seed", "clock", "auth", "signing"),
    *("assumptions", "sellers", "webhook_url"),
}
CLOCK_SETTINGS = {"mode", "now", "rate", "advance_seconds"}
MODES: tuple[Mode, ...] = ("real", "frozen", "accelerated", "manual")


class Problem(Exception):
    """Something that the caller can mend."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, media_type="application/json")


def control_application(tenants: Tenants, courier: Courier) -> Starlette:
    """What answers below /_sandbox."""
    plane = ControlPlane(tenants, courier)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await courier.close()

    routes = [Route(CONTROL + way.path, _endpoint(plane, way), methods=[way.method]) for way in WAYS]
    application = Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_route}, lifespan=lifespan)
    # A redirect would lose what a client without redirects sent; the 404 says what there is.
    application.router.redirect_slashes = False
    return application


def _endpoint(plane: "ControlPlane", way: "Way") -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            subject = (plane.tenant(request),) if "{client_key}" in way.path else ()
            answer = way.answer(plane, *subject, request, body)
            if isawaitable(answer):
                answer = await answer
            plane.send_webhooks()
        except Problem as problem:
            return _json({"error": str(problem)}, problem.status)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except (KeyTaken, NoWebhook) as error:
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

    def __init__(self, tenants: Tenants, courier: Courier) -> None:
        self._tenants = tenants
        self._courier = courier
        self._started_ms = wall_clock_ms()

    def tenant(self, request: Request) -> Tenant:
        """The tenant that the path names, with everything due by now done. Errors: Problem."""
        client_key = request.path_params["client_key"]
        tenant = self._tenants.get(client_key)
        if tenant is None:
            raise Problem(404, f"there is no tenant {client_key}; GET /_sandbox/tenants lists them, POST makes one")
        tenant.settle()
        return tenant

    def send_webhooks(self) -> None:
        """Start sending what a route has made due."""
        self._courier.look()

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

    def openapi(self, request: Request, body: Any) -> Any:
        """What is known of both APIs, as an OpenAPI 3.1 document."""
        return openapi(catalog(), root_url(request), Clock().now())

    def list_tenants(self, request: Request, body: Any) -> Any:
        """All tenants, as `get_tenant` shows one."""
        return {"tenants": [tenant_view(tenant, root_url(request)) for tenant in self._tenants]}

    def create_tenant(self, request: Request, body: Any) -> Any:
        """A fresh tenant; the body's settings are all optional."""
        settings = _object({} if body is None else body, TENANT_SETTINGS)
        clock = new_clock(settings.pop("clock", None))
        assumptions = _answers(settings.pop("assumptions", {}))
        wanted = settings.pop("sellers", 1)
        for name, value in settings.items():
            if not isinstance(value, str) or not value.isprintable() or not value:
                raise Problem(400, f"{name} must be a text")
        tenant = self._tenants.create(clock=clock, assumptions=assumptions, sellers=wanted, **settings)
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

    async def put_clock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Change the clock; answers with what happened while it moved, when all webhooks of that time were tried."""
        wanted = _object(body, CLOCK_SETTINGS)
        if not wanted:
            raise Problem(400, f"give at least one of {', '.join(sorted(CLOCK_SETTINGS))}")
        mode, rate = _mode(wanted.get("mode", tenant.clock.mode)), _number("rate", wanted.get("rate", 60))
        advance = _number("advance_seconds", wanted.get("advance_seconds", 0))
        now = parse_now(wanted["now"]) if "now" in wanted else None
        async with self._courier.turn(tenant):
            # Whatever does not fit is found on other clocks, before the tenant's is changed.
            Clock(mode, rate=rate)
            target = Clock("manual", now=tenant.clock.now())
            if now is not None:
                target.set(now)
            target.advance(advance)
            happened = await self._courier.walk(tenant, target.now_ms())
            if "mode" in wanted or "rate" in wanted:
                tenant.clock.configure(mode, rate=rate)
        return clock_view(tenant.clock) | {"happened": happened_view(happened)}

    def add_seller(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """One more seller: {"ocid": …, "login": …, "password": …}, all optional."""
        return _json(sellers.add(tenant, {} if body is None else body), 201)

    def get_stock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """The stock of the seller that ?ocid= names, or of the first."""
        return {"stock": stock.rows(_world(tenant, request))}

    def put_stock(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Adjust stock by movements: {"stock": [row, …]} or the bare list; ?ocid= names the seller."""
        wanted = body.get("stock") if isinstance(body, dict) else body
        if not isinstance(wanted, list):
            raise Problem(400, 'the body must be {"stock": [{"mf_sku_id": …, "service_region": …, "available": 10}]}')
        world = _world(tenant, request)
        with tenant.one_instant():
            return {"stock": stock.adjust(world, wanted)}

    def get_assumptions(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """The open questions about the vendors, the answers there are, and those that the tenant takes for true."""
        return {"assumptions": assumptions_view(tenant)}

    def put_assumptions(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Take answers for true: {"batch_outcome": "atomic", …}; questions that are not named keep theirs."""
        tenant.choices.take(_answers(body))
        return {"assumptions": assumptions_view(tenant)}

    def reset_assumptions(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Take the default answers for true."""
        tenant.choices.reset()
        return Response(status_code=204)

    def make_trouble(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Let an order end as {"order_number": …, "trouble": "failed", "exception" or "undeliverable_return"}."""
        wanted = _object(body, {"order_number", "trouble"})
        return make_trouble(tenant.worlds, wanted.get("order_number"), wanted.get("trouble"))

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

    def get_events(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """What has happened after ?since=, at most ?limit= (the first so many), and the webhooks that tell of it."""
        limit = _whole(request, "limit", len(tenant.events))
        return {"events": events_view(tenant, _whole(request, "since", 0), limit)}

    def clear_events(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Forget what has happened, and the webhooks that tell of it."""
        tenant.events.clear()
        tenant.outbox.forget()
        return Response(status_code=204)

    def get_webhooks(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Where webhooks go, which there are, and how often they are tried; what became of them is in the events."""
        return webhooks_view(tenant)

    def put_webhooks(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Send webhooks to {"url": …} from now on."""
        url = _object(body, {"url"}).get("url")
        if not isinstance(url, str):
            raise Problem(400, 'the body must be {"url": "http://…"}; DELETE stops the webhooks')
        self._tenants.listen(tenant, url)
        return webhooks_view(tenant)

    def delete_webhooks(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Send no webhooks any more; what was not delivered yet will not be."""
        self._tenants.listen(tenant, None)
        return Response(status_code=204)

    async def redeliver(self, tenant: Tenant, request: Request, body: Any) -> Any:
        """Send the webhook of an event's id once more, now; answers when it was tried."""
        event_id = request.path_params["id"]
        if not event_id.isascii() or not event_id.isdigit() or len(event_id) > 15:
            raise Problem(404, f"{event_id} is no event's id")
        event = redeliver(tenant, int(event_id))
        await self._courier.deliver(tenant)
        return webhook_view(event, tenant)

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
    Way("GET", "/openapi.json", ControlPlane.openapi),
    Way("GET", "/tenants", ControlPlane.list_tenants),
    Way("POST", "/tenants", ControlPlane.create_tenant),
    Way("GET", _ONE, ControlPlane.get_tenant),
    Way("DELETE", _ONE, ControlPlane.delete_tenant),
    Way("POST", f"{_ONE}/sellers", ControlPlane.add_seller),
    Way("GET", f"{_ONE}/clock", ControlPlane.get_clock),
    Way("PUT", f"{_ONE}/clock", ControlPlane.put_clock),
    Way("GET", f"{_ONE}/stock", ControlPlane.get_stock),
    Way("PUT", f"{_ONE}/stock", ControlPlane.put_stock),
    Way("GET", f"{_ONE}/assumptions", ControlPlane.get_assumptions),
    Way("PUT", f"{_ONE}/assumptions", ControlPlane.put_assumptions),
    Way("DELETE", f"{_ONE}/assumptions", ControlPlane.reset_assumptions),
    Way("POST", f"{_ONE}/troubles", ControlPlane.make_trouble),
    Way("GET", f"{_ONE}/curl/{{operation}}", ControlPlane.get_curl),
    Way("GET", f"{_ONE}/journal", ControlPlane.get_journal),
    Way("DELETE", f"{_ONE}/journal", ControlPlane.clear_journal),
    Way("GET", f"{_ONE}/events", ControlPlane.get_events),
    Way("DELETE", f"{_ONE}/events", ControlPlane.clear_events),
    Way("GET", f"{_ONE}/webhooks", ControlPlane.get_webhooks),
    Way("PUT", f"{_ONE}/webhooks", ControlPlane.put_webhooks),
    Way("DELETE", f"{_ONE}/webhooks", ControlPlane.delete_webhooks),
    Way("POST", f"{_ONE}/webhooks/{{id}}/redeliver", ControlPlane.redeliver),
    *(Way(method, _ONE + path, _below_tenant(answer)) for method, path, answer in mercozy_routes.WAYS),
)


def contract_version() -> str:
    """How many operations the contract files describe; a digest of them comes with the first release."""
    return f"{__version__}+{len(catalog().operations) + len(catalog().webhooks)}-operations"


def root_url(request: Request) -> str:
    """Scheme, host and port as the caller wrote them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _world(tenant: Tenant, request: Request) -> World:
    """The world of the seller that the call means. Errors: NoSuchSeller."""
    return sellers.world_of(tenant, request.query_params.get("ocid"))


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


def _answers(body: Any) -> dict[str, str]:
    if not isinstance(body, dict) or not all(isinstance(answer, str) for answer in body.values()):
        raise Problem(400, 'assumptions are a JSON object of names and answers: {"batch_outcome": "atomic"}')
    return body


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
