"""What docs/challenge.md shows is run, and its tables name what there is."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from oc_contract.challenge.cli import _parser, challenge
from oc_contract.challenge.judging import OUTCOMES
from oc_contract.challenge.sandboxes import environment_of

PAGE = (Path(__file__).parents[3] / "docs" / "challenge.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_first_challenge_says_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my_client.py").write_text(blocks("python")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (line,) = blocks("sh")
    command, *words = shlex.split(line)
    assert (command, words.pop(0)) == ("oc-sandbox", "challenge")
    assert challenge([sys.executable if word == "python3" else word for word in words]) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("  came of it")]
    assert [line for line in blocks("text")[0].splitlines() if line not in told] == []


def test_the_adapter_of_the_page_is_found_out() -> None:
    exec(compile(blocks("python")[1], "docs/challenge.md", "exec"), {})


def test_the_page_names_every_verdict_option_and_variable() -> None:
    told = {
        "client_key": "",
        "secret_key": "",
        "access_token": "",
        "refresh_token": "",
        "base_url": "",
        "oauth_url": "",
    }
    names = environment_of({**told, "mercozy_url": "", "mercozy_api_key": ""}, "")
    assert [name for name in names if f"`{name}`" not in PAGE] == []
    assert [outcome for outcome in OUTCOMES if f"| {outcome} |" not in PAGE] == []
    options = {word for action in _parser()._actions for word in action.option_strings if word.startswith("--")}
    assert [word for word in options - {"--help", "--jobs", "--quiet"} if f"`{word}" not in PAGE] == []
