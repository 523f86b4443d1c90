"""A server as its user starts it: a process, a port, and what it printed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = str(Path(sys.executable).parent / "oc-sandbox")


@contextmanager
def running_server(*words: str) -> Iterator[tuple[str, str]]:
    """The URL of a server on a free port, started with these options, and what it printed at start."""
    with subprocess.Popen([COMMAND, "serve", "--port", "0", *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while not lines[-1].startswith("curl "):
            lines.append(process.stdout.readline())
        try:
            yield lines[0].strip().removeprefix("OC_SANDBOX_URL="), "".join(lines)
        finally:  # a test that fails must not wait for the server's end
            process.terminate()
    assert process.returncode in (0, -15)
