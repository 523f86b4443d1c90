"""The world's time. This module alone reads the wall clock."""

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Literal, get_args

Mode = Literal["real", "frozen", "accelerated", "manual"]


def wall_clock_ms() -> int:
    """Epoch milliseconds of the machine."""
    return time.time_ns() // 1_000_000


EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)
LATEST = datetime(9000, 1, 1, tzinfo=timezone.utc)
"""No clock stands before or after these, so that what lies a year to either side is still a date."""
_LATEST_MS = int(LATEST.timestamp()) * 1000


class TimeRunsForward(ValueError):
    """The clock was asked to go back. Movements are ordered by time, so a world's past cannot be reopened."""


class TimeOutOfReach(ValueError):
    """The clock was asked to stand where dates end."""


class Clock:
    """A world's clock, in epoch milliseconds.

    real: follows the machine, from wherever it was set. accelerated: the same, `rate` times as fast.
    manual: stands still and moves only by `advance` and `set`. frozen: the same; the name says that nobody means to.
    It stands between EARLIEST and LATEST; one that gets there stays there. Errors: TimeOutOfReach.
    """

    def __init__(
        self,
        mode: Mode = "real",
        *,
        now: datetime | None = None,
        rate: float = 60.0,
        wall: Callable[[], int] = wall_clock_ms,
    ) -> None:
        self._wall = wall
        self._latest_ms = 0
        self._held = False
        self._wall_origin_ms = wall()
        self._origin_ms = self._wall_origin_ms if now is None else _in_reach(now)
        self.mode: Mode = mode
        self.rate = 0.0
        self.configure(mode, rate=rate)

    def configure(self, mode: Mode, *, rate: float = 60.0) -> None:
        """Change how time passes from now on; `rate` counts for accelerated only. Errors: ValueError."""
        if mode not in get_args(Mode):
            raise ValueError(f"mode must be one of {', '.join(get_args(Mode))}, not {mode!r}")
        if mode == "accelerated" and not (isinstance(rate, (int, float)) and rate > 0):
            raise ValueError(f"rate must be above 0, not {rate!r}")
        self._restart(self.now_ms())
        self.mode = mode
        self.rate = {"real": 1.0, "accelerated": rate}.get(mode, 0.0)

    def now_ms(self) -> int:
        """Epoch milliseconds; never less than it ever answered, even if the machine's clock steps back."""
        if self._held:
            return self._latest_ms
        now = self._origin_ms
        if self.rate:
            now += int((self._wall() - self._wall_origin_ms) * self.rate)
        if now > self._latest_ms:
            self._latest_ms = min(now, _LATEST_MS)
        return self._latest_ms

    def now_s(self) -> int:
        """Epoch seconds, rounded down."""
        return self.now_ms() // 1000

    def now(self) -> datetime:
        """The instant, aware, UTC, to the millisecond."""
        return from_ms(self.now_ms())

    def hold(self) -> None:
        """Let no time pass until `release`: what is done meanwhile is done at one instant."""
        self.now_ms()
        self._held = True

    def release(self) -> None:
        """Let time pass again."""
        self._held = False

    def after(self, seconds: float) -> int:
        """Epoch milliseconds of the instant so many seconds from now. Errors: TimeRunsForward, TimeOutOfReach."""
        if seconds < 0:
            raise TimeRunsForward(
                f"the clock cannot go back by {-seconds} s; make a fresh tenant with an earlier clock"
            )
        ms = self.now_ms() + int(seconds * 1000)
        if ms > _LATEST_MS:
            raise TimeOutOfReach(f"{seconds} s on from {self.now().isoformat()} is after {LATEST.isoformat()}")
        return ms

    def advance(self, seconds: float) -> None:
        """Move forward by so many seconds, in any mode. Errors: TimeRunsForward, TimeOutOfReach."""
        self._restart(self.after(seconds))

    def reach(self, ms: int) -> None:
        """Move forward to an instant in epoch milliseconds, unless it is past already."""
        if ms > self.now_ms():
            self._restart(min(ms, _LATEST_MS))

    def set(self, now: datetime) -> None:
        """Move forward to an instant. Errors: TimeRunsForward, TimeOutOfReach."""
        ms = _in_reach(now)
        if ms < self.now_ms():
            raise TimeRunsForward(
                f"the clock stands at {self.now().isoformat()} and cannot go back to {now.isoformat()}; "
                "make a fresh tenant with an earlier clock"
            )
        self._restart(ms)

    def _restart(self, ms: int) -> None:
        self._wall_origin_ms = self._wall()
        self._origin_ms = ms
        self._held = False


def _in_reach(instant: datetime) -> int:
    ms = to_ms(instant)
    if not EARLIEST <= instant <= LATEST:
        raise TimeOutOfReach(f"{instant.isoformat()} is not between {EARLIEST.isoformat()} and {LATEST.isoformat()}")
    return ms


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware instant."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    return round(instant.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """The aware UTC instant of epoch milliseconds."""
    return datetime.fromtimestamp(ms / 1000, tz=timezone.utc)
