"""A real process gets a real SIGTERM: what was found is written, what was made is taken back, nothing runs on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import pytest
from oc_contract.cli import _WRITERS, verify
from oc_contract.interruptions import ONE_S, Terminated, sigterm_interrupts, uninterrupted
from oc_contract.reports.as_json import json_report
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from servers import COMMAND, running_server
from strangers import stranger

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there SIGTERM ends a process at once")
WORDS = "the run was ended by SIGTERM, as a time-out sends it"
MADE, ASKED = "place_outbound_order", "outbound_order_query_v2"


class Ended(NamedTuple):
    """How a process ended, and what it printed."""

    code: int
    out: str
    err: str


class Held:
    """A stranger's way of answering: the nth query of orders waits until the test lets it go."""

    def __init__(self, calls: int) -> None:
        self._left = calls
        self.reached, self.go = Event(), Event()

    def __call__(self, path: str, body: Any) -> Any:
        asked = path == catalog().operations[ASKED].path
        self._left -= asked
        if asked and self._left <= 0:
            self.reached.set()
            self.go.wait(30)
        return body


@contextmanager
def process(words: list[str], **environment: str) -> Iterator["subprocess.Popen[str]"]:
    told = {name: value for name, value in os.environ.items() if not name.startswith(("OC_", "MERCOZY_"))}
    pipes: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "start_new_session": True,
    }
    with subprocess.Popen(words, env={**told, **environment}, **pipes) as running:
        try:
            yield running
        finally:
            running.kill()


def terminated_at(held: Held, sandbox: Sandbox, words: list[str], **more: str) -> Ended:
    """A command, at a stranger of that world, that gets SIGTERM while a call is held; {url} in it is the stranger's."""
    with stranger(held, sandbox) as (url, environment):
        words = [each.format(url=url) for each in words]
        with process(words, **environment, **more, OC_TARGET=url) as running:
            assert held.reached.wait(30)
            running.send_signal(signal.SIGTERM)
            out, err = running.communicate()
        held.go.set()
    return Ended(running.returncode, out, err)


def counted(sandbox: Sandbox) -> dict[str, int]:
    taken = [entry.operation for entry in sandbox.journal.since() if entry.outcome != "refused"]
    return {name: taken.count(name) for name in (MADE, "outbound_order_cancellation")}


@pytest.mark.parametrize("more", [[], ["--settle", "seen.json"]], ids=["verify", "settle"])
def test_a_terminated_verify_reports_and_takes_back(more: list[str], tmp_path: Path) -> None:
    sandbox, report = Sandbox(), tmp_path / "r.json"
    words = [COMMAND, "verify", "--target", "{url}", "--profile", "smoke", "--operation", ASKED, "--json", str(report)]
    words += [str(tmp_path / word) if word.endswith(".json") else word for word in more]
    ended = terminated_at(Held(1 if more else 3), sandbox, words)
    told = json.loads(report.read_bytes())
    assert (ended.code, told["exit_code"], told["ended"], told["words"]) == (130, 130, "interrupted", WORDS)
    assert f"Stopped: {WORDS}" in ended.out
    assert "Traceback" not in ended.err
    assert "taking back" in ended.err
    assert told["left_behind"] == {}
    assert counted(sandbox)[MADE] > 0
    if more:
        seen = json.loads((tmp_path / "seen.json").read_bytes())
        assert seen["assumptions"]
        assert "the run ended before it was asked" in seen["not_seen"].values()


def test_a_terminated_drift_tells_what_it_found_and_takes_back(tmp_path: Path) -> None:
    sandbox, report = Sandbox(assumptions={"message_language": "english"}), tmp_path / "d.json"
    words = [COMMAND, "drift", "--target", "{url}", "--operation", ASKED, "--json", str(report)]
    ended = terminated_at(Held(90), sandbox, words)
    assert (ended.code, "Traceback" in ended.err) == (130, False)
    assert f"Stopped: {WORDS}" in ended.out
    assert json.loads(report.read_bytes())
    assert counted(sandbox)[MADE] == counted(sandbox)["outbound_order_cancellation"] > 0


def test_a_terminated_suite_takes_back(tmp_path: Path) -> None:
    sandbox = Sandbox()
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    words += ["--pyargs", "oc_contract.suite"]
    ended = terminated_at(Held(3), sandbox, words, OC_PROFILE="smoke", OC_OPERATIONS=ASKED)
    assert (ended.code, WORDS in ended.out) == (pytest.ExitCode.INTERRUPTED, True)
    assert counted(sandbox)[MADE] == counted(sandbox)["outbound_order_cancellation"] > 0


def test_a_terminated_record_sums_up() -> None:
    with running_server() as (upstream, _), process([COMMAND, "record", "--upstream", upstream]) as running:
        assert running.stdout
        assert running.stdout.readline().startswith("OC_RECORDER_URL=")
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate()
    assert (running.returncode, err) == (0, "")
    assert out.endswith("0 passed on, 0 recorded\n")


@pytest.mark.parametrize(
    ("end", "number", "words"),
    [
        (os.kill, signal.SIGTERM, WORDS),
        (os.killpg, signal.SIGTERM, WORDS),  # as `timeout` does
        (os.killpg, signal.SIGINT, "the run was interrupted"),  # as Ctrl+C does
    ],
    ids=["SIGTERM", "SIGTERM to the group", "Ctrl+C"],
)
def test_an_ended_challenge_ends_the_client_and_its_sandbox(
    tmp_path: Path, end: Callable[[int, int], None], number: int, words: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    client = f"import os, signal; open({str(pipe)!r}, 'w').write(str(os.getpid())); signal.pause()"
    with process([COMMAND, "challenge", "--", sys.executable, "-c", client]) as running:
        pid = int(pipe.read_text())  # waits until the client writes
        end(running.pid, number)
        _, err = running.communicate()
    assert (running.returncode, err) == (130, f"oc-sandbox challenge: {words}\n")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_before_there_is_anything_to_report_it_says_why_it_ends() -> None:
    held = Event()
    reached = Event()

    def silent(path: str, body: Any) -> Any:
        reached.set()
        held.wait(30)
        return body

    with (
        stranger(silent) as (url, environment),
        process([COMMAND, "verify", "--target", url], **environment) as running,
    ):
        assert reached.wait(30)
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate()
        held.set()
    assert (running.returncode, out, err) == (130, "", f"oc-sandbox verify: {WORDS}\n")


def test_afterwards_sigterm_is_what_it_was() -> None:
    both = (signal.SIGTERM, signal.SIGINT)
    before = [*map(signal.getsignal, both)]
    with sigterm_interrupts():
        assert not set(map(signal.getsignal, both)) & set(before)
    assert [*map(signal.getsignal, both)] == before


def test_signals_that_come_at_once_are_one_and_a_later_one_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 10.0
    monkeypatch.setattr("oc_contract.interruptions.time.monotonic", lambda: now_s)
    with sigterm_interrupts():
        with pytest.raises(Terminated):
            signal.raise_signal(signal.SIGTERM)
        now_s += ONE_S / 2
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        now_s += ONE_S
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_who_has_ctrl_c_ignored_has_it_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with sigterm_interrupts():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_leaves_signals_alone() -> None:
    seen: list[Any] = []
    before = signal.getsignal(signal.SIGTERM)

    def look() -> None:
        with sigterm_interrupts():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_moment_that_must_not_be_interrupted_is_not() -> None:
    with sigterm_interrupts():
        with uninterrupted():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def test_who_ends_a_run_twice_has_its_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*asked: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)

    def again(report: Any) -> bytes:
        signal.raise_signal(signal.SIGINT)
        return json_report(report)

    monkeypatch.setattr("oc_contract.verifying.run_part", ended)
    monkeypatch.setitem(_WRITERS, "json", again)
    file = tmp_path / "r.json"
    assert verify(["--profile", "smoke", "--json", str(file)]) == 130
    assert json.loads(file.read_bytes())["words"] == WORDS
