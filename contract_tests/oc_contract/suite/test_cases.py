"""Every case made from the contract files, as a test of its own."""

import pytest
from oc_sandbox.contract import Operation

from oc_contract.findings import finding_of
from oc_contract.guards import Spent
from oc_contract.places import Case
from oc_contract.redaction import Redactor
from oc_contract.targets import Unreachable
from oc_contract.verifying import told_of
from oc_contract.worlds import Place, Runners

COULD_NOT_RUN = 3


def test_case(operation: Operation, case: Case, oc_place: Place, oc_runners: Runners, oc_redactor: Redactor) -> None:
    """The reply is what the contract says; what is only assumed may differ at a server that is not ours."""
    if operation.name in oc_place.excluded:
        pytest.skip(oc_place.excluded[operation.name])
    try:
        runner = oc_runners.of(operation)
        result = runner.run(operation, case)
    except Unreachable as error:
        pytest.exit(oc_redactor.text(str(error)), COULD_NOT_RUN)
    except Spent as spent:
        pytest.skip(str(spent))
    told = told_of(finding_of(result, strict=oc_place.world.own), runner.scene, oc_redactor)
    if told.outcome == "untried":
        pytest.skip(told.problem)
    if told.outcome == "drift":
        pytest.xfail(f"differs from what is assumed: {told.problem}")
    if told.outcome == "failed":
        lines = (f"expected: {told.expected}", f"problem: {told.problem}", f"came: {told.came}", "", *told.replay)
        pytest.fail("\n".join(lines), pytrace=False)
