"""Say where the formulas of a text stand, for what looks at its source."""

from __future__ import annotations

from dlsite.markup.formulas import replace_formulas


def formula_spans(text: str, *, brackets: bool) -> list[tuple[int, int]]:
    """Return where the formulas of a text stand, from start to end."""
    pieces, _ = replace_formulas(text.split("\n"), brackets=brackets)
    spans: list[tuple[int, int]] = []
    done = 0
    for piece in pieces:
        start = done
        done += len(piece if isinstance(piece, str) else piece.source)
        if not isinstance(piece, str):
            spans.append((start, done))
    return spans
