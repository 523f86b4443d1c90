"""Calls made again: what can never succeed, and what comes again at once."""

from collections.abc import Iterator
from itertools import pairwise

from ..contract import Operation
from .findings import Finding, of_error, of_named_fact, times
from .story import Seen, Story

AT_ONCE_MS = 100
"""Two calls so close, in the client's own time, had no wait between them."""
MANY = 3
"""So often at once is no accident."""
STUBBORN = 3


def check(story: Story) -> Iterator[Finding]:
    """Runs of the same call, each answered without success."""
    for name, calls in story.by_operation.items():
        operation = calls[0].operation
        if operation is None:
            continue
        permanent = permanent_errors(operation)
        stubborn: list[list[Seen]] = []
        hasty: list[list[Seen]] = []
        for run in _runs(calls):
            if all(set(seen.errors) & permanent for seen in run):
                stubborn.append(run)
            elif story.clock_rate and _at_once(run, story.clock_rate):
                hasty.append(run)
        if stubborn:
            yield _stubborn(name, operation, stubborn)
        if hasty:
            yield _hasty(name, operation, hasty)


def permanent_errors(operation: Operation) -> frozenset[str]:
    """The error rows that follow from the request alone, so that the same request gets them again."""
    document = operation.api.document
    found = {*document["keyword_errors"].values(), *document["engine_errors"].values()}
    found |= set(_named(operation.request.schema))
    return frozenset(found)


def _named(schema: object) -> Iterator[str]:
    """The errors that a request's schema names: x-error, and the rules between fields."""
    if isinstance(schema, list):
        for child in schema:
            yield from _named(child)
    elif isinstance(schema, dict):
        own = schema.get("x-error", ())
        yield from (own,) if isinstance(own, str) else dict(own).values()
        yield from schema.get("x-date-range", {}).get("errors", {}).values()
        if "x-required-if" in schema:
            yield schema["x-required-if"]["error"]
        for child in schema.values():
            yield from _named(child)


def _stubborn(name: str, operation: Operation, runs: list[list[Seen]]) -> Finding:
    run = max(runs, key=len)
    errors = dict.fromkeys(error for seen in run for error in seen.errors)
    return Finding(
        "retried-in-vain",
        "warning" if len(run) >= STUBBORN else "note",
        name,
        f"{name} was sent {times(len(run))} unchanged, though the request itself was refused: {', '.join(errors)}.",
        "Do not repeat a request that was refused for what it says; mend it, or give the error to the caller.",
        tuple(of_error(operation, error) for error in errors if error in operation.errors),
        tuple(run),
    )


def _hasty(name: str, operation: Operation, runs: list[list[Seen]]) -> Finding:
    run = max(runs, key=len)
    errors = list(dict.fromkeys(error for seen in run for error in seen.entry.errors)) or ["an unclear answer"]
    return Finding(
        "retried-without-back-off",
        "warning" if len(run) > MANY else "note",
        name,
        f"{name} was sent {times(len(run))} in a row without a wait of {AT_ONCE_MS} ms between, after {errors[0]}.",
        "Wait before a second try, longer each time, with a limit. (A test that replaces sleep looks the same: let the"
        " replacement move the sandbox's clock, and make that clock manual.)",
        of_named_fact(operation, "repeats"),
        tuple(run),
    )


def _runs(calls: list[Seen]) -> Iterator[list[Seen]]:
    """The same call in a row, at least twice, none of them with success but perhaps the last."""
    run: list[Seen] = []
    for seen in calls:
        if run and (seen.fingerprint != run[-1].fingerprint or seen.caller != run[-1].caller):
            yield from _if_run(run)
            run = []
        if _failed(seen):
            run.append(seen)
        else:
            yield from _if_run(run)
            run = []
    yield from _if_run(run)


def _if_run(run: list[Seen]) -> Iterator[list[Seen]]:
    if len(run) > 1:
        yield run


def _failed(seen: Seen) -> bool:
    return seen.unclear or seen.entry.outcome == "refused"


def _at_once(run: list[Seen], rate: float) -> bool:
    gaps = (after.entry.at_ms - before.entry.at_ms for before, after in pairwise(run))
    return len(run) >= MANY and all(gap / rate < AT_ONCE_MS for gap in gaps)
