"""Which font of the machine is taken."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from oc_sandbox import typeface
from oc_sandbox.typeface import VARIABLE, Typeface


@pytest.fixture(autouse=True)
def unasked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has not looked yet."""
    monkeypatch.delenv(VARIABLE, raising=False)
    typeface.typeface.cache_clear()
    yield
    typeface.typeface.cache_clear()


def test_the_first_of_the_known_fonts_that_is_there_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "NotoSansCJK-Regular.ttc"
    there.touch()
    monkeypatch.setattr(typeface, "KNOWN", (str(tmp_path / "none.ttf"), str(there), str(tmp_path)))
    assert typeface.typeface() == Typeface(there, 2)


def test_a_font_that_the_environment_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("known.ttf", "own.ttf"):
        (tmp_path / name).touch()
    monkeypatch.setattr(typeface, "KNOWN", (str(tmp_path / "known.ttf"),))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own.ttf"))
    assert typeface.typeface() == Typeface(tmp_path / "own.ttf", 0)


@pytest.mark.parametrize("named", ["", "/nowhere/own.ttf"])
def test_a_machine_without_one_says_so_once(
    named: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(typeface, "KNOWN", ())
    monkeypatch.setenv(VARIABLE, named)
    with caplog.at_level(logging.WARNING, "oc_sandbox"):
        assert [typeface.typeface(), typeface.typeface()] == [None, None]
    (record,) = caplog.records
    assert VARIABLE in record.getMessage()
    assert named in record.getMessage()
