"""What was seen of a real server is told as observed, wherever evidence is told, and no further than it was seen."""

import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson
import pytest
from oc_sandbox.assumptions import Choices, NoSightings, Sightings
from oc_sandbox.catalog import catalog
from oc_sandbox.limits import limits_page
from oc_sandbox.observed import evidence_of, observed, told_by
from servers import COMMAND, running_server

SEEN = {
    "target": "the stage",
    "date": "2026-11-22",
    "assumptions": {"refused_token": "http_401", "repeated_reference": "refused", "seven_day_edge": "inside"},
    "facts": {
        "place_vas_order": ["/response/properties/data/items/properties/orderNumber", "/envelopes/success"],
        "get_service_list": ["/response/properties/code"],
        "no_such_operation": ["/errors/none"],
        "sku_label": ["/response/properties/nothing/type"],
    },
}
BY_TOKEN = "observed the stage 2026-11-22 (refused_token=http_401)"


def choices(**more: Any) -> Choices:
    told = Sightings(SEEN["assumptions"], SEEN["target"], SEEN["date"], {**SEEN["facts"], **more})
    made = Choices(catalog().questions, told)
    made.take(told.answers)
    return made


def written(folder: Path) -> Path:
    file = folder / "seen.json"
    file.write_bytes(orjson.dumps(SEEN))
    return file


def test_a_settled_question_speaks_for_what_its_answers_change_and_show() -> None:
    facts = observed(catalog(), choices())
    assert facts["orangeconnex", "/errors/token_expired"] == BY_TOKEN
    edge = "/request/properties/data/x-date-range/longest_inclusive"
    assert facts["get_stock_movement", edge].endswith("(seven_day_edge=inside)")
    assert facts["place_outbound_order", "/errors/reference_taken"].endswith("(repeated_reference=refused)")
    assert ("place_third_party_label_order", "/errors/reference_taken") not in facts  # settling does not look there


def settled(**answers: str) -> set[tuple[str, str]]:
    """The facts that are observed once these answers were seen, and the questions behind them."""
    made = Choices(catalog().questions, Sightings(answers, "the stage", "2026-11-22"))
    made.take(answers)
    return {*observed(catalog(), made)}


def test_a_settled_question_says_nothing_of_operations_that_were_not_looked_at() -> None:
    # The orders show the key; that 22 other envelopes are without it stays assumed.
    assert settled(success_key="as_seen") == set()
    assert {name for name, _ in settled(empty_sku_list="everything")} == {"stock_snapshot_v2"}
    assert {name for name, _ in settled(twelve_month_edge="a_day")} == {"get_stock_movement"}
    assert {name for name, _ in settled(overdraft="refused")} == set()  # nobody settles it


def test_what_one_gate_answers_is_known_of_the_whole_server() -> None:
    assert {name for name, _ in settled(refused_token="http_401")} == {"orangeconnex"}
    gates = {name for name, question in catalog().questions.items() if question.speaks_for("api")}
    assert gates == {"signing", "refused_token", "refused_signature"}


def test_what_was_looked_at_are_operations_of_the_question() -> None:
    for question in catalog().questions.values():
        known = catalog().operations.keys() if "*" in question.operations else {*question.operations}
        assert question.looked_at - {"*"} <= known, question.name
        for answer in question.answers.values():
            assert all(map(question.speaks_for, answer.shows)), question.name


def test_a_recording_speaks_for_what_it_shows_where_that_was_assumed() -> None:
    facts = observed(catalog(), choices())
    assert facts["place_vas_order", "/envelopes/success"] == "observed the stage 2026-11-22"
    assert facts["place_vas_order", SEEN["facts"]["place_vas_order"][0]] == "observed the stage 2026-11-22"
    assert not [key for key in facts if key[0] in ("get_service_list", "no_such_operation", "sku_label")]


def test_an_answer_that_was_not_seen_is_no_observation() -> None:
    other = choices()
    other.take({"refused_token": "http_200", "repeated_reference": "new_order"})
    facts = observed(catalog(), other)
    assert ("orangeconnex", "/errors/token_expired") not in facts
    assert ("place_outbound_order", "/errors/reference_taken") not in facts
    assert observed(catalog(), Choices(catalog().questions)) == {}


def test_an_errors_evidence_is_the_apis_where_the_operation_has_none_of_its_own() -> None:
    facts, operation = observed(catalog(), choices()), catalog().operations["get_stock_age"]
    assert evidence_of(operation.errors["token_invalid"], operation, facts) == BY_TOKEN
    assert evidence_of(operation.errors["signature_wrong"], operation, facts) == "assumed"


def test_the_limits_page_tells_what_was_seen_under_the_answers_that_were_seen() -> None:
    before = limits_page(catalog())
    page = limits_page(told_by(catalog(), choices()), seen="the stage")
    row = next(line for line in page.splitlines() if line.startswith("| `token_expired`"))
    assert row == f"| `token_expired` |  | Unauthorized | {BY_TOKEN.replace('observed', 'observed,')} |"
    assert "may still be ours" in page
    assert "- observed `data[].orderNumber`" in page
    assert limits_page(catalog()) == before
    assert told_by(catalog(), Choices(catalog().questions)) is catalog()


def test_the_command_line_tells_it(tmp_path: Path) -> None:
    ran = subprocess.run([COMMAND, "limits", "--assumptions", written(tmp_path)], capture_output=True, text=True)
    assert ran.returncode == 0
    assert "observed, the stage 2026-11-22 (refused_token=http_401)" in ran.stdout
    bad = subprocess.run([COMMAND, "limits", "--assumptions", tmp_path / "none"], capture_output=True, text=True)
    assert (bad.returncode, "--assumptions" in bad.stderr) == (1, True)


def test_the_journal_and_the_control_plane_tell_it(tmp_path: Path) -> None:
    with running_server("--assumptions", str(written(tmp_path))) as (url, _):
        tenant = f"{url}/_sandbox/tenants/bd1d1971-d0db-11ea-b4a1-00505694c27b"
        told = ask(f"{tenant}/assumptions")
        assert {"in": "orangeconnex", "at": "/errors/token_expired", "evidence": BY_TOKEN} in told["observed"]
        command = ask(f"{tenant}/curl/get_stock_age")["curl"]
        token = next(word for word in command.split("'") if word.startswith("Access-Token"))
        subprocess.run(command.replace(token, "Access-Token: Bearer none"), shell=True, capture_output=True, check=True)
        (call,) = ask(f"{tenant}/journal")["calls"]
        assert call["evidence"] == [{"error": "token_invalid", "evidence": BY_TOKEN}]
        assert call["reply"]["status"] == 401


def ask(url: str) -> Any:
    with urlopen(Request(url), timeout=10) as reply:
        return orjson.loads(reply.read())


@pytest.mark.parametrize("facts", [[], {"sku_label": "/errors/x"}, {"sku_label": [1]}])
def test_facts_that_are_none_are_told(tmp_path: Path, facts: Any) -> None:
    file = tmp_path / "seen.json"
    file.write_bytes(orjson.dumps({**SEEN, "facts": facts}))
    with pytest.raises(NoSightings, match="JSON pointers"):
        Sightings.of_file(str(file))


def test_what_an_answer_shows_is_there() -> None:
    for question in catalog().questions.values():
        for answer in question.answers.values():
            for name, pointers in answer.shows.items():
                errors = catalog().operations[name].document["errors"]
                assert [pointer for pointer in pointers if pointer.removeprefix("/errors/") not in errors] == []
