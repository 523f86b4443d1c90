"""The example clients as their reader runs them: by the commands of examples/README.md."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent
PAGE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^## (\S+)$((?:(?!^## ).*\n)*?)```sh\n((?:.*\n)*?)```$", re.MULTILINE)
SECTIONS = {name: (text, block.splitlines()) for name, text, block in BLOCK.findall(PAGE)}
COMMANDS = {name: lines for name, (_, lines) in SECTIONS.items()}
"""By language: those that build, and at last the one that runs."""

# This Python and its packages for the examples in Python, before whatever the machine has.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
TOOLS = {
    "httpx": ("python3",),
    "requests": ("python3",),
    "Node": ("node",),
    "Java": ("javac", "java"),
    "PHP": ("php",),
    "Go": ("go",),
    "C#": ("mcs", "mono"),
    "Shell": ("curl", "openssl", "jq"),
}
CHECKS = {
    "requests": (sys.executable, "-c", "import requests"),
    "httpx": (sys.executable, "-c", "import httpx"),
    "PHP": ("php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"),
}


@dataclass(frozen=True)
class Program:
    """An example that is built."""

    command: str
    folder: Path

    def run(self, environment: Mapping[str, str], sku_ids: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Its demo, with nothing from around it but the keys that it is given."""
        command = " ".join((self.command, *sku_ids))
        return shell(command, self.folder, {"PATH": PATH, "HOME": str(self.folder), **environment})


def missing(language: str) -> str | None:
    """What this machine lacks for a language."""
    for tool in TOOLS[language]:
        if not shutil.which(tool, path=PATH):
            return f"{tool} is not installed"
    check = CHECKS.get(language)
    if check and subprocess.run(check, capture_output=True, check=False).returncode:
        return f"{' '.join(check[-1:])!r} fails"
    return None


def built(language: str, into: Path) -> Program:
    """A copy of the examples, with that language's built."""
    shutil.copytree(EXAMPLES, into, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    *build, run = COMMANDS[language]
    for line in build:
        done = shell(line, into, os.environ | {"PATH": PATH})
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return Program(run, into)


def own_tests(language: str) -> str | None:
    """The command that runs an example's tests in its own language."""
    found = re.search(r"Its own tests: `(.+)`", SECTIONS[language][0])
    return found and found[1]


def shell(command: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What a command line does, as its reader would type it there."""
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
