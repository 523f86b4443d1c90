"""Open questions at the command line: asked, written, judged by; two servers compared; and what a run leaves behind."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from oc_contract.cli import verify
from oc_contract.comparing import compare
from oc_contract.scenes import Scene, Unfit
from oc_contract.targets import Answer, Http, InProcess, Keys, Request, Unreachable
from oc_contract.undoing import Made
from oc_contract.worlds import Server, Wishes
from oc_sandbox import Sandbox
from oc_sandbox.assumptions import Choices, Sightings
from oc_sandbox.catalog import catalog
from oc_sandbox.observed import observed
from servers import running_server
from strangers import stranger

ONE = "get_stock_movement"
OTHER = {"message_language": "english", "movement_reason": "text", "batch_outcome": "atomic"}
Env = dict[str, str]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts credentials into the environment."""

    def put(environment: Env) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return put


def test_a_stranger_is_judged_by_the_answers_it_gives(keys: Any, tmp_path: Path, capsys: Any) -> None:
    file, report = tmp_path / "seen.json", tmp_path / "r.json"
    with stranger(assumptions=OTHER) as (url, environment):
        keys(environment)
        words = ["--target", url, "--operation", ONE, "--json", str(report)]
        assert verify(words) == 1  # by the defaults it differs, of which some are documented
        page = tmp_path / "r.html"
        assert verify([*words, "--settle", str(file), "--html", str(page)]) == 0
        assert verify([*words, "--assumptions", str(file)]) == 0
    assert "movement_reason: text, not code, as is assumed" in page.read_text()
    told = {each["question"]: each for each in json.loads(report.read_bytes())["settled"]}
    assert told == {}
    assert "movement_reason             text: not code, as is assumed" in capsys.readouterr().out
    seen = json.loads(file.read_bytes())
    assert "moved clock" in seen["not_seen"]["inbound_arrival"]
    assert "refresh token" in seen["not_seen"]["refresh_rotation"]
    assert {name: seen["assumptions"][name] for name in OTHER} == OTHER
    assert seen["target"] == url


def test_a_file_that_settling_wrote_makes_a_sandbox_that_passes_by_its_own_answers(tmp_path: Path) -> None:
    file = tmp_path / "seen.json"
    file.write_bytes(orjson.dumps({"assumptions": OTHER, "target": "https://stage.example.com", "date": "2026-11-22"}))
    with running_server("--assumptions", str(file)) as (url, _):
        assert verify(["--target", url, "--operation", ONE, "--operation", "place_outbound_order"]) == 0


@pytest.mark.parametrize(
    ("error", "code", "ended"),
    [(Unreachable, 3, "unreachable"), (KeyboardInterrupt, 130, "interrupted")],
)
def test_what_was_settled_is_written_and_what_was_made_for_it_told_however_it_ends(
    error: type[BaseException],
    code: int,
    ended: str,
    tmp_path: Path,
    keys: Any,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, report, page = tmp_path / "seen.json", tmp_path / "r.json", tmp_path / "r.html"
    with stranger(assumptions=OTHER) as (url, environment):
        keys(environment)
        breaking(25, monkeypatch, error)
        words = ["--target", url, "--profile", "smoke", "--operation", ONE, "--operation", "place_outbound_order"]
        words += ["--json", str(report), "--html", str(page)]
        assert verify([*words, "--settle", str(file)]) == code
    told = json.loads(report.read_bytes())
    seen = json.loads(file.read_bytes())
    assert (told["ended"], told["left_behind"]) == (ended, {"place_outbound_order": 4})
    assert seen["assumptions"]["batch_outcome"] == "atomic"
    assert "the run ended before it was asked" in seen["not_seen"].values()
    assert "<h2>Left behind</h2>" in page.read_text()
    assert "taking back 4 things" in capsys.readouterr().err


def test_a_budget_that_settling_uses_up_ends_the_run(keys: Any, tmp_path: Path) -> None:
    file, report = tmp_path / "seen.json", tmp_path / "r.json"
    with stranger() as (url, environment):
        keys(environment)
        words = ["--target", url, "--profile", "smoke", "--json", str(report), "--settle", str(file)]
        assert verify([*words, "--max-requests", "30"]) == 3
    told = json.loads(report.read_bytes())
    assert (told["ended"], told["requests"], told["left_behind"]) == ("budget", 30, {})
    assert json.loads(file.read_bytes())["assumptions"]["signing"] == "either"


def test_a_refusal_that_settling_meets_is_told_without_persons_and_tokens(
    keys: Any, tmp_path: Path, capsys: Any
) -> None:
    file, report = tmp_path / "seen.json", tmp_path / "r.json"
    token = ""

    def refusing(path: str, body: Any) -> Any:
        if path.endswith("/creation") or path.endswith("/inbound/v1/create"):
            return {"code": 1, "consignee": "Mary Nobody", "message": f"refused with {token}", "errors": []}
        return body

    with stranger(refusing) as (url, environment):
        keys(environment)
        token = environment["OC_ACCESS_TOKEN"]
        verify(
            ["--target", url, "--profile", "smoke", "--operation", ONE, "--json", str(report), "--settle", str(file)]
        )
    told = capsys.readouterr()
    for text in (file.read_text(), report.read_text(), told.out, told.err):
        assert "Mary" not in text
        assert token[:20] not in text
    assert "refuses what nobody doubts" in file.read_text()


def test_what_a_sandbox_of_ours_answers_is_observed_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "seen.json"
    with running_server("--assume", "message_language=english") as (url, _):
        assert verify(["--target", url, "--profile", "smoke", "--operation", ONE, "--settle", str(file)]) == 0
    seen = Sightings.of_file(str(file))
    assert (seen.answers["message_language"], seen.target) == ("english", "")
    choices = Choices(catalog().questions, seen)
    choices.take(seen.answers)
    assert [name for name in choices.values if choices.seen(name)] == []
    assert observed(catalog(), choices) == {}


def test_a_file_of_answers_that_nobody_knows_is_refused(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "seen.json"
    file.write_bytes(orjson.dumps({"assumptions": {"batch_outcom": "atomic"}, "target": "", "date": ""}))
    assert verify(["--assumptions", str(file)]) == 3
    assert "batch_outcome" in capsys.readouterr().err


def test_drift_names_the_place_and_both_values(tmp_path: Path, keys: Any, capsys: Any) -> None:
    report = tmp_path / "d.json"
    with stranger(assumptions={"message_language": "english"}) as (url, environment):
        keys(environment)
        words = ["--target", url, "--operation", ONE]
        assert compare([*words, "--json", str(report)]) == 2
        out = capsys.readouterr().out
        assert compare([*words, "--against", url]) == 0
    first = json.loads(report.read_bytes())[0]
    assert (first["operation"], first["at"]) == (ONE, "/message")
    assert first["one"] != first["other"]
    assert f"    {url}: " in out
    assert "    the fake: " in out


def test_drift_names_what_could_not_be_compared(keys: Any, capsys: Any) -> None:
    with stranger(seed="empty") as (url, environment):
        keys(environment)
        words = ["--target", url, "--operation", "cancel_vas_order"]
        assert compare(words) == 3
        assert "nothing that could be called at both" in capsys.readouterr().out
        assert compare([*words, "--operation", "list_products"]) == 0
    lines = capsys.readouterr().out.splitlines()
    lines = lines[lines.index("Not compared:") + 1 :]
    assert "    list_products at /data, stock_snapshot_v2 at /data/SKUList: only one has records" in lines
    assert (
        "    cancel_vas_order: the seller has no pieces available in any region; the kit needs a SKU with stock"
        in lines
    )


def test_drift_names_what_was_left_out_and_why_and_shows_no_stranger_s_words(keys: Any, capsys: Any) -> None:
    def refused(path: str, body: Any) -> Any:
        told = {"code": 9, "message": "no", "data": [{"consigneeName": "Alex Example"}]}
        return told if path == catalog().operations["place_outbound_order"].path else body

    with stranger(refused) as (url, environment):
        keys(environment)
        operations = ("outbound_order_cancellation", "get_service_list", "get_file")
        compare(["--target", url, *(word for name in operations for word in ("--operation", name))])
    out = capsys.readouterr().out
    assert "    get_file: it hands out files, whose addresses other operations tell\n" in out
    assert "    outbound_order_cancellation: a good place_outbound_order was not taken: HTTP 200: " in out
    assert "Alex Example" not in out


def test_drift_from_nobody_could_not_be_told(capsys: Any) -> None:
    assert compare(["--target", "http://127.0.0.1:9"]) == 3
    assert "nobody answers" in capsys.readouterr().err


def breaking(after: int, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    """From so many calls over HTTP on, each one ends like this."""
    send, calls = Http.send, iter(range(10**9))

    def broken(http: Http, request: Request) -> Answer:
        if next(calls) >= after:
            raise error("nobody answers")
        return send(http, request)

    monkeypatch.setattr(Http, "send", broken)


@pytest.mark.parametrize(("error", "code"), [(Unreachable, 3), (KeyboardInterrupt, 130)])
def test_drift_tells_what_it_found_however_it_ends(
    error: type[BaseException], code: int, tmp_path: Path, keys: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "d.json"
    with stranger(assumptions={"message_language": "english"}) as (url, environment):
        keys(environment)
        breaking(80, monkeypatch, error)
        words = ["--target", url, "--operation", "place_outbound_order", "--operation", ONE, "--json", str(report)]
        assert compare(words) == code
    out = capsys.readouterr().out
    assert "as far as the run came" in out
    assert "(seen once)" in out
    assert {each["confirmed"] for each in json.loads(report.read_bytes())} == {False}


def test_drift_looks_before_its_run_whether_its_file_can_be_written(tmp_path: Path, capsys: Any) -> None:
    assert compare(["--target", "http://127.0.0.1:9", "--json", str(tmp_path / "none" / "d.json")]) == 3
    assert "is its folder there?" in capsys.readouterr().err


# --- a world that is not ours ---


def test_who_takes_his_time_over_an_estimate_is_not_wrong(keys: Any, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    with stranger() as (url, environment):
        keys(environment)
        words = ["--target", url, "--profile", "smoke", "--operation", "cost_estimation_response"]
        assert verify([*words, "--json", str(report)]) == 0
    found = {each["name"]: each for each in json.loads(report.read_bytes())["findings"]}
    assert found["a good request"]["problem"] == "it takes its time there: still_pending"
    assert found["a good request"]["outcome"] == "untried"
    assert [each["outcome"] for each in found.values()].count("passed") > 1


def test_only_products_of_the_runs_own_are_changed_and_deleted(keys: Any) -> None:
    sandbox = Sandbox()
    with stranger(sandbox=sandbox) as (url, environment):
        keys(environment)
        assert verify(["--target", url, "--profile", "smoke", "--operation", "*_product"]) == 0
    taken = [entry for entry in sandbox.journal.since() if entry.outcome != "refused"]
    made = {orjson.loads(each.reply.body)["data"]["id"] for each in taken if each.operation == "create_product"}
    changed = [each.call.path for each in taken if each.operation in ("update_product", "delete_product")]
    assert changed
    assert {path.rpartition("/")[2] for path in changed} <= made


def test_a_world_in_which_nothing_lies_leaves_untried_what_needs_something() -> None:
    scene = Scene(InProcess(seed="empty"))
    for name in ("get_product", "create_stock_movement"):
        with pytest.raises(Unfit, match="names no"):
            scene.draft(catalog().operations[name])


# --- what is left behind ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        "create_product",
        "place_outbound_order",
        "place_third_party_label_order",
        "place_vas_order",
        "returns_erp_submit_order",
    ],
)
def test_what_a_run_made_is_cancelled(operation: str) -> None:
    target, made = InProcess(), Made()
    scene = Scene(target)
    draft = scene.draft(catalog().operations[operation])
    scene.send(draft)
    made.hear(*scene.calls[-1])
    assert made.counted() == {operation: 1}
    assert made.undo(Scene(target)) == {}
    undone = [*target.sandbox.journal.since()][-1].operation
    assert undone in {"outbound_order_cancellation", "cancel_vas_order", "returns_cancel_or_track", "delete_product"}


def test_what_the_run_itself_cancelled_is_not_there_any_more() -> None:
    scene, made = Scene(InProcess()), Made()
    draft = scene.draft(catalog().operations["outbound_order_cancellation"])
    for call in scene.calls:
        made.hear(*call)
    assert made.counted() == {"place_outbound_order": 1}
    scene.send(draft.with_body({"DATA": {key.upper(): value for key, value in draft.body["data"].items()}}))
    made.hear(*scene.calls[-1])
    assert made.counted() == {}


def test_a_second_interruption_ends_the_cleaning_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with stranger() as (url, environment):
        keys = Keys(environment["OC_CLIENT_KEY"], environment["OC_SECRET_KEY"], environment["OC_ACCESS_TOKEN"])
        server = Server(Http(url, keys), Wishes(), writes=True, secrets=())
        scene = server.scene()
        scene.ask_draft(scene.draft(catalog().operations["place_outbound_order"]))
        breaking(0, monkeypatch, KeyboardInterrupt)
        assert server.clean_up() == {"place_outbound_order": 1}
        server.close()


def test_what_no_operation_takes_back_is_counted() -> None:
    target, made = InProcess(), Made()
    scene = Scene(target)
    for name in ("sku_creation_v3", "place_inbound_order", "place_inbound_order"):
        scene.send(scene.draft(catalog().operations[name]))
        made.hear(*scene.calls[-1])
    assert made.undo(scene) == {"sku_creation_v3": 1, "place_inbound_order": 2}


def test_a_run_with_writes_leaves_no_order_open(keys: Any, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    sandbox = Sandbox()
    with stranger(sandbox=sandbox) as (url, environment):
        keys(environment)
        words = ["--target", url, "--operation", "place_outbound_order", "--max-requests", "60", "--json", str(report)]
        assert verify(words) == 0
    placed = [entry for entry in sandbox.journal.since() if entry.operation == "place_outbound_order"]
    cancelled = [entry for entry in sandbox.journal.since() if entry.operation == "outbound_order_cancellation"]
    taken = [entry for entry in placed if entry.outcome != "refused"]
    assert taken
    assert len(cancelled) >= len(taken)
    assert json.loads(report.read_bytes())["left_behind"] == {}


def test_cleaning_up_at_a_server_that_is_gone_says_what_stays() -> None:
    with stranger() as (url, environment):
        keys = Keys(environment["OC_CLIENT_KEY"], environment["OC_SECRET_KEY"], environment["OC_ACCESS_TOKEN"])
        server = Server(Http(url, keys), Wishes(), writes=True, secrets=())
        scene = server.scene()
        scene.ask_draft(scene.draft(catalog().operations["place_outbound_order"]))
        server.close()
    assert server.clean_up() == {"place_outbound_order": 1}
