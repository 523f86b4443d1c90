"""What docs/pytest.md shows is run: the first test fails and then passes, as it says."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[3] / "docs" / "pytest.md").read_text(encoding="utf-8")
HYPOTHESIS, CLIENT, TEST, BETTER_PLACE, BETTER_TEST, SHARED, MARKED = re.findall(
    r"```python\n(.*?)```", PAGE, re.DOTALL
)
(SHOWN,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider")


def better(text: str, function: str) -> str:
    """A file in which a function, its last, is replaced."""
    return text[: text.index(f"def {function.split('(')[0].removeprefix('def ')}(")] + function


def test_the_first_test_fails_and_then_passes(pytester: pytest.Pytester) -> None:
    pytester.syspathinsert()
    pytester.makepyfile(erp=CLIENT, test_erp=TEST)
    ran = pytester.runpytest_subprocess(*QUIET)
    ran.assert_outcomes(failed=1)
    what = SHOWN.split("Z ", 1)[1].strip()
    assert what in ran.stdout.str()
    pytester.makepyfile(erp=better(CLIENT, BETTER_PLACE), test_erp=better(TEST, BETTER_TEST))
    pytester.runpytest_subprocess(*QUIET).assert_outcomes(passed=1)


def test_the_other_tests_pass(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_hypothesis=HYPOTHESIS, test_shared=SHARED, test_marked=MARKED)
    ran = pytester.runpytest(*QUIET)
    outcomes = ran.parseoutcomes()
    assert outcomes.keys() == {"passed"}
    ran.stdout.no_fnmatch_line("*FAILED*")


def test_the_page_names_every_option_and_setting() -> None:
    from oc_sandbox.testing.settings import MARKER, PROJECT  # noqa: PLC0415

    for name in (*MARKER, *PROJECT):
        assert f"`{name}`" in PAGE or f"{name}=" in PAGE, name
    for option in ("--oc-target", "--oc-seed", "--oc-report", "--oc-allow-vendor-hosts"):
        assert option in PAGE
