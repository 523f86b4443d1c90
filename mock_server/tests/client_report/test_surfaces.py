"""The report in Python, by HTTP and on the command line, and its facts."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import httpx
import pytest
from calls import send
from oc_sandbox import Sandbox
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.assumptions import Sightings
from oc_sandbox.catalog import catalog
from oc_sandbox.client_report.junit import junit_report
from oc_sandbox.client_report.page import html_report
from oc_sandbox.client_report.relied import OF_ALL_CALLS, TOUCHED
from servers import COMMAND, running_server
from zoo_base import Client, after
from zoo_bugs import BUGS


@pytest.fixture(scope="module")
def bad() -> Sandbox:
    """A sandbox after the day of a client whose windows are too wide."""
    return after(BUGS["window of 15 days"].client, BUGS["window of 15 days"].work)


def asked(path: str, sandbox: Sandbox) -> httpx.Response:
    """The control plane's answer about a sandbox's tenant."""

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(Application(sandbox._tenants))
        async with httpx.AsyncClient(transport=transport, base_url="http://oc-sandbox.invalid") as client:
            return await client.get(f"/_sandbox/tenants/{sandbox.client_key}/{path}")

    return asyncio.run(get())


def test_the_route_answers_as_python_does(bad: Sandbox) -> None:
    by_route, in_python = asked("report", bad).json(), bad.report().as_json()
    assert by_route["findings"] == json.loads(json.dumps(in_python["findings"]))
    assert by_route["passed"] is False
    assert asked("report?expected=window_too_wide", bad).json()["passed"] is True


@pytest.mark.parametrize(
    ("form", "media_type", "shown"),
    [("text", "text/plain", "window-too-wide"), ("html", "text/html", "<h1>"), ("junit", "application/xml", "failure")],
)
def test_the_route_answers_in_other_forms(bad: Sandbox, form: str, media_type: str, shown: str) -> None:
    answer = asked(f"report?format={form}", bad)
    assert answer.headers["content-type"].startswith(media_type)
    assert shown in answer.text


@pytest.mark.parametrize(
    ("operation", "seen"), [("stock_snapshot_v2", "observed the stage 2026-11-22"), ("get_stock_age", "")]
)
def test_an_answer_that_was_seen_at_another_operation_is_still_relied_on(operation: str, seen: str) -> None:
    sandbox = Sandbox()
    sandbox.tenant.choices.sightings = Sightings({"empty_sku_list": "everything"}, "the stage", "2026-11-22")
    send(sandbox, operation, {"data": {"skuList": [], "pageNumber": 1, "pageSize": 5}})
    told = {each["name"]: each["seen"] for each in sandbox.report().as_json()["assumptions"]}
    assert told["empty_sku_list"] == seen


def test_an_unknown_form_is_refused_with_those_that_there_are(bad: Sandbox) -> None:
    answer = asked("report?format=pdf", bad)
    assert answer.status_code == 400
    assert "json, text, html, junit" in answer.json()["error"]


def test_the_page_fetches_nothing_and_escapes_what_the_client_sent() -> None:
    sandbox = Sandbox()
    send(sandbox, "get_stock_movement", {"data": {"<script>alert(1)</script>": 1}})
    page = html_report(sandbox.report().as_json()).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "src=" not in page
    assert "@import" not in page


def test_junit_counts_what_fails_and_skips_notes(bad: Sandbox) -> None:
    root = ET.fromstring(junit_report(bad.report().as_json()))
    assert (root.get("failures"), root.get("skipped")) == ("1", "0")
    root = ET.fromstring(junit_report(bad.report(expected=["window_too_wide"]).as_json()))
    assert (root.get("failures"), root.get("skipped")) == ("0", "1")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as (url, _):
        yield url


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, "report", *words], capture_output=True, text=True, check=False)


def test_the_command_tells_by_its_exit_code_whether_the_client_was_at_fault(server: str, tmp_path: Path) -> None:
    with urlopen(Request(f"{server}/_sandbox/tenants", b"{}")) as made:
        key = json.load(made)["client_key"]
    clean = command("--url", server, "--key", key)
    assert (clean.returncode, "nothing to judge" in clean.stdout) == (0, True)

    unsigned = Request(f"{server}/openapi/3pp/base/v1/service", headers={"clientKey": key})
    urlopen(unsigned).close()
    files = ["--junit", str(tmp_path / "report.xml"), "--html", str(tmp_path / "report.html")]
    found = command("--url", server, "--key", key, "--json", *files)
    assert found.returncode == 1, found.stderr
    assert [each["check"] for each in json.loads(found.stdout)["findings"]] == ["unsigned"]
    assert "unsigned" in (tmp_path / "report.xml").read_text()
    assert "unsigned" in (tmp_path / "report.html").read_text()
    assert command("--url", server, "--key", key, "--expected", "signature_missing").returncode == 0


def test_over_http_a_connection_tells_what_the_client_had_seen(server: str) -> None:
    call = Sandbox().sample("stock_snapshot_v2")
    for several, severity in ((False, "warning"), (True, "note")):
        with urlopen(Request(f"{server}/_sandbox/tenants", b'{"auth": "open"}')) as made:
            key = json.load(made)["client_key"]
        headers = {"clientKey": key, "Content-Type": "application/json"}
        with httpx.Client() as one:
            for page in (1, 2, 3, 4):
                data = {"data": {"pageNumber": page, "pageSize": 10}}
                post = httpx.post if several else one.post
                assert post(server + call.path, json=data, headers=headers).json()["code"] == 0
        report = httpx.get(f"{server}/_sandbox/tenants/{key}/report").json()
        assert severity in [each["severity"] for each in report["findings"] if each["check"] == "paging-past-the-end"]


def test_the_command_says_what_is_wrong_with_its_words(server: str) -> None:
    assert "there is no tenant nobody" in command("--url", server, "--key", "nobody").stderr
    assert "cannot be written" in command("--url", server, "--html", "/nowhere/report.html").stderr


def walked(pointer: str) -> Any:
    """What stands at `file#/pointer` of the contract, as it was loaded."""
    file, _, at = pointer.partition("#")
    api, *_, name = file.removesuffix(".json").split("/")
    document: Any = catalog().apis[api].document if name == "api" else None
    document = document or catalog().operations[name].document
    for step in at.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_each_fact_stands_in_the_contract_with_the_grade_that_is_told(bug: Any) -> None:
    for finding in after(bug.client, bug.work).report().findings:
        for basis in finding.basis:
            if "#" not in basis.where or "assumptions.json" in basis.where:
                assert basis.grade == "assumed" or basis.where == "schemas/"
                continue
            found = walked(basis.where)
            assert basis.grade in ("documented", "observed", "assumed")
            assert bool(basis.sources) or basis.grade == "assumed"
            if isinstance(found, dict) and "fact" in found:
                assert found["fact"] == basis.fact
            if isinstance(found, dict) and isinstance(found.get("x-evidence"), str):
                assert basis.grade == found["x-evidence"].split()[0]


def test_every_question_that_the_report_knows_how_to_look_for_is_one() -> None:
    assert set(TOUCHED) | set(OF_ALL_CALLS) <= set(catalog().questions)


def test_names_of_facts_are_unique_in_their_file() -> None:
    for place in (*catalog().apis.values(), *catalog().operations.values()):
        named = [row["id"] for row in place.document["facts"] if "id" in row]
        assert len(named) == len(set(named))


def test_the_report_tells_operations_errors_and_assumptions() -> None:
    report = after(Client, BUGS["window of 15 days"].work).report().as_json()
    used = {row["operation"]: row for row in report["operations"]}
    assert used["place_outbound_order"]["partial"] == 1
    assert used["place_outbound_order"]["errors"] == {"stock_short": 1}
    assert {"batch_outcome", "signing", "success_key"} <= {each["name"] for each in report["assumptions"]}
    assert "seven_day_edge" not in {each["name"] for each in report["assumptions"]}
