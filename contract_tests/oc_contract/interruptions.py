"""How a run is ended from outside: by Ctrl+C, or by SIGTERM, which a CI sends at its time-out. Both end it alike."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
Command = Callable[[Sequence[str]], int]


class Terminated(KeyboardInterrupt):
    """Somebody sent SIGTERM. Whatever ends well at Ctrl+C does at this."""


def words_of(interruption: KeyboardInterrupt) -> str:
    """What ended a run."""
    return str(interruption) or "the run was interrupted"


@contextmanager
def sigterm_interrupts() -> Iterator[None]:
    """SIGTERM raises Terminated meanwhile; a second one once more. Only a main thread hears of signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated("the run was ended by SIGTERM, as a time-out sends it")


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
