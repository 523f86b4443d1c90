"""The report for a terminal: a table, what went wrong with curl lines, and the sum."""

from collections import Counter
from collections.abc import Iterator, Mapping

from ..findings import AXES, GRADES
from ..replays import NEEDED
from ..verifying import Report, Told
from .counts import STILL_THERE, Row, rows, totals, verdict, where

MOST_SHOWN = 10
MOST_OF_AN_OPERATION = 2
"""One cause makes many cases of an operation fail, which need not all be read."""
_COLOURS = {"failed": "31", "drift": "33", "passed": "32"}


def terminal_report(report: Report, *, colour: bool = False) -> str:
    """The whole report, in lines of text."""
    return "\n".join(_lines(report, colour)) + "\n"


def _lines(report: Report, colour: bool) -> Iterator[str]:
    yield from _table(rows(report), totals(report), colour)
    wrong = report.outcomes("failed") + report.outcomes("drift")
    shown = list(_worth_reading(wrong))[:MOST_SHOWN]
    for told in shown:
        yield ""
        yield from _failure(told, colour)
    if len(wrong) > len(shown):
        yield ""
        yield f"... and {len(wrong) - len(shown)} more; --json, --junit and --html write them all"
    if wrong:
        yield ""
        yield f"The lines want {NEEDED} in the environment;"
        yield 'eval "$(oc-sandbox verify --keys --target URL)" sets them to a fresh tenant of the sandbox at URL.'
    untried = report.outcomes("untried")
    if untried:
        yield ""
        yield f"{len(untried)} could not be tried:"
        for reason, count in Counter(told.problem for told in untried).most_common(MOST_SHOWN):
            yield f"  {count:5}  {reason}"
    if report.settled:
        yield ""
        yield from _settled(report)
    if report.left_behind:
        yield ""
        yield from left_behind_lines(report.left_behind)
    if report.left_out:
        yield ""
        yield "Left out:"
        for reason, count in Counter(report.left_out.values()).most_common():
            yield f"  {count:5}  operations: {reason}"
    yield ""
    if report.words:
        yield f"{'Stopped' if report.ended else 'Note'}: {report.words}"
    word = _paint(verdict(report), "passed" if report.exit_code == 0 else "failed", colour)
    yield (
        f"{where(report)}, profile {report.profile}, seed {report.seed}:"
        f" {report.requests} requests in {report.took_s:.1f} s: {word}"
    )


def left_behind_lines(counted: Mapping[str, int]) -> Iterator[str]:
    """What a run made and could not take back, by the operation that made it."""
    if counted:
        yield f"{STILL_THERE}:"
    for name, count in sorted(counted.items()):
        yield f"  {count:5}  by {name}"


def _settled(report: Report) -> Iterator[str]:
    """What was asked, the answer, and whether that is what the sandbox assumes."""
    yield "Open questions, and what the target answers:"
    for each in report.settled:
        usual = "as assumed" if each.answer == each.assumed else f"not {each.assumed}, as is assumed"
        yield f"  {each.question:26}  {each.answer}: {usual}" if each.answer else f"  {each.question:26}  - {each.why}"


def _worth_reading(wrong: list[Told]) -> Iterator[Told]:
    """The first of each operation, by which the others may go as well."""
    seen: Counter[str] = Counter()
    for told in wrong:
        seen[told.operation] += 1
        if seen[told.operation] <= MOST_OF_AN_OPERATION:
            yield told


def _table(table: list[Row], sums: dict[str, Counter[str]], colour: bool) -> Iterator[str]:
    """Passed of tried on each axis; the errors that were met of those declared; and what the tried rests on."""
    width = max([len(row.operation) for row in table] + [len("operation")])
    heads = [*AXES, "errors met", *GRADES]
    yield f"{'operation':{width}}" + "".join(f"  {head:>10}" for head in heads)
    for row in table:
        cells = [_cell(row.axes[axis], colour) for axis in AXES]
        cells.append(f"{len(row.reached)}/{row.declared}".rjust(10))
        cells += [f"{row.evidence[grade] or '-'!s:>10}" for grade in GRADES]
        yield f"{row.operation:{width}}" + "".join(f"  {cell}" for cell in cells)
    yield f"{'':{width}}" + "".join(f"  {_cell(sums[axis], colour)}" for axis in AXES)


def _cell(outcomes: Counter[str], colour: bool) -> str:
    tried = sum(outcomes[outcome] for outcome in ("passed", "failed", "drift"))
    text = f"{outcomes['passed']}/{tried}" if tried else "-"
    worst = "failed" if outcomes["failed"] else "drift" if outcomes["drift"] else ""
    return _paint(f"{text:>10}", worst, colour)


def _failure(told: Told, colour: bool) -> Iterator[str]:
    head = "FAILED" if told.outcome == "failed" else "DRIFT "
    yield f"{_paint(head, told.outcome, colour)} {told.operation}: {told.name} ({told.axis}, {told.evidence})"
    yield f"  expected  {told.expected}"
    yield f"  problem   {told.problem}"
    if told.came:
        yield f"  came      {told.came}"
    yield from (f"    {line}" for line in told.replay)


def _paint(text: str, kind: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if colour and kind in _COLOURS else text
