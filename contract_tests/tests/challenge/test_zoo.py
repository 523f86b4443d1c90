"""Every client of the zoo that only a challenge finds out, in Python and in Node, is named for its bug."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from oc_contract.challenge.cli import challenge
from oc_contract.challenge.sandboxes import sandbox_at
from run_challenge import ORDER, WORDS, Animal, animals, command_of


@pytest.fixture(scope="module")
def at() -> Iterator[str]:
    with sandbox_at(None) as root_url:
        yield root_url


@pytest.mark.parametrize(("language", "animal"), animals(), ids=lambda each: getattr(each, "bug", each))
def test_a_client_is_named_for_its_bug_and_a_correct_one_for_nothing(
    at: str, tmp_path: Path, language: str, animal: Animal
) -> None:
    # All of a correct client's runs take long; run_challenge.py makes them.
    runs = animal.runs if animal.outcome else f"{ORDER}:[dh]*"
    options = ["--target", at, "--timeout", "4", "--only", runs, "--json", str(tmp_path / "report.json")]
    code = challenge([*WORDS, *options, "--", *command_of(language, animal.bug)][1:])
    report = json.loads((tmp_path / "report.json").read_bytes())
    outcomes = {run["outcome"] for run in report["runs"]}
    assert code == int(bool(animal.outcome))
    assert animal.outcome in outcomes if animal.outcome else outcomes <= {"recovered", "failed cleanly"}
    assert report["client_report"]["findings"] == []
    for run in report["runs"]:
        assert not run["bad"] or (run["fix"] and run["calls"])
        assert all(call["curl"].startswith("curl ") for call in run["calls"])
