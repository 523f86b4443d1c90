"""What the README and the pages beside it say is run and held to: Python, curl, answers, operations, routes, links."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.adapters.starlette_app import Application
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.cli import _parser
from oc_sandbox.fault_checks import fault_of_words, faults_of, schema
from oc_sandbox.limits import counts
from oc_sandbox.samples import call_of
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY, Tenants
from servers import running_server

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README, CHINESE, CONTROL = (
    (ROOT / name).read_text() for name in ("README.md", "docs/README.zh-CN.md", "docs/control-plane.md")
)
OPERATIONS = [*catalog().operations.values(), *catalog().webhooks.values()]
SAMPLE = re.compile(r"\.venv/bin/oc-sandbox curl (\w+) --exchange (\w+) \| sh")


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return [block for name, block in re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL) if name == language]


def test_the_python_example_passes() -> None:
    (text,) = blocks(README, "python")
    scope: dict[str, Any] = {}
    exec(compile(text, "README.md", "exec"), scope)
    scope["test_an_order_reserves_its_stock"](Sandbox())


def test_the_python_of_the_client_report_runs_and_its_page_names_every_finding() -> None:
    page = (ROOT / "docs" / "client-report.md").read_text()
    (text,) = blocks(page, "python")
    exec(compile(text, "client-report.md", "exec"), {})
    checks = ROOT / "mock_server" / "oc_sandbox" / "client_report"
    spelt = {
        word for file in checks.glob("*.py") for word in re.findall(r'"([a-wyz][a-z]*(?:-[a-z]+)+)"', file.read_text())
    }
    spelt |= {"unsigned"}
    table = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([a-z-]+)`", table))
    assert named == spelt


def test_the_commands_of_the_client_report_are_commands() -> None:
    page = (ROOT / "docs" / "client-report.md").read_text()
    for line in blocks(page, "sh")[0].splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "oc-sandbox":
            assert _parser()[0].parse_args(words[1:]).run is not None
        else:
            assert "/report?format=text" in words[-1]


@pytest.mark.parametrize("page", [README, CHINESE], ids=["English", "Chinese"])
def test_the_first_screen_has_two_commands_and_the_answer_that_they_get(page: str) -> None:
    screen = "\n".join(page.splitlines()[:32])
    assert "python3 make.py serve" in screen
    found = SAMPLE.search(screen)
    assert found is not None
    sandbox = Sandbox()
    reply = sandbox.send(call_of(catalog().operations[found[1]], sandbox.sample(found[1], found[2])))
    assert orjson.loads(reply.body) == orjson.loads(blocks(screen, "json")[0])


def test_the_documented_curl_gets_the_documented_answer() -> None:
    curl = blocks(README, "sh")[0]
    words = shlex.split(curl.replace("\\\n", ""))
    headers = {}
    for at, word in enumerate(words):
        if word == "-H":
            name, _, value = words[at + 1].rstrip(";").partition(": ")
            headers[name.lower()] = value
    path = re.sub(r"http://[^/]+", "", next(word for word in words if word.startswith("http")))
    sandbox = Sandbox(auth="open", client_key=DEFAULT_CLIENT_KEY)
    reply = sandbox.send(Call("POST", path, headers, words[words.index("--data-raw") + 1].encode()))
    assert orjson.loads(reply.body) == orjson.loads(blocks(README, "json")[1])


def test_the_settings_shown_make_a_tenant() -> None:
    tenants = Tenants()
    body = orjson.loads(blocks(CONTROL, "json")[0])

    async def made() -> httpx.Response:
        transport = httpx.ASGITransport(Application(tenants))
        async with httpx.AsyncClient(transport=transport, base_url="http://oc-sandbox.invalid") as client:
            return await client.post("/_sandbox/tenants", json=body)

    view = asyncio.run(made()).json()
    assert (view["assumptions"], len(view["sellers"])) == (body["assumptions"], body["sellers"])


@pytest.mark.parametrize("page", [README, CHINESE], ids=["English", "Chinese"])
def test_the_table_of_operations_has_each_once_and_no_other(page: str) -> None:
    table = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    named = [name for name in re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+)+)`", table) if name not in ("client_key",)]
    assert sorted(named) == sorted(operation.name for operation in OPERATIONS)


def test_more_than_half_of_all_facts_are_assumed_as_it_says() -> None:
    documented, observed, assumed = map(sum, zip(*map(counts, OPERATIONS), strict=True))
    assert "more than half of all are assumed" in README
    assert assumed > documented + observed


def test_the_page_of_the_control_plane_lists_every_route_and_no_other() -> None:
    async def asked() -> Any:
        transport = httpx.ASGITransport(Application(Tenants()))
        async with httpx.AsyncClient(transport=transport, base_url="http://oc-sandbox.invalid") as client:
            return (await client.get("/_sandbox")).json()["routes"]

    listed = set()
    for line in CONTROL.splitlines():
        methods: list[str] = []
        for method, path in re.findall(r"`([A-Z]+)(?: (/_sandbox\S*))?`", line) if line.startswith("| `") else ():
            methods.append(method)
            if path:
                listed |= {(each, path) for each in methods}
                methods = []
    assert listed == {(route["method"], route["path"]) for route in asyncio.run(asked())}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not target.startswith("http"):
            name, _, anchor = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            assert file.exists(), target
            if anchor and file.suffix == ".md":
                assert anchor in anchors(file), target


def anchors(page: Path) -> set[str]:
    """What a link may lead to: the headings, as GitHub spells them, and the anchors that are named."""
    text = page.read_text()
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    spelled = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return spelled | set(re.findall(r'<a id="([^"]+)">', text))


FAILURES = (ROOT / "docs" / "failures.md").read_text()


@pytest.mark.parametrize("text", blocks(FAILURES, "python"), ids=range(len(blocks(FAILURES, "python"))))
def test_the_python_examples_of_failures_pass(text: str) -> None:
    exec(compile(text, "docs/failures.md", "exec"), {})


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_shell_example_of_failures_prints_what_it_says() -> None:
    (script,) = blocks(FAILURES, "sh")
    with running_server("--auth", "open") as (url, _):
        environment = {**os.environ, "OC_SANDBOX_URL": url}
        done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert '"fired":0' in done.stdout
    assert done.stdout.endswith("503\n200\n")


def test_the_command_line_of_failures_is_taken() -> None:
    (line,) = re.findall(r"^    oc-sandbox (serve --fault .*)$", FAILURES, re.MULTILINE)
    words = shlex.split(line)
    wanted = [fault_of_words(word) for name, word in pairwise(words) if name == "--fault"]
    assert faults_of(wanted) is not None
    assert len(wanted) == 2


def test_failures_names_every_key_of_a_fault_and_every_magic_value() -> None:
    magic = catalog().magic["orangeconnex"]
    fields = orjson.loads((ROOT / "schemas/orangeconnex/magic.json").read_bytes())["fields"]
    named = [*schema()["properties"], *fields]
    assert [name for name in named if not re.search(rf'[`"]{name}[`"]', FAILURES)] == []
    assert [name for name in magic.faults if name not in FAILURES] == []
