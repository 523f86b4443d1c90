"""The parts of a run that draw at random: requests that the schemas allow, and workflows of each domain."""

from collections.abc import Iterator

from oc_sandbox.catalog import catalog

from .findings import Finding, path_grade
from .parts import NO_TIME, Job
from .running import MOST_CALLS, writes
from .scenes import Unfit
from .searching import search
from .workflows import DOMAINS, PROFILES, WorkflowResult, run_workflows
from .workflows.running import Profile

# --- random requests --------------------------------------------------------------------------------------------------

EXAMPLES = {"smoke": 5, "ci": 15, "deep": 60}
EXAMPLES_ELSEWHERE = 5
"""Of each operation and turn; elsewhere is a server that is no sandbox of ours, where a call costs a second."""


def run_search(job: Job, unit: str) -> Iterator[Finding]:
    operation, scene = job.covered()[unit], job.scene()
    examples = EXAMPLES[job.profile] if job.strict else EXAMPLES_ELSEWHERE
    told = f"{examples} random requests that the schema allows"
    finding = Finding(operation.name, told, "positive", "random", path_grade(operation), "passed")
    if job.time_is_up():
        yield finding._replace(outcome="untried", problem=NO_TIME)
        return
    try:
        found = next(iter(search(scene, operation, examples=examples, start=job.seed)), None)
    except Unfit as unfit:
        yield finding._replace(outcome="untried", problem=str(unfit))
        return
    if found is not None:
        drift = finding.evidence == "assumed" and not job.strict and found.answer.status < 500
        finding = finding._replace(
            name="a random request that the schema allows",
            outcome="drift" if drift else "failed",
            problem=found.problem,
            expected="taken, or refused by a rule of the operation's own",
            calls=(*writes(scene.calls[: found.made]), (found.request, found.answer))[-MOST_CALLS:],
            took_s=found.answer.took_s,
            scene=scene,
        )
    yield finding


# --- workflows --------------------------------------------------------------------------------------------------------


ELSEWHERE = Profile(1, 8, shrink=False, replays=10)
"""At a server that is no sandbox of ours, where a call costs a second."""


def domains(job: Job) -> list[str]:
    """The domains whose operations are all there; where the user has chosen some, not the one over all."""
    missing = {each.name for each in catalog().operations.values()} - {each.name for each in job.operations}
    groups: dict[str, set[str]] = {}
    for each in catalog().operations.values():
        groups.setdefault(each.group if each.api.name == "orangeconnex" else each.api.name, set()).add(each.name)
    return [name for name in DOMAINS if not groups.get(name, missing) & missing]


def run_workflow(job: Job, unit: str) -> Iterator[Finding]:
    finding = Finding("", f"the workflow {unit}", "workflow", "workflow", "assumed", "passed")
    if job.time_is_up():
        yield finding._replace(operation=unit, outcome="untried", problem=NO_TIME)
        return
    amount = PROFILES[job.profile] if job.strict else ELSEWHERE
    results: list[WorkflowResult] = run_workflows(
        lambda: job.scene().target,
        domains=[unit],
        seed=job.seed,
        answers=job.answers,
        paced=job.strict,
        **amount._asdict(),
    )
    known = {operation.name: operation for operation in job.operations}
    for result in results:
        # What a workflow claims mostly rests on how fast and in which order things go, which nobody has told.
        for name, calls in sorted(result.called.items()):
            if name in known and name != result.operation:
                yield finding._replace(operation=name, name=f"{finding.name}, {calls} calls")
        if result.claim:
            yield _failed(finding, result.operation or unit, result, job)


def _failed(finding: Finding, operation: str, result: WorkflowResult, job: Job) -> Finding:
    unfit = result.scene is None
    outcome = "failed" if job.strict else "untried" if unfit else "drift"
    if result.broken and not job.strict:
        outcome = "failed"
    return finding._replace(
        operation=operation,
        name=f"{finding.name}: {result.claim}",
        outcome=outcome,
        problem=result.problem,
        expected=result.claim,
        calls=tuple(result.scene.calls) if result.scene else (),
        waits=result.waits,
        scene=result.scene,
    )
