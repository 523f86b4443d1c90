"""A target with a guard before it: how much is asked, how fast, whether anything is written, and when to give up."""

import time
from collections.abc import Callable

import orjson
from oc_sandbox.catalog import catalog

from .scenes import Unfit
from .targets import Answer, Keys, Request, Target, Unreachable

BUSY_IN_A_ROW = 5
"""So many 429 or 502 to 504 in a row end a run; of an operation that declares no 429, the first one does."""


Heard = Callable[[Request, Answer], None]


class Spent(Exception):
    """The budget of requests is used up."""


class Guarded:
    """A target that counts, waits between calls, keeps from writing, and notices a server that is not there.

    Errors of `send`: Unreachable, also for what is HTTP and yet no answer of this API; Spent; Unfit, for a write where
    none is allowed.
    """

    def __init__(
        self,
        target: Target,
        *,
        writes: bool,
        moves_time: bool,
        most: int | None = None,
        per_second: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        heard: Heard | None = None,
        known: bool = False,
    ) -> None:
        """`heard` is told of every call and its answer. `known`, that the target is a server of this API for sure."""
        self.target = target
        self.root_url = target.root_url
        self.requests = 0
        self._writes, self._moves_time = writes, moves_time
        self._most, self._pause_s = most, 1 / per_second if per_second else 0.0
        self._clock, self._sleep = clock, sleep
        self._next_at = 0.0
        self._understood = known
        self._busy = 0
        self._heard = heard

    @property
    def keys(self) -> Keys:
        """The target's, as they are now."""
        return self.target.keys

    @keys.setter
    def keys(self, keys: Keys) -> None:
        self.target.keys = keys

    def wait(self, seconds: float) -> bool:
        """Let time pass where that is ours to do."""
        return self._moves_time and self.target.wait(seconds)

    def close(self) -> None:
        """Let go of the target's connection, if it keeps one; the next call makes another."""
        close = getattr(self.target, "close", None)
        if close is not None:
            close()

    def send(self, request: Request) -> Answer:
        """As the target's."""
        operation = catalog().operations.get(request.operation)
        if operation is not None and operation.writes and not self._writes:
            raise Unfit(f"it takes {operation.name}, which writes; --allow-writes lets it")
        if self._most is not None and self.requests >= self._most:
            raise Spent(f"the budget of {self._most} requests is spent; --max-requests sets it")
        self._keep_pace()
        self.requests += 1
        answer = self.target.send(request)
        if self._heard is not None:
            self._heard(request, answer)
        self._look_at(request, answer)
        return answer

    def _keep_pace(self) -> None:
        if self._pause_s:
            now = self._clock()
            if now < self._next_at:
                self._sleep(self._next_at - now)
            self._next_at = max(now, self._next_at) + self._pause_s

    def _look_at(self, request: Request, answer: Answer) -> None:
        operation = catalog().operations.get(request.operation)
        declared = operation is not None and any(row.http_status == 429 for row in operation.errors.values())
        self._busy = self._busy + 1 if answer.status in (429, 502, 503, 504) else 0
        if answer.status == 429 and (not declared or self._busy >= BUSY_IN_A_ROW):
            after = next((value for name, value in answer.headers if name.lower() == "retry-after"), "")
            hint = f", to come again after {after}" if after.replace(" ", "").isalnum() else ""
            raise Unreachable(f"{self.root_url} limits the rate of calls (HTTP 429{hint}); a lower --rate may help")
        if self._busy >= BUSY_IN_A_ROW:
            raise Unreachable(f"{self.root_url} answers HTTP {answer.status} to call after call")
        if operation is not None and operation.renders == "json" and not self._understood:
            if not _is_json(answer.body):
                what = f"HTTP {answer.status}, {_kind(answer)}, to {operation.name}"
                raise Unreachable(f"{self.root_url} is no server of this API: {what}")
            self._understood = True


def _is_json(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def _kind(answer: Answer) -> str:
    if answer.body.lstrip()[:1] == b"<":
        return "a page for people (HTML)"
    return "an empty body" if not answer.body else "a body that is no JSON"
