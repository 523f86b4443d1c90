"""A client's own command: started, watched, and ended with all that it started."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import perf_counter
from typing import IO, NamedTuple

from ..stages import Refusal

MOST_BYTES = 1_000_000
"""Of what a command prints, the last so many are read."""
LOOK_EVERY_S = 0.1
_CRASHES = re.compile(
    r"Traceback \(most recent call last\)"
    r"|^Exception in thread|^Unhandled exception|^panic: |^goroutine \d+|Fatal error: +Uncaught"
    r"|^Node\.js v\d+|UnhandledPromiseRejection|Segmentation fault",
    re.MULTILINE,
)


class Ran(NamedTuple):
    """How a command ended. `code` is None where it had to be ended, below 0 where a signal ended it."""

    code: int | None
    out: str
    err: str
    took_s: float

    @property
    def crashed(self) -> bool:
        """Whether a signal or an error that nobody caught ended it."""
        return self.code is not None and self.code != 0 and (self.code < 0 or bool(_CRASHES.search(self.err)))

    @property
    def last_words(self) -> str:
        """The end of what it printed."""
        lines = [line for line in (self.err.strip() or self.out.strip()).splitlines() if line.strip()]
        return "\n".join(lines[-5:])


class Commands:
    """Runs a command, in several threads if need be; all can be ended together."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether all were ended."""
        return self._ended

    def run(self, environment: Mapping[str, str], limit_s: float, look: Callable[[], None] | None = None) -> Ran:
        """Run it once; `look` is called now and then meanwhile. Errors: Refusal, if it cannot be started."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            started = perf_counter()
            process = self._start(environment, out, err)
            try:
                code = _waited(process, limit_s, look)
            finally:
                _end(process)
                with self._lock:
                    self._running.discard(process)
            return Ran(code, _read(out), _read(err), perf_counter() - started)

    def end_all(self) -> None:
        """End those that run, and start no more."""
        with self._lock:
            self._ended = True
            for process in self._running:
                _end(process)

    def _start(self, environment: Mapping[str, str], out: IO[bytes], err: IO[bytes]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise Refusal("the run was interrupted")
            try:
                process = subprocess.Popen(  # noqa: S603 - the user's own command
                    self._words,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    env=whole_environment(environment),
                    start_new_session=True,
                )
            except OSError as error:
                raise Refusal(f"{self._words[0]} cannot be started: {error.strerror}") from error
            self._running.add(process)
            return process


def whole_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The user's environment with that of the run; no proxy stands before the sandbox."""
    hosts = [os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or "", "127.0.0.1", "localhost"]
    no_proxy = ",".join(filter(None, hosts))
    return {**os.environ, "NO_PROXY": no_proxy, "no_proxy": no_proxy, **own}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _waited(process: "subprocess.Popen[bytes]", limit_s: float, look: Callable[[], None] | None) -> int | None:
    until = perf_counter() + limit_s
    while True:
        left_s = until - perf_counter()
        try:
            return process.wait(max(0.0, left_s if look is None else min(left_s, LOOK_EVERY_S)))
        except subprocess.TimeoutExpired:
            if perf_counter() >= until:
                return None
        if look is not None:
            look()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the command and what it left running; it leads a group of its own, where there are groups."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # all gone
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _read(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - MOST_BYTES))
    return decoded(file.read())


def decoded(told: bytes) -> str:
    """What a command printed.

    Each line is UTF-8, or else the Chinese GB 18030 with all that came before it (GBK): that is what many programs
    write into a pipe on a Chinese Windows.
    """
    return "\n".join(map(_line, told.split(b"\n")))


def _line(told: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return told.decode(encoding)
    return told.decode("utf-8", "replace")
