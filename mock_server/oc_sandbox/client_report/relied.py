"""What of the answers was a guess: the assumptions that a client's calls relied on."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..assumptions import Question
from ..domain.clock import from_ms
from ..formats import before, span
from .retries import permanent_errors
from .story import Seen, Story


class Relied(NamedTuple):
    """An open question whose answer the calls' replies depended on, and the calls."""

    question: Question
    answer: str
    seen: str
    calls: tuple[Seen, ...]


def relied(story: Story) -> Iterator[Relied]:
    """Each question of which another plausible answer could have changed a reply, or what comes of the call."""
    for question in story.book.questions.values():
        touched = TOUCHED.get(question.name, _answered)
        calls = [seen for name in _operations(story, question) for seen in story.of(name) if touched(seen)]
        if calls:
            # What was seen at other operations is still assumed of these.
            known = all(question.speaks_for(seen.name) for seen in calls)
            seen_at = story.choices.seen(question.name) if known else ""
            yield Relied(
                question, story.choices.answer(question.name), seen_at, tuple(sorted(calls, key=lambda seen: seen.id))
            )


def guessed_errors(story: Story) -> dict[str, dict[str, int]]:
    """By operation the errors that were met whose form is assumed, and how often."""
    found: dict[str, dict[str, int]] = {}
    for seen in story.calls:
        for error in seen.errors:
            if seen.operation is not None and seen.operation.errors[error].evidence.startswith("assumed"):
                of_operation = found.setdefault(seen.name, {})
                of_operation[error] = of_operation.get(error, 0) + 1
    return found


def _operations(story: Story, question: Question) -> list[str]:
    """The operations concerned; of what concerns how every call is checked, all of that API."""
    every = question.name in OF_ALL_CALLS
    return [name for name, calls in story.by_operation.items() if every or name in question.operations]


def _answered(seen: Seen) -> bool:
    return seen.taken


def _with_error(*prefixes: str) -> Callable[[Seen], bool]:
    return lambda seen: any(error.startswith(prefixes) for error in seen.errors)


def _exactly_the_longest(seen: Seen) -> bool:
    return any("longest" in rule and end - start == span(rule["longest"]) for rule, _, start, end in seen.window())


def _at_the_look_back(seen: Seen) -> bool:
    now = from_ms(seen.entry.at_ms).replace(microsecond=0)
    for rule, _, start, _ in seen.window():
        if "look_back" in rule:
            edge = before(now, rule["look_back"])
            if before(edge, rule.get("look_back_grace", "P1D")) <= start < edge:
                return True
    return False


def _signed_body(seen: Seen) -> bool:
    operation = seen.operation
    return operation is not None and "signature" in operation.auth and operation.method != "GET" and seen.taken


def _some_failed(seen: Seen) -> bool:
    data = seen.request.get("data") if isinstance(seen.request, dict) else None
    return isinstance(data, list) and len(data) > 1 and bool(seen.failed_ids()) and not seen.injected


def _without_skus(seen: Seen) -> bool:
    data = seen.request.get("data") if isinstance(seen.request, dict) else None
    return isinstance(data, dict) and not any(isinstance(value, list) and value for value in data.values())


def _with_rows(seen: Seen) -> bool:
    return seen.taken and isinstance(seen.reply, dict) and bool(seen.reply.get("data"))


def _told_apart(seen: Seen) -> bool:
    """Whether a request breaks several rules, so that it matters which of them are told."""
    operation = seen.operation
    if operation is None or not seen.errors or not isinstance(seen.request, dict):
        return False
    if not set(seen.errors) & permanent_errors(operation):
        return False
    return sum(1 for _ in operation.request.breaches(seen.request)) > 1


def _in_chinese(seen: Seen) -> bool:
    api = seen.operation.api if seen.operation else None
    texts = {text for words in (api.document.get("translations", {}) if api else {}).values() for text in words}
    rows = (
        [api.errors.get(error) or seen.operation.errors[error] for error in seen.errors]
        if api and seen.operation
        else []
    )
    message = seen.reply.get("message") if isinstance(seen.reply, dict) else None
    return message in texts or any(row.message in texts for row in rows)


def _asked_for_more(seen: Seen) -> bool:
    """Whether a movement query names a SKU of which nothing comes back."""
    data = seen.request.get("data") if isinstance(seen.request, dict) else None
    wanted = (
        {text for sku in (data or {}).get("mfSkuList", ()) for text in sku.values()}
        if isinstance(data, dict)
        else set()
    )
    rows: Any = seen.reply.get("data") if isinstance(seen.reply, dict) else None
    given = {value for row in rows or () if isinstance(row, dict) for value in row.values() if isinstance(value, str)}
    return seen.taken and bool(wanted - given)


OF_ALL_CALLS = frozenset(
    {"signing", "refused_token", "refused_signature", "success_key", "message_language", "parameter_errors"}
)
"""Questions whose data names but an example of the operations concerned: they are about all."""

TOUCHED: Mapping[str, Callable[[Seen], bool]] = MappingProxyType(
    {
        "seven_day_edge": _exactly_the_longest,
        "twelve_month_edge": _at_the_look_back,
        "batch_outcome": _some_failed,
        "repeated_reference": _with_error("reference_taken"),
        "repeated_own_number": _with_error("reference_taken", "seller_number_taken"),
        "refused_token": _with_error("token_"),
        "refused_signature": _with_error("signature_"),
        "signing": _signed_body,
        "movement_reason": _with_rows,
        "movement_id_key": _with_rows,
        "movement_ids": _with_rows,
        "empty_sku_list": _without_skus,
        "message_language": _in_chinese,
        "parameter_errors": _told_apart,
        "second_cancellation": _with_error("already_cancelled"),
        "unknown_sku_in_movements": _asked_for_more,
        "unknown_sku_in_labels": _with_error("sku_unknown"),
    }
)
"""By question, what tells that a call's reply depended on the answer; for the others it is that the call succeeded."""
