"""`oc-sandbox record` and `oc-sandbox replay`."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from oc_sandbox.server import listen, url_of

from ..cli import COULD_NOT_RUN, CommandParser, at_least_one, positive, quiet_sandbox, rate
from ..interruptions import interruptible
from ..stages import Refusal, check_host, checked_url, is_loopback
from ..targets import TIMEOUT_S, InProcess, Target, Unreachable, fake_at
from ..worlds import CALLS_PER_SECOND, MOST_REQUESTS
from .files import NotReadable, recordings
from .proxy import Counts, Recorder, Rules
from .replaying import Replayed, replay, shown
from .serving import serving
from .sighting import as_sightings

FOLDER = Path("fixtures", "recordings")


@interruptible("record")
def record(arguments: Sequence[str]) -> int:
    """pass calls on to a server, and keep them as fixtures without secrets and persons"""
    options = _record_parser().parse_args(arguments)
    try:
        recorder = _recorder(options)
        listener = listen("127.0.0.1", options.port)
    except Refusal as error:
        print(f"oc-sandbox record: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    except OSError as error:
        print(f"oc-sandbox record: --port {options.port}: {error}; 0 picks a free one", file=sys.stderr)
        return COULD_NOT_RUN

    def began() -> None:
        print(f"OC_RECORDER_URL={url_of(listener)}\nPoint the client there; Ctrl+C ends.", flush=True)

    def ended() -> None:
        print(summary(recorder.counts), flush=True)

    with suppress(KeyboardInterrupt):
        serving(recorder, began=began, ended=ended).run(sockets=[listener])
    return 1 if recorder.counts.unwritten else 0


def summary(counts: Counts) -> str:
    """What became of the calls, in a line."""
    parts = [
        f"{counts.passed} passed on",
        f"{counts.stored} recorded",
        f"{counts.known_already} recorded before",
        f"{counts.not_recorded} of no operation",
        f"{counts.stopped} stopped",
        f"{counts.unwritten} could not be written",
    ]
    return ", ".join(part for part in parts[:2] + [part for part in parts[2:] if not part.startswith("0 ")])


def _recorder(options: argparse.Namespace) -> Recorder:
    """Errors: Refusal."""
    upstream = checked_url(options.upstream, "--upstream")
    host = urlsplit(upstream).hostname or ""
    check_host(host, options.production_host, os.environ)
    near = is_loopback(host)
    most, per_second = options.max_requests, options.rate
    if not near:
        most = MOST_REQUESTS if most is None else most
        per_second = CALLS_PER_SECOND if per_second is None else per_second
    rules = Rules(near or options.allow_writes, most, per_second or None)
    return Recorder(
        upstream,
        options.to,
        rules,
        source=options.source,
        timeout_s=options.timeout,
        tell=lambda line: print(line, flush=True),
    )


def _port(text: str) -> int:
    if not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be 0 to 65535, not {text}")
    return int(text)


def _record_parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="oc-sandbox record",
        description="Pass calls on to a server, byte for byte, and keep each exchange as a fixture. Keys, tokens,"
        " signatures, persons, addresses and telephone numbers are not kept; numbers of orders and SKUs get stand-ins.",
    )
    add = parser.add_argument
    add("--upstream", required=True, metavar="URL", help="the server that the calls are passed on to")
    add("--port", type=_port, default=0, help="port to listen on, on this machine alone; 0 picks a free one")
    add("--to", type=Path, default=FOLDER, metavar="DIR", help="where the fixtures go (%(default)s)")
    add("--source", default="live exchange", metavar="TEXT", help="what the fixtures call their source (%(default)s)")
    add("--allow-writes", action="store_true", help="pass operations that write on to a server elsewhere")
    add("--production-host", default="", metavar="HOST", help="see what is said when it is refused")
    most = f"how many calls to pass on at most (elsewhere {MOST_REQUESTS})"
    add("--max-requests", type=at_least_one, metavar="N", help=most)
    add("--rate", type=rate, metavar="N/s", help=f"how many in a second (elsewhere {CALLS_PER_SECOND:g}); 0: no limit")
    add("--timeout", type=positive, default=TIMEOUT_S, metavar="S", help="how long to wait for an answer (%(default)g)")
    return parser


@interruptible("replay")
def replay_command(arguments: Sequence[str]) -> int:
    """make the calls of recordings at the fake, and tell where it answers otherwise"""
    options = _replay_parser().parse_args(arguments)
    try:
        taken = list(recordings(options.folder))
        if not taken:
            raise Refusal(f"there is no recording in {options.folder}; `oc-sandbox record` makes some")
        if options.sightings:
            options.sightings.write_bytes(as_sightings(taken))
        with quiet_sandbox(), _target(options.target) as target:
            results = replay(taken, target)
    except (Refusal, NotReadable, Unreachable, OSError) as error:
        print(f"oc-sandbox replay: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    return _told(results)


@contextmanager
def _target(url: str | None) -> Iterator[Target]:
    """A fresh tenant: of the fake in process, or of a sandbox on this machine. Errors: Refusal, Unreachable."""
    if url is None:
        yield InProcess()
        return
    if not is_loopback(urlsplit(checked_url(url)).hostname or ""):
        raise Refusal("--target must be a sandbox on this machine, for a replay writes; `verify` asks other servers")
    with closing(fake_at(url)) as tenant:
        yield tenant


def _told(results: Sequence[Replayed]) -> int:
    for result in results:
        if result.unfit:
            print(f"-  {result.name}: not replayed: {result.unfit}")
        for each in result.differences:
            print(f"!  {result.name} {each.at}: recorded {shown(each.recorded)}, came {shown(each.came)}")
    replayed = [result for result in results if not result.unfit]
    different = sum(bool(result.differences) for result in replayed)
    print(f"{len(results)} recordings, {len(replayed)} replayed, {different} answered otherwise")
    return COULD_NOT_RUN if not replayed else 1 if different else 0


def _replay_parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="oc-sandbox replay",
        description="Make the calls of recordings at the fake, signed by its keys and with its names, and tell where"
        " envelope, errors or the form of a reply differ. Exit codes: 0 nowhere, 1 somewhere, 3 nothing was replayed.",
    )
    add = parser.add_argument
    add("folder", nargs="?", type=Path, default=FOLDER, help="where the recordings are (%(default)s)")
    add("--target", metavar="URL", help="a sandbox on this machine; without it, the fake in process")
    add("--sightings", type=Path, metavar="FILE", help="also write what they show, for `serve --assumptions FILE`")
    return parser
