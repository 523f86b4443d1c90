"""A marker that means nothing: one line says where it stands, what is wrong, and what there is."""

import pytest

pytest_plugins = ["pytester"]
QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider")
WRONG = {
    'asumptions="all"': "(...): there is no 'asumptions'; did you mean assumptions?",
    '"open"': "('open'): it takes its arguments by name: assumptions, auth,",
    'assumptions="every"': '(assumptions=\'every\'): assumptions must be "all", "pairwise" or {"question": "answer"}',
    'assumptions={"batch_outcome": ["atomic"]}': 'assumptions must be "all", "pairwise" or {"question": "answer"}',
    'assumptions={"batch_outcom": "atomic"}': "there is no assumption 'batch_outcom'; did you mean batch_outcome?",
    'assumptions={"batch_outcome": "whole"}': "batch_outcome can be partial or atomic, not 'whole'",
    'auth="opne"': "(auth='opne'): auth must be one of strict, open, not 'opne'",
    "auth=5": "auth must be a text, not 5",
    'signing="prod"': "signing can be either or production or stage, not 'prod'",
    'signing=["stage"]': "signing must be a text, not ['stage']",
    'seed="dmeo"': "seed must be one of demo, empty, not 'dmeo'",
    'clock="tomorrow"': "an instant with a zone, such as 2026-11-22T15:30:00Z, not 'tomorrow'",
    'clock={"at": 1}': "clock: there is no 'at'",
    'clock={"mode": "froozen"}': "mode must be one of real, frozen, accelerated, manual, not 'froozen'",
    'clock={"mode": "accelerated", "rate": 0}': "rate must be above 0, not 0",
    'clock="0001-01-01T00:00:00Z"': "is not between 1971-01-01T00:00:00+00:00 and 9000-",
    'faults={"status": 503}': "faults are a list of objects, such as",
    'faults=[{"operation": "sku_query", "status": 503}]': "fault 1: there is no operation 'sku_query'; did you mean",
    'faults=[{"operation": "sku_query_v3", "error": "short"}]': "fault 1: there is no error 'short' of sku_query_v3",
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("at", ["test", "parameter"])
def test_it_is_told_in_one_line_where_it_stands(pytester: pytest.Pytester, wrong: str, at: str) -> None:
    marker = f"pytest.mark.oc({wrong})"
    where = f"@{marker}" if at == "test" else f"@pytest.mark.parametrize('_', [pytest.param(1, marks=[{marker}])])"
    pytester.makepyfile(test_x=f"import pytest\n{where}\ndef test_y({'_=0' if at == 'test' else '_'}): pass")
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(errors=1)
    node = "test_x.py::test_y" if at == "test" else "test_x.py::test_y[1]"
    (line,) = [line for line in ran.stdout.lines if line.startswith(f"{node}: @pytest.mark.oc(")]
    assert WRONG[wrong] in line
    assert "Error" not in ran.stdout.str()  # of no traceback


def test_it_is_told_so_beside_a_plugin_that_wraps_collection_in_the_old_manner(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(hookwrapper=True)
        def pytest_pycollect_makeitem():  # as Schemathesis does: what was raised within, it raises again
            outcome = yield
            outcome.get_result()
        """
    )
    pytester.makepyfile(
        test_x="import pytest\n@pytest.mark.oc(assumptions='every')\ndef test_y(): pass\ndef test_z(): pass"
    )
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["test_x.py::test_y: @pytest.mark.oc(assumptions='every'): *"])


def test_one_parameter_cannot_ask_for_many_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.oc(assumptions="all"))])
        def test_y(number, oc_sandbox): pass
        """
    )
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*::test_y[[]2]: one parameter cannot multiply itself by assumptions; the test can"])


def test_a_marker_of_a_unittest_is_checked_too_and_cannot_ask_for_many_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_x="""
        import unittest
        import pytest
        from oc_sandbox.testing import fresh_sandbox

        class Case(unittest.TestCase):
            def test_y(self):
                with fresh_sandbox(): pass

        @pytest.mark.oc(auht="open")
        class TestMisspelt(Case): pass

        @pytest.mark.oc(assumptions="all")
        class TestMany(Case): pass

        @pytest.mark.oc(auth="open")
        class TestFine(Case): pass
        """
    )
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(passed=2, errors=2)
    ran.stdout.fnmatch_lines(
        [
            "*::TestMisspelt::test_y: @pytest.mark.oc(...): there is no 'auht'; did you mean auth[?]",
            "*::TestMany::test_y: a unittest.TestCase cannot multiply itself by assumptions; a class without it can",
        ]
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('auth = "opne"', "auth must be one of strict, open, not 'opne'"),
        ('assumptions = {batch_outcom = "atomic"}', "did you mean batch_outcome?"),
        ('clock = "tomorrow"', "an instant with a zone"),
    ],
)
def test_a_project_table_that_no_tenant_can_be_made_with_is_told_in_a_line(
    pytester: pytest.Pytester, table: str, message: str
) -> None:
    pytester.makepyprojecttoml(f"[tool.oc-sandbox]\n{table}")
    pytester.makepyfile(test_x="def test_y(oc_sandbox): pass")
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(errors=1)
    (line,) = [line for line in ran.stdout.lines if line.startswith("test_x.py::test_y: no sandbox could be made ")]
    assert message in line


def test_what_is_wrong_in_a_call_of_the_factory_is_told_at_that_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from oc_sandbox.testing import fresh_sandbox

        def test_factory(oc_sandbox_factory):
            oc_sandbox_factory(auth="opne")

        def test_fresh():
            with fresh_sandbox(faults=[{"operation": "sku_query", "status": 503}]):
                pass

        def test_misspelt(oc_sandbox_factory):
            oc_sandbox_factory(asumptions={})
        """
    )
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(failed=3)
    for words in ("one of strict, open, not 'opne'", "did you mean sku_query_v3?", "did you mean assumptions?"):
        ran.stdout.fnmatch_lines([f"E * {words}*"])
    assert "def create" not in ran.stdout.str()
