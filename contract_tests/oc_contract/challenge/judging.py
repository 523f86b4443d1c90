"""The verdict on one run: by the world's books first, then by how the command ended and what it said."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from types import MappingProxyType
from typing import NamedTuple

from .admissions import admission
from .books import Difference, Row, called, shaped
from .commands import Ran

RECOVERED, FAILED_CLEANLY, UNTRIED = "recovered", "failed cleanly", "untried"
CRASHED, HUNG, MISREAD, LOST, DOUBLED = "crashed", "hung", "misread", "lost", "doubled"
OUTCOMES = (DOUBLED, LOST, MISREAD, HUNG, CRASHED, FAILED_CLEANLY, RECOVERED, UNTRIED)
"""The worst first."""
BAD = frozenset({DOUBLED, LOST, MISREAD, HUNG, CRASHED})
FIXES = MappingProxyType(
    {
        DOUBLED: "After an answer that does not tell what became of the call (none, HTTP 5xx, a body that cannot be"
        " read) look whether the order is there, by its reference number, before it is placed again; and keep the same"
        " number for every attempt.",
        LOST: "Believe an answer only after a look at its HTTP status, code, success and errors, and look at each order"
        " of a batch. What was not done must show: an exit code other than 0, or a line that names the order.",
        MISREAD: "An answer that cannot be had must end the reading with an error: rows that are missing look like"
        " stock that is not there.",
        HUNG: "Give each call a timeout, and each loop of attempts an end.",
        CRASHED: "Catch what a call can end in (no answer, a status, a body that is no JSON, a refusal), say in a line"
        " what was not done, and end with an exit code of your own.",
    }
)
MOST_NAMED = 3


class Undisturbed(NamedTuple):
    """What the client does when nothing goes wrong: the lines that it prints each time, and any that it prints."""

    books: Sequence[Row]
    stable_lines: Counter[str]
    lines: frozenset[str]

    @classmethod
    def of(cls, books: Sequence[Row], first: Ran, second: Ran) -> "Undisturbed":
        """From two runs."""
        stable = Counter(_shapes(first.out)) & Counter(_shapes(second.out))
        return cls(books, stable, frozenset(_shapes(_all(first))) | frozenset(_shapes(_all(second))))


class Verdict(NamedTuple):
    """One of OUTCOMES, and why in plain words."""

    outcome: str
    says: str

    @property
    def bad(self) -> bool:
        """Whether the client has to be mended."""
        return self.outcome in BAD

    @property
    def fix(self) -> str:
        """How to mend it; empty where there is nothing to mend."""
        return FIXES.get(self.outcome, "")


class Rules(NamedTuple):
    """How a run is judged: by the exit code alone, and by what it prints, too."""

    limit_s: float
    exit_code_alone: bool = False
    compares_output: bool = False


def judged(ran: Ran, difference: Difference, undisturbed: Undisturbed, codes: Collection[str], rules: Rules) -> Verdict:
    """The verdict on a run in which the trial took place. `codes` are the errors that the client was told."""
    missing, doubled, extra = difference
    if doubled:
        return Verdict(DOUBLED, f"{_named(doubled)} stood in the books once more than without the failure; {_end(ran)}")
    if extra:
        says = f"{_named(extra)} stood in the books, which nobody placed without the failure; {_end(ran)}"
        return Verdict(DOUBLED, says)
    if ran.code is None:
        return Verdict(HUNG, f"it had not ended after {rules.limit_s:.0f} s, and was ended")
    if ran.crashed:
        return Verdict(CRASHED, f"{_end(ran)}: {ran.last_words.splitlines()[-1] if ran.last_words else 'no words'}")
    said = "" if rules.exit_code_alone else admission(ran, undisturbed.lines, missing, codes)
    absent = f"; missing: {_missing(missing)}" if missing else ""
    if ran.code != 0:
        return Verdict(FAILED_CLEANLY, f"{_end(ran)}{absent}")
    if missing:
        if said:
            return Verdict(FAILED_CLEANLY, f"it ended with success and said: {said[:200]}{absent}")
        return Verdict(LOST, f"it ended with success and said nothing of it, and missing was {_missing(missing)}")
    if rules.compares_output and not said:
        gone = undisturbed.stable_lines - Counter(_shapes(ran.out))
        if gone:
            return Verdict(MISREAD, f"it ended with success, and did not print: {next(iter(gone))[:200]}")
    return Verdict(RECOVERED, "the books are as without the failure, and it ended with success")


def _missing(missing: Iterable[tuple[Row, bool]]) -> str:
    return _in_row([f"the cancellation of {called(row)}" if cancelled else called(row) for row, cancelled in missing])


def _named(rows: Iterable[Row]) -> str:
    return _in_row([called(row) for row in rows])


def _in_row(names: Sequence[str]) -> str:
    left = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


def _end(ran: Ran) -> str:
    if ran.code is None:
        return "it did not end by itself"
    return f"a signal ended it ({-ran.code})" if ran.code < 0 else f"it ended with exit code {ran.code}"


def _all(ran: Ran) -> str:
    return f"{ran.out}\n{ran.err}"


def _shapes(text: str) -> Iterable[str]:
    return (shaped(line.strip()) for line in text.splitlines() if line.strip())
