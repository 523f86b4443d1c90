"""How a run is ended from outside: by Ctrl+C, or by SIGTERM, which a CI sends at its time-out. Both end it alike."""

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from types import FrameType

INTERRUPTED = 130
ONE_S = 1.0
"""Signals that come so soon after each other are one."""
Command = Callable[[Sequence[str]], int]


class Terminated(KeyboardInterrupt):
    """Somebody sent SIGTERM. Whatever ends well at Ctrl+C does at this."""


def words_of(interruption: KeyboardInterrupt) -> str:
    """What ended a run."""
    return str(interruption) or "the run was interrupted"


@contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """SIGTERM raises Terminated meanwhile, and SIGINT KeyboardInterrupt; ONE_S later once more.

    Only a main thread hears of signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ending = _Ending()
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, ending)}
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell's `&` has it ignored
        before[signal.SIGINT] = signal.signal(signal.SIGINT, ending)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What is done here is done whole: SIGINT and SIGTERM that come meanwhile end nothing. For moments only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Not SIG_IGN, which a child process would inherit."""


class _Ending:
    """A handler of signals, to which what comes at once once more is the same wish.

    `timeout`, and wrappers that pass Ctrl+C on to whom it has reached already, send two; the second would end the
    reporting, or the taking back.
    """

    def __init__(self) -> None:
        self._heard_s = -math.inf

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if now_s - self._heard_s < ONE_S:
            return
        self._heard_s = now_s
        if number == signal.SIGTERM:
            raise Terminated("the run was ended by SIGTERM, as a time-out sends it")
        raise KeyboardInterrupt


def interruptible(name: str) -> Callable[[Command], Command]:
    """For a command of that name: where nothing is there to be reported yet, it says why it ends."""

    def wrapped(command: Command) -> Command:
        @wraps(command)
        def run(arguments: Sequence[str]) -> int:
            with sigterm_interrupts():
                try:
                    return command(arguments)
                except KeyboardInterrupt as interruption:
                    sys.stderr.write(f"oc-sandbox {name}: {words_of(interruption)}\n")
                    return INTERRUPTED

        return run

    return wrapped
