"""The report on the client that calls a tenant."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from ...client_report.as_text import text_report
from ...client_report.junit import junit_report
from ...client_report.page import html_report
from ...client_report.reporting import report_of
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way

Write = Callable[[Mapping[str, Any]], bytes | str]
FORMS: Mapping[str, tuple[Write, str]] = {
    "text": (text_report, "text/plain; charset=utf-8"),
    "html": (html_report, "text/html; charset=utf-8"),
    "junit": (junit_report, "application/xml"),
}


def get_report(tenant: Tenant, asked: Asked) -> Any:
    """What the calls say of the client; ?expected= errors that tests provoke, ?format= text, html or junit."""
    expected = [name for name in (asked.parameter("expected") or "").split(",") if name]
    report = report_of(tenant, asked.root_url, expected=expected).as_json()
    form = asked.parameter("format") or "json"
    if form == "json":
        return report
    if form not in FORMS:
        raise Problem(400, f"format must be json, {', '.join(FORMS)}, not {form!r}")
    write, media_type = FORMS[form]
    return Response(write(report), media_type=media_type)


WAYS = (Way("GET", f"{ONE_TENANT}/report", get_report),)
