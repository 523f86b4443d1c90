"""The control plane over HTTP. JSON in, JSON out; an error says in `error` what is wrong and what to do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from ..control.problems import Conflict, NotThere
from ..domain.clock import wall_clock_ms
from ..tenancy import KeyTaken, Tenant, Tenants
from .courier import Courier
from .routes.asking import ONE_TENANT, Asked, Problem, Way, in_json
from .routes.index import CONTROL, WAYS, listed


def control_application(tenants: Tenants, courier: Courier) -> Starlette:
    """What answers below /_sandbox."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await courier.close()

    routes = [Route(CONTROL + way.path, _endpoint(way, tenants, courier), methods=[way.method]) for way in WAYS]
    application = Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_route}, lifespan=lifespan)
    application.state.started_ms = wall_clock_ms()
    # A redirect would lose what a client without redirects sent; the 404 says what there is.
    application.router.redirect_slashes = False
    return application


def _endpoint(way: Way, tenants: Tenants, courier: Courier) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            asked = Asked(tenants, courier, request, await _body(request))
            subject = (_tenant(asked),) if way.path.startswith(ONE_TENANT) else ()
            answer = way.answer(*subject, asked)
            if isawaitable(answer):
                answer = await answer
            courier.look()
        except Problem as problem:
            return in_json({"error": str(problem)}, problem.status)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except NotThere as error:
            return in_json({"error": str(error)}, 404)
        except (KeyTaken, Conflict) as error:
            return in_json({"error": str(error)}, 409)
        except ValueError as error:
            return in_json({"error": str(error)}, 400)
        return answer if isinstance(answer, Response) else in_json(answer)

    return endpoint


def _tenant(asked: Asked) -> Tenant:
    """The tenant that the path names, with everything due by now done. Errors: Problem."""
    client_key = asked.request.path_params["client_key"]
    tenant = asked.tenants.get(client_key)
    if tenant is None:
        raise Problem(404, f"there is no tenant {client_key}; GET /_sandbox/tenants lists them, POST makes one")
    tenant.settle()
    return tenant


async def _body(request: Request) -> Any:
    text = await request.body()
    if not text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error}") from error


async def _no_route(request: Request, error: Exception) -> Response:
    """Says what there is instead: the methods of the path, or every route."""
    path = request.url.path
    methods = [way.method for way in WAYS if compile_path(CONTROL + way.path)[0].fullmatch(path)]
    if methods:
        words = f"{path} answers {', '.join(methods)}, not {request.method}"
        return in_json({"error": words}, 405, allow=", ".join(methods))
    return in_json({"error": f"there is no {path}; routes lists what there is", "routes": listed()}, 404)
