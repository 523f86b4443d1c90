"""The same order twice: under the same number again, or under two."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from ..contract import Operation
from ..domain.clock import from_ms
from .findings import Finding, of_fact, of_question, times
from .story import Seen, Story

QUESTIONS = ("repeated_reference", "repeated_own_number")
"""What an order gets under a number of the caller's that is used: the operations concerned have such a number."""


class Placed(NamedTuple):
    """One thing of a call that places some: the caller's number, all else of it, and whether it was taken."""

    seen: Seen
    number: str
    rest: bytes
    sale: tuple[Any, ...]
    taken: bool


def check(story: Story) -> Iterator[Finding]:
    """Orders that were sent again without a look at what had become of the first."""
    for question in (story.book.questions[name] for name in QUESTIONS):
        for name in question.operations:
            calls = story.of(name)
            operation = calls[0].operation if calls else None
            key = _number_key(operation) if operation is not None else None
            if operation is None or key is None:
                continue
            placed = [each for seen in calls for each in _placed(operation, key, seen)]
            again = list(_again(story, placed))
            if again:
                yield Finding(
                    "sent-again-unseen",
                    "warning",
                    name,
                    f"{name} was called again with {key} {again[0].number!r}, which had been sent before; in between"
                    f" nothing looked whether it was taken on ({times(len(again))}).",
                    "After an unclear answer ask for the order by its number first; send it again only where it is not"
                    " there. That a second one is refused is our guess.",
                    (of_question(operation.api, question),),
                    tuple(each.seen for each in again),
                )
            doubled = list(_doubled(story, placed))
            if doubled:
                yield _doubled_finding(name, operation, key, doubled)


def _doubled_finding(name: str, operation: Operation, key: str, pairs: list[tuple[Placed, Placed]]) -> Finding:
    first, second = pairs[0]
    why = "after an unclear answer to the first" if first.seen.unclear else "and they are for the same sale"
    calls = {each.seen.id: each.seen for pair in pairs for each in pair}
    return Finding(
        "placed-twice",
        "error" if first.seen.unclear else "warning",
        name,
        f"{name}: the same order was placed under two numbers, {first.number!r} and {second.number!r}, {why}"
        f" ({times(len(pairs))}).",
        f"Keep the {key} of an order for all tries to place it, and ask for it before a second one.",
        (of_fact(operation.api, "doubles"),),
        tuple(calls.values()),
    )


def _again(story: Story, placed: list[Placed]) -> Iterator[Placed]:
    """What was sent a second time under its number, with no call between that mentions the number."""
    last: dict[tuple[str, str], Placed] = {}  # two sellers may use one number
    for each in placed:
        before = last.get((each.seen.caller, each.number))
        if before is not None and each.seen.id != before.seen.id and not _looked_at(story, before, each):
            yield each
        if before is not None or each.taken or each.seen.unclear:
            last[each.seen.caller, each.number] = each


def _looked_at(story: Story, before: Placed, again: Placed) -> bool:
    """Whether the client asked for the order, or did something with it, between the two."""
    wanted = {before.number, *_numbers_given(before)}
    between = (seen for seen in story.after(before.seen) if seen.id < again.seen.id)
    return any(wanted & seen.texts or _lists(seen, before.seen) for seen in between if seen.name != again.seen.name)


def _lists(seen: Seen, placed: Seen) -> bool:
    """Whether it asked for all that there was of a time, by no number, and so for what was placed then."""
    if seen.operation is None or placed.operation is None or seen.unclear or not seen.taken:
        return False
    if seen.operation.group != placed.operation.group or seen.operation.document["effect"] != "read":
        return False
    at = from_ms(placed.entry.at_ms).replace(microsecond=0)
    data = seen.request.get("data") if isinstance(seen.request, dict) else None
    named = isinstance(data, dict) and any(any(item.values()) for item in _objects(data.values()))
    return not named and any(start <= at <= end for _, _, start, end in seen.window())


def _objects(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """The objects in the lists among some values."""
    return (item for value in values if isinstance(value, list) for item in value if isinstance(item, dict))


def _numbers_given(placed: Placed) -> Iterator[str]:
    """What the vendor called it in its reply."""
    rows = placed.seen.reply.get("data") if isinstance(placed.seen.reply, dict) else None
    for row in rows if isinstance(rows, list) else [rows]:
        if isinstance(row, dict) and placed.number in row.values():
            yield from (value for value in row.values() if isinstance(value, str) and value)


def _doubled(story: Story, placed: list[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Two under different numbers that are alike in all else, where they are one sale or the first was given up.

    Given up is what had no clear answer and whose number never comes again: whoever keeps to a number asks for it, or
    sends it again, and then what is placed beside it is another order, for all that they look alike.
    """
    first: dict[tuple[str, bytes], Placed] = {}
    for each in placed:
        before = first.get((each.seen.caller, each.rest))
        alike = before is not None and before.number != each.number and before.seen.id != each.seen.id
        one_sale = alike and before is not None and each.sale and before.taken and each.taken
        suspect = one_sale or (alike and before is not None and _given_up(story, before))
        # One that was looked for, or cancelled, and then placed anew is no double.
        if before is not None and suspect and not _looked_at(story, before, each):
            yield before, each
        first[each.seen.caller, each.rest] = each


def _given_up(story: Story, placed: Placed) -> bool:
    return placed.seen.unclear and not any(placed.number in seen.texts for seen in story.after(placed.seen))


def _placed(operation: Operation, key: str, seen: Seen) -> Iterator[Placed]:
    if not isinstance(seen.request, dict):
        return
    data = seen.request.get("data")
    failed = set(seen.failed_ids())
    sale = _items(operation).get("x-required-if", {}).get("required", ())
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict) and isinstance(item.get(key), str) and item[key]:
            rest = orjson.dumps({k: v for k, v in item.items() if k != key}, option=orjson.OPT_SORT_KEYS)
            taken = seen.taken and item[key] not in failed
            ids = tuple(item[name] for name in sale if item.get(name))
            yield Placed(seen, item[key], rest, ids, taken)


def _number_key(operation: Operation) -> str | None:
    """The property that is the caller's own number: what the reply gives back of the request."""
    given_back = {name.lower() for name in _properties(operation.response.get("properties", {}).get("data", {}))}
    given_back |= {name.lower() for name in _properties(operation.response.get("properties", {}).get("result", {}))}
    return next((name for name in _items(operation).get("properties", {}) if name.lower() in given_back), None)


def _items(operation: Operation) -> Mapping[str, Any]:
    """The schema of one thing of the request's data."""
    data: Mapping[str, Any] = operation.request.schema.get("properties", {}).get("data", {})
    items: Mapping[str, Any] = data.get("items", data)
    return items


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema.get("items", schema).get("properties", {})
    return found
