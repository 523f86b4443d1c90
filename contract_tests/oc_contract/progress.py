"""How far a run is, for who waits: a live line on a terminal, a line now and then elsewhere."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TextIO

from .verifying import Told

EVERY_S = 5.0
Heard = Callable[[str, Told], None]


@contextmanager
def progress(stream: TextIO | None = None) -> Iterator[Heard]:
    """What hears of each finding while the run lasts."""
    stream = stream or sys.stderr
    if stream.isatty() and importlib.util.find_spec("rich"):
        with _live(stream) as heard:
            yield heard
    else:
        yield _lines(stream)


class _Sum:
    """What was heard so far."""

    def __init__(self) -> None:
        self.done = self.wrong = 0

    def add(self, part: str, told: Told) -> str:
        """Count it, and say it."""
        self.done += 1
        self.wrong += told.outcome in ("failed", "drift")
        return f"{part}: {self.done:,} checks, {self.wrong:,} differ; {told.operation}"


def _lines(stream: TextIO) -> Heard:
    total = _Sum()
    last = perf_counter()

    def heard(part: str, told: Told) -> None:
        nonlocal last
        words = total.add(part, told)
        if perf_counter() - last >= EVERY_S:
            last = perf_counter()
            print(words, file=stream, flush=True)

    return heard


@contextmanager
def _live(stream: TextIO) -> Iterator[Heard]:
    from rich.console import Console  # noqa: PLC0415 - rich is optional, and slow to load
    from rich.status import Status  # noqa: PLC0415 - as above

    total = _Sum()
    with Status("starting", console=Console(file=stream)) as status:
        yield lambda part, told: status.update(total.add(part, told))
