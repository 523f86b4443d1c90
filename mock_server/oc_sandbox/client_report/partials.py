"""Batches of which a part failed, and what became of that part."""

from collections.abc import Iterator

from .findings import Finding, names, of_error
from .story import Seen, Story


def check(story: Story) -> Iterator[Finding]:
    """Things that a batch's reply reports as failed, and that no later call mentions.

    A note: whether a person was told the journal cannot show, and that is a good way too.
    """
    for name, calls in story.by_operation.items():
        left: dict[str, Seen] = {}
        for seen in calls:
            if seen.entry.outcome != "partial":
                continue
            for failed in seen.failed_ids():
                if not any(failed in other.texts for other in story.after(seen)):
                    left.setdefault(failed, seen)
        operation = calls[0].operation
        if left and operation is not None:
            seen = next(iter(left.values()))
            errors = [error for error in dict.fromkeys(seen.entry.errors) if error in operation.errors]
            found = {each.id: each for each in left.values()}
            yield Finding(
                "partial-failure-ignored",
                "note",
                name,
                f"{name} took a part of a batch and reported {names([*left])} as failed; no later call mentions it.",
                "Read errors[] of every reply, also where some of the batch was taken: mend and send again what failed,"
                " or tell a person of it. (If you do tell a person, this note has nothing to say.)",
                tuple(of_error(operation, error) for error in errors),
                tuple(found.values()),
            )
