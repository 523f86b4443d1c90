"""The zoo's clients that only a challenge finds out: which verdict names each bug, and that correct ones get none.

    python3 benchmarks/client_zoo/run_challenge.py [--whole] [NAME ...]

Each bug is challenged with the failures that its row names, a correct client with all; --whole does so with every one.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "challenged"
COMMAND = Path(sys.executable).parent / "oc-sandbox"
WORDS = ["challenge", "-q", "--compare-output", "--slow", "0.3", "--timeout", "6"]
ORDER = "place_outbound_order"


class Animal(NamedTuple):
    """A client's bug, the verdict that must name it, and the failures (a pattern) under which it does."""

    bug: str
    outcome: str = ""
    runs: str = "*"


CORRECT = ("correct", "one-order-a-call", "gives-up-at-once", "says-instead-of-counting")
BUGS = (
    Animal("retries-under-a-new-number", "doubled", f"{ORDER}:dropped_*"),
    Animal("sends-the-whole-batch-again", "doubled", f"{ORDER}:one_order_short_of_stock"),
    Animal("ignores-partial-failure", "lost", f"{ORDER}:*short*"),
    Animal("believes-http", "lost", f"{ORDER}:stock_short"),
    Animal("swallows-everything", "lost", f"{ORDER}:http_503_for_good"),
    Animal("ends-with-success", "lost", f"{ORDER}:http_503_for_good"),
    Animal("ignores-the-cancellations-answer", "lost", "outbound_order_cancellation:dropped"),
    Animal("tries-for-ever", "hung", f"{ORDER}:http_503_for_good"),
    Animal("waits-for-ever", "hung", f"{ORDER}:silent"),
    Animal("crashes-on-html", "crashed", f"{ORDER}:http_50*"),
    Animal("crashes-on-a-lost-connection", "crashed", f"{ORDER}:dropped*"),
    Animal("drops-a-page-that-fails", "misread", "assumption:empty_sku_list=refused"),
)
ONLY_IN_PYTHON = (
    Animal("retries-under-the-same-number", "doubled", "assumption:repeated_reference=new_order"),
    Animal("looks-up-under-the-wrong-name", "doubled", f"{ORDER}:dropped_*"),
    Animal("reports-a-movement-twice", "doubled", "create_stock_movement:*done"),
    Animal("takes-a-batch-for-partly-taken", "lost", "assumption:batch_outcome=atomic"),
    Animal("tries-a-refusal-for-ever", "hung", f"{ORDER}:*short*"),
    Animal("aborts", "crashed", f"{ORDER}:stock_short"),
)
NODE = "node"


def animals() -> list[tuple[str, Animal]]:
    """Each with the language that it is written in."""
    python = [Animal(name) for name in CORRECT] + [*BUGS, *ONLY_IN_PYTHON]
    node = [Animal(CORRECT[0]), *BUGS] if shutil.which(NODE) else []
    return [*(("Python", each) for each in python), *(("Node", each) for each in node)]


def command_of(language: str, bug: str) -> list[str]:
    """How a client is started."""
    return (
        [NODE, str(FOLDER / "client.mjs"), bug]
        if language == "Node"
        else [sys.executable, str(FOLDER / "client.py"), bug]
    )


def challenged(language: str, animal: Animal, *, whole: bool) -> dict[str, Any]:
    """The JSON report of a challenge."""
    only = [] if whole else ["--only", animal.runs]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [str(COMMAND), *WORDS, *only, "--json", str(file), "--", *command_of(language, animal.bug)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not file.exists():
            raise SystemExit(f"{language} {animal.bug}: {done.stderr}")
        report: dict[str, Any] = json.loads(file.read_bytes())
        return report


def main() -> int:
    """Print the table; 1 where a verdict is wrong."""
    words = sys.argv[1:]
    names = [word for word in words if not word.startswith("-")]
    wrong, started, runs = 0, perf_counter(), 0
    print(f"{'client':40} {'must be':10} {'verdicts':50} under")
    for language, animal in animals():
        if names and animal.bug not in names:
            continue
        report = challenged(language, animal, whole="--whole" in words)
        counts = Counter(report["counts"])
        runs += len(report["runs"])
        under = [
            run["name"]
            for run in report["runs"]
            if run["outcome"] == animal.outcome and fnmatchcase(run["name"], animal.runs)
        ]
        right = bool(under) if animal.outcome else report["exit_code"] == 0
        wrong += not right
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        name = f"{animal.bug} ({language})"
        print(f"{name:40} {animal.outcome or 'well':10} {told:50} {under[0] if under else '-' if right else 'MISSED'}")
    print(f"\n{runs} runs in {perf_counter() - started:.0f} s, {wrong} wrong verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
