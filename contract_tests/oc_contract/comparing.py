"""`oc-sandbox drift`: where do two servers answer the same requests differently?"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from oc_sandbox.catalog import catalog

from .cli import COULD_NOT_RUN, CommandParser, add_guards, chosen_operations, quiet_sandbox, wishes_of
from .drifting import Difference, drift
from .guards import Spent
from .parts import left_out
from .redaction import Redactor
from .stages import Refusal
from .targets import Unreachable
from .worlds import Place, Wishes, place

DRIFT = 2
MOST_SHOWN = 20
LONGEST = 160


def compare(arguments: Sequence[str]) -> int:
    """show where a server answers otherwise than the fake, or than another server"""
    options = _parser().parse_args(arguments)
    try:
        with quiet_sandbox():
            found, words = _found(options)
    except (Refusal, Unreachable) as error:
        print(f"oc-sandbox drift: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    if options.json:
        options.json.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    names = options.target, options.against or "the fake"
    for each in found[:MOST_SHOWN]:
        print(f"{each['operation']}, {each['case']}, at {each['at'] or '/'}")
        for name, value in zip(names, (each["one"], each["other"]), strict=True):
            print(f"    {name}: {_short(value)}")
    if len(found) > MOST_SHOWN:
        print(f"... and {len(found) - MOST_SHOWN} more; --json writes them all")
    by_operation = Counter(each["operation"] for each in found)
    for name, count in by_operation.most_common():
        print(f"{count:6}  {name}")
    print(f"{len(found)} differences of {names[0]} from {names[1]}{words}")
    return DRIFT if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="oc-sandbox drift",
        description="Make the same requests at two servers, and show where their replies differ but for each one's own"
        " numbers, times and words. Exit codes: 0 they do not, 2 they do, 3 the run could not be made.",
        epilog="Credentials and guards are those of `oc-sandbox verify`; both servers are called with the same.",
    )
    parser.add_argument("--target", metavar="URL", required=True, help="the server")
    parser.add_argument("--against", metavar="URL", help="the other one; without it, the fake in process")
    parser.add_argument("--operation", action="append", default=[], metavar="NAME", help="only this one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all differences as JSON")
    add_guards(parser)
    return parser


def _found(options: argparse.Namespace) -> tuple[list[dict[str, Any]], str]:
    """The differences, as they may be written, and why there may be more. Errors: Refusal, Unreachable."""
    operations = chosen_operations(options.operation)
    wishes: Wishes = wishes_of(options)
    places: list[Place] = []
    found, words = [], ""
    try:
        for url in (options.target, options.against):
            places.append(place(url, operations, wishes, os.environ))
        excluded = {name for each in places for name in each.excluded}
        common = [each for each in operations if each.name not in excluded and not left_out(each)]
        redactors = [Redactor(own_world=each.world.own, secrets=each.world.secrets) for each in places]
        for redactor, each in zip(redactors, places, strict=True):
            redactor.learn(each.world.scene().target.keys)
        try:
            one, other = (each.world.scene().target for each in places)
            for difference in drift(one, other, common):
                found.append(_told(difference, redactors))
        except Spent as spent:
            words = f", as far as the run came: {spent}"
    finally:
        for each in places:
            for name, count in each.world.clean_up().items():
                words += f"; made there and not taken back: {count} by {name}"
            each.world.close()
    return found, words


def _told(difference: Difference, redactors: Sequence[Redactor]) -> dict[str, Any]:
    one, other = (
        redactor.value(difference.at.rpartition("/")[2], value)
        for redactor, value in zip(redactors, (difference.one, difference.other), strict=True)
    )
    name, case = difference.operation.name, difference.case.name
    title = catalog().operations[name].document["title"]
    return {"operation": name, "title": title, "case": case, "at": difference.at, "one": one, "other": other}


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
