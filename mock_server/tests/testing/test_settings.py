"""What a project or a command line says of the plugin in vain."""

from pathlib import Path

import pytest
from oc_sandbox.testing.settings import BadSetting, project_settings

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.oc_sandbox]\nseed = 'empty'", r"\[tool.oc-sandbox\], not \[tool.oc_sandbox\]"),
        ("[tool.orangeconnex-sandbox]", r"\[tool.oc-sandbox\], not \[tool.orangeconnex-sandbox\]"),
        ("[tool]\noc-sandbox = 5", "must be a table, not 5"),
    ],
    ids=["package", "distribution", "no_table"],
)
def test_a_table_that_would_say_nothing_is_refused(text: str, message: str, pytester: pytest.Pytester) -> None:
    with pytest.raises(BadSetting, match=message):
        project_settings(text, Path("pyproject.toml"))
    pytester.makepyprojecttoml(text)
    assert pytester.runpytest().ret == pytest.ExitCode.USAGE_ERROR


def test_a_report_that_cannot_be_written_fails_the_run_and_says_so(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(oc_sandbox): pass")
    ran = pytester.runpytest("--oc-report=.")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stdout.fnmatch_lines(["--oc-report: . cannot be written: Is a directory"])
