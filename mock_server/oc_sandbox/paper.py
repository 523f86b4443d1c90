"""Labels and lists as PDF, with a Code 128 barcode that scanners read.

The two libraries are imported where they draw: together they take longer to load than a server to start. Latin-1 is
set in a font that every reader has. For the rest a subset of one of this machine's is embedded, if it has one; reading
that font takes up to half a second, and is done for no paper that does without.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Literal, NamedTuple
from unicodedata import east_asian_width

from .typeface import typeface

if TYPE_CHECKING:
    from fpdf import FPDF

PDF = "application/pdf"
LABEL_MM = (100, 150)
MARGIN_MM = 8
LINE_MM = 6
MOST_CHARACTERS = 48
"""Of a line that is longer the rest is cut; a character as wide as Chinese ones are counts as two."""
MOST_ROWS = 500
"""Of a list that is longer the rest is only counted: drawing takes half a millisecond a row, and other calls wait."""
_QUIET_MODULES = 10  # that a scanner wants to see on either side
_WIDEST_MODULE_MM = 0.5
_MACHINES_FONT = "machine"


class Column(NamedTuple):
    """A column of a list."""

    title: str
    width_mm: int


def label(
    heading: str, barcode: str, lines: Iterable[str], made_at: datetime, size_mm: tuple[int, int] = LABEL_MM
) -> bytes:
    """A label: a heading, the barcode with its text below, lines. `barcode` is ASCII."""
    pdf = _new_pdf(size_mm, made_at)
    _head(pdf, heading, barcode, lines)
    return bytes(pdf.output())


def listing(
    heading: str,
    barcode: str,
    lines: Iterable[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    made_at: datetime,
) -> bytes:
    """A list on A4: what a label has, and a table over as many pages as it takes, up to MOST_ROWS rows."""
    pdf = _new_pdf((210, 297), made_at)
    _head(pdf, heading, barcode, lines)
    pdf.ln(LINE_MM)
    _row(pdf, columns, [column.title for column in columns], "B")
    for row in rows[:MOST_ROWS]:
        _row(pdf, columns, row, "")
    if len(rows) > MOST_ROWS:
        _line(pdf, f"and {len(rows) - MOST_ROWS} more rows")
    return bytes(pdf.output())


def _new_pdf(size_mm: tuple[int, int], made_at: datetime) -> "FPDF":
    from fpdf import FPDF  # noqa: PLC0415 - see the module's first lines

    pdf = FPDF(unit="mm", format=size_mm)
    pdf.set_creation_date(made_at)
    pdf.set_margin(MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
    pdf.add_page()
    return pdf


def _head(pdf: "FPDF", heading: str, barcode: str, lines: Iterable[str]) -> None:
    pdf.set_font("Helvetica", "B", 16)
    _line(pdf, heading, 10)
    _draw_barcode(pdf, barcode)
    pdf.set_font("Helvetica", "", 14)
    _line(pdf, barcode, 9)
    pdf.set_font("Helvetica", "", 10)
    for text in lines:
        _line(pdf, text)


def _draw_barcode(pdf: "FPDF", text: str) -> None:
    from barcode import Code128  # noqa: PLC0415 - see the module's first lines

    (modules,) = Code128(text).build()
    width_mm = min(_WIDEST_MODULE_MM, pdf.epw / (len(modules) + 2 * _QUIET_MODULES))
    left_mm, top_mm = pdf.l_margin + _QUIET_MODULES * width_mm, pdf.get_y()
    place = 0
    for bar in modules.split("0"):
        if bar:
            pdf.rect(left_mm + place * width_mm, top_mm, len(bar) * width_mm, 25, style="F")
        place += len(bar) + 1
    pdf.set_y(top_mm + 25 + 2)


def _line(pdf: "FPDF", text: str, height_mm: int = LINE_MM) -> None:
    _cell(pdf, 0, height_mm, text)
    pdf.ln(height_mm)


def _row(pdf: "FPDF", columns: Sequence[Column], texts: Sequence[str], style: str) -> None:
    pdf.set_font("Helvetica", style, 9)
    for column, text in zip(columns, texts, strict=True):
        _cell(pdf, column.width_mm, LINE_MM, text, border=1)
    pdf.ln(LINE_MM)


def _cell(pdf: "FPDF", width_mm: int, height_mm: int, text: str, border: Literal[0, 1] = 0) -> None:
    """One line of text; what Latin-1 lacks in the machine's font, or else as question marks."""
    shown = "".join(each if each.isprintable() else "?" for each in _short(text))
    if all(map(_is_latin_1, shown)):
        pdf.cell(width_mm, height_mm, shown, border=border)
        return
    in_font = _characters_of_the_machines_font(pdf)
    shown = "".join(each if _is_latin_1(each) or ord(each) in in_font else "?" for each in shown)
    style, at_mm = pdf.font_style, pdf.x
    pdf.cell(width_mm, height_mm, "", border=border)
    right_mm = pdf.x
    for latin, characters in groupby(shown, _is_latin_1):
        run = "".join(characters)
        pdf.set_font(*(("Helvetica", style) if latin else (_MACHINES_FONT, "")))
        pdf.x = at_mm
        pdf.cell(0, height_mm, run)
        at_mm += pdf.get_string_width(run)
    pdf.set_font("Helvetica", style)
    pdf.x = right_mm


def _is_latin_1(character: str) -> bool:
    return character <= "\xff"


def _short(text: str) -> str:
    head = text[: MOST_CHARACTERS + 1]
    ends = list(accumulate(2 if east_asian_width(each) in "WF" else 1 for each in head))
    if not ends or ends[-1] <= MOST_CHARACTERS:
        return text
    return f"{text[: bisect_right(ends, MOST_CHARACTERS - 3)]}..."


def _characters_of_the_machines_font(pdf: "FPDF") -> Container[int]:
    """The code points that it has; the first text that wants it loads it."""
    found = typeface()
    if found is None:
        return ()
    if _MACHINES_FONT not in pdf.fonts:
        pdf.add_font(_MACHINES_FONT, fname=found.file, collection_font_number=found.face)
    code_points: Container[int] = getattr(pdf.fonts[_MACHINES_FONT], "cmap", ())
    return code_points
