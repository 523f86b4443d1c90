"""A sandbox at an address does what one in process does."""

import re
import shutil
import subprocess
from typing import Any

import pytest
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


def test_its_report_is_the_same_and_each_shows_its_tenant_in_a_traceback() -> None:
    sandbox = Sandbox()
    assert repr(sandbox) == f"<Sandbox {sandbox.client_key}>"
    with running_server() as (url, _), RemoteSandbox(url) as remote:
        assert repr(remote) == f"<RemoteSandbox {remote.client_key} at {url}>"
        assert reported(remote) == reported(sandbox)


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("curl")), reason="sh and curl are needed")
def test_the_curl_lines_of_its_report_run_in_a_shell_and_a_token_stands_there_once() -> None:
    with running_server() as (url, _), RemoteSandbox(url) as remote:
        call = remote.sample("stock_snapshot_v2")
        headers = {name.lower(): value for name, value in call.headers.items()}
        for signature in ("", "x"):
            remote.send(Call("POST", call.path, {**headers, "vauthorization": signature}, call.body))
        text = remote.report().as_text()
        assert len(re.findall(r"eyJ[\w.-]{100,}", text)) == 1
        lines = [line for line in text.splitlines() if line.startswith(("  curl ", "  OC_"))]
        script = "\n".join(sorted(lines, key=lambda line: "curl" in line))
        done = subprocess.run(["sh"], input=script, capture_output=True, text=True, check=True)
        assert re.findall(r"vAuthorization \w+", done.stdout) == ["vAuthorization missing", "vAuthorization invalid"]
    assert "want, in the same shell" not in Sandbox().report().as_text()
