"""The pytest plugin: fixtures, the marker `oc`, what a failure and the end of a run show, and a guard of vendor hosts.

Loaded in every run of pytest, used or not, so everything but pytest itself is imported late.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .remote import RemoteSandbox
    from .sandbox import Sandbox
    from .testing.run import Run, SandboxesOfTest

MARK = "oc"
ANSWERS = "_oc_answers"
"""The parameter of a test that runs under several answers to the open questions."""
PROJECT: "pytest.StashKey[dict[str, Any]]" = pytest.StashKey()
REFUSED: "pytest.StashKey[list[str]]" = pytest.StashKey()
"""The vendors' hosts that tests were about to call, as often as they were."""
RUN: "pytest.StashKey[Run]" = pytest.StashKey()
COUNTED: "pytest.StashKey[dict[str, Counter[str]]]" = pytest.StashKey()
"""What else is told at the end of a run, by heading: counts by name, of all workers of xdist."""
OF_TEST: "pytest.StashKey[SandboxesOfTest]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line."""
    group = parser.getgroup("oc-sandbox", "OrangeConnex sandbox")
    group.addoption("--oc-target", metavar="URL", help="take the tenants of the sandbox that runs there")
    group.addoption("--oc-seed", metavar="SEED", help="what a fresh tenant's world holds: demo, or empty")
    group.addoption("--oc-report", metavar="FILE", help="write as JSON what the tests used, met and relied on")
    group.addoption("--oc-allow-vendor-hosts", action="store_true", help="let tests call the vendors' own hosts")


def pytest_configure(config: pytest.Config) -> None:
    """The marker, the table of pyproject.toml, and who tells of the run."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(auth=, signing=, clock=, seed=, faults=[...], assumptions={{...}} or 'all' or 'pairwise'): "
        "the tenant that this test's sandbox fixtures give it",
    )
    config.stash[PROJECT] = _project_settings(config)
    config.stash[COUNTED] = {}
    config.pluginmanager.register(_Told(config), "oc_sandbox_told")


def _project_settings(config: pytest.Config) -> dict[str, Any]:
    file = config.rootpath / "pyproject.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return {}
    if not any(name in text for name in ("oc-sandbox", "tool.oc_sandbox", "tool.orangeconnex-sandbox")):
        return {}
    from .testing.settings import BadSetting, project_settings

    try:
        return project_settings(text, file)
    except BadSetting as error:
        raise pytest.UsageError(str(error)) from None


def _setting(config: pytest.Config, name: str) -> Any:
    """An option of the command line; failing that what pyproject.toml says."""
    return config.getoption(f"oc_{name.replace('-', '_')}") or config.stash[PROJECT].get(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[Any]:
    """Keep the tests away from the vendors' own hosts, and stop the server in the end."""
    try:
        if _setting(session.config, "allow-vendor-hosts"):
            return (yield)
        from .testing.guard import vendor_hosts_refused

        with vendor_hosts_refused() as session.config.stash[REFUSED]:
            return (yield)
    finally:
        run = session.config.stash.get(RUN, None)
        if run is not None:
            run.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    """Fail a test whose call of a vendor's host was stopped where nobody noticed: in a thread, say."""
    refused = item.config.stash.get(REFUSED, [])
    before = len(refused)
    result = yield
    if len(refused) > before:
        from .testing.guard import refusal

        pytest.fail(refusal(refused[-1]), pytrace=False)
    return result


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test under as many answers as its markers want."""
    markers = [*metafunc.definition.iter_markers(MARK)]
    if not markers:
        return
    from .testing.marker import many_runs
    from .testing.settings import BadSetting

    try:
        runs = many_runs(markers)
    except BadSetting:
        return  # told when the test is set up: an error here can come out as a warning about another plugin
    own = any("assumptions" in marker.kwargs for marker in metafunc.definition.own_markers)
    if runs and (own or any(name.startswith("oc_") for name in metafunc.fixturenames)):
        metafunc.fixturenames.append(ANSWERS)
        metafunc.parametrize(ANSWERS, [answers for _, answers in runs], ids=[name for name, _ in runs])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Check a test's markers, and that they multiply only what can be."""
    if not (markers := [*item.iter_markers(MARK)]):
        return
    _check_markers(item, markers)
    if hasattr(item, "callspec"):
        if ANSWERS not in item.callspec.params and any(isinstance(_wanted(own), str) for own in item.own_markers):
            pytest.fail(
                f"{item.nodeid}: one parameter cannot multiply itself by assumptions; the test can", pytrace=False
            )
    elif _is_unittest(item):
        of_class = [own for node in (item, item.parent) for own in getattr(node, "own_markers", ())]
        if any(isinstance(_wanted(own), str) for own in of_class):
            pytest.fail(
                f"{item.nodeid}: a unittest.TestCase cannot multiply itself by assumptions; a class without it can",
                pytrace=False,
            )


def _is_unittest(item: pytest.Item) -> bool:
    """Whether pytest took it from unittest, and so never asked what it is to be parametrized with."""
    from unittest import TestCase

    return issubclass(getattr(item, "cls", None) or object, TestCase)


def _wanted(marker: pytest.Mark) -> Any:
    return marker.kwargs.get("assumptions") if marker.name == MARK else None


def _check_markers(item: pytest.Item, markers: "list[pytest.Mark]") -> None:
    """Fail in a line where one makes no sense, rather than show the inside of the sandbox."""
    from .testing.marker import check_marker
    from .testing.settings import BadSetting

    wrong = ""
    try:
        for marker in markers:
            check_marker(MARK, marker.args, marker.kwargs)
    except BadSetting as error:
        wrong = f"{item.nodeid}: {error}"
    if wrong:  # outside of the `except`, so that it stands alone
        pytest.fail(wrong, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Tell whoever makes a sandbox which test is running."""
    from .testing.current import CURRENT

    token = CURRENT.set(lambda: _of_test(item))
    try:
        return (yield)
    finally:
        CURRENT.reset(token)
        of_test = item.stash.get(OF_TEST, None)
        if of_test is not None:
            of_test.close()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A sandbox that a fixture of wider scope makes is not the running test's: it outlives it, with other markers."""
    if fixturedef.scope == "function":
        return (yield)
    from .testing.current import CURRENT

    token = CURRENT.set(lambda: _of_test(request.node))
    try:
        return (yield)
    finally:
        CURRENT.reset(token)


def _of_test(item: Any) -> "SandboxesOfTest":
    """The sandboxes of a test, or of a module and its like; the first to ask makes the list."""
    if OF_TEST not in item.stash:
        from .testing.run import Run, SandboxesOfTest

        if RUN not in item.config.stash:
            item.config.stash[RUN] = Run(_setting(item.config, "target"))
        item.stash[OF_TEST] = SandboxesOfTest(
            item.config.stash[RUN], _settings_of(item), shared=not isinstance(item, pytest.Item)
        )
    of_test: SandboxesOfTest = item.stash[OF_TEST]
    return of_test


def _settings_of(item: Any) -> dict[str, Any]:
    """What a test wants of its tenants: the nearest marker is the strongest, pyproject.toml the weakest."""
    project = item.config.stash[PROJECT]
    told: dict[str, Any] = {name: project.get(name) for name in ("auth", "signing", "clock", "seed", "assumptions")}
    told["seed"] = _setting(item.config, "seed")
    assumptions = dict(told.pop("assumptions") or {})
    for marker in reversed([*item.iter_markers(MARK)]):
        told |= marker.kwargs
        wanted = told.pop("assumptions", None)
        assumptions |= wanted if isinstance(wanted, dict) else {}
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return {**told, "assumptions": {**assumptions, **parameters.get(ANSWERS, {})}}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Show the journals of a test that failed, and send what it used along with its last report."""
    report = yield
    if call.excinfo and "ScopeMismatch" in (failure := call.excinfo.exconly()):
        from .testing.wider_scopes import instead

        if text := instead(failure):
            report.sections.append(("oc-sandbox: what to write", text))
    for node in item.listchain():
        sandboxes = node.stash.get(OF_TEST, None)
        if sandboxes is None:
            continue
        sandboxes.failed |= report.failed
        if report.failed:
            from .testing.journal_script import journal_text

            for kept in sandboxes.kept:
                report.sections.append((f"oc-sandbox journal of {kept.sandbox.client_key}", journal_text(kept)))
        # What a module's fixtures have made is told when they have let go of it: with its last test.
        if report.when == "teardown" and (node is item or not sandboxes.kept):
            outcome = "failed" if sandboxes.failed else "passed"
            told = {"test": node.nodeid or node.name, "outcome": outcome, **sandboxes.usage().told()}
            # An attribute, because xdist sends those along.
            report.oc_sandbox = [*getattr(report, "oc_sandbox", ()), told]
            if node is not item:
                del node.stash[OF_TEST]
    return report


class _Told:
    """What the tests of a run told, in the process that writes to the terminal."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: list[dict[str, Any]] = []
        self._unwritten = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test has used."""
        self._tests += getattr(report, "oc_sandbox", ())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker of xdist has counted."""
        for heading, counts in getattr(node, "workeroutput", {}).get("oc_sandbox", {}).items():
            self._config.stash[COUNTED].setdefault(heading, Counter()).update(counts)

    @pytest.hookimpl(trylast=True)  # after the fixtures of the session have let go of what they have
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report that was asked for; a run that cannot has failed."""
        if hasattr(self._config, "workeroutput"):
            counted = self._config.stash[COUNTED]
            self._config.workeroutput["oc_sandbox"] = {heading: dict(counts) for heading, counts in counted.items()}
        file = _setting(self._config, "report")
        if not file or hasattr(self._config, "workerinput"):
            return
        import json

        from .testing.usage import summed

        report = {**summed(self._tests), "tests": sorted(self._tests, key=lambda told: str(told["test"]))}
        path = Path(file)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            self._unwritten = f"--oc-report: {file} cannot be written: {error.strerror}"
            session.exitstatus = session.exitstatus or pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say in a few lines what was used; nothing where nothing was."""
        if self._unwritten:
            terminalreporter.line(self._unwritten, red=True)
        for heading, counts in self._config.stash[COUNTED].items():
            if counts:
                terminalreporter.section(heading)
            for name, count in sorted(counts.items()):
                terminalreporter.line(f"{count:7}  by {name}")
        if not any(told["operations"] or told["unknown_paths"] for told in self._tests):
            return
        from .testing.telling import summary_lines
        from .testing.usage import summed

        terminalreporter.section("oc-sandbox")
        for line in summary_lines(summed(self._tests)):
            terminalreporter.line(line)
        if (file := _setting(self._config, "report")) and not self._unwritten:
            terminalreporter.line(f"all of it, test by test: {file}")


def _made(item: Any, *, real_port: bool = False) -> Any:
    """A test's own tenant. Where it cannot be made (no sandbox at --oc-target, say) one line tells why."""
    try:
        return _of_test(item).make(real_port=real_port)
    except (ValueError, OSError) as error:
        wrong = f"{item.nodeid}: no sandbox could be made for it: {error}"
    pytest.fail(wrong, pytrace=False)


@pytest.fixture
def oc_sandbox(request: pytest.FixtureRequest) -> "Sandbox":
    """A fresh tenant with the demo world, in process. Function-scoped: Hypothesis examples of one test share it."""
    return _made(request.node)  # type: ignore[no-any-return]  # with --oc-target a RemoteSandbox, much alike


@pytest.fixture
def oc_server(request: pytest.FixtureRequest) -> "RemoteSandbox":
    """A fresh tenant of a server on a real port, which is started at first use: one for the run, or for each worker."""
    return _made(request.node, real_port=True)  # type: ignore[no-any-return]


@pytest.fixture
def oc_intercepted(oc_sandbox: "Sandbox") -> "Iterator[Sandbox]":
    """A fresh tenant that answers on the vendors' own hosts: in httpx, httpx2, requests, aiohttp and urllib."""
    with oc_sandbox.intercept():
        yield oc_sandbox


@pytest.fixture
def oc_respx(oc_sandbox: "Sandbox") -> "Iterator[Sandbox]":
    """The same by respx, for httpx, beside routes of the test's own. Needs the extra `respx`."""
    with oc_sandbox.respx_router():
        yield oc_sandbox


@pytest.fixture
def oc_sandbox_factory(request: pytest.FixtureRequest) -> "Callable[..., Sandbox]":
    """Makes several tenants for one test: `oc_sandbox_factory(auth="open")`; the settings are those of the marker.

    Beside these sellers, client_key and secret_key, and `real_port=True` for one as oc_server gives.
    """
    return _of_test(request.node).make  # type: ignore[return-value]
