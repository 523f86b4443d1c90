"""A repository of a made-up integrator, whose folders are called as ours are: its tests pass however they are run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3] / "examples" / "integrator-repo"
BIN = Path(sys.executable).parent
QUICK = ("-q", "-p", "no:cacheprovider", "-k", "not whatever or defaults or atomic or stage or english")

WAYS = {
    "pytest": ["pytest", "-p", "no:randomly"],
    "four workers, load, random order": ["pytest", "-n", "4", "--dist=load", "-p", "randomly"],
    "python -m pytest, random order": ["python", "-m", "pytest", "-p", "randomly"],
    "plugin unused": ["pytest", "contract_tests/test_shop.py"],
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy, away from this checkout."""
    return Path(shutil.copytree(REPOSITORY, tmp_path / "integrator-repo", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.parametrize("way", WAYS)
def test_its_tests_pass(repository: Path, way: str) -> None:
    command, *options = WAYS[way]
    ran = subprocess.run([BIN / command, *options, *QUICK], cwd=repository, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    unused = "plugin" in way
    assert f"{2 if unused else 13} passed" in ran.stdout
    assert ("oc-sandbox" in ran.stdout) is not unused
