"""`oc-sandbox record`: a proxy that changes nothing, keeps every exchange once, and calls nobody unasked."""

import gzip
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from oc_contract.cli import verify
from oc_contract.recording.command import record, replay_command
from oc_contract.recording.files import recordings
from oc_contract.recording.proxy import Recorder, Rules
from oc_contract.recording.serving import serving
from oc_sandbox.server import listen, url_of
from servers import COMMAND, running_server
from strangers import Respond, answer, cut, listening, silent, stranger

STAGE = "http://stage.example.com"
READ = ("POST", "/openapi/3pp/inventory/v1/movement", "", (("content-type", "application/json"),), b'{"data":{}}')
WRITE = ("POST", "/openapi/3pp/outbound/v1/creation", "", (), b"{}")


@contextmanager
def recording(upstream: str, folder: Path, **more: Any) -> Iterator[tuple[str, Recorder]]:
    """A recorder on a port of its own."""
    recorder = Recorder(upstream, folder, Rules(writes=True), **more)
    began, listener = Event(), listen("127.0.0.1", 0)
    server = serving(recorder, began=began.set, ended=lambda: None)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert began.wait(30)
        yield url_of(listener), recorder
    finally:
        server.should_exit = True
        thread.join()


def ask(url: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, list[Any], bytes]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, body or None, headers)
        reply = connection.getresponse()
        return reply.status, reply.getheaders(), reply.read()
    finally:
        connection.close()


def stored(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_nothing_is_changed_on_either_way(tmp_path: Path, packed: bool) -> None:
    heard: list[tuple[str, str, dict[str, str], bytes]] = []
    body = b'{ "code" : 0,\n "data":[ ] }'
    body = gzip.compress(body, mtime=0) if packed else body

    def respond(handler: BaseHTTPRequestHandler, sent: bytes) -> None:
        heard.append((handler.command, handler.path, dict(handler.headers.items()), sent))
        handler.send_response_only(418)
        for name, value in (
            ("Content-Type", "application/json"),
            ("Content-Encoding", "gzip" if packed else "identity"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Connection", "X-Hop"),
            ("X-Hop", "1"),
            ("Content-Length", str(len(body))),
        ):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    sent = b'{"data": {"endTime":   "\xe4\xb8\xad"}}'
    with listening(respond) as upstream, recording(upstream, tmp_path) as (url, _):
        path = "/openapi/3pp/inventory/v1/movement?a=%41+b&a=2&c"
        status, headers, told = ask(url, "POST", path, sent, vAuthorization="v", Connection="X-Own", X_Own="1")
    assert (status, told) == (418, body)
    kept = [(name.lower(), value) for name, value in headers]
    coding = ("content-encoding", "gzip" if packed else "identity")
    more = ("content-length", str(len(body)))
    assert kept == [("content-type", "application/json"), coding, ("set-cookie", "a=1"), ("set-cookie", "b=2"), more]
    ((method, where, names, came),) = heard
    assert (method, where, came) == ("POST", path, sent)
    lower = {name.lower(): value for name, value in names.items()}
    assert lower["vauthorization"] == "v"
    assert lower["host"] == urlsplit(upstream).netloc
    (file,) = stored(tmp_path)
    assert orjson.loads(file.read_bytes())["reply"]["body"] == {"code": 0, "data": []}


def test_verify_passes_through_it_and_everything_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    with stranger() as (upstream, environment), recording(upstream, folder) as (url, recorder):
        for name in [name for name in os.environ if name.startswith("OC_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        words = ["--target", url, "--operation", "get_stock_age", "--profile", "smoke"]
        assert verify(words) == 0
    counts = recorder.counts
    assert counts.stored + counts.known_already == counts.passed - 1  # it also asks whether this is a sandbox
    kept = "".join(file.read_text(encoding="utf-8") for file in stored(folder))
    assert counts.stored == len(stored(folder)) > 0
    assert [value for value in environment.values() if value in kept] == []
    assert replay_command([str(folder)]) == 0
    assert " 0 answered otherwise" in capsys.readouterr().out


def test_the_same_exchange_is_kept_once_by_any_session(tmp_path: Path) -> None:
    with stranger() as (upstream, _):
        recorders = [Recorder(upstream, tmp_path, Rules(writes=True)) for _ in range(2)]
        for recorder in recorders:
            for message in (b"a", b"b"):
                recorder.handle(*READ[:4], b'{"data":{},"messageId":"%s"}' % message)
    assert [(each.counts.stored, each.counts.known_already) for each in recorders] == [(1, 1), (0, 2)]
    (file,) = stored(tmp_path)
    assert file.parent.relative_to(tmp_path).as_posix() == "orangeconnex/get_stock_movement"


def test_calls_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    with stranger() as (upstream, _), ThreadPoolExecutor(8) as pool:
        recorder = Recorder(upstream, tmp_path, Rules(writes=True))
        bodies = [b'{"data":{"page":%d}}' % number for number in range(40)]
        list(pool.map(lambda body: recorder.handle(*READ[:4], body), bodies))
    assert len(stored(tmp_path)) == 40
    assert sorted(one.document["serial"] for one in recordings(tmp_path)) == list(range(1, 41))


def dead(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.close_connection = True


@pytest.mark.parametrize(("respond", "words"), [(dead, "no HTTP reply"), (cut, "cut its reply off after 18 bytes")])
def test_an_upstream_that_dies_is_told_and_takes_nothing_along(tmp_path: Path, respond: Respond, words: str) -> None:
    calls: list[int] = []

    def first_good(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        calls.append(1)
        answer(handler, 200, b'{"code":0,"data":[]}') if len(calls) == 1 else respond(handler, body)

    with listening(first_good) as upstream:
        recorder = Recorder(upstream, tmp_path, Rules(writes=True))
        assert recorder.handle(*READ).status == 200
        lost = recorder.handle(*READ)
    gone = recorder.handle(*READ)
    assert (lost.status, gone.status) == (502, 502)
    assert words in lost.body.decode()
    assert "ConnectionRefusedError" in gone.body.decode()
    assert ("x-oc-recorder", "1") in lost.headers
    assert len(stored(tmp_path)) == recorder.counts.stored == 1
    assert len(calls) == 2  # no call is made twice


def test_an_upstream_that_says_nothing_is_waited_for_as_long_as_asked(tmp_path: Path) -> None:
    with silent() as upstream:
        recorder = Recorder(upstream, tmp_path, Rules(writes=True), timeout_s=0.05)
        assert recorder.handle(*READ).status == 504
    assert stored(tmp_path) == []


def test_a_disk_that_takes_nothing_keeps_no_reply_from_the_client(tmp_path: Path) -> None:
    (tmp_path / "orangeconnex").write_text("a file where a folder should be")
    told: list[str] = []
    with stranger() as (upstream, _):
        recorder = Recorder(upstream, tmp_path, Rules(writes=True), tell=told.append)
        assert recorder.handle(*READ).status == 200
    assert recorder.counts.unwritten == 1
    assert "NOT RECORDED" in told[0]


def test_a_body_that_is_too_deep_to_be_kept_is_passed_on(tmp_path: Path) -> None:
    deep = b'{"data":' + b"[" * 900 + b"]" * 900 + b"}"
    with listening(lambda handler, body: answer(handler, 200, deep)) as upstream:
        recorder = Recorder(upstream, tmp_path, Rules(writes=True))
        assert recorder.handle(*READ).body == deep
    assert (recorder.counts.unwritten, stored(tmp_path)) == (1, [])


def test_a_write_is_passed_on_only_where_that_is_allowed(tmp_path: Path) -> None:
    calls: list[str] = []

    def respond(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        calls.append(handler.path)
        answer(handler, 200, b"{}")

    with listening(respond) as upstream:
        careful = Recorder(upstream, tmp_path, Rules(writes=False))
        refused = [careful.handle(*WRITE), careful.handle("PUT", "/elsewhere", "", (), b"")]
        assert [each.status for each in refused] == [403, 403]
        assert all(b"--allow-writes" in each.body for each in refused)
        assert calls == []
        careful.handle(*READ)
        careful.handle("GET", "/elsewhere", "", (), b"")
    assert calls == [READ[1], "/elsewhere"]
    assert careful.counts.not_recorded == 1


def test_calls_are_counted_and_keep_their_pace(tmp_path: Path) -> None:
    pauses: list[float] = []
    with stranger() as (upstream, _):
        recorder = Recorder(upstream, tmp_path, Rules(True, most=2, per_second=0.001), pause=pauses.append)
        statuses = [recorder.handle(*READ).status for _ in range(3)]
    assert statuses == [200, 200, 503]
    assert len(pauses) == 1
    assert 900 < pauses[0] <= 1000


@pytest.mark.parametrize(
    ("words", "variable", "said"),
    [
        (["--upstream", "https://openapi.example.com"], "", "counts as a production host"),
        (["--upstream", "https://openapi.example.com", "--production-host", "openapi.example.com"], "", "production"),
        (["--upstream", "https://openapi.example.com"], "openapi.example.com", "counts as a production host"),
        (["--upstream", "stage.example.com"], "", "--upstream must be an http address"),
        (["--upstream", f"{STAGE}/path"], "", "--upstream must be the address alone"),
    ],
)
def test_what_must_not_be_recorded_is_refused(
    words: list[str], variable: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OC_PRODUCTION_HOST", variable)
    assert record(words) == 3
    assert said in capsys.readouterr().err


def test_the_command_serves_until_it_is_stopped_and_sums_up(tmp_path: Path) -> None:
    with running_server() as (upstream, _):
        words = [COMMAND, "record", "--upstream", upstream, "--to", str(tmp_path)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                url = process.stdout.readline().strip().removeprefix("OC_RECORDER_URL=")
                assert ask(url, "GET", "/_sandbox/health")[0] == 200
                assert ask(url, "POST", READ[1], READ[4])[0] == 200
                process.send_signal(signal.SIGINT)
                told = process.stdout.read()
            finally:
                process.terminate()
        assert process.returncode == 0
    assert f"get_stock_movement: HTTP 200, {stored(tmp_path)[0]}" in told
    assert "2 passed on, 1 recorded\n" in told


def test_a_replay_of_nothing_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay_command([str(tmp_path)]) == 3
    assert "there is no recording" in capsys.readouterr().err
    assert replay_command([str(tmp_path), "--target", "https://stage.example.com"]) == 3


def test_a_replay_at_a_running_sandbox_and_its_sightings(tmp_path: Path) -> None:
    with stranger() as (upstream, _):
        Recorder(upstream, tmp_path / "kept", Rules(writes=True)).handle(*READ)
    with running_server() as (url, _):
        words = [str(tmp_path / "kept"), "--target", url, "--sightings", str(tmp_path / "seen.json")]
        assert replay_command(words) == 0
    assert orjson.loads((tmp_path / "seen.json").read_bytes())["facts"] == {}


DOCS = Path(__file__).parents[2] / "docs" / "recordings.md"


def test_the_page_about_recordings_says_what_happens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(DOCS.parents[1])
    page = DOCS.read_text(encoding="utf-8")
    assert replay_command([]) == 0
    assert f"$ oc-sandbox replay\n{capsys.readouterr().out}" in page
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(snippet, str(DOCS), "exec"), {})
    for key in next(recordings(Path("fixtures/recordings"))).document:
        assert f"`{key}`" in page


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_port_that_is_none_is_wrong_usage(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        record(["--upstream", STAGE, "--port", port])
    assert ended.value.code == 3
    assert "--port" in capsys.readouterr().err
