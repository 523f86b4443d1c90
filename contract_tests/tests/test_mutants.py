"""The list of wrong servers: each can be made, and there are enough of them, everywhere."""

import json
from collections import Counter
from pathlib import Path

import pytest
from oc_sandbox import paths

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "benchmarks" / "mutants"
ROWS = [row for file in sorted(MUTANTS.glob("*.json")) for row in json.loads(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_mutant_changes_one_line_that_is_there(row: dict[str, str]) -> None:
    data = row["file"].startswith(("schemas/", "fixtures/"))
    text = (ROOT / row["file"] if data else paths.HANDLERS / row["file"]).read_text(encoding="utf-8")
    assert text.count(row["old"]) == 1
    assert row["old"] != row["new"]
    assert "\n" not in row["old"] + row["new"]


def test_no_two_mutants_have_one_name() -> None:
    assert [name for name, count in Counter(row["name"] for row in ROWS).items() if count > 1] == []


def test_there_are_mutants_of_every_group() -> None:
    groups = {path.name for path in (ROOT / "schemas" / "orangeconnex").iterdir() if path.is_dir()}
    tried = groups - {
        "_shared",
        "files",
        "warehouse",
        "webhook",
    }  # these answer the same to everyone, or hand files out
    assert tried <= {row["group"] for row in ROWS}
    assert len(ROWS) >= 120
