"""When a warehouse works on orders. Plain arithmetic on epoch seconds: it is done for every order."""

from typing import NamedTuple

from .durations import DAY

_THURSDAY = 3  # the weekday of epoch second 0; Monday is 0


class WorkingHours(NamedTuple):
    """A warehouse's working days, in its own time, which is `ahead_s` seconds ahead of UTC.

    When work begins and how late an order still counts for the day are seconds from midnight. Weekdays count from
    Monday, 0; there must be one.
    """

    ahead_s: int
    begins_s: int
    cut_off_s: int
    weekdays: frozenset[int]

    def worked_on_from_s(self, placed_at_s: int) -> int:
        """The instant from which an order is worked on: on its own day, if that is one of work and the cut-off is kept.

        Otherwise it is the beginning of the next working day.
        """
        day, second = divmod(placed_at_s + self.ahead_s, DAY)
        if second > self.cut_off_s:
            day += 1
        while not self._works_on(day):
            day += 1
        return max(placed_at_s, day * DAY + self.begins_s - self.ahead_s)

    def _works_on(self, day: int) -> bool:
        return (day + _THURSDAY) % 7 in self.weekdays
