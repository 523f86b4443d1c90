"""Server processes of the benchmarks: start one, wait for its first answer, read its memory."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple
from urllib.request import urlopen

import psutil

HERE = Path(__file__).parent
SANDBOX = [str(Path(sys.executable).parent / "oc-sandbox"), "serve", "--port", "0"]
BARE = [sys.executable, str(HERE / "bare.py")]


class Server(NamedTuple):
    """A running server and how long it took to its first answer, in seconds; None if it was not asked."""

    process: subprocess.Popen[str]
    url: str
    first_answer_s: float | None

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def memory_mb(self) -> float:
        """Resident memory in megabytes (10^6 bytes)."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


@contextmanager
def server(command: list[str], first_path: str | None = None) -> Iterator[Server]:
    """A server for the length of a with-block."""
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            url = line.partition("=")[2].strip()
            answered = None
            if first_path is not None:
                with urlopen(url + first_path, timeout=30) as reply:
                    reply.read()
                answered = perf_counter() - started
            yield Server(process, url, answered)
        finally:
            process.terminate()
