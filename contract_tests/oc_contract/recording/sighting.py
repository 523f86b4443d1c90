"""What recordings show, as a file that the fake loads: facts that were assumed are then told as observed."""

from collections.abc import Iterable

import orjson

from .files import Recording


def as_sightings(recordings: Iterable[Recording]) -> bytes:
    """The facts by operation, with the kind of host and the latest date. What this machine answered shows nothing."""
    real = [one for one in recordings if one.document["host"]["kind"] != "loopback"]
    facts: dict[str, set[str]] = {}
    for one in real:
        facts.setdefault(one.operation.name, set()).update(one.document["shows"]["facts"])
    kinds = sorted({one.document["host"]["kind"] for one in real})
    told = {
        "target": f"a recording from {' and '.join(kinds)}" if real else "",
        "date": max((one.document["recorded_at"][:10] for one in real), default=""),
        "assumptions": {},
        "facts": {name: sorted(pointers) for name, pointers in sorted(facts.items())},
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)
