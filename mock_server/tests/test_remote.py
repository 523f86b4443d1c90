"""A sandbox at an address does what one in process does."""

from typing import Any

from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.remote import RemoteSandbox
from servers import running_server


def reported(sandbox: Any) -> dict[str, Any]:
    """What the report says after two calls, one of them unsigned, but for what differs from one tenant to the other."""
    for unsigned in ({"vauthorization": ""}, {}):
        call = sandbox.sample("stock_snapshot_v2")
        headers = {name.lower(): value for name, value in call.headers.items()} | unsigned
        sandbox.send(Call("POST", call.path, headers, call.body))
    for expected in ([], ["signature_missing"]):
        report = sandbox.report(expected=expected)
        assert report.passed is bool(expected)
        assert [finding.check for finding in report.findings] == ["unsigned"]
        assert "unsigned" in report.as_text()
    told = report.as_json()
    return {name: told[name] for name in ("calls", "totals", "operations", "assumptions", "assumed_errors")}


def test_its_report_is_the_same() -> None:
    with running_server() as (url, _), RemoteSandbox(url) as remote:
        assert reported(remote) == reported(Sandbox())
