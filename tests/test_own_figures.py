"""The figures of this repository's articles have twins for dark pages: the same in other colours.

`UPDATE=1` draws the twins anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[1] / "content/images"
FIGURES = sorted(path for path in IMAGES.glob("*.svg") if ".dark." not in path.name)
UPDATE = os.getenv("UPDATE") == "1"
# From the light colours to those of the theme's dark scheme: ground, lines, text, four tones
# with the tint that each stands on.
DARK = {
    "#ffffff": "#14171c",
    "#f9fafb": "#1b1f26",
    "#f3f4f6": "#262b34",
    "#d1d5db": "#3f4653",
    "#6b7280": "#949dab",
    "#4b5563": "#a5aebb",
    "#1f2937": "#dde1e7",
    "#9a3412": "#f2b37a",
    "#ffedd5": "#3a2514",
    "#166534": "#8fd6a8",
    "#dcfce7": "#14301f",
    "#1d4ed8": "#8fb4ff",
    "#dbeafe": "#1a2c52",
    "#6b21a8": "#c7a6ff",
    "#f3e8ff": "#2f2148",
}


def twin(drawing: str) -> str:
    """Return a figure in the colours of dark pages; fails on a colour without a counterpart."""
    return re.sub(r"#[0-9a-f]{6}\b", lambda colour: DARK[colour[0]], drawing)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
def test_a_twin_is_the_same_figure_in_the_dark(figure: Path) -> None:
    wanted = twin(figure.read_text("utf-8"))
    dark = figure.with_suffix(".dark.svg")
    if UPDATE:
        dark.write_text(wanted, "utf-8")
    assert dark.read_text("utf-8") == wanted, "run: UPDATE=1 pytest tests/test_own_figures.py"
