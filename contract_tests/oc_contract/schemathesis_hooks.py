"""Schemathesis, told of these APIs: it signs its calls, and has a check called `envelope` in place of its own.

    OC_SANDBOX_URL=http://127.0.0.1:8400 SCHEMATHESIS_HOOKS=oc_contract.schemathesis_hooks \\
        st run http://127.0.0.1:8400/_sandbox/openapi.json --checks envelope

Every run has a fresh tenant. Where OC_OPINION names a file, what came of each operation is written there at the end.
"""

import atexit
import json
import os
from collections import Counter
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from oc_sandbox.formats import WRITERS

from .second_opinion import call_of, headers_of, operation_of, verdict_of
from .targets import Answer, Http, fake_at

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(timezone.utc))  # noqa: DTZ001 - the strategy wants them bare, and adds the zone
for name in ("offset-date-time", "offset-date", "iso-date-or-instant"):
    schemathesis.openapi.format(name, TIMES.map(WRITERS[name]))

came: Counter[str] = Counter()
"""How often each operation gave what, as "operation what"."""


@cache
def target() -> Http:
    """A fresh tenant. Errors: Unreachable."""
    return fake_at(os.environ["OC_SANDBOX_URL"])


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Sign what is sent, byte for byte; a redirect is an answer to look at, not to follow.

    A client_id that was made up would be refused before anything else is read; those in forms stay as they are.
    """
    if isinstance(case.query, dict) and isinstance(case.query.get("client_id"), str):
        case.query["client_id"] = target().keys.client_key
    kwargs["auth"] = _signed
    kwargs["allow_redirects"] = False


def _signed(request: Any) -> Any:
    request.headers.update(headers_of(_call(request), target().keys))
    return request


@schemathesis.check
def envelope(context: Any, response: Any, case: Any) -> None:
    """The reply is a success that fits its schema, or a refusal that the contract declares. Errors: AssertionError."""
    call = _call(response.request)
    verdict = verdict_of(call, Answer(response.status_code, (), response.content, response.elapsed))
    operation = operation_of(call)
    what = "wrong" if verdict.wrong else "success" if verdict.success else verdict.errors[0]
    came[f"{operation.name if operation else 'none'} {what}"] += 1
    if verdict.wrong:
        raise AssertionError("; ".join(verdict.wrong))


def _call(request: Any) -> Any:
    body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
    return call_of(request.method, request.url, request.headers, body)


@atexit.register
def _tell() -> None:
    if "OC_OPINION" in os.environ:
        Path(os.environ["OC_OPINION"]).write_text(json.dumps(came, sort_keys=True, indent=1))
