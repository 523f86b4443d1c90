"""The list of wrong servers: each can be made, there are enough of them everywhere, and the hunt finds them."""

import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

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


@pytest.fixture
def hunting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that hunts; it is no package, and stands beside its list."""
    monkeypatch.syspath_prepend(str(MUTANTS))
    return import_module("hunting")


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("cases", "house-number-11"),
        ("workflows", "mercozy-total-of-page"),
        ("random", "mercozy-transfer-in-unknown"),
        ("checks", "cancel-keeps-stock"),
    ],
)
def test_each_part_of_the_kit_kills_a_wrong_server(hunting: Any, part: str, name: str) -> None:
    mutant = next(each for each in import_module("mutant").all_mutants() if each.name == name)
    kill = hunting.hunt(mutant, frozenset(), [part]).kill
    assert kill is not None
    assert kill.stage == part


def test_a_server_may_be_started_with_other_answers(hunting: Any) -> None:
    mutant = next(each for each in import_module("mutant").all_mutants() if each.name == "movement-unknown-sku-passes")
    kill = hunting.hunt(mutant, frozenset(), ["workflows"]).kill
    assert kill is not None
    assert (kill.operation, kill.requests) == ("get_stock_movement", 2)


def test_the_right_server_lives(hunting: Any) -> None:
    with hunting.server(None) as url:
        assert list(hunting.findings(url, None, ["random", "checks"])) == []
