"""What is made twice because an answer was lost."""

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of


def call(sandbox: Sandbox, operation: str) -> None:
    """A sample call."""
    sandbox.send(call_of(catalog().operations[operation], sandbox.sample(operation)))


def found(sandbox: Sandbox) -> list[tuple[str, str, bool]]:
    """Severity, name, and whether it rests on a guess, of what is found."""
    return [(finding.severity, finding.check, finding.assumed) for finding in sandbox.report().findings]


@pytest.mark.parametrize("name", ["create_stock_movement", "create_product"])
@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ({"drop": "after_effect"}, ("error", "placed-twice", True)),
        ({"status": 504, "after_effect": True}, ("error", "placed-twice", True)),
        ({"drop": "before_effect"}, ("warning", "sent-again-unseen", True)),
    ],
    ids=["lost", "timeout", "never_done"],
)
def test_a_creation_sent_again_blindly_is_told(name: str, fault: dict[str, object], finding: object) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"operation": name, "first": 1, **fault}])
    call(sandbox, name)
    call(sandbox, name)
    assert found(sandbox) == [finding]


@pytest.mark.parametrize("look", ["list_stock_movements", "list_inventory"])
def test_who_looks_before_sending_again_does_well(look: str) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"operation": "create_stock_movement", "drop": "before_effect", "first": 1}])
    for name in ("create_stock_movement", look, "create_stock_movement"):
        call(sandbox, name)
    assert found(sandbox) == []


def test_two_movements_alike_are_two_where_both_were_answered() -> None:
    sandbox = Sandbox()
    call(sandbox, "create_stock_movement")
    call(sandbox, "create_stock_movement")
    assert found(sandbox) == []
