"""What a tenant was asked and what it answered, in order."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from .call import Call, Reply

Outcome = Literal["ok", "partial", "refused"]

DEFAULT_LIMIT = 1000
DEFAULT_LIMIT_BYTES = 16 * 1024 * 1024


class Entry(NamedTuple):
    """One call. `errors` are the names of the error rows in its reply; a batch of which some was done is `partial`.

    `injected` are the faults that befell it: then what it got says nothing about the vendor. `outcome` is what became
    of the work all the same, so it is `ok` where only the reply was lost.
    """

    id: int
    at_ms: int
    operation: str | None
    call: Call
    reply: Reply
    errors: tuple[str, ...]
    outcome: Outcome
    injected: tuple[Mapping[str, Any], ...] = ()


class Journal:
    """The latest calls of one tenant. The oldest fall out at a number of calls, or of bytes of what they carry."""

    def __init__(self, limit: int = DEFAULT_LIMIT, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._entries: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._count = 0
        self._lost = 0

    @property
    def lost(self) -> int:
        """How many calls have fallen out since it was last cleared."""
        return self._lost

    def write(
        self,
        at_ms: int,
        operation: str | None,
        call: Call,
        reply: Reply,
        errors: tuple[str, ...],
        outcome: Outcome,
        injected: tuple[Mapping[str, Any], ...] = (),
    ) -> None:
        """Append one call."""
        self._count += 1
        entries = self._entries
        entries.append(Entry(self._count, at_ms, operation, call, reply, errors, outcome, injected))
        size = _size(call, reply)
        self._sizes.append(size)
        self._bytes += size
        while len(entries) > self._limit or (self._bytes > self._limit_bytes and len(entries) > 1):
            entries.popleft()
            self._lost += 1
            self._bytes -= self._sizes.popleft()

    def since(self, last_id: int = 0, operation: str | None = None) -> Iterator[Entry]:
        """The calls after an id, oldest first; of one operation, if one is named."""
        for entry in self._entries:
            if entry.id > last_id and operation in (None, entry.operation):
                yield entry

    def clear(self) -> None:
        """Forget all calls; ids go on."""
        self._entries.clear()
        self._sizes.clear()
        self._bytes = 0
        self._lost = 0

    def __len__(self) -> int:
        return len(self._entries)


def _size(call: Call, reply: Reply) -> int:
    """About how many bytes a call and its reply hold; whatever a caller can make large is in it."""
    return len(call.body) + len(reply.body) + len(call.query) + len(call.path) + sum(map(len, call.headers.values()))
