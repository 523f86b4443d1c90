"""`oc-sandbox challenge`: what does a client do when things go wrong?"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from ..cli import COULD_NOT_RUN, CommandParser
from ..interruptions import interruptible
from ..stages import Refusal
from ..targets import Unreachable
from .as_json import as_value
from .as_text import text_report
from .challenging import Challenge, Report, Result, Settings
from .junit import junit_report
from .page import html_report
from .sandboxes import sandbox_at
from .trials import Trial, Wishes

MOST_JOBS = 4
SLOW_S = 5.0
EPILOG = """\
exit codes: 0 the client recovered from all, or failed cleanly; 1 a verdict is bad (doubled, lost, misread, hung,
crashed), or the client report has an error or a warning; 3 the runs could not be made.

The command finds a fresh tenant in its environment: OC_BASE_URL, OC_OAUTH_URL, OC_CLIENT_KEY, OC_SECRET_KEY,
OC_ACCESS_TOKEN, OC_REFRESH_TOKEN, OC_SKU_ID (a SKU of which there is stock), MERCOZY_BASE_URL, MERCOZY_API_KEY; and
with --webhook OC_WEBHOOK_PORT. It must do the same job each time, and end."""


@interruptible("challenge")
def challenge(arguments: Sequence[str]) -> int:
    """run a client's own command, in any language, while one thing after the other fails"""
    words = list(arguments)
    at = words.index("--") if "--" in words else len(words)
    parser = _parser()
    options = parser.parse_args(words[:at])
    command = words[at + 1 :]
    if not command:
        parser.error("what shall be run? oc-sandbox challenge -- python3 my_client.py")
    try:
        _check_files(options)
        with sandbox_at(options.target) as root_url:
            made = Challenge(root_url, _settings(options, command))
            if options.list:
                _print_plan(made.rehearse())
                return 0
            report = made.run()
            if not report.client_report:  # interrupted before there was anything else to tell
                print(f"oc-sandbox challenge: {report.words}", file=sys.stderr)
                return report.exit_code
    except (Refusal, Unreachable) as error:
        print(f"oc-sandbox challenge: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    return _told(report, options)


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="oc-sandbox challenge",
        usage="%(prog)s [options] -- COMMAND [ARGUMENT ...]",
        description="Run a client's own command undisturbed, then once for each thing that can go wrong in the calls"
        " that it makes, and judge it by the orders that stand in the sandbox's books.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--target", metavar="URL", help="a sandbox that runs; without it one is started on a free port")
    add("--only", action="append", default=[], metavar="NAME", help="only this run; * stands for anything")
    add("--all", action="store_true", help="every declared error of every operation used, not one of each form")
    add("--list", action="store_true", help="only tell what would be run, after two undisturbed runs")
    add("--seed", type=int, default=0, metavar="N", help="which of an operation's calls fails (%(default)s)")
    add("-j", "--jobs", type=int, default=min(MOST_JOBS, os.cpu_count() or 1), help="runs at a time (%(default)s)")
    add("--timeout", type=_positive, metavar="S", help="how long a run may take (60 s and 5 times an undisturbed run)")
    add("--slow", type=_positive, default=SLOW_S, metavar="S", help="how long a slow answer takes (%(default)g)")
    add("--exit-code", action="store_true", help="believe the exit code alone, not what the command says")
    add("--compare-output", action="store_true", help="success with other lines than undisturbed is bad, too")
    add("--webhook", metavar="URL", help="where the client hears of its orders; {port} in it is OC_WEBHOOK_PORT")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML")
    add("--html", type=Path, metavar="FILE", help="write the report as a page")
    add("-q", "--quiet", action="store_true", help="do not tell of each run")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return value


def _settings(options: argparse.Namespace, command: Sequence[str]) -> Settings:
    shared_port = options.webhook is not None and "{port}" not in options.webhook
    if options.jobs < 1:
        raise Refusal("--jobs must be at least 1")
    return Settings(
        command=command,
        wishes=Wishes(options.seed, options.all, options.slow, only=options.only),
        jobs=1 if shared_port else options.jobs,
        limit_s=options.timeout,
        exit_code_alone=options.exit_code,
        compares_output=options.compare_output,
        webhook=options.webhook,
        options=_options(options),
        heard=(lambda result, done, of: None) if options.quiet else _tell,
    )


def _options(options: argparse.Namespace) -> list[str]:
    """The options that another run needs to be like this one."""
    flags = [name for name in ("all", "exit_code", "compare_output") if getattr(options, name)]
    values = {"timeout": options.timeout, "slow": None if options.slow == SLOW_S else options.slow}
    words = [f"--{name.replace('_', '-')}" for name in flags]
    words += [word for name, value in values.items() if value is not None for word in (f"--{name}", f"{value:g}")]
    return [*words, *(["--webhook", options.webhook] if options.webhook else [])]


def _tell(result: Result, done: int, of: int) -> None:
    words = f"[{done:{len(str(of))}}/{of}] {result.verdict.outcome:14} {result.trial.name} ({result.ran.took_s:.1f} s)"
    print(words, file=sys.stderr, flush=True)


def _print_plan(plan: Sequence[Trial]) -> None:
    width = max((len(trial.name) for trial in plan), default=0)
    for trial in plan:
        print(f"{trial.name:{width}}  {trial.grade:11}  {trial.says}")


_WRITERS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    "json": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
    "junit": junit_report,
    "html": html_report,
}


def _check_files(options: argparse.Namespace) -> None:
    """That the reports can be written is known before the runs, not after them. Errors: Refusal."""
    for kind in _WRITERS:
        file = getattr(options, kind)
        if file is not None and (file.is_dir() or not file.parent.is_dir()):
            raise Refusal(f"--{kind}: {file} cannot be written; is its folder there?")


def _told(report: Report, options: argparse.Namespace) -> int:
    value = as_value(report)
    print(text_report(value, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ), end="")
    for kind, write in _WRITERS.items():
        file = getattr(options, kind)
        if file is not None:
            try:
                file.write_bytes(write(value))
            except OSError as error:
                print(f"oc-sandbox challenge: --{kind}: {file}: {error.strerror}", file=sys.stderr)
                return COULD_NOT_RUN
    return report.exit_code
