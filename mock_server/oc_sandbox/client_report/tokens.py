"""Access tokens: renewed too late, not at all, or before every call."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from .findings import Basis, Finding, of_error, of_fact, times
from .story import Seen, Story

MANY = 3
"""So many times makes a habit: less may be a test that wants it so, or calls that were under way together."""


class Issued(NamedTuple):
    """A token that a call fetched: until when it lasts, by the journal's time, and for which seller."""

    seen: Seen
    token: str
    expires_at_ms: int
    grant: str


def check(story: Story) -> Iterator[Finding]:
    """What becomes of the tokens that the client fetches and is refused."""
    refused = [seen for seen in story.calls if "token_expired" in seen.entry.errors]
    # A token that a fault has ended before its time is nobody's mistake, whoever still bears it.
    ended = {seen.token for seen in story.calls if any("token" in fault for fault in seen.faults)}
    yield from _late(story, [seen for seen in refused if not seen.injected and seen.token not in ended])
    yield from _never(story, refused)
    yield from _needless(story)


def _late(story: Story, refused: list[Seen]) -> Iterator[Finding]:
    """Calls refused for a token whose time was known to be over; those that were not made again are lost."""
    lost: list[Seen] = []
    again: list[Seen] = []
    for seen in refused:
        retried = any(
            other.fingerprint == seen.fingerprint and other.taken and other.token != seen.token
            for other in story.after(seen)
        )
        (again if retried else lost).append(seen)
    if lost:
        yield Finding(
            "token-renewed-late",
            "warning",
            lost[0].name,
            f"{len(lost)} calls were refused because the access token had expired, and were not made again.",
            "Renew before expires_in is over, say at nine tenths of it; and make a call that was refused once more.",
            _basis(lost[0]),
            tuple(lost),
        )
    if again:
        yield Finding(
            "token-renewed-late",
            "note",
            again[0].name,
            f"{len(again)} calls were refused because the access token had expired; each was made again.",
            "It works. Renewing before expires_in is over saves the refused call.",
            _basis(again[0]),
            tuple(again),
        )


def _never(story: Story, refused: list[Seen]) -> Iterator[Finding]:
    """The same token again and again, though it was refused."""
    by_token: dict[str, list[Seen]] = {}
    for seen in refused:
        by_token.setdefault(seen.token, []).append(seen)
    stubborn = [seen for calls in by_token.values() if len(calls) >= MANY for seen in calls]
    if stubborn:
        yield Finding(
            "token-not-renewed",
            "error",
            stubborn[0].name,
            f"An access token was sent {times(len(stubborn))} although it had been refused as expired.",
            "After such a refusal fetch a new token with the refresh token, and make the call once more.",
            _basis(stubborn[0]),
            tuple(stubborn),
        )


def _needless(story: Story) -> Iterator[Finding]:
    """Renewals although the token before had most of its life left, and serves one call at most, then or later.

    Later, because workers that run side by side fetch a token each, and then go on using it.
    """
    issued = [each for seen in story.calls if (each := _issued(seen)) is not None]
    early: list[Seen] = []
    found: list[Seen] = []
    for before, after in pairwise(issued):
        left_ms = before.expires_at_ms - after.seen.entry.at_ms
        life_ms = before.expires_at_ms - before.seen.entry.at_ms
        between = [seen for seen in story.calls if before.seen.id < seen.id < after.seen.id]
        uses = [seen for seen in story.after(before.seen) if seen.token == before.token]
        refused = any(error.startswith("token_") for seen in between for error in seen.entry.errors)
        if before.grant == after.grant and left_ms > life_ms / 2 and len(uses) <= 1 and not refused:
            early.append(after.seen)
        else:
            early = []
        if len(early) >= MANY:
            found = list(early)
    if found:
        operation = found[0].operation
        if operation is not None:
            yield Finding(
                "token-renewed-needlessly",
                "warning",
                found[0].name,
                f"A new access token was fetched {times(len(found))} in a row after one call or none with the one"
                " before, which was still good.",
                "Keep the token and use it until shortly before expires_in is over.",
                (of_fact(operation.api, "token_life"), of_fact(operation.api, "renewals")),
                tuple(found),
            )


def _issued(seen: Seen) -> Issued | None:
    """The token that a call has fetched, in the words of OAuth 2.0 (RFC 6749)."""
    reply = seen.reply
    if seen.operation is None or "client_id" not in seen.operation.auth or not isinstance(reply, dict):
        return None
    token, lasts_s = reply.get("access_token"), reply.get("expires_in")
    if not isinstance(token, str) or not isinstance(lasts_s, int):
        return None
    parameters = seen.entry.call.form_and_query()
    grant = parameters.get("refresh_token") or parameters.get("code") or ""
    return Issued(seen, token, seen.entry.at_ms + lasts_s * 1000, grant)


def _basis(seen: Seen) -> tuple[Basis, ...]:
    operation = seen.operation
    if operation is None:
        return ()
    api = operation.api
    return of_fact(api, "token_life"), of_error(operation, "token_expired"), of_fact(api, "refused_token")
