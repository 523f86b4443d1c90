"""Batches of which a part failed, and what became of that part."""

from collections.abc import Iterator

from .findings import Finding, names, of_error
from .story import Seen, Story


def check(story: Story) -> Iterator[Finding]:
    """Things that a batch's reply reports as failed, and that no later call mentions.

    A note: whether a person was told the journal cannot show, and that is a good way too.
    """
    later: set[str] = set()
    left: dict[str, dict[str, Seen]] = {}
    for seen in reversed(story.calls):  # so that what is mentioned later is known already
        if seen.entry.outcome == "partial":
            unmentioned = {failed: seen for failed in seen.failed_ids() if failed not in later}
            left[seen.name] = {**unmentioned, **left.get(seen.name, {})}
        later |= seen.texts
    for name, failed in left.items():
        first = next(iter(failed.values()), None)
        if first is not None and first.operation is not None:
            operation, errors = first.operation, dict.fromkeys(first.entry.errors)
            calls = {seen.id: seen for seen in failed.values()}
            yield Finding(
                "partial-failure-ignored",
                "note",
                name,
                f"{name} took a part of a batch and reported {names([*failed])} as failed; no later call mentions it.",
                "Read errors[] of every reply, also where some of the batch was taken: mend and send again what failed,"
                " or tell a person of it. (If you do tell a person, this note has nothing to say.)",
                tuple(of_error(operation, error) for error in errors if error in operation.errors),
                tuple(calls.values()),
            )
