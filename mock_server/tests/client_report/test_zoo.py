"""Every client of the zoo with a seeded bug is named for it, and no correct one for anything."""

from collections.abc import Callable

import pytest
from zoo_base import Client, after
from zoo_bugs import BUGS, Bug
from zoo_correct import CORRECT, Reactive, SeveralPagesAtOnce

NOTES = {
    Reactive: {"token-renewed-late"},  # it does well, and is told that there is a better way
    SeveralPagesAtOnce: {"paging-past-the-end"},
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_each_bug_is_named_with_its_operation_its_fact_and_what_to_do(bug: Bug) -> None:
    findings = after(bug.client, bug.work).report().findings
    named = [finding for finding in findings if finding.check == bug.check]
    assert named, [finding.says for finding in findings]
    for finding in findings:
        assert finding.operation in finding.says or finding.check.startswith("token-")
        assert finding.fix
        assert finding.basis
        assert finding.calls


@pytest.mark.parametrize(("client", "work"), CORRECT.values(), ids=CORRECT)
def test_a_correct_client_gets_no_finding(client: type[Client], work: Callable[[Client], None]) -> None:
    report = after(client, work).report()
    assert report.passed
    assert {finding.check for finding in report.findings} == NOTES.get(client, set())
