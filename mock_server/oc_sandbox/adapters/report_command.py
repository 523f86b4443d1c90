"""`oc-sandbox report`: the verdict on the client that called a running sandbox, whatever it is written in."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

Ask = Callable[[argparse.Namespace, str], Any]
"""The control plane's answer about the tenant of the options; the path is what follows the tenant's."""


def add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", ask: Ask, default_url: str) -> None:
    """Let the command line have the command."""
    report = commands.add_parser(
        "report", help="judge the client that called a running sandbox; 1 where it is at fault"
    )
    add = report.add_argument
    add("--url", default=default_url, help="a running sandbox (default: %(default)s)")
    add("--key", "--tenant", dest="tenant", metavar="CLIENT_KEY", help="another tenant than the default one")
    add(
        "--expected",
        default=[],
        action="append",
        metavar="ERROR",
        help="an error that your tests provoke on purpose, such as window_too_wide; may be given several times",
    )
    add("--json", action="store_true", help="print JSON in place of text")
    add("--junit", metavar="FILE", help="write JUnit XML too")
    add("--html", metavar="FILE", help="write a page too")
    report.set_defaults(run=partial(_report, ask=ask))


def _report(options: argparse.Namespace, *, ask: Ask) -> int:
    from urllib.parse import urlencode  # noqa: PLC0415 - `serve` has to be up in a blink

    import orjson  # noqa: PLC0415

    from ..client_report.as_text import text_report  # noqa: PLC0415
    from ..client_report.junit import junit_report  # noqa: PLC0415
    from ..client_report.page import html_report  # noqa: PLC0415

    report = ask(options, f"report?{urlencode({'expected': ','.join(options.expected)})}")
    for file, write in ((options.junit, junit_report), (options.html, html_report)):
        try:
            if file:
                Path(file).write_bytes(write(report))
        except OSError as error:
            sys.stderr.write(f"oc-sandbox: {file} cannot be written: {error.strerror}\n")
            return 1
    as_json = orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    sys.stdout.write(as_json.decode() if options.json else text_report(report))
    return 0 if report["passed"] else 1
