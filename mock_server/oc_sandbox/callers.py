"""Who calls in process: what stands there in a connection's place."""

import sys
import threading
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

UNKNOWN = ""


class Callers:
    """The lines (see `Call.line`) of the main thread and of asyncio's tasks, each of which makes one call at a time.

    Of other threads nothing is known: a pool gives calls that were all asked for at once to one thread in turn.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._tasks: WeakKeyDictionary[Any, str] = WeakKeyDictionary()

    def line(self) -> str:
        """The line of whoever calls this."""
        # Whoever has a loop has imported its library; others need not pay for that.
        asyncio = sys.modules.get("asyncio")
        if asyncio is not None:
            try:
                task = asyncio.current_task()
            except RuntimeError:  # no loop runs in this thread
                pass
            else:
                return UNKNOWN if task is None else self._of_task(task)
        # Another library's tasks share the thread.
        alone = threading.current_thread() is threading.main_thread() and "trio" not in sys.modules
        return "main" if alone else UNKNOWN

    def _of_task(self, task: Any) -> str:
        line = self._tasks.get(task)
        if line is None:
            line = self._tasks[task] = f"task {next(self._numbers)}"
        return line
