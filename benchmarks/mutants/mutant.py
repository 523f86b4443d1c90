"""One wrong server: the fake with one line changed."""

import json
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PYTHON = "mock_server/oc_sandbox"
"""Where files named without a root stand; those of `schemas/` and `fixtures/` are named with it."""


class Mutant(NamedTuple):
    """A change of the text `old`, which stands once in `file`, to `new`.

    `group` is where in the product it is wrong. `why` says, of one that lives, why the kit cannot tell it. `assume` is
    an answer to an open question (`NAME=ANSWER`) that the server is started with, where only that reaches the line.
    """

    name: str
    group: str
    file: str
    old: str
    new: str
    why: str = ""
    assume: str = ""

    @property
    def path(self) -> Path:
        """The changed file, from the root of the checkout."""
        return Path(self.file) if self.file.startswith(("schemas/", "fixtures/")) else Path(PYTHON, self.file)

    def problem(self) -> str:
        """Why it cannot be made; empty where it can."""
        text = (ROOT / self.path).read_text(encoding="utf-8")
        found = text.count(self.old)
        if found != 1:
            return f"{self.name}: its text stands {found} times in {self.path}, not once"
        if self.old == self.new or "\n" in self.old or "\n" in self.new:
            return f"{self.name}: it is no change of one line"
        return ""

    def write(self, copy: Path) -> None:
        """Change the file in a copy of the product."""
        file = copy / self.path
        file.write_text(file.read_text(encoding="utf-8").replace(self.old, self.new), encoding="utf-8")


def all_mutants() -> tuple[Mutant, ...]:
    """Those of the contract files, of the code that reads and answers, and of what a world remembers."""
    files = (Path(__file__).with_name(f"{name}.json") for name in ("contract", "code", "state"))
    return tuple(Mutant(**row) for file in files for row in json.loads(file.read_text(encoding="utf-8")))
