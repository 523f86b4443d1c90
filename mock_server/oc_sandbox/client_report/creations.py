"""What nobody recognises when it comes a second time, made again after an unclear answer."""

from collections.abc import Iterator

from .findings import Finding, of_fact, times
from .story import Seen, Story

FACT = "doubles"
"""The fact of an operation that has it: what is sent twice is there twice."""


def check(story: Story) -> Iterator[Finding]:
    """The same creation again without a look whether the first one was done, whose answer did not tell."""
    for name, calls in story.by_operation.items():
        operation = calls[0].operation
        if operation is None or all(fact.get("id") != FACT for fact in operation.document["facts"]):
            continue
        pairs = [*_blind(story, calls)]
        doubled = [pair for pair in pairs if pair[0].taken and pair[1].taken]
        if pairs:
            done = "both were done" if doubled else "only by luck the first was not done"
            told = doubled or pairs
            found = {seen.id: seen for pair in told for seen in pair}
            yield Finding(
                "placed-twice" if doubled else "sent-again-unseen",
                "error" if doubled else "warning",
                name,
                f"{name} was sent again unchanged after an unclear answer, and {done} ({times(len(told))}).",
                "After an unclear answer ask first what is there, with a list of the newest, or of the stock; send it"
                " again only where it is missing.",
                (of_fact(operation, FACT),),
                tuple(found.values()),
            )


def _blind(story: Story, calls: list[Seen]) -> Iterator[tuple[Seen, Seen]]:
    """A call with an unclear answer and the next one like it, with no look between."""
    unclear: dict[bytes, Seen] = {}
    for seen in calls:
        before = unclear.pop(seen.fingerprint, None)
        if before is not None and not _looked(story, before, seen):
            yield before, seen
        if seen.unclear:
            unclear[seen.fingerprint] = seen


def _looked(story: Story, before: Seen, again: Seen) -> bool:
    """Whether anything of the same API was read between the two."""
    between = (seen for seen in story.after(before) if seen.id < again.id and seen.taken and not seen.unclear)
    return any(
        seen.operation.api is again.operation.api and seen.operation.document["effect"] == "read"
        for seen in between
        if seen.operation is not None and again.operation is not None
    )
