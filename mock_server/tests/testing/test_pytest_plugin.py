"""The pytest plugin, as a project that has it installed meets it: runs of pytest inside this one."""

import json
import socket
from collections.abc import Callable
from urllib.request import urlopen

import orjson
import pytest
from oc_sandbox.catalog import catalog
from oc_sandbox.testing.answers import runs_under
from servers import running_server

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]
PLACE = """
    import httpx

    def place(sandbox, client=httpx, root="https://openapi-stage-hk.orangeconnex.com", exchange=None):
        call = sandbox.sample("place_outbound_order", exchange)
        return client.post(root + call.path, content=call.body, headers=call.headers).json()
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """`run(text, *options)`: the outcome of a test file, beside which helpers stand."""

    def run(text: str, *options: str, **files: str) -> pytest.RunResult:
        pytester.makepyfile(helpers=PLACE)
        for name, content in files.items():
            pytester.makefile(".toml", **{name: content})
        pytester.makepyfile(test_it=text)
        return pytester.runpytest("-p", "no:randomly", "-p", "no:cacheprovider", *options)

    return run


def test_fixtures_give_a_fresh_tenant_on_every_way(run: Run) -> None:
    text = """
        import httpx
        from helpers import place

        KEYS = set()

        def fresh(sandbox):
            KEYS.add(sandbox.client_key)
            assert not sandbox.calls

        def test_in_process(oc_sandbox):
            fresh(oc_sandbox)
            with httpx.Client(transport=oc_sandbox.httpx_transport()) as client:
                assert place(oc_sandbox, client)["code"] == 0

        def test_intercepted(oc_intercepted):
            fresh(oc_intercepted)
            assert place(oc_intercepted)["code"] == 0

        def test_by_respx(oc_respx):
            fresh(oc_respx)
            assert place(oc_respx)["code"] == 0

        URLS = set()

        def test_on_a_real_port(oc_server):
            fresh(oc_server)
            URLS.add(oc_server.url)
            assert place(oc_server, root=oc_server.oauth_url)["code"] == 0

        def test_on_the_same_real_port(oc_server):
            fresh(oc_server)
            assert URLS == {oc_server.url}

        def test_several(oc_sandbox_factory, oc_sandbox):
            tenants = [oc_sandbox, oc_sandbox_factory(auth="open", sellers=2), oc_sandbox_factory(real_port=True)]
            for tenant in tenants:
                fresh(tenant)
            assert len(tenants[1].describe()["sellers"]) == 2

        def test_all_were_different():
            assert len(KEYS) == 8
    """
    run(text).assert_outcomes(passed=7)


def test_the_marker_says_what_the_tenant_is(run: Run) -> None:
    text = """
        import pytest
        from helpers import place

        pytestmark = pytest.mark.oc(auth="open", clock="2026-11-22T15:30:00Z", assumptions={"batch_outcome": "atomic"})

        @pytest.mark.oc(seed="empty", signing="stage", assumptions={"adjustment": "sets"})
        def test_nearest_wins_and_assumptions_add_up(oc_sandbox):
            told = oc_sandbox.describe()
            assert (told["auth"], told["seed"], told["signing"]) == ("open", "empty", "stage")
            assert oc_sandbox.now().isoformat() == "2026-11-22T15:30:00+00:00"
            taken = oc_sandbox.assumptions
            assert (taken["batch_outcome"], taken["adjustment"]) == ("atomic", "sets")

        @pytest.mark.oc(faults=[{"operation": "place_outbound_order", "error": "stock_short", "first": 1}])
        def test_faults_are_put(oc_intercepted, oc_server):
            assert [fault["error"] for fault in oc_intercepted.faults + oc_server.faults] == ["stock_short"] * 2
            assert place(oc_intercepted)["errors"][0]["code"] == "400448"
            assert place(oc_intercepted)["code"] == 0

        @pytest.mark.oc(clock={"mode": "accelerated", "rate": 3600})
        def test_a_clock_in_full(oc_sandbox, oc_server):
            assert oc_sandbox.tenant.clock.rate == 3600
    """
    run(text).assert_outcomes(passed=3)


def test_a_test_runs_under_every_answer_with_a_readable_name(run: Run) -> None:
    text = """
        import pytest

        @pytest.mark.oc(assumptions="all")
        def test_it(oc_sandbox, request):
            name = request.node.name.removeprefix("test_it[").removesuffix("]")
            if name != "defaults":
                question, answer = name.split("=")
                assert oc_sandbox.assumptions[question] == answer

        @pytest.mark.oc(assumptions="pairwise")
        @pytest.mark.parametrize("twice", [1, 2])
        def test_pairs(oc_sandbox, twice):
            assert oc_sandbox.assumptions
    """
    ran = run(text, "-v")
    departures = sum(len(question.answers) - 1 for question in catalog().questions.values())
    ran.assert_outcomes(passed=1 + departures + 2 * len(runs_under("pairwise") or ()))
    ran.stdout.fnmatch_lines(["*test_it[[]batch_outcome=atomic]*"])


def test_a_module_mark_multiplies_only_tests_that_have_a_sandbox(run: Run) -> None:
    text = """
        import pytest
        pytestmark = pytest.mark.oc(assumptions="all")

        def test_without(): pass
    """
    run(text).assert_outcomes(passed=1)


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_end_of_the_run_tells_what_was_used(run: Run, pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    text = """
        from helpers import place

        def test_one(oc_intercepted):
            place(oc_intercepted)

        def test_two(oc_server):
            place(oc_server, root=oc_server.oauth_url, exchange="stock_short")

        def test_three():
            pass
    """
    ran = run(text, "--oc-report=told/report.json", *options)
    ran.assert_outcomes(passed=3)
    ran.stdout.fnmatch_lines(
        [
            "*= oc-sandbox =*",
            "2 calls of 1 operation, on 2 fresh tenants",
            "operations: place_outbound_order 2",
            "errors: place_outbound_order stock_short 400448 (documented) 1 time",
            "assumptions that replies relied on*: *signing=either, success_key=*",
            "all of it, test by test: told/report.json",
        ]
    )
    report = orjson.loads((pytester.path / "told/report.json").read_bytes())
    assert [(told["test"], told["outcome"]) for told in report["tests"]] == [
        ("test_it.py::test_one", "passed"),
        ("test_it.py::test_two", "passed"),
    ]
    assert report["operations"] == {"place_outbound_order": 2}
    names = {row["name"] for row in report["assumptions"]}
    # One order a call: whether a batch is refused whole or in part made no difference.
    assert "signing" in names
    assert "batch_outcome" not in names


def test_a_run_that_uses_nothing_says_nothing_and_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            ours = {name for name in sys.modules if name.startswith(("oc_sandbox", "starlette", "jsonschema", "httpx"))}
            assert ours <= {"oc_sandbox", "oc_sandbox.pytest_plugin", "oc_sandbox.testing",
                            "oc_sandbox.testing.guard", "oc_sandbox.testing.current"}
        """
    )
    others = ("randomly", "hypothesispytest", "respx", "schemathesis")
    ran = pytester.runpytest_subprocess(*(word for name in others for word in ("-p", f"no:{name}")))
    ran.assert_outcomes(passed=1)
    assert "oc-sandbox" not in ran.stdout.str()


def test_the_same_tests_run_against_a_sandbox_elsewhere(run: Run) -> None:
    text = """
        import os
        import pytest
        from oc_sandbox.remote import RemoteSandbox
        from oc_sandbox.testing import fresh_sandbox
        from helpers import place

        @pytest.mark.oc(clock="2026-11-22T15:30:00Z")
        def test_it(oc_intercepted):
            assert isinstance(oc_intercepted, RemoteSandbox)
            assert oc_intercepted.base_url == os.environ["WHERE"] + "/openapi"
            assert place(oc_intercepted)["code"] == 0
            (row,) = oc_intercepted.stock("OC0000250380015", "UK")
            assert (row["available"], row["allocated"]) == (999, 1)
            assert oc_intercepted.advance(hours=5)
            (row,) = oc_intercepted.stock("OC0000250380015", "UK")
            assert row["allocated"] == 0
            with fresh_sandbox() as another:
                assert another.url == oc_intercepted.url

        def test_what_it_cannot_do_is_told(oc_sandbox):
            with pytest.raises(AttributeError, match="use `calls`"):
                oc_sandbox.journal
    """
    with pytest.MonkeyPatch.context() as patch, running_server() as (url, _):
        patch.setenv("WHERE", url)
        run(text, "--oc-target", url).assert_outcomes(passed=2)
        run(text, pyproject=f'[tool.oc-sandbox]\ntarget = "{url}/"').assert_outcomes(passed=2)
        with urlopen(f"{url}/_sandbox/tenants", timeout=10) as reply:
            assert len(json.load(reply)["tenants"]) == 1  # what the tests made is gone


def test_a_tenant_that_is_gone_at_the_end_of_its_test_breaks_nothing(run: Run) -> None:
    text = """
        def test_it(oc_server):
            oc_server.close()

        def test_that_fails(oc_server):
            oc_server.close()
            assert 0
    """
    ran = run(text)
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["it cannot be read any more: there is no tenant *"])


def test_a_target_where_no_sandbox_is_says_what_to_do(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    ran = run("def test_it(oc_sandbox): pass", "--oc-target", url)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*no sandbox answers at http://127.0.0.1:*`oc-sandbox serve` starts one*"])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('seeed = "demo"', "there is no 'seeed'; did you mean seed?"),
        ("target = 8400", "target must be a text, not 8400"),
        ("target = ", "pyproject.toml: "),
    ],
    ids=["unknown", "type", "no TOML"],
)
def test_a_project_table_that_means_nothing_is_refused(run: Run, table: str, message: str) -> None:
    ran = run("def test_it(): pass", pyproject=f"[tool.oc-sandbox]\n{table}")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"*{message}*"])


def test_the_project_table_is_weaker_than_the_command_line_and_that_than_a_marker(run: Run) -> None:
    text = """
        import pytest

        def test_project(oc_sandbox):
            told = oc_sandbox.describe()
            assert (told["auth"], told["seed"]) == ("open", SEED)
            assert oc_sandbox.assumptions["batch_outcome"] == "atomic"
            assert oc_sandbox.now().year == 2026

        @pytest.mark.oc(seed="demo", assumptions={"batch_outcome": "partial"})
        def test_marker(oc_sandbox):
            assert oc_sandbox.describe()["seed"] == "demo"
            assert oc_sandbox.assumptions["batch_outcome"] == "partial"
    """
    table = """
        [tool.oc-sandbox]
        auth = "open"
        seed = "empty"
        clock = 2026-11-22T15:30:00Z
        assumptions = {batch_outcome = "atomic"}
    """
    run(text.replace("SEED", '"empty"'), pyproject=table).assert_outcomes(passed=2)
    run(text.replace("SEED", '"demo"'), "--oc-seed=demo", pyproject=table).assert_outcomes(passed=2)


def test_a_call_of_a_vendors_own_host_is_stopped_unless_it_is_allowed(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import socket

        def look_up(host, *_, **__):
            raise socket.gaierror(f"this test looks nothing up, not even {host}")

        def pytest_configure():
            socket.getaddrinfo = look_up

        def pytest_unconfigure():
            socket.getaddrinfo = REAL

        REAL = socket.getaddrinfo
        """
    )
    text = """
        import asyncio
        import aiohttp
        import httpx
        import pytest
        import requests

        def get_by_aiohttp(url):
            async def get():
                async with aiohttp.ClientSession() as session:
                    await session.get(url)

            asyncio.run(get())

        @pytest.mark.parametrize("get", [httpx.get, requests.get, get_by_aiohttp])
        @pytest.mark.parametrize("host", ["openapi-hk.orangeconnex.com", "API.mercozy.com", "erp.example.invalid"])
        def test_it(get, host):
            try:
                get(f"https://{host}/")
            except (httpx.ConnectError, requests.ConnectionError, aiohttp.ClientConnectionError):
                pytest.skip("was looked up")
    """
    ran = run(text)
    ran.assert_outcomes(failed=6, skipped=3)
    ran.stdout.fnmatch_lines(["*about to call api.mercozy.com, the vendor's own host*oc_intercepted*"])
    run(text, "--oc-allow-vendor-hosts").assert_outcomes(skipped=9)
    run(text, pyproject="[tool.oc-sandbox]\nallow-vendor-hosts = true").assert_outcomes(skipped=9)


def test_hypothesis_gets_a_fresh_tenant_for_each_example(run: Run) -> None:
    text = """
        import pytest
        from hypothesis import given, settings, strategies as st
        from hypothesis.stateful import rule
        from helpers import place
        from oc_sandbox.testing import SandboxMachine, fresh_sandbox

        QUICK = settings(max_examples=5, deadline=None, derandomize=True, database=None)

        @pytest.mark.oc(auth="open")
        @QUICK
        @given(st.integers(0, 5))
        def test_examples(pieces):
            with fresh_sandbox(seed="demo") as sandbox, sandbox.intercept():
                assert not sandbox.calls
                assert place(sandbox)["code"] == 0
                assert sandbox.describe()["auth"] == "open"

        class Orders(SandboxMachine):
            oc = {"clock": "2026-11-22T15:30:00Z"}

            def __init__(self):
                super().__init__()
                assert not self.sandbox.calls
                assert self.sandbox.now().year == 2026

            @rule()
            def look(self):
                self.sandbox.send(self.call())

            def call(self):
                from oc_sandbox.call import Call
                return Call("GET", "/openapi/nothing", {})

        TestOrders = Orders.TestCase
        TestOrders.settings = settings(QUICK, stateful_step_count=3)
    """
    ran = run(text)
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(["operations: place_outbound_order *", "calls of paths that are no operation: *"])
