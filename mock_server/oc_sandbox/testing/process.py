"""A sandbox of the test run's own, in a process of its own, on a free port."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = (sys.executable, "-c", "from oc_sandbox.cli import main; main()", "serve", "--port", "0")
ANNOUNCED = "OC_SANDBOX_URL="


@contextmanager
def server() -> Iterator[str]:
    """The URL of a sandbox that runs as long as the `with` lasts. What it logs goes to standard error."""
    with subprocess.Popen(  # noqa: S603 - a command of ours
        COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        first_line = process.stdout.readline() if process.stdout else ""
        try:
            if not first_line.startswith(ANNOUNCED):
                raise RuntimeError(f"the sandbox did not start; `{' '.join(COMMAND)}` tells why")
            yield first_line.strip().removeprefix(ANNOUNCED)
        finally:
            process.terminate()
