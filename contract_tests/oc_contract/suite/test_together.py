"""What no single reply shows, as tests: workflows, random requests, checks over several replies."""

import pytest

from oc_contract.guards import Spent
from oc_contract.parts import Job, Part
from oc_contract.plans import run_part
from oc_contract.redaction import Redactor
from oc_contract.targets import Unreachable
from oc_contract.verifying import told_of

COULD_NOT_RUN = 3


def test_together(part: Part, unit: str, oc_job: Job, oc_redactor: Redactor) -> None:
    """The replies of many calls fit each other, and what was done."""
    alone = part._replace(units=lambda job: [unit])
    try:
        findings = list(run_part(alone, oc_job))
    except Unreachable as error:
        pytest.exit(oc_redactor.text(str(error)), COULD_NOT_RUN)
    except Spent as spent:
        pytest.skip(str(spent))
    told = [told_of(finding, None, oc_redactor) for finding in findings]
    wrong = [each for each in told if each.outcome == "failed"]
    if wrong:
        head = f"{wrong[0].operation}: {wrong[0].name}", f"problem: {wrong[0].problem}", f"OC_SEED={oc_job.seed}"
        lines = (*head, "", *wrong[0].replay)
        pytest.fail("\n".join(lines), pytrace=False)
    for each in told:
        if each.outcome == "drift":
            pytest.xfail(f"differs from what is assumed: {each.problem}")
        if each.outcome == "untried":
            pytest.skip(each.problem)
