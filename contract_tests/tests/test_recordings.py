"""The gate: every recording below fixtures/recordings replays against the fake; and how replays tell a difference."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from oc_contract.recording.comparing import Difference, form_differences
from oc_contract.recording.files import NotReadable, Recording, recordings
from oc_contract.recording.proxy import Recorder, Rules
from oc_contract.recording.replaying import Replayed, replay
from oc_contract.recording.sighting import as_sightings
from oc_contract.targets import InProcess
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.clock import Clock
from oc_sandbox.formats import PARSERS, WRITERS
from oc_sandbox.samples import call_of, sample
from replayers import CORPUS, KEPT, corpus, record_corpus, reply_of
from strangers import Change, stranger

RECORDED = list(corpus())


@pytest.fixture(scope="module")
def replays() -> list[Replayed]:
    """The corpus, replayed at a fresh fake."""
    return replay(RECORDED, InProcess())


def test_the_corpus_replays_something() -> None:
    assert RECORDED, f"there is no recording in {CORPUS}"
    assert "get_service_list" in {recording.operation.name for recording in RECORDED}


def test_every_recording_replays_against_the_fake(replays: list[Replayed]) -> None:
    assert [(result.name, result.unfit) for result in replays if result.unfit] == []
    assert [(result.name, *result.differences) for result in replays if result.differences] == []
    assert len(replays) == len(RECORDED)


def test_the_corpus_is_what_the_replayer_serves(tmp_path: Path) -> None:
    # Digests leave out times and message ids, so recording it again finds every exchange where it is.
    record_corpus(tmp_path)
    assert sorted(one.digest for one in recordings(tmp_path)) == sorted(one.digest for one in RECORDED)
    assert len(RECORDED) == len(KEPT)


def test_every_recording_says_where_its_reply_is_from(replays: list[Replayed]) -> None:
    sources = {recording.document["source"] for recording in RECORDED}
    assert all(source.endswith("as served by the test's replayer") for source in sources)
    assert any(source.startswith("recorded reply 2024-06-20") for source in sources)
    assert orjson.loads(as_sightings(RECORDED))["facts"] == {}  # a server on this machine shows nothing


def changed(recording: Recording, **reply: Any) -> Recording:
    return Recording({**recording.document, "reply": {**recording.document["reply"], **reply}})


def one(operation: str) -> Recording:
    return next(recording for recording in RECORDED if recording.operation.name == operation)


def test_a_difference_is_told_by_its_path_with_both_values() -> None:
    recording = one("get_service_list")
    body = {**recording.document["reply"]["body"], "code": "0", "page": 1}
    (result,) = replay([changed(recording, status=203, body=body)], InProcess())
    assert Difference("status", 203, 200) in result.differences
    assert Difference("/code", "0", 0) in result.differences
    assert Difference("/page", 1, "<missing>") in result.differences
    assert any(each.at == "envelope" and each.came == "success" for each in result.differences)


def test_a_reply_that_no_contract_declares_is_a_difference() -> None:
    recording = one("cost_estimation_response")
    body = {**recording.document["reply"]["body"], "message": "Authentication Fail:clientKey xxxx"}
    (result,) = replay([changed(recording, body=body)], InProcess())
    assert [each.at for each in result.differences] == ["envelope"]
    assert result.differences[0].came == "client_key_missing"


def test_a_refusal_that_hangs_on_the_world_is_said_to_be_unfit() -> None:
    recording = one("place_outbound_order")
    body = orjson.loads(reply_of(recording.operation, "stock_short")[1])
    (result,) = replay([changed(recording, body=body)], InProcess())
    assert "stock_short" in result.unfit


ROWS = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "note": {"type": "string"},
        "kind": {"type": "string", "enum": ["A", "B"]},
    },
}


@pytest.mark.parametrize(
    ("recorded", "came", "at"),
    [
        ([{"id": "1"}], [{"id": "2"}, {"id": "3"}], []),
        ([{"id": "1"}], [], []),
        ([{"id": "1", "note": "x"}, {"id": "2"}], [{"id": "1"}], []),
        ([{"id": "1", "kind": "A"}], [{"id": "1", "kind": "B"}], []),
        ([{"id": "1", "kind": "C"}], [{"id": "1", "kind": "B"}], ["/*/kind"]),
        ([{"id": "1"}], [{"id": 1}], ["/*/id"]),
        ([{"id": "1"}], [{"id": None}], ["/*/id"]),
        ([{"id": "1"}], [{}], ["/*/id"]),
        ([{"id": "1", "new": 1}, {"id": "1"}], [{"id": "1"}], ["/*/new"]),
        ([{"id": "1"}], {"id": "1"}, [""]),
    ],
)
def test_forms_are_compared_and_not_values(recorded: Any, came: Any, at: list[str]) -> None:
    found = form_differences(recorded, came, {"type": "array", "items": ROWS}, ())
    assert [difference.at for difference in found] == at


@pytest.fixture(scope="module")
def all_samples(tmp_path_factory: pytest.TempPathFactory) -> list[Recording]:
    """Every exchange of every fixture, recorded one after the other from a stranger that answers as the fake."""
    return recorded_samples(tmp_path_factory.mktemp("recordings"))


def recorded_samples(folder: Path, change: Change = lambda path, body: body) -> list[Recording]:
    sandbox = Sandbox()
    with stranger(change, client_key="k") as (url, environment):
        sandbox = Sandbox(client_key="k", secret_key=environment["OC_SECRET_KEY"])
        recorder = Recorder(url, folder, Rules(writes=True))
        for operation in catalog().operations.values():
            if operation.renders != "json" or operation.api.name == "mercozy":
                continue
            for name in operation.fixture["exchanges"]:
                call = call_of(operation, sample(operation, sandbox.tenant, name))
                headers = {**call.headers}
                if "access-token" in headers:
                    headers["access-token"] = f"Bearer {environment['OC_ACCESS_TOKEN']}"
                recorder.handle(call.method, call.path, call.query, tuple(headers.items()), call.body)
    return list(recordings(folder))


def test_what_the_fake_answered_it_answers_again(all_samples: list[Recording]) -> None:
    results = replay(all_samples, InProcess())
    assert [(result.name, *result.differences) for result in results if result.differences] == []
    replayed = {result.recording.operation.name for result in results if not result.unfit}
    assert len(replayed) >= 25


def test_a_server_that_answers_otherwise_is_told_apart(tmp_path: Path) -> None:
    def renamed(path: str, body: Any) -> Any:
        return {**body, "messageID": body.pop("messageId", "")} if path.endswith("/movement") else body

    results = replay(recorded_samples(tmp_path, renamed), InProcess())
    different = {result.recording.operation.name for result in results if result.differences}
    assert different == {"get_stock_movement"}


Asked = Callable[[str, Any], Any]


@contextmanager
def recording_calls(folder: Path) -> Iterator[Asked]:
    """Makes calls at a server through a recorder: the operation, its `data`, and back comes the reply."""
    with stranger(client_key="k") as (url, environment):
        sandbox = Sandbox(client_key="k", secret_key=environment["OC_SECRET_KEY"])
        recorder = Recorder(url, folder, Rules(writes=True))

        def call(name: str, data: Any) -> Any:
            operation = catalog().operations[name]
            body = orjson.dumps({"data": data, "messageId": "m-1"})
            headers = operation.api.credentials.sign(operation, sandbox.tenant, operation.path, body)
            headers |= {"Content-Type": "application/json", "Access-Token": f"Bearer {environment['OC_ACCESS_TOKEN']}"}
            wire = tuple((key.lower(), value) for key, value in headers.items())
            return orjson.loads(recorder.handle(operation.method, operation.path, "", wire, body).body)

        yield call


def test_a_number_is_followed_from_call_to_call(tmp_path: Path) -> None:
    with recording_calls(tmp_path) as call:
        order = orjson.loads(Sandbox().sample("place_outbound_order").body)["data"]
        number = call("place_outbound_order", order)["data"][0]["orderNumber"]
        assert call("outbound_order_query_v2", {"orderNumberList": [{"orderNumber": number}]})["data"]
        cancelled = {"orderNumber": number, "cancelTime": "2026-11-22T10:00:00+0800"}
        assert call("outbound_order_cancellation", cancelled)["code"] == 0
    taken = list(recordings(tmp_path))
    assert number not in b"".join(file.read_bytes() for file in tmp_path.rglob("*.json")).decode()
    results = replay(taken, InProcess())
    assert [(result.unfit, result.differences) for result in results] == [("", ())] * 3
    asked = [orjson.loads(result.request.body)["data"] for result in results if result.request]
    placed = orjson.loads(results[0].answer.body)["data"][0]["orderNumber"] if results[0].answer else ""
    assert asked[1]["orderNumberList"][0]["orderNumber"] == asked[2]["orderNumber"] == placed


def test_a_refusal_of_a_value_that_was_not_kept_is_said_to_be_unfit(tmp_path: Path) -> None:
    with recording_calls(tmp_path) as call:
        inbound = orjson.loads(Sandbox().sample("place_inbound_order").body)["data"]
        assert call("place_inbound_order", {**inbound, "shippingFrom": "GBR"})["errors"]
    (result,) = replay(recordings(tmp_path), InProcess())
    assert result.unfit == "it was refused for shippingFrom, in whose place something else stands"


def test_a_window_that_begins_when_a_reply_says_is_moved_as_one(tmp_path: Path) -> None:
    with recording_calls(tmp_path) as call:
        order = orjson.loads(Sandbox().sample("place_outbound_order").body)["data"]
        number = call("place_outbound_order", order)["data"][0]["orderNumber"]
        (row,) = call("outbound_order_query_v2", {"orderNumberList": [{"orderNumber": number}]})["data"]
        begin = row["orderCreationTime"]
        end = WRITERS["offset-date-time"](PARSERS["offset-date-time"](begin) + timedelta(seconds=1))
        assert call("outbound_order_query_v2", {"startTime": begin, "endTime": end})["code"] == 0
    later = InProcess(now=Clock().now() + timedelta(hours=1))  # who tells of a later creation than was recorded
    results = replay(recordings(tmp_path), later)
    assert [(result.unfit, result.differences) for result in results] == [("", ())] * 3


def test_windows_move_with_the_time(all_samples: list[Recording]) -> None:
    recording = next(each for each in all_samples if each.operation.name == "get_stock_movement")
    body = {**recording.request["body"], "data": {"startTime": "2020-03-01T10:00:00+0800"}}
    old = {**recording.document, "recorded_at": "2020-03-02T02:00:00Z", "request": {**recording.request, "body": body}}
    target = InProcess(clock="manual")
    (result,) = replay([Recording(old)], target)
    assert result.request
    moved = orjson.loads(result.request.body)["data"]["startTime"]
    assert moved[:4] != "2020"
    assert moved.endswith("+0800")
    assert not result.unfit


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    for text in ("", "[]", '{"format": 1, "operation": "x"}', '{"format": 9, "operation": "x"}'):
        file.write_text(text)
        with pytest.raises(NotReadable, match=r"a\.json"):
            list(recordings(tmp_path))
    file.write_bytes(orjson.dumps({**RECORDED[0].document, "operation": "no_such"}))
    with pytest.raises(NotReadable, match="no_such"):
        list(recordings(tmp_path))


def test_what_a_stage_showed_becomes_a_file_that_the_fake_loads() -> None:
    told = {**one("get_service_list").document, "host": {"kind": "stage", "name": "stage.example.com"}}
    seen = orjson.loads(as_sightings([Recording(told)]))
    assert seen["target"] == "a recording from stage"
    assert seen["date"] == told["recorded_at"][:10]
    assert "/envelopes/success" in seen["facts"]["get_service_list"]
