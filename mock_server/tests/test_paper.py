"""Labels and lists open, and their barcodes are what was asked for."""

import re
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox.paper import MOST_ROWS, Column, label, listing
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


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_printed(text: str) -> None:
    assert label(text, "A1", [text, text], NOW).startswith(b"%PDF")


def test_what_latin_1_lacks_is_a_question_mark_and_a_long_text_is_cut() -> None:
    seen = words(label("箱 é", "A1", ["x" * 5_000_000, "tab\there"], NOW))
    assert "? é" in seen
    assert "x" * 45 + "..." in seen
    assert "tab?here" in seen
