"""`oc-sandbox verify`: is this server this API?"""

import argparse
import importlib.util
import logging
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NoReturn

from oc_sandbox.assumptions import Choices, NoSightings, Sightings, UnknownAnswer
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation

from .interruptions import interruptible, uninterrupted
from .plans import PROFILES
from .progress import progress
from .reports.as_json import json_report
from .reports.junit import junit_report
from .reports.page import html_report
from .reports.terminal import terminal_report
from .settling import as_file
from .stages import Refusal
from .targets import TIMEOUT_S, Unreachable
from .verifying import Report, Settings, Verifying, dead_report, today
from .worlds import CALLS_PER_SECOND, MOST_REQUESTS, Fake, FakeAt, Server, Wishes, exports, place

COULD_NOT_RUN = 3
EPILOG = f"""\
exit codes: 0 the server is this API; 1 something documented or observed differs; 2 only what is assumed differs
(drift); 3 the run could not be made. At a sandbox of ours, assumptions count like the rest.

Without --target the fake is checked in process. A sandbox on this machine gets fresh tenants. Any other server is
called with OC_CLIENT_KEY, OC_SECRET_KEY, OC_ACCESS_TOKEN (or OC_REFRESH_TOKEN), OC_SIGNING (stage or production) and
MERCOZY_API_KEY from the environment; where it is not on this machine, nothing is written without --allow-writes, at
most {MOST_REQUESTS} calls are made, and {CALLS_PER_SECOND:g} a second. What is written down bears no key, no token
and no text of a reply but those known to be harmless."""


class CommandParser(argparse.ArgumentParser):
    """The parser of a command of the kit."""

    def error(self, message: str) -> NoReturn:
        """As argparse does, but with 3: 2 says that assumptions differ."""
        self.print_usage(sys.stderr)
        self.exit(COULD_NOT_RUN, f"{self.prog}: {message}\n")


@interruptible("verify")
def verify(arguments: Sequence[str]) -> int:
    """check that a server is this API: the fake in process, a sandbox, or the vendor's stage"""
    options = _parser().parse_args(arguments)
    # Hypothesis would keep what it needs for itself in a folder of the user's.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "oc-sandbox-hypothesis"))
    try:
        if options.keys:
            print(exports(options.target or "http://127.0.0.1:8400", options.timeout), end="")
            return 0
        _check_files(options)
        with quiet_sandbox():
            report = _run(options)
    except (Refusal, Unreachable) as error:
        print(f"oc-sandbox verify: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    print(terminal_report(report, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ), end="")
    return report.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="oc-sandbox verify",
        description="Check that a server is this API, by requests made from the contract files.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--target", metavar="URL", help="the server; without it, the fake in process")
    add(
        "--profile",
        default="ci",
        choices=list(PROFILES),
        help="smoke: the best documented rules; ci: all; deep: on time",
    )
    add("--seconds", type=positive, metavar="N", help="how long to take at most (deep: 300)")
    add("--seed", type=int, metavar="N", help="the order of things; without it, another one each time, which is told")
    add("--operation", action="append", default=[], metavar="NAME", help="only this one; * stands for anything")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML")
    add("--html", type=Path, metavar="FILE", help="write the report as a page with charts")
    add(
        "--settle",
        type=Path,
        metavar="FILE",
        help="find out its answers to the open questions, write FILE, judge by them",
    )
    add("--fail-fast", action="store_true", help="end at the first failure")
    add_guards(parser)
    add("--keys", action="store_true", help="only print a fresh tenant of the sandbox at --target, for a shell")
    return parser


def add_guards(parser: argparse.ArgumentParser) -> None:
    """The options that say what a run may do to a server."""
    add = parser.add_argument
    add("--assumptions", metavar="FILE", help="judge a server by the answers in FILE, as verify --settle wrote it")
    add("--allow-writes", action="store_true", help="let operations that write be called at a server elsewhere")
    add("--production-host", default="", metavar="HOST", help="see what is said when it is refused")
    add("--max-requests", type=at_least_one, metavar="N", help="how many calls to make at most")
    add("--rate", type=rate, metavar="N/s", help="how many calls to make in a second at most; 0 is no limit")
    add("--timeout", type=positive, default=TIMEOUT_S, metavar="S", help="how long to wait for an answer (%(default)g)")


def positive(text: str) -> float:
    """An option's value above 0. Errors: ArgumentTypeError, ValueError."""
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return value


def at_least_one(text: str) -> int:
    """An option's number of calls. Errors: ArgumentTypeError, ValueError."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {text}")
    return int(text)


def rate(text: str) -> float:
    """An option's calls in a second, such as 5 or 5/s; 0 where there is no limit."""
    number = text.removesuffix("/s")
    return 0.0 if float(number) == 0 else positive(number)


@contextmanager
def quiet_sandbox() -> Iterator[None]:
    """The sandbox in process logs why it refuses a call; here that is what it is meant to do."""
    log = logging.getLogger("oc_sandbox")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _run(options: argparse.Namespace) -> Report:
    if options.profile != "smoke" and not importlib.util.find_spec("hypothesis"):
        raise Refusal(
            f"profile {options.profile} draws requests by Hypothesis, which is not installed:"
            " pip install 'orangeconnex-sandbox[contract]', or --profile smoke"
        )
    operations = chosen_operations(options.operation)
    wishes = wishes_of(options)
    try:
        there = place(options.target, operations, wishes, os.environ)
    except Unreachable as error:
        _write(options, dead_report(options.target, options.profile, str(error)))
        raise
    world = there.world
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    try:
        tried = world.as_there(operation for operation in operations if operation.name not in there.excluded)
        with progress() as heard:
            settings = Settings(
                options.profile, seed, options.seconds, options.fail_fast, bool(options.operation), heard
            )
            verifying = Verifying(world, tried, there.excluded, settings)
            if options.settle:
                target = "" if world.own else world.root_url
                _put("--settle", options.settle, as_file(verifying.settle(), target=target, date=today()))
            report = verifying.run()
            # Before the cleaning up, which takes its time: who waits no longer has the reports.
            _write(options, report)
    finally:
        left_behind = cleaned_up(world)
        world.close()
    if left_behind:
        report.left_behind = left_behind
        _write(options, report)
    return report


def cleaned_up(world: Fake | FakeAt | Server) -> Mapping[str, int]:
    """Take back what a run made; what stays, by the operation that made it."""
    count = world.can_be_taken_back
    if count:
        print(f"taking back {count} things that the run made; Ctrl+C leaves them there", file=sys.stderr, flush=True)
    return world.clean_up()


def wishes_of(options: argparse.Namespace) -> Wishes:
    """What the options allow. Errors: Refusal."""
    try:
        answers = Sightings.of_file(options.assumptions).answers if options.assumptions else {}
        Choices(catalog().questions).take(answers)
    except (NoSightings, UnknownAnswer) as error:
        raise Refusal(f"--assumptions: {error}") from error
    return Wishes(
        options.allow_writes,
        options.production_host,
        options.max_requests,
        options.rate,
        options.timeout,
        answers,
    )


def chosen_operations(names: Sequence[str]) -> tuple[Operation, ...]:
    """The operations of these names or patterns; all where there are none. Errors: Refusal."""
    every = catalog().operations
    for name in names:
        if not any(fnmatchcase(known, name) for known in every):
            near = get_close_matches(name, list(every), n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise Refusal(f"there is no operation {name!r}; {hint}`oc-sandbox operations` lists them")
    return tuple(
        operation
        for operation in every.values()
        if not names or any(fnmatchcase(operation.name, name) for name in names)
    )


_WRITERS: dict[str, Callable[[Report], bytes]] = {"json": json_report, "junit": junit_report, "html": html_report}


def _check_files(options: argparse.Namespace) -> None:
    """That the reports can be written is known before the run, not after it. Errors: Refusal."""
    for kind in (*_WRITERS, "settle"):
        check_file(f"--{kind}", getattr(options, kind))


def check_file(option: str, file: Path | None) -> None:
    """That a file can be written. Errors: Refusal."""
    if file is not None and (file.is_dir() or not file.parent.is_dir()):
        raise Refusal(f"{option}: {file} cannot be written; is its folder there?")


def _write(options: argparse.Namespace, report: Report) -> None:
    # One who waits no longer may say so twice, as wrappers do that pass Ctrl+C on to whom it has reached already.
    with uninterrupted():
        for kind, write in _WRITERS.items():
            file = getattr(options, kind)
            if file is not None:
                _put(f"--{kind}", file, write(report))


def _put(option: str, file: Path, text: bytes) -> None:
    try:
        with uninterrupted():
            file.write_bytes(text)
    except OSError as error:
        print(f"oc-sandbox verify: {option}: {file}: {error.strerror}", file=sys.stderr)
