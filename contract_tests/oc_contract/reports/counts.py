"""Counts over findings: by operation, and there by axis, outcome and evidence. Axes are never added up."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from oc_sandbox.contract import Operation

from ..findings import AXES, GRADES
from ..verifying import Report, Told

STILL_THERE = "Made there, and still there, as no operation takes it back or the one that does refused"


class Row(NamedTuple):
    """One operation's counts. `axes` counts outcomes for each axis, `evidence` counts what was tried for each grade.

    `reached` are the declared errors that were met as they should be, of `declared`; times are in milliseconds.
    """

    operation: str
    group: str
    title: str
    axes: dict[str, Counter[str]]
    evidence: Counter[str]
    reached: tuple[str, ...]
    declared: int
    median_ms: float
    slowest_ms: float

    def failed(self) -> int:
        """How many findings of any axis failed."""
        return sum(outcomes["failed"] for outcomes in self.axes.values())


def rows(report: Report) -> list[Row]:
    """A row for each operation of the run, by group."""
    by_name: dict[str, list[Told]] = {operation.name: [] for operation in report.operations}
    for told in report.findings:
        by_name.setdefault(told.operation, []).append(told)
    known = {operation.name: operation for operation in report.operations}
    made = [_row(name, known.get(name), told) for name, told in by_name.items()]
    return sorted(made, key=lambda row: (row.group, row.operation))


def _row(name: str, operation: Operation | None, findings: Sequence[Told]) -> Row:
    axes = {axis: Counter(told.outcome for told in findings if told.axis == axis) for axis in AXES}
    tried = [told for told in findings if told.outcome != "untried"]
    times = [told.took_s * 1000 for told in tried] or [0.0]
    return Row(
        name,
        operation.group if operation else "",
        str(operation.document["title"]) if operation else name,
        axes,
        Counter({grade: sum(told.evidence == grade for told in tried) for grade in GRADES}),
        tuple(sorted({told.error for told in findings if told.error})),
        len(operation.errors) if operation else 0,
        median(times),
        max(times),
    )


def totals(report: Report) -> dict[str, Counter[str]]:
    """For each axis, how many findings had each outcome."""
    return {axis: Counter(told.outcome for told in report.findings if told.axis == axis) for axis in AXES}


def verdict(report: Report) -> str:
    """The run in a few words."""
    failed, drift = len(report.outcomes("failed")), len(report.outcomes("drift"))
    if report.ended == "unreachable":
        return "the run could not be made"
    if failed:
        return f"{failed} failed" + (f", {drift} differ from assumptions" if drift else "")
    if drift:
        return f"only assumptions differ: {drift}"
    if not report.outcomes("passed"):
        return "nothing could be tried"
    return "all passed" if not report.ended else "all passed, as far as the run came"


def where(report: Report) -> str:
    """What was checked, in words."""
    return f"{report.kind} at {report.target}" if report.target else report.kind
