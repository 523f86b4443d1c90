"""The report as a JSON value, from which the other forms are written. Keys may be added, none changes its meaning.

report_version  1
exit_code       0, 1, or 130 where it was interrupted; verdict says it in words
command, seed, options, version, took_s, undisturbed_s, limit_s, planned
used            {operation: calls undisturbed}
effects         {kind: how many the undisturbed client brought about}
counts          {outcome: runs}
runs            [{name, operation, says, evidence, grade, faults, assumptions, outcome, bad, why, fix, exit_code,
                  took_s, out, err, calls, calls_total}], the worst first; calls only where the verdict is bad
client_report   of the undisturbed run, as `oc-sandbox report --json` has it
"""

from typing import Any

from .challenging import Report, Result

MOST_PRINTED = 4000
"""Characters of what a command printed, from the end."""


def as_value(report: Report) -> dict[str, Any]:
    """The report as a JSON value."""
    return {
        "report_version": 1,
        "exit_code": report.exit_code,
        "verdict": verdict(report),
        "command": list(report.command),
        "seed": report.seed,
        "options": list(report.options),
        "version": report.version,
        "took_s": round(report.took_s, 3),
        "undisturbed_s": round(report.undisturbed_s, 3),
        "limit_s": round(report.limit_s, 3),
        "planned": report.planned,
        "used": dict(report.used),
        "effects": dict(report.effects),
        "counts": report.counts,
        "runs": [_run(result) for result in report.worst_first()],
        "client_report": report.client_report,
    }


def verdict(report: Report) -> str:
    """The report in a few words."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts.items()) or "no runs"
    totals = report.client_report["totals"]
    findings = ", ".join(f"{totals[kind]} {kind}{'s' * (totals[kind] > 1)}" for kind in totals if totals[kind])
    told = f"{counts}; undisturbed {findings or 'no findings'}"
    return f"{told}; {report.ended} after {len(report.results)} of {report.planned} runs" if report.ended else told


def _run(result: Result) -> dict[str, Any]:
    trial, ran = result.trial, result.ran
    return {
        "name": trial.name,
        "operation": trial.operation,
        "says": trial.says,
        "evidence": trial.evidence,
        "grade": trial.grade,
        "faults": [dict(fault) for fault in trial.faults],
        "assumptions": dict(trial.assumptions),
        "outcome": result.verdict.outcome,
        "bad": result.verdict.bad,
        "why": result.verdict.says,
        "fix": result.verdict.fix,
        "exit_code": ran.code,
        "took_s": round(ran.took_s, 3),
        "out": ran.out[-MOST_PRINTED:],
        "err": ran.err[-MOST_PRINTED:],
        "calls": list(result.calls),
        "calls_total": result.calls_total,
    }
