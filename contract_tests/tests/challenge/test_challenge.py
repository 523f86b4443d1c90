"""A challenge from its command line: clients of the zoo, each right or wrong in one way, and what is said of them."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import client
import pytest
from oc_contract.challenge.challenging import Challenge, Result, Settings
from oc_contract.challenge.cli import challenge
from oc_contract.challenge.sandboxes import Tenant, sandbox_at
from oc_contract.challenge.trials import Wishes
from oc_contract.stages import Refusal
from oc_contract.targets import Unreachable

CLIENT = str(Path(client.__file__))
ORDER = "place_outbound_order"


@pytest.fixture(scope="module")
def at() -> Iterator[str]:
    with sandbox_at(None) as root_url:
        yield root_url


def challenged(at: str, folder: Path, bug: str, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a challenge."""
    file = folder / "report.json"
    words = ["--target", at, "-q", "--json", str(file), "--timeout", "3", "--slow", "0.1", *options]
    code = challenge([*words, "--", sys.executable, CLIENT, bug])
    return code, json.loads(file.read_bytes()) if file.exists() else {}


def only(*names: str) -> list[str]:
    return [word for name in names for word in ("--only", name)]


@pytest.mark.parametrize(
    ("bug", "name", "outcome"),
    [
        ("correct", f"{ORDER}:dropped_done", "recovered"),
        ("correct", f"{ORDER}:one_order_short_of_stock", "failed cleanly"),
        ("correct", f"{ORDER}:token_expired", "recovered"),
        ("says-instead-of-counting", f"{ORDER}:one_order_short_of_stock", "failed cleanly"),
    ],
)
def test_a_client_that_looks_or_tells_gets_a_good_verdict(
    at: str, tmp_path: Path, bug: str, name: str, outcome: str
) -> None:
    code, report = challenged(at, tmp_path, bug, *only(name))
    (run,) = report["runs"]
    assert run["outcome"] == outcome, (run["why"], run["out"], run["err"])
    assert code == 0


def test_what_a_client_is_told_of_a_failure_is_its_evidence_and_how_to_see_it_again(
    at: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bug = "retries-under-the-same-number"
    challenged(at, tmp_path, bug, "--seed", "7", *only("assumption:repeated_reference=new_order"))
    told = capsys.readouterr().out
    assert "only assumed" in told
    assert "--seed 7 --timeout 3 --slow 0.1 --only assumption:repeated_reference=new_order" in told
    assert "(the failure)" in told
    assert "DOUBLED" in told


def test_the_other_forms_say_the_same(at: str, tmp_path: Path) -> None:
    junit, page = tmp_path / "r.xml", tmp_path / "r.html"
    files = ["--junit", str(junit), "--html", str(page)]
    _, report = challenged(at, tmp_path, "retries-under-a-new-number", *files, *only(f"{ORDER}:dropped*"))
    root = ET.fromstring(junit.read_bytes())  # our own file
    bad = [run for run in report["runs"] if run["bad"]]
    assert int(root.get("failures", "")) == len(bad) == 2
    text = page.read_text(encoding="utf-8")
    for run in report["runs"]:
        assert run["name"] in text
    assert "<script" not in text


def test_each_run_has_a_tenant_of_its_own_that_is_gone_afterwards(at: str, tmp_path: Path) -> None:
    tenant = Tenant(at)
    try:
        before = len(tenant._ask("GET", "/_sandbox/tenants")["tenants"])
        challenged(at, tmp_path, "correct", *only(f"{ORDER}:http_5*"))
        assert len(tenant._ask("GET", "/_sandbox/tenants")["tenants"]) == before
    finally:
        tenant.close()


def test_findings_of_the_undisturbed_run_are_told_and_count(
    at: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = challenged(at, tmp_path, "renews-before-each-call", *only("no such run"))
    assert code == 1
    assert [finding["check"] for finding in report["client_report"]["findings"]] == ["token-renewed-needlessly"]
    assert "token-renewed-needlessly" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["no-such-command-here"], "cannot be started"),
        ([sys.executable, "-c", "raise SystemExit(4)"], "exit code 4"),
        ([sys.executable, "-c", "pass"], "made no call"),
        ([sys.executable, "-c", "import signal; signal.pause()"], "had not ended"),
        ([sys.executable, CLIENT, "orders-more-each-time", "MEMORY"], "other things in each undisturbed run"),
    ],
    ids=["missing", "fails", "calls nothing", "does not end", "unsteady"],
)
def test_what_cannot_be_challenged_is_refused_with_the_reason(
    at: str, tmp_path: Path, command: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [word.replace("MEMORY", str(tmp_path / "memory")) for word in command]
    assert challenge(["--target", at, "-q", "--timeout", "2", "--", *command]) == 3
    assert words in capsys.readouterr().err


def test_wrong_usage_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        challenge(["--seed", "1"])
    assert ended.value.code == 3
    assert "what shall be run" in capsys.readouterr().err


def test_a_target_that_is_no_sandbox_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert challenge(["--target", "http://127.0.0.1:9", "--", "true"]) == 3
    assert "nobody answers" in capsys.readouterr().err


def test_the_plan_can_be_read_before_it_is_run(at: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert challenge(["--target", at, "--list", "--only", "*:dropped", "--", sys.executable, CLIENT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{ORDER}:dropped" in lines[0] or any(line.startswith(f"{ORDER}:dropped ") for line in lines)
    assert all("any network" in line for line in lines)


def test_webhooks_reach_a_client_on_a_port_of_its_own(at: str, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    words = ["--target", at, "-q", "--json", str(file), "--webhook", "http://127.0.0.1:{port}/hook", "--timeout", "20"]
    listener = str(Path(CLIENT).with_name("listener.py"))
    codes, outcomes = [], []
    for bug in ("correct", "acts-on-each"):
        codes.append(challenge([*words, *only("*:twice"), "--", sys.executable, listener, bug]))
        outcomes.append([run["outcome"] for run in json.loads(file.read_bytes())["runs"]])
    assert outcomes == [["recovered"], ["doubled"]]
    assert codes == [0, 1]


def test_a_sandbox_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oc_contract.challenge.sandboxes._SERVE", "raise SystemExit(1)")
    with pytest.raises(Unreachable, match="did not start"), sandbox_at(None):
        pass


def test_the_sandbox_ends_with_who_started_it_however_that_ends() -> None:
    starts = "from oc_contract.challenge.sandboxes import sandbox_at\nwith sandbox_at(None) as url: print(url); input()"
    words = [sys.executable, "-u", "-c", starts]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        where = urlsplit(process.stdout.readline().strip())
        with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
            process.kill()
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""


def test_an_interrupted_challenge_ends_what_it_started_and_tells_what_it_knows(at: str) -> None:
    def interrupt(result: Result, done: int, of: int) -> None:
        raise KeyboardInterrupt

    wishes = Wishes(only=[f"{ORDER}:dropped*"])
    made = Challenge(at, Settings([sys.executable, CLIENT], wishes, jobs=1, heard=interrupt))
    report = made.run()
    assert report.exit_code == 130
    assert len(report.results) == 1
    with pytest.raises(Refusal, match="interrupted"):
        made.rehearse()
