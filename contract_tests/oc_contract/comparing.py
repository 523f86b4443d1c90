"""`oc-sandbox drift`: where do two servers answer the same requests differently?"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from oc_sandbox.catalog import catalog

from .cli import (
    COULD_NOT_RUN,
    CommandParser,
    add_guards,
    check_file,
    chosen_operations,
    cleaned_up,
    quiet_sandbox,
    wishes_of,
)
from .drifting import Difference, Uncompared, drift
from .guards import Spent
from .interruptions import INTERRUPTED, interruptible, uninterrupted, words_of
from .parts import left_out
from .redaction import Redactor
from .reports.terminal import left_behind_lines
from .stages import Refusal
from .targets import Unreachable
from .worlds import Place, Wishes, place

DRIFT = 2
MOST_SHOWN = 20
LONGEST = 160


class Comparison(NamedTuple):
    """What was found, as it may be written; why it may not be all; what was made; and the exit code."""

    found: list[dict[str, Any]]
    stopped: str
    left_behind: Counter[str]
    exit_code: int
    unseen: tuple[str, ...] = ()
    """Operations that could not be called at both, and places of lists in which not both had records; each with why."""


@interruptible("drift")
def compare(arguments: Sequence[str]) -> int:
    """show where a server answers otherwise than the fake, or than another server"""
    options = _parser().parse_args(arguments)
    try:
        check_file("--json", options.json)
        with quiet_sandbox():
            done = _compared(options)
    except (Refusal, Unreachable) as error:
        print(f"oc-sandbox drift: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    print("\n".join(_lines(done, options.target, options.against or "the fake")))
    return done.exit_code


def _lines(done: Comparison, one: str, other: str) -> Iterator[str]:
    for each in done.found[:MOST_SHOWN]:
        once = "" if each["confirmed"] else " (seen once)"
        yield f"{each['operation']}, {each['case']}, at {each['at'] or '/'}{once}"
        for name, value in ((one, each["one"]), (other, each["other"])):
            yield f"    {name}: {_short(value)}"
    if len(done.found) > MOST_SHOWN:
        yield f"... and {len(done.found) - MOST_SHOWN} more; --json writes them all"
    for name, count in Counter(each["operation"] for each in done.found).most_common():
        yield f"{count:6}  {name}"
    if done.unseen:
        yield "Not compared:"
        yield from (f"    {each}" for each in done.unseen)
    yield from left_behind_lines(done.left_behind)
    if done.stopped:
        yield f"Stopped: {done.stopped}"
    yield f"{len(done.found)} differences of {one} from {other}{', as far as the run came' if done.stopped else ''}"


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="oc-sandbox drift",
        description="Make the same requests at two servers, and show where their replies differ but for each one's own"
        " numbers, times and words. Records that stood there before are compared by their form alone."
        " Exit codes: 0 they do not, 2 they do, 3 the run could not be made, or not to its end.",
        epilog="Credentials and guards are those of `oc-sandbox verify`; both servers are called with the same.",
    )
    parser.add_argument("--target", metavar="URL", required=True, help="the server")
    parser.add_argument("--against", metavar="URL", help="the other one; without it, the fake in process")
    parser.add_argument("--operation", action="append", default=[], metavar="NAME", help="only this one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all differences as JSON")
    add_guards(parser)
    return parser


def _compared(options: argparse.Namespace) -> Comparison:
    """What the run came to, however it ended. Errors: Refusal; Unreachable, where there is nothing to compare."""
    operations = chosen_operations(options.operation)
    wishes: Wishes = wishes_of(options)
    places: list[Place] = []
    found: list[dict[str, Any]] = []
    left_behind: Counter[str] = Counter()
    stopped, code = "", None
    uncompared: Uncompared = {}
    unseen: tuple[str, ...] = ()
    try:
        for url in (options.target, options.against):
            places.append(place(url, operations, wishes, os.environ))
        excluded = {each.name: why for each in operations if (why := left_out(each))}
        excluded |= {name: why for each in places for name, why in each.excluded.items()}
        uncompared |= {(name, ""): why for name, why in excluded.items()}
        common = [each for each in operations if each.name not in excluded]
        redactors = [Redactor(own_world=each.world.own, secrets=each.world.secrets) for each in places]
        one, other = (each.world.scene().target for each in places)
        for redactor, target in zip(redactors, (one, other), strict=True):
            redactor.learn(target.keys)
        try:
            for difference in drift(one, other, common, uncompared):
                found.append(_told(difference, redactors))
        except Spent as spent:
            stopped = str(spent)
        except Unreachable as dead:
            stopped, code = str(dead), COULD_NOT_RUN
        except KeyboardInterrupt as interruption:
            stopped, code = words_of(interruption), INTERRUPTED
        # Before the cleaning up, which takes its time: who waits no longer has them.
        with uninterrupted():
            if options.json:
                options.json.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        unseen = tuple(redactors[0].text(redactors[1].text(each)) for each in _unseen(uncompared))
    finally:
        for each in places:
            left_behind.update(cleaned_up(each.world))
            each.world.close()
    if not stopped and not found and all(uncompared.values()):
        stopped, code = "there is nothing that could be called at both; `oc-sandbox verify` tells why", COULD_NOT_RUN
    return Comparison(found, stopped, left_behind, code or (DRIFT if found else 0), unseen)


def _unseen(uncompared: Uncompared) -> Iterator[str]:
    """What was not compared, those of one reason together."""
    for why in dict.fromkeys(filter(None, uncompared.values())):
        named = ((f"{name} at {at}" if at else name) for (name, at), each in uncompared.items() if each == why)
        yield f"{', '.join(named)}: {why}"


def _told(difference: Difference, redactors: Sequence[Redactor]) -> dict[str, Any]:
    one, other = (
        redactor.value(difference.at.rpartition("/")[2], value)
        for redactor, value in zip(redactors, (difference.one, difference.other), strict=True)
    )
    name, case = difference.operation.name, difference.case.name
    title = catalog().operations[name].document["title"]
    where = {"operation": name, "title": title, "case": case, "at": difference.at}
    return {**where, "one": one, "other": other, "confirmed": difference.confirmed}


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
