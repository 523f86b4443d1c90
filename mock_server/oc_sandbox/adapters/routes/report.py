"""The report on the client that calls a tenant."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way

Write = Callable[[Mapping[str, Any]], bytes | str]

MEDIA_TYPES: Mapping[str, str] = {
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "junit": "application/xml",
}


def get_report(tenant: Tenant, asked: Asked) -> Any:
    """What the calls say of the client; ?expected= errors that tests provoke, ?format= text, html or junit."""
    # The report's modules are loaded when one is asked for: a server's start is waited for.
    from ...client_report.reporting import report_of  # noqa: PLC0415

    expected = [name for name in (asked.parameter("expected") or "").split(",") if name]
    report = report_of(tenant, asked.root_url, expected=expected).as_json()
    form = asked.parameter("format") or "json"
    if form == "json":
        return report
    if form not in MEDIA_TYPES:
        raise Problem(400, f"format must be json, {', '.join(MEDIA_TYPES)}, not {form!r}")
    return Response(_writer(form)(report), media_type=MEDIA_TYPES[form])


def _writer(form: str) -> Write:
    from ...client_report.as_text import text_report  # noqa: PLC0415 - as above
    from ...client_report.junit import junit_report  # noqa: PLC0415
    from ...client_report.page import html_report  # noqa: PLC0415

    writers: Mapping[str, Write] = {"text": text_report, "html": html_report, "junit": junit_report}
    return writers[form]


WAYS = (Way("GET", f"{ONE_TENANT}/report", get_report),)
