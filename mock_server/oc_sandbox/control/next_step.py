"""The next step of a life cycle, now: what the clock would let happen later, brought forward."""

import heapq
from typing import Any

from ..domain.lifecycles import EVENTS
from ..domain.world import Due, Happened, World
from ..tenancy import Tenant
from .problems import Conflict

MOST_NAMED = 5
"""How many keys an error names at most."""


class NoSuchEvent(ValueError):
    """There is no such event, or the key is none. The message says what there is."""


class NothingPlanned(Conflict):
    """The event is not planned for that key. The message says what is."""


def let_happen(tenant: Tenant, event: Any, key: Any) -> list[Happened]:
    """Let a planned event happen at the tenant's now, to an order by its number or to a SKU by its id.

    Gives what happened. What follows is planned from now on, as if this had been its time.

    Errors: NoSuchEvent, NothingPlanned.
    """
    if not isinstance(event, str) or event not in EVENTS:
        raise NoSuchEvent(f"there is no event {event!r}; there are {', '.join(sorted(EVENTS))}")
    if not isinstance(key, str):
        raise NoSuchEvent(f"key must be an order's number or a SKU's id, not {key!r}")
    with tenant.one_instant():
        world, due = _planned(tenant, event, key)
        world.take_off(due)
        now_s = world.now_s()
        state = EVENTS[event](world, key, now_s)
        if not state:
            raise NothingPlanned(f"nothing is to come for {key} any more: it was overtaken, as by a cancellation")
        happened = Happened(now_s, event, key, "" if state is True else state)
        world.happen(event, key, happened.state)
        tenant.settle()  # now, so that a webhook tells of this instant
    return [happened]


def _planned(tenant: Tenant, event: str, key: str) -> tuple[World, Due]:
    for world in tenant.worlds:
        mine = [due for due in world.agenda if due.event == event and due.key == key]
        if mine:
            return world, min(mine)
    raise NothingPlanned(f"{event} is not planned for {key[:200]!r}; {_what_is(tenant, event, key)}")


def _what_is(tenant: Tenant, event: str, key: str) -> str:
    """What is planned instead: another event for the key, or the event for other keys, the next ones first."""
    agenda = [due for world in tenant.worlds for due in world.agenda]
    others = sorted({due.event for due in agenda if due.key == key})
    if others:
        return f"{', '.join(others)} is"
    known = heapq.nsmallest(MOST_NAMED, (due for due in agenda if due.event == event))
    return f"it is for {', '.join(due.key for due in known)}" if known else "nor for any other"
