"""The journal below a failed test: short enough to be read, and a script that gets the recorded answers."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.testing.journal_script import LATEST_CALLS, journal_text
from oc_sandbox.testing.run import Kept, Run, SandboxesOfTest
from servers import running_server

pytest_plugins = ["pytester"]
QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider")
TESTS = """
    import json
    import pytest
    from oc_sandbox.call import Call

    def send(sandbox, operation, exchange=None, **headers):
        call = sandbox.sample(operation, exchange)
        given = {name.lower(): value for name, value in {**call.headers, **headers}.items()}
        return sandbox.send(Call("POST", call.path, given, call.body, call.query))

    @pytest.mark.oc(clock="2026-11-22T15:30:00Z", faults=[{"operation": "sku_query_v3", "status": 503}])
    def test_it(oc_sandbox):
        send(oc_sandbox, "place_outbound_order", "stock_short")
        token = oc_sandbox.access_token
        send(oc_sandbox, "place_outbound_order", **{"Access-Token": "Bearer it's $HOME"})
        oc_sandbox.advance(days=1)
        send(oc_sandbox, "stock_snapshot_v2", **{"Access-Token": f"Bearer {token}"})
        renewed = json.loads(send(oc_sandbox, "oauth_refresh_access_token").body)["access_token"]
        send(oc_sandbox, "stock_snapshot_v2", **{"Access-Token": f"Bearer {renewed}"})
        send(oc_sandbox, "sku_query_v3")
        assert not oc_sandbox.calls[0]["errors"]

    def test_fine(oc_sandbox):
        send(oc_sandbox, "place_outbound_order")
"""


def section_of(pytester: pytest.Pytester) -> str:
    """What the failed test shows of its journal."""
    pytester.makepyfile(TESTS)
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(failed=1, passed=1)
    (section,) = re.findall(r"-+ oc-sandbox journal of .+ -+\n(.*?)\n=", ran.stdout.str(), re.DOTALL)
    return str(section)


def test_it_tells_what_became_of_each_call_and_a_token_but_once(pytester: pytest.Pytester) -> None:
    section = section_of(pytester)
    assert "\n# 1. 2026-11-22T15:30:00.000Z place_outbound_order: HTTP 200, refused; stock_short 400448 (" in section
    tokens = re.findall(r"eyJ[\w.-]{100,}", section)
    names = re.findall(r"^(OC_\w+)=eyJ", section, re.MULTILINE)
    assert names == ["OC_ACCESS_TOKEN", "OC_REFRESH_TOKEN"]
    assert len(tokens) == len(set(tokens)) == len(names)
    for shown in (
        '-H "access-token: Bearer $OC_ACCESS_TOKEN"',
        "refresh_token=$OC_REFRESH_TOKEN&",
        '# -> {"access_token": "$OC_ACCESS_TOKEN_2"',
        'OC_ACCESS_TOKEN_2=$(printf %s "$REPLY"',
        '-H "access-token: Bearer $OC_ACCESS_TOKEN_2"',
    ):
        assert shown in section


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("curl")), reason="sh and curl are needed")
def test_run_by_a_shell_it_gets_the_recorded_answers_however_often(pytester: pytest.Pytester, tmp_path: Path) -> None:
    gets_what_was_recorded(section_of(pytester), tmp_path)


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("curl")), reason="sh and curl are needed")
def test_a_token_that_a_new_tenant_has_not_is_asked_for_when_it_is_needed(tmp_path: Path) -> None:
    of_test = SandboxesOfTest(Run(), {"clock": "2026-11-22T15:30:00Z", "sellers": 2})
    sandbox = of_test.make()
    assert isinstance(sandbox, Sandbox)
    sandbox.advance(days=1)
    first, second = (seller["access_token"] for seller in sandbox.describe()["sellers"])
    query = "grant_type=refresh_token&refresh_token={refresh_token}&client_id={client_key}"
    renew = Call("POST", "/oauth/token", {}, query=query.format_map(sandbox.describe()))
    renewed = json.loads(sandbox.send(renew).body)["access_token"]
    wanted = sandbox.sample("stock_snapshot_v2")
    headers = {name.lower(): value for name, value in wanted.headers.items()}
    # The call that made the third is left out.
    for token in (*[renewed] * (LATEST_CALLS - 2), first, second):
        sandbox.send(Call("POST", wanted.path, {**headers, "access-token": f"Bearer {token}"}, wanted.body))
    assert {call["outcome"] for call in sandbox.calls} == {"ok"}
    (kept,) = of_test.kept
    gets_what_was_recorded(journal_text(kept), tmp_path)


def gets_what_was_recorded(section: str, tmp_path: Path) -> None:
    """Run by a shell, twice, a section makes the calls again, and their answers are those that stand in it."""
    recorded = [*map(value_of, re.findall(r"^# -> (.*)", section, re.MULTILINE))]
    with running_server() as (url, _):
        script = tmp_path / "calls.sh"
        # Each answer on a line of its own, but for what the script itself writes so.
        text = section.replace("http://127.0.0.1:8400", url).replace("\ncurl -sS -X", "\ncurl -w '\\n' -sS -X")
        script.write_text(text, encoding="utf-8")
        for _ in range(2):
            done = subprocess.run(["sh", script], capture_output=True, check=True)
            assert not done.stderr
            answers = [value_of(line) for line in done.stdout.decode().splitlines() if line.startswith(("{", "<html"))]
            assert answers == recorded


def value_of(reply: str) -> Any:
    """A reply as a value, but for a token in it."""
    try:
        told = json.loads(reply)
    except ValueError:
        return reply
    return {**told, "access_token": "a token"} if "access_token" in told else told


def test_of_a_sandbox_of_another_version_it_is_told_as_well() -> None:
    sandbox = Sandbox()
    wanted = sandbox.sample("stock_snapshot_v2")
    sandbox.send(Call("POST", wanted.path, {name.lower(): text for name, text in wanted.headers.items()}, wanted.body))
    settings = {"clock": {"now": "2026-11-22T15:30:00Z"}, "assumptions": {"of_another_version": "yes"}}
    assert "OC_ACCESS_TOKEN=$(curl" in journal_text(Kept(sandbox, settings))


def test_a_huge_body_does_not_flood_the_terminal() -> None:
    of_test = SandboxesOfTest(Run(), {"clock": "2026-11-22T15:30:00Z"})
    sandbox = of_test.make()
    headers = {"access-token": f"Bearer {sandbox.access_token}"}
    for size in (100, 1_000_000):
        sandbox.send(Call("POST", "/openapi/3pp/inventory/v2/snapshot", headers, b"x" * size))
    text = journal_text(of_test.kept[0])
    assert "x" * 100 in text
    assert "(cut, as it has 100" in text
    assert text.count("eyJ") == 2  # one token: its two first parts begin so
    assert len(text) < 10_000
