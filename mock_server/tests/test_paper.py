"""Labels and lists open, and their barcodes are what was asked for."""

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oc_sandbox import paper
from oc_sandbox.paper import MOST_ROWS, Column, label, listing
from oc_sandbox.typeface import Typeface
from papers import barcodes, size_mm, words

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
COLUMNS = (Column("Carton", 44), Column("SKU", 44))


def test_a_label_has_its_size_its_words_and_a_barcode_that_scans() -> None:
    pdf = label("Carton 1 of 2", "OCI5DE09000001-1", ["Service region: DE"], NOW)
    assert size_mm(pdf) == (100, 150)
    assert barcodes(pdf) == [("Code128", "OCI5DE09000001-1")]
    assert "Carton 1 of 2" in words(pdf)
    assert "Service region: DE" in words(pdf)


@pytest.mark.parametrize(
    "text", ["A", "OC0000250380015", "0123456789", "a-b/c+d.$ %", "X" * 30, "OCI5DE09000001-9999999"]
)
def test_a_barcode_of_any_length_in_use_scans(text: str) -> None:
    assert [found for _, found in barcodes(label("", text, [], NOW))] == [text]


def test_the_same_paper_has_the_same_bytes() -> None:
    assert label("A", "B", ["C"], NOW) == label("A", "B", ["C"], NOW)


@pytest.mark.parametrize("count", [0, 1, 200, MOST_ROWS, MOST_ROWS + 7])
def test_a_list_has_all_its_rows_up_to_a_limit(count: int) -> None:
    rows = [(f"carton-{n:05d}", "OC1") for n in range(count)]
    pdf = listing("Packing list", "OCI5DE09000001", ["x"], COLUMNS, rows, NOW)
    assert size_mm(pdf) == (210, 297)
    assert re.findall(r"carton-\d{5}", words(pdf)) == [name for name, _ in rows[:MOST_ROWS]]
    assert ("and 7 more rows" in words(pdf)) == (count > MOST_ROWS)


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a font for Chinese."""
    monkeypatch.setattr(paper, "typeface", lambda: None)


@pytest.fixture(scope="module")
def small_font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font that has nothing but two Chinese characters and a Polish letter; not even a blank."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    pen.lineTo((900, 0))
    pen.lineTo((500, 800))
    pen.closePath()
    triangle = pen.glyph()
    names = {ord(character): f"uni{ord(character):04X}" for character in "箱杯Ł"}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], triangle))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Small", "styleName": "Regular", "fullName": "Small Regular"})
    builder.setupOS2()
    builder.setupPost()
    file = tmp_path_factory.mktemp("fonts") / "small.ttf"
    builder.save(file)
    return file


@pytest.fixture
def with_font(monkeypatch: pytest.MonkeyPatch, small_font: Path) -> None:
    """A machine with the small font."""
    monkeypatch.setattr(paper, "typeface", lambda: Typeface(small_font, 0))


texts = st.text(max_size=80) | st.text("箱杯Ł éA\x00😀", max_size=80)


@pytest.mark.usefixtures("with_font")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
def test_any_text_can_be_printed(text: str) -> None:
    assert label(text, "A1", [text, text], NOW).startswith(b"%PDF")
    assert listing(text, "A1", [text], COLUMNS, [(text, text)], NOW).startswith(b"%PDF")


@pytest.mark.usefixtures("no_font")
def test_what_latin_1_lacks_is_a_question_mark_and_a_long_text_is_cut() -> None:
    seen = words(label("箱 é", "A1", ["x" * 5_000_000, "tab\there"], NOW))
    assert "? é" in seen
    assert "x" * 45 + "..." in seen
    assert "tab?here" in seen


@pytest.mark.usefixtures("with_font")
def test_what_latin_1_lacks_is_set_in_the_machines_font_if_that_has_it() -> None:
    mixed = "杯 red é Ł 红 😀"
    pdf = label("箱 1", "A1", [mixed, "箱" * 60], NOW)
    assert words(pdf).splitlines() == ["箱 1", "A1", "杯 red é Ł ? ?", "箱" * 22 + "..."]
    assert pdf == label("箱 1", "A1", [mixed, "箱" * 60], NOW)
    rows = listing("杯", "A1", [], COLUMNS, [("箱 1", "OC1"), ("OC1", "2 杯")], NOW)
    assert words(rows).splitlines() == ["杯", "A1", "Carton SKU", "箱 1 OC1", "OC1 2 杯"]


@pytest.mark.usefixtures("with_font")
def test_a_paper_in_latin_1_is_the_same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    here = label("é", "A1", ["ÿ"], NOW), listing("é", "A1", [], COLUMNS, [("a", "b")], NOW)
    monkeypatch.setattr(paper, "typeface", lambda: pytest.fail("a font was looked for"))
    assert here == (label("é", "A1", ["ÿ"], NOW), listing("é", "A1", [], COLUMNS, [("a", "b")], NOW))
