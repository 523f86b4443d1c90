"""`oc-sandbox verify` as its user meets it: against the fake, a sandbox, strangers, and what is no server at all."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pytest
from oc_contract.cli import verify
from oc_sandbox.catalog import catalog
from servers import running_server
from strangers import Respond, answer, cut, gateway, html, limited, listening, silent, stranger

ONE = "get_stock_movement"


class Ran(NamedTuple):
    """What a run left: its exit code, its output, and its reports, as text and read."""

    code: int
    out: str
    err: str
    report: dict[str, Any]
    junit: ET.Element
    texts: tuple[str, ...]


class Run:
    """Runs the command in process, with all reports."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def __call__(self, *words: str) -> Ran:
        files = [self._folder / name for name in ("r.json", "r.xml", "r.html")]
        code = verify(["--json", str(files[0]), "--junit", str(files[1]), "--html", str(files[2]), *words])
        told = self._capsys.readouterr()
        texts = tuple(file.read_text(encoding="utf-8") for file in files)
        return Ran(
            code, told.out, told.err, json.loads(texts[0]), ET.fromstring(texts[1]), (*texts, told.out, told.err)
        )


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in process."""
    return Run(tmp_path, capsys)


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OC_", "MERCOZY_")):
            monkeypatch.delenv(name)


@contextmanager
def told_to(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Iterator[None]:
    """With these credentials in the environment."""
    with monkeypatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


def test_the_fake_in_process_passes_and_the_reports_agree(run: Run) -> None:
    ran = run("--operation", "get_stock*", "--seed", "7")
    assert ran.code == 0
    assert "all passed" in ran.out
    report = ran.report
    assert (report["exit_code"], report["seed"], report["ended"]) == (0, 7, "")
    assert {row["operation"] for row in report["operations"]} == {"get_stock_age", ONE}
    sums = {axis: sum(counts.values()) for axis, counts in report["totals"].items()}
    assert sum(sums.values()) == len(report["findings"]) == int(ran.junit.get("tests", ""))
    for row in report["operations"]:
        of_it = [each for each in report["findings"] if each["operation"] == row["operation"]]
        assert {axis: counts["passed"] for axis, counts in row["axes"].items()} == {
            axis: sum(each["axis"] == axis for each in of_it) for axis in row["axes"]
        }
    page = ran.texts[2]
    assert "<script" not in page
    assert "http" not in page.replace("http://127.0.0.1", "")


def test_smoke_tries_a_good_request_of_every_operation_and_the_best_known_rules(run: Run) -> None:
    ran = run("--profile", "smoke")
    assert ran.code == 0
    for row in ran.report["operations"]:
        assert row["axes"]["positive"]["passed"] == 1
    negative = [each for each in ran.report["findings"] if each["axis"] == "negative"]
    assert {each["evidence"] for each in negative} == {"documented", "observed"}
    assert len(ran.report["operations"]) + len(ran.report["left_out"]) == len(catalog().operations)


def test_a_sandbox_gets_tenants_which_are_removed(run: Run) -> None:
    with running_server() as (url, _):
        before = json.load(urlopen(f"{url}/_sandbox/health"))["tenants"]
        ran = run("--target", url, "--operation", ONE, "--operation", "cancel_vas_order")
        assert (ran.code, ran.report["kind"], ran.report["target"]) == (0, "a sandbox", url)
        assert json.load(urlopen(f"{url}/_sandbox/health"))["tenants"] == before


def test_a_stranger_that_is_right_passes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger() as (url, environment), told_to(monkeypatch, environment):
        ran = run("--target", url, "--operation", ONE)
    assert (ran.code, ran.report["kind"]) == (0, "a server")


def test_a_refresh_token_does_for_an_access_token_and_is_not_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger(code_as_text) as (url, environment):
        environment["OC_ACCESS_TOKEN"] = ""
        with told_to(monkeypatch, environment):
            ran = run("--target", url, "--operation", "get_service_list", "--operation", ONE)
            assert ran.report["totals"]["negative"]["passed"] > 60
        with told_to(monkeypatch, {**environment, "OC_REFRESH_TOKEN": "no-such-token"}):
            assert verify(["--target", url]) == 3
    assert not any(environment["OC_REFRESH_TOKEN"] in text for text in ran.texts)


def code_as_text(path: str, body: Any) -> Any:
    return {**body, "code": str(body["code"])} if path.endswith("/movement") and body.get("code") == 0 else body


def only_type_errors(path: str, body: Any) -> Any:
    """An assumed code, and nothing else, is another."""
    errors = body.get("errors", ())
    if path.endswith("/movement") and errors and errors[0]["code"] == "400003":
        return {**body, "errors": [{**error, "code": "7"} for error in errors]}
    return body


def test_what_differs_from_an_assumption_is_drift(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger(only_type_errors) as (url, environment), told_to(monkeypatch, environment):
        ran = run("--target", url, "--operation", ONE)
    assert ran.code == 2
    different = [each for each in ran.report["findings"] if each["outcome"] != "passed"]
    assert {each["outcome"] for each in different} == {"drift"}
    assert all("field_type" in each["expected"] for each in different)
    assert int(ran.junit.get("failures", "")) == 0
    assert int(ran.junit.get("skipped", "")) == len(different)


def test_what_differs_from_a_document_is_a_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger(code_as_text) as (url, environment), told_to(monkeypatch, environment):
        ran = run("--target", url, "--operation", ONE)
    assert ran.code == 1
    failed = [each for each in ran.report["findings"] if each["outcome"] == "failed"]
    assert "a good request" in {each["name"] for each in failed}
    assert int(ran.junit.get("failures", "")) == len(failed)
    for each in failed:
        assert 1 <= each["requests"] <= 6
        assert each["replay"][-1].startswith("curl ")
    assert "FAILED get_stock_movement: a good request" in ran.out


def test_it_ends_at_the_first_failure_where_it_is_told_to(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger(code_as_text) as (url, environment), told_to(monkeypatch, environment):
        ran = run("--target", url, "--operation", ONE, "--fail-fast")
    assert ran.code == 1
    assert [each["outcome"] for each in ran.report["findings"]].count("failed") == 1
    assert ran.report["ended"] == "fail-fast"


def test_a_budget_ends_the_run_and_is_kept(run: Run) -> None:
    ran = run("--max-requests", "30", "--operation", ONE)
    assert (ran.code, ran.report["ended"], ran.report["requests"]) == (0, "budget", 30)
    assert "as far as the run came" in ran.out


def test_time_that_is_up_leaves_the_rest_untried(run: Run) -> None:
    ran = run("--seconds", "0.000001", "--operation", ONE)
    assert {each["outcome"] for each in ran.report["findings"]} <= {"untried", "passed"}
    assert ran.report["totals"]["negative"]["untried"] > 60
    assert ran.code == 3


NO_SERVERS: dict[str, tuple[Respond, str]] = {
    "html": (html, "a page for people (HTML)"),
    "gateway": (gateway, "answers HTTP 502"),
    "rate": (limited, "429"),
    "cut": (cut, "cut its reply off after 18 bytes"),
}
KEYS = {"OC_CLIENT_KEY": "key-1", "OC_SECRET_KEY": "secret-1", "OC_ACCESS_TOKEN": "token-1"}


@pytest.mark.parametrize("name", NO_SERVERS)
def test_what_is_no_server_is_told_and_reported(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    respond, words = NO_SERVERS[name]
    with listening(respond) as url, told_to(monkeypatch, KEYS):
        ran = run("--target", url, "--operation", ONE)
    assert ran.code == 3
    assert words in ran.out + ran.err
    assert ran.report["ended"] == "unreachable"
    assert words in ran.report["words"]
    assert int(ran.junit.get("errors", "")) == 1


def test_a_host_that_says_nothing_is_not_waited_for_forever(run: Run) -> None:
    with silent() as url:
        ran = run("--target", url, "--timeout", "0.1")
    assert ran.code == 3
    assert "did not answer within 0.1 s" in ran.err
    assert "did not answer within 0.1 s" in ran.report["words"]


def test_a_host_where_nobody_listens_is_told(run: Run) -> None:
    with listening(html) as url:
        pass
    ran = run("--target", url)
    assert ran.code == 3
    assert f"nobody answers at {url}" in ran.err


@pytest.mark.parametrize("respond", [limited, cut, gateway], ids=lambda each: each.__name__)
def test_what_was_found_before_the_end_is_kept(respond: Respond, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def change(path: str, body: Any) -> Any:
        nonlocal count
        count += 1
        return body

    with stranger(change) as (whole, environment):

        def until_it_breaks(handler: Any, body: bytes) -> None:
            if count >= 40:
                respond(handler, body)
                return
            reply = forwarded(whole, handler, body)
            answer(handler, *reply)

        with listening(until_it_breaks) as url, told_to(monkeypatch, environment):
            ran = run("--target", url, "--operation", ONE)
    assert ran.code == 3
    assert ran.report["totals"]["negative"]["passed"] > 10
    assert len(ran.report["findings"]) == int(ran.junit.get("tests", "")) - 1
    assert "Stopped: " in ran.out


def forwarded(url: str, handler: Any, body: bytes) -> tuple[int, bytes]:
    """The reply of another server to the same call."""
    connection = HTTPConnection(url.removeprefix("http://"))
    connection.request(handler.command, handler.path, body or None, dict(handler.headers))
    reply = connection.getresponse()
    told = reply.status, reply.read()
    connection.close()
    return told


def test_credentials_that_are_missing_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with stranger() as (url, _):
        assert verify(["--target", url]) == 3
    err = capsys.readouterr().err
    assert "is no sandbox" in err
    assert "OC_CLIENT_KEY, OC_SECRET_KEY, OC_ACCESS_TOKEN or OC_REFRESH_TOKEN" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--target", "https://openapi-de.example.com"], "counts as a production host"),
        (["--target", "ftp://127.0.0.1"], "must be an http address"),
        (["--target", "http://127.0.0.1:1/openapi"], "the address alone"),
        (["--target", "http://127.0.0.1@example.com"], "must not bear a user name"),
        (["--operation", "get_stock_movment"], "did you mean get_stock_movement?"),
        (["--json", "/no/such/folder/r.json"], "cannot be written"),
    ],
)
def test_a_run_that_must_not_be_is_refused(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(words) == 3
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--no-such-thing"], ["--max-requests", "0"], ["--seconds", "0"]], ids=str)
def test_wrong_usage_is_not_taken_for_drift(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        verify(words)
    assert ended.value.code == 3


def test_a_run_leaves_nothing_in_the_folder_that_it_is_made_in(tmp_path: Path) -> None:
    code = "import sys; from oc_sandbox.cli import main; sys.exit(main())"
    told = {name: value for name, value in os.environ.items() if not name.startswith("HYPOTHESIS")}
    command = [sys.executable, "-c", code, "verify", "--operation", "get_stock_age"]
    done = subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True, check=False)
    assert (done.returncode, [*tmp_path.iterdir()]) == (0, [])


def test_the_command_joins_the_command_line_and_costs_the_others_nothing() -> None:
    code = (
        "import sys; from oc_sandbox.cli import main; main(['operations']); "
        "print([name for name in ('oc_contract', 'importlib.metadata') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    command = [sys.executable, "-c", "import sys; from oc_sandbox.cli import main; sys.exit(main())"]
    joined = subprocess.run([*command, "verify", "--help"], capture_output=True, text=True, check=True)
    assert "--allow-writes" in joined.stdout
    listed = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "verify" in listed.stdout
