"""What a tool that makes up calls from the OpenAPI document has to be told: a call's credentials, and what is wrong.

Such tools judge by the HTTP status and by one schema for each; of these APIs only the envelope tells. Nothing here
knows any of the tools: `schemathesis_hooks` tells Schemathesis.
"""

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import orjson
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .judging import UNCHECKED, Verdict, judge
from .scenes import Draft
from .targets import Answer, Keys, credentials


def call_of(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Call:
    """A request as it went out."""
    parts = urlsplit(url)
    return Call(
        method, unquote(parts.path), {name.lower(): value for name, value in headers.items()}, body, parts.query
    )


def operation_of(call: Call) -> Operation | None:
    """The operation that a call leads to; None where the path or its method is nobody's."""
    found = catalog().find(call.method, call.path, call.form_and_query)
    return found[0] if found else None


def headers_of(call: Call, keys: Keys) -> dict[str, str]:
    """The credentials of a call; an OAuth call that names no client gets the header that may do so."""
    operation = operation_of(call)
    if operation is None:
        return {}
    if "client_id" in operation.auth and "client_id" not in call.form_and_query():
        pair = f"{keys.client_key}:{keys.secret_key}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}
    return credentials(operation, call.path, call.body, keys)


def verdict_of(call: Call, answer: Answer) -> Verdict:
    """What a reply is: `wrong` says what is, and is empty where it is a success or a declared refusal."""
    if answer.status >= 500:  # declared by one API, and yet nothing that a server may answer of itself
        return Verdict(False, (), None, (f"HTTP {answer.status}: {answer.body[:200]!r}",))
    operation = operation_of(call)
    if operation is not None:
        verdict = judge(operation, answer, _message_id(operation, call))
    else:
        verdict = judge(_any_operation_below(call.path), answer, UNCHECKED)
        if verdict.success:
            return verdict._replace(wrong=(f"{call.method} {call.path} is no operation's, and succeeds",))
    if verdict.success or verdict.refusals or verdict.wrong:
        return verdict
    return verdict._replace(wrong=(f"HTTP {answer.status}, which is not declared",))


def _any_operation_below(path: str) -> Operation:
    """An operation of the API that has to refuse a path: the errors that it needs are all operations'."""
    api = catalog().api_of(path)
    return next(operation for operation in catalog().operations.values() if api in (None, operation.api))


def _message_id(operation: Operation, call: Call) -> str | None:
    """What the reply must give back; UNCHECKED where the body leaves open which of several it is."""
    wanted = {key for _, key in operation.api.echo}
    if operation.parameters != "json":  # names of parameters are read as they are, those of bodies without case
        given = {name: value for name, value in call.form_and_query().items() if name in wanted}
        return Draft(operation, {}, given, None).message_id
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        return None
    keys = [key.lower() for key in body] if isinstance(body, dict) else []
    doubled = any(keys.count(key.lower()) > 1 for key in wanted)
    return UNCHECKED if doubled else Draft(operation, {}, {}, body).message_id
