"""How often somebody may call."""

from collections import deque


class Quota:
    """At most so many calls in any stretch of `span_ms`, by a clock in epoch milliseconds that never goes back.

    It remembers the instants of the calls it let through, so no more than `most`.
    """

    def __init__(self, most: int, span_ms: int) -> None:
        self.most = most
        self._span_ms = span_ms
        self._taken: deque[int] = deque()

    def take(self, now_ms: int) -> bool:
        """Whether one more call may come now; one that may not does not count."""
        taken = self._taken
        while taken and taken[0] <= now_ms - self._span_ms:
            taken.popleft()
        if len(taken) >= self.most:
            return False
        taken.append(now_ms)
        return True
