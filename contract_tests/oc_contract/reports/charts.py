"""Small charts as inline SVG; their colours are the page's, so that they follow light and dark."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from typing import NamedTuple

HEIGHT = 14


class Piece(NamedTuple):
    """A part of a bar: its class, which names its colour, how many, and what they are."""

    kind: str
    size: int
    words: str


def bar(pieces: Sequence[Piece], most: int, *, width: int = 140) -> str:
    """A stacked bar; `most` is what fills the whole width. A piece of anything is never too thin to be seen."""
    at = 0.0
    parts = []
    inside = f'y="1" height="{HEIGHT - 2}"'
    told = ", ".join(f"{piece.size} {piece.words}" for piece in pieces if piece.size) or "none"
    for piece in pieces:
        if piece.size:
            size = max(3.0, width * piece.size / max(most, 1))
            parts.append(
                f'<rect class="{piece.kind}" x="{at:.1f}" width="{size:.1f}" {inside}>'
                f"<title>{piece.size} {escape(piece.words)}</title></rect>"
            )
            at += size
    # Thin pieces that were widened may push the last one out.
    return (
        f'<svg class="bar" viewBox="0 0 {max(width, at):.1f} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img"'
        f' aria-label="{escape(told)}" preserveAspectRatio="none">'
        f'<rect class="ground" x="0" width="{max(width, at):.1f}" {inside}></rect>{"".join(parts)}</svg>'
    )


def outcomes_bar(outcomes: Mapping[str, int], most: int, *, width: int = 140) -> str:
    """Outcomes of one axis."""
    words = {"passed": "passed", "failed": "failed", "drift": "differ from an assumption", "untried": "not tried"}
    return bar([Piece(kind, outcomes[kind], text) for kind, text in words.items()], most, width=width)


def evidence_bar(grades: Mapping[str, int], most: int, *, width: int = 140) -> str:
    """How many rest on what is documented, observed and assumed."""
    words = ("documented", "observed", "assumed")
    return bar([Piece(grade, grades[grade], grade) for grade in words], most, width=width)


def times_chart(times: Sequence[tuple[str, float, float]]) -> str:
    """For each name a line from the median to the slowest answer, in milliseconds, on a scale of powers of ten."""
    shown = [(name, max(mid, 0.01), max(slow, 0.01)) for name, mid, slow in times]
    if not shown:
        return ""
    decades = [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0]
    lowest = max(edge for edge in decades if edge <= min(mid for _, mid, _ in shown))
    highest = next((edge for edge in decades if edge >= max(slow for _, _, slow in shown)), 100000.0)
    scale = [edge for edge in [*decades, 100000.0] if lowest <= edge <= max(highest, lowest * 10)]
    left, step, wide = 240, 18, 460
    height = step * len(shown) + 30

    def at(ms: float) -> float:
        from_edge = log10(ms / scale[0])
        return left + wide * from_edge / max(log10(scale[-1] / scale[0]), 1)

    parts = []
    for edge in scale:
        parts.append(f'<line class="grid" x1="{at(edge):.1f}" x2="{at(edge):.1f}" y1="0" y2="{height - 24}"></line>')
        parts.append(f'<text x="{at(edge):.1f}" y="{height - 8}" text-anchor="middle">{edge:g} ms</text>')
    for index, (name, mid, slow) in enumerate(shown):
        y = index * step + 12
        parts.append(f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f"<g><title>{escape(name)}: median {mid:.2f} ms, slowest {slow:.2f} ms</title>"
            f'<line class="span" x1="{at(mid):.1f}" x2="{at(slow):.1f}" y1="{y}" y2="{y}"></line>'
            f'<circle class="median" cx="{at(mid):.1f}" cy="{y}" r="4"></circle>'
            f'<circle class="slowest" cx="{at(slow):.1f}" cy="{y}" r="3"></circle></g>'
        )
    return (
        f'<svg class="times" viewBox="0 0 {left + wide + 40} {height}" role="img"'
        f' aria-label="Time to answer, by operation">{"".join(parts)}</svg>'
    )
