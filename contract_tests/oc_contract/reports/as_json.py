"""The report as JSON. The shape stays as it is: keys may be added, none goes or changes its meaning.

report_version  1
verdict         words; exit_code: 0 ok, 1 failure, 2 drift, 3 could not run, 130 interrupted
target, kind, profile, seed, started_at, took_s, requests, version
ended           "", unreachable, budget, fail-fast or interrupted; words: why
totals          {axis: {outcome: count}}
operations      [{operation, group, axes: {axis: {outcome: count}}, evidence: {grade: count},
                  errors_declared, errors_met: [name], median_ms, slowest_ms}]
settled         [{question, answer, why, assumed}]: answers that the target gives to open questions, if asked for
left_behind     {operation: count}: what was made at a server that is not ours, and is still there
left_out        {operation: reason}
findings        [{operation, name, axis, rule, evidence, outcome, took_ms}], and where it did not pass
                problem, expected, came, requests, replay: [shell line]
"""

from typing import Any

import orjson

from ..findings import AXES, OUTCOMES
from ..verifying import Report, Told
from .counts import Row, rows, totals, verdict


def json_report(report: Report) -> bytes:
    """The report, indented."""
    return orjson.dumps(as_value(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_value(report: Report) -> dict[str, Any]:
    """The report as a JSON value."""
    return {
        "report_version": 1,
        "verdict": verdict(report),
        "exit_code": report.exit_code,
        "target": report.target,
        "kind": report.kind,
        "profile": report.profile,
        "seed": report.seed,
        "started_at": report.started_at,
        "took_s": round(report.took_s, 3),
        "requests": report.requests,
        "version": report.version,
        "ended": report.ended,
        "words": report.words,
        "totals": {axis: _counts(outcomes) for axis, outcomes in totals(report).items()},
        "operations": [_operation(row) for row in rows(report)],
        "settled": [answered._asdict() for answered in report.settled],
        "left_behind": dict(report.left_behind),
        "left_out": dict(report.left_out),
        "findings": [_finding(told) for told in report.findings],
    }


def _counts(outcomes: Any) -> dict[str, int]:
    return {outcome: outcomes[outcome] for outcome in OUTCOMES}


def _operation(row: Row) -> dict[str, Any]:
    return {
        "operation": row.operation,
        "group": row.group,
        "axes": {axis: _counts(row.axes[axis]) for axis in AXES},
        "evidence": dict(row.evidence),
        "errors_declared": row.declared,
        "errors_met": list(row.reached),
        "median_ms": round(row.median_ms, 3),
        "slowest_ms": round(row.slowest_ms, 3),
    }


def _finding(told: Told) -> dict[str, Any]:
    value: dict[str, Any] = {
        "operation": told.operation,
        "name": told.name,
        "axis": told.axis,
        "rule": told.rule,
        "evidence": told.evidence,
        "outcome": told.outcome,
        "took_ms": round(told.took_s * 1000, 3),
    }
    if told.outcome != "passed":
        value |= {
            "problem": told.problem,
            "expected": told.expected,
            "came": told.came,
            "requests": told.requests,
            "replay": list(told.replay),
        }
    return value
