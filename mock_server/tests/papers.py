"""What a scanner and a reader see on a PDF."""

from typing import Any

import pypdfium2
import zxingcpp


def barcodes(pdf: bytes) -> list[tuple[str, str]]:
    """The barcodes of all pages, at the resolution of an office printer: form and text."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=200 / 72).to_pil()
        found += [(code.format.name, code.text) for code in zxingcpp.read_barcodes(image)]
    return found


def words(pdf: bytes) -> str:
    """The text of all pages."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def size_mm(pdf: bytes) -> tuple[int, ...]:
    """Width and height of the first page."""
    page: Any = pypdfium2.PdfDocument(pdf)[0]
    return tuple(round(points / 72 * 25.4) for points in page.get_size())


def pages(pdf: bytes) -> int:
    """How many there are."""
    return len(pypdfium2.PdfDocument(pdf))
