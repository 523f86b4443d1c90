"""What has happened in a tenant's worlds, in order: for its owner to look at, and for webhooks to tell of."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .domain.world import Happened, World

DEFAULT_LIMIT = 10_000


class Event(NamedTuple):
    """Something that happened in one of the tenant's worlds. Ids count up from 1."""

    id: int
    happened: Happened
    world: World


class EventLog:
    """The latest events of one tenant. The oldest fall out at a number of events."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.limit = limit
        self._events: deque[Event] = deque(maxlen=limit)
        self._count = 0

    def write(self, news: Iterable[tuple[Happened, World]], *, skipped: int = 0) -> list[Event]:
        """Append what has happened. `skipped` came before, and would have fallen out at once."""
        self._count += skipped
        events = [Event(serial, *each) for serial, each in enumerate(news, self._count + 1)]
        self._count += len(events)
        self._events += events
        return events

    def since(self, last_id: int = 0) -> Iterator[Event]:
        """The events after an id, oldest first."""
        return (event for event in self._events if event.id > last_id)

    def find(self, event_id: int) -> Event | None:
        """The event of an id, if it is still there."""
        return next((event for event in self._events if event.id == event_id), None)

    def clear(self) -> None:
        """Forget all events; ids go on."""
        self._events.clear()

    def __len__(self) -> int:
        return len(self._events)
