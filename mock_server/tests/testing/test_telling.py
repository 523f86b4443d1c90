"""What a failure shows of the journal."""

from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.testing.run import Kept
from oc_sandbox.testing.telling import journal_text


def test_a_huge_body_does_not_flood_the_terminal() -> None:
    sandbox = Sandbox()
    for size in (100, 1_000_000):
        sandbox.send(Call("POST", "/openapi/3pp/inventory/v2/snapshot", {}, b"x" * size))
    text = journal_text(Kept(sandbox, {"clock": {"now": "2026-11-22T15:30:00Z"}}))
    assert "x" * 100 in text
    assert "(cut, as it has 1000" in text
    assert len(text) < 10_000
