"""One call, from its bytes to the reply's: the steps, in order. Synchronous; adapters only translate."""

import json
import logging
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import orjson

from .call import LARGEST_FORM, Call, Reply
from .catalog import catalog
from .contract import Api, Operation, fill
from .domain.clock import from_ms, wall_clock_ms
from .faults import Hit
from .injecting import NO_REPLY, by_proxy, http_error_row, proxy_page, refusals_for, spoilt
from .journal import Outcome
from .refusal import Partial, Refused, Wire
from .tenancy import Tenant, Tenants
from .wire import Link, packed

LARGEST_BODY = 10 * 1024 * 1024
MANY_BRACKETS = 250
"""No more than the JSON writer takes inside each other (254), less the envelope's own."""
BEFORE_A_VALUE = (b'":', b" :", b"\t:", b"\n:", b"\r:")
"""A key's colon comes after its quotation mark, or after white space."""
log = logging.getLogger("oc_sandbox")


def dispatch(call: Call, tenants: Tenants) -> Reply:
    """Answer one call. A vendor's refusal is a reply; an exception is a mistake of ours and reaches the caller."""
    found = catalog().find(call.method, call.path, call.form_and_query)
    if found is None:
        return _no_operation(call, tenants)
    operation, path_values = found
    try:
        _refuse_too_large_a_form(call, operation)
        tenant: Tenant = operation.api.credentials.identify(call, operation, tenants)
    except Refused as refused:
        return _replied(Partial([], [refused]), operation, call, None, tenants.default)
    # A call happens at one instant, after all that was due by then: else what it writes could overtake what is due.
    tenant.clock.hold()
    try:
        if tenant.choices.departures:
            operation = catalog().variant(operation, tenant.choices.departures)
        hit = tenant.faults.hit(operation) if tenant.faults is not None else None
        if hit is not None:
            return _befallen(call, operation, path_values, tenant, hit)
        return _answer(call, operation, path_values, tenant)
    finally:
        tenant.clock.release()


def _befallen(call: Call, operation: Operation, path_values: Mapping[str, str], tenant: Tenant, hit: Hit) -> Reply:
    """The reply to a call that a fault befalls; one that is not to be done is not looked into either."""
    if "token" in hit.answer:
        operation.api.credentials.end_token(call, tenant, hit.answer["token"])
    if not hit.undone:
        return _answer(call, operation, path_values, tenant, hit)
    tenant.settle()
    request = _glimpse(call, operation)
    answer = _injected(hit, operation, call.parameters() if request is None else request)
    return _replied(answer, operation, call, request, tenant, hit)


def _injected(hit: Hit, operation: Operation, request: Wire) -> Partial | None:
    """The answer to a call that is not to be done: refusals, or None where not even that comes of it."""
    return Partial([], refusals_for(hit.answer, operation, request)) if "error" in hit.answer else None


def _answer(
    call: Call, operation: Operation, path_values: Mapping[str, str], tenant: Tenant, hit: Hit | None = None
) -> Reply:
    request: Wire = None
    try:
        subject = operation.api.credentials.authenticate(call, operation, tenant)
        request = _read(call, operation, path_values)
        tenant.settle()
        operation.request.check(request, tenant.clock.now)
        magic = catalog().magic.get(operation.api.name)
        if magic is not None and magic.stands_in(call):
            request, hit = magic.applied(request, operation, hit)
        if hit is not None and hit.undone:
            answer = _injected(hit, operation, request)
        else:
            answer = operation.handle(request, subject)
    except Refused as refused:
        answer = Partial([], [refused, *refused.also])
    return _replied(answer, operation, call, request, tenant, hit)


def _replied(
    answer: Wire, operation: Operation, call: Call, request: Wire, tenant: Tenant | None, hit: Hit | None = None
) -> Reply:
    """The reply, which the journal has."""
    if request is None:
        request = _glimpse(call, operation)
    outcome: Outcome
    if hit is not None and hit.undone and answer is None:
        reply, outcome = NO_REPLY, "refused"
    else:
        reply, outcome = _render(answer, operation, call, request, tenant)
    if hit is not None:
        reply = _spoilt(reply, hit, operation.api, call, tenant)
    if tenant is not None:
        errors = tuple(refused.error for refused in answer.refusals) if type(answer) is Partial else ()
        injected = hit.faults if hit is not None else ()
        tenant.journal.write(tenant.clock.now_ms(), operation.name, call, reply, errors, outcome, injected)
    return reply


def _read(call: Call, operation: Operation, path_values: Mapping[str, str]) -> Wire:
    """The request in the contract's spelling, from wherever the contract says it stands. Errors: Refused."""
    if operation.parameters == "json":
        request = _read_json(call, operation)
    elif operation.parameters == "none":
        request = {}
    else:
        request = operation.request.read_text(_read_parameters(call, operation))
    return {**request, **path_values} if path_values and type(request) is dict else request


def _refuse_too_large_a_form(call: Call, operation: Operation) -> None:
    if operation.parameters == "query_or_form" and len(call.body) > LARGEST_FORM:
        raise Refused(operation.api.engine_error("body_too_large"))


def _read_parameters(call: Call, operation: Operation) -> dict[str, str]:
    return call.form_and_query() if operation.parameters == "query_or_form" else call.parameters()


def _read_json(call: Call, operation: Operation) -> Wire:
    api = operation.api
    if len(call.body) > LARGEST_BODY:
        raise Refused(api.engine_error("body_too_large"))
    if "json" not in call.headers.get("content-type", ""):
        raise Refused(api.engine_error("wrong_content_type"))
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise Refused(api.engine_error("not_json"), reason=str(error)) from error
    # What was read must be writable: handlers keep parts of it, and the reader goes four times as deep as the writer.
    if call.body.count(b"[") + call.body.count(b"{") > MANY_BRACKETS:
        _refuse_too_deep(body, api)
    request, keys_read = operation.request.read(body)
    # A body has no more keys than this. If as many were read none was lost to a double; else only a slow look can tell.
    if keys_read != sum(map(call.body.count, BEFORE_A_VALUE)):
        _look_for_doubles(call.body, api)
    return request


def _glimpse(call: Call, operation: Operation) -> Wire:
    """What can be made out of a request that was refused unread, for the reply to echo; None where that is nothing."""
    try:
        if operation.parameters == "query":
            return operation.request.read_text(call.parameters())
        if operation.parameters != "json" or len(call.body) > LARGEST_BODY:
            return None
        return operation.request.read(orjson.loads(call.body))[0]
    except (orjson.JSONDecodeError, Refused):
        return None


def _refuse_too_deep(body: Wire, api: Api) -> None:
    try:
        orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise Refused(api.engine_error("not_json"), reason="nested too deep") from error


def _look_for_doubles(body: bytes, api: Api) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            double = next(name for name in members if names.count(name) > 1)
            raise Refused(api.engine_error("duplicate_key"), field=double)
        return members

    try:
        json.loads(body, object_pairs_hook=unique)
    except RecursionError:
        raise Refused(api.engine_error("not_json"), reason="nested too deep") from None


def _no_operation(call: Call, tenants: Tenants) -> Reply:
    """What stands behind no operation: HTTP 404, or 405 where the path is known."""
    book = catalog()
    api = book.api_of(call.path) or next(iter(book.apis.values()))
    methods = book.methods(call.path)
    refused = Refused(api.engine_error("wrong_method" if methods else "unknown_path"))
    tenant = tenants.default
    reply = _refusal(api, api.errors[refused.error], Partial([], [refused]), api.errors, call, None, tenant)
    if methods:
        reply = reply._replace(headers=(*reply.headers, ("allow", ", ".join(methods))))
    log.warning("%s %s: %s", call.method, call.path, _instead(call.path, methods))
    if tenant is not None:
        tenant.journal.write(tenant.clock.now_ms(), None, call, reply, (refused.error,), "refused")
    return reply


def _instead(path: str, methods: list[str]) -> str:
    """What the caller may have meant."""
    if methods:
        return f"this path answers {', '.join(methods)}"
    near = get_close_matches(path[:200], [operation.path for operation in catalog().operations.values()], n=1)
    hint = f"did you mean {near[0]}?" if near else "the control plane is at /_sandbox;"
    return f"no such operation; {hint} oc-sandbox operations lists them"


def _render(
    answer: Wire, operation: Operation, call: Call, request: Wire, tenant: Tenant | None
) -> tuple[Reply, Outcome]:
    api = operation.api
    if type(answer) is Partial:
        if answer.refusals:
            row = operation.row(answer.refusals[0])
            outcome: Outcome = "partial" if answer.done else "refused"
            return _refusal(api, row, answer, operation.errors, call, request, tenant), outcome
        answer = answer.done
    if operation.renders in OTHER_THAN_JSON:
        return OTHER_THAN_JSON[operation.renders](answer), "ok"
    values = {"data": answer, **_echo(api, request, tenant)}
    body = fill(operation.success.body, values)
    return _reply(api, operation.success_status, body, call, tenant), "ok"


def _refusal(
    api: Api, row: Any, answer: Partial, errors: Mapping[str, Any], call: Call, request: Wire, tenant: Tenant | None
) -> Reply:
    items = []
    for refused in answer.refusals:
        own = errors[refused.error]
        values = {"id": "", **refused.values, "code": own.code, "message": own.text(refused.values)}
        items.append(fill(row.envelope.item, values))
    first = answer.refusals[0]
    values = {
        **first.values,
        **_echo(api, request, tenant),
        "code": row.code,
        "data": answer.done,
        "errors": items,
        "message": row.text(first.values),
        "path": call.path,
        "status": row.http_status,
        "timestamp": from_ms(_now_ms(tenant)).isoformat(timespec="milliseconds"),
    }
    return _reply(api, row.http_status, fill(row.envelope.body, values), call, tenant)


def _spoilt(reply: Reply, hit: Hit, api: Api, call: Call, tenant: Tenant | None) -> Reply:
    """What is left of a reply when the faults are done with it."""
    status = hit.answer.get("status")
    if status is not None and by_proxy(hit.answer):
        reply = proxy_page(status, api)
    elif status is not None:
        row = http_error_row(status, api)
        reply = _refusal(api, row, Partial([], [Refused(row.name)]), {row.name: row}, call, None, tenant)
    return spoilt(reply, hit)


def _echo(api: Api, request: Wire, tenant: Tenant | None) -> dict[str, Any]:
    """What the reply takes from the request; the time, where the request has nothing to give."""
    given = request if type(request) is dict else {}
    values = {}
    for name, key in api.echo:
        value = given.get(key)
        values[name] = str(value if type(value) in (str, int, float) else _now_ms(tenant))
    return values


def _now_ms(tenant: Tenant | None) -> int:
    return tenant.clock.now_ms() if tenant is not None else wall_clock_ms()


def _reply(api: Api, status: int, body: Wire, call: Call, tenant: Tenant | None) -> Reply:
    headers = api.reply_headers
    if api.session_cookie and tenant is not None and api.session_cookie not in call.headers.get("cookie", ""):
        headers = (*headers, ("set-cookie", f"{api.session_cookie}={tenant.session_id}; Path=/; HttpOnly"))
    return Reply(status, headers, packed(body, lambda value: _written(value, call)))


def _written(value: Any, call: Call) -> Wire:
    if type(value) is Link:
        return call.root_url() + value.path
    raise TypeError(f"{type(value).__name__} is no JSON")


# Pages and redirects bear logins and codes. A page needs nothing but its own style; form-action is left out, for it
# would stop the redirect that answers a form.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"
_PAGE_HEADERS = (
    ("content-type", "text/html;charset=UTF-8"),
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'",
    ),
    ("referrer-policy", "no-referrer"),
)


def _browser_reply(answer: Wire) -> Reply:
    if "location" in answer:
        return Reply(302, (("location", answer["location"]), ("cache-control", "no-store")), b"")
    return Reply(200, _PAGE_HEADERS, answer["page"].encode())


def _file_reply(answer: Wire) -> Reply:
    return Reply(200, (("content-type", answer["content_type"]),), answer["content"])


OTHER_THAN_JSON: Mapping[str, Callable[[Wire], Reply]] = MappingProxyType(
    {"browser": _browser_reply, "file": _file_reply}
)
