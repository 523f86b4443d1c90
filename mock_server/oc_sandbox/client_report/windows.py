"""Windows of time that are wider, older or the wrong way round."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ..contract import Operation
from ..domain.clock import from_ms
from ..formats import before, span
from .findings import Finding, of_error, of_evidence, times
from .story import Seen, Story

WORDS = {
    "longest": ("window-too-wide", "a window of {width}, the longest is {limit}", "Split it into windows of {limit}."),
    "look_back": (
        "window-too-old",
        "a window that begins {ago} ago, the furthest is {limit}",
        "Begin the window at most {limit} before now.",
    ),
    "order": ("window-reversed", "a window that ends before it begins", "Put the earlier time first."),
}
"""By the keyword of the rule: the finding's name, what is said, how to mend it."""


def check(story: Story) -> Iterator[Finding]:
    """Every window that the contract refuses."""
    for calls in story.by_operation.values():
        broken: dict[str, list[Seen]] = {}
        told: dict[str, tuple[Any, str, str]] = {}
        for seen in calls:
            if seen.taken:
                continue
            for keyword, rule, pointer, words in _broken(seen):
                broken.setdefault(keyword, []).append(seen)
                told.setdefault(keyword, (rule, pointer, words))
        for keyword, found in broken.items():
            operation = found[0].operation
            if operation is not None:
                yield _finding(operation, keyword, *told[keyword], tuple(found))


def _finding(
    operation: Operation, keyword: str, rule: Any, pointer: str, words: str, calls: tuple[Seen, ...]
) -> Finding:
    check_name, _, fix = WORDS[keyword]
    limit = _duration(str(rule.get(keyword, "")))
    fact = f"{rule['start']} and {rule['end']} bound a window of time" + (f": {keyword} {limit}." if limit else ".")
    evidence = rule["x-evidence"]
    grade = evidence if isinstance(evidence, str) else evidence.get(keyword, "assumed")
    basis = of_evidence(
        operation, grade, f"/request{pointer}/x-date-range/{keyword if keyword in rule else 'start'}", fact
    )
    return Finding(
        check_name,
        "error",
        operation.name,
        f"{operation.name} asked for {words} ({times(len(calls))}).",
        fix.format(limit=limit),
        (basis, of_error(operation, rule["errors"][keyword])),
        calls,
    )


def _broken(seen: Seen) -> Iterator[tuple[str, Any, str, str]]:
    """The keywords of a window's rule that a call breaks, with what is to be said."""
    now = from_ms(seen.entry.at_ms).replace(microsecond=0)
    for rule, pointer, start, end in seen.window():
        if end < start:
            yield "order", rule, pointer, WORDS["order"][1]
            continue
        if "longest" in rule:
            longest = span(rule["longest"])
            if end - start > longest or (end - start == longest and not rule.get("longest_inclusive", True)):
                words = WORDS["longest"][1].format(width=_length(end - start), limit=_duration(rule["longest"]))
                yield "longest", rule, pointer, words
        if "look_back" in rule:
            furthest = before(before(now, rule["look_back"]), rule.get("look_back_grace", "PT0S"))
            if start < furthest:
                words = WORDS["look_back"][1].format(ago=_length(now - start), limit=_duration(rule["look_back"]))
                yield "look_back", rule, pointer, words


def _length(width: timedelta) -> str:
    """A length of time by its largest units: 19 days; 7 days, 1 second."""
    units = {"day": width.days, "hour": width.seconds // 3600, "minute": width.seconds // 60 % 60}
    units["second"] = width.seconds % 60
    return ", ".join(f"{count} {unit}{'s' if count > 1 else ''}" for unit, count in units.items() if count)


def _duration(iso: str) -> str:
    """P7D as 7 days, for those that the contract files have: one number and one unit."""
    units = {"D": "days", "M": "months", "Y": "years", "W": "weeks"}
    return f"{iso[1:-1]} {units[iso[-1]]}" if iso[1:-1].isdigit() and iso[-1] in units else iso
