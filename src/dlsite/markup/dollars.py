r"""Tell which text between two single dollars is a formula, by pandoc's guard and more.

Prices stay prices, and variables of shells and CMake stay what they are.
"""

from __future__ import annotations

import re

from dlsite.deferred import deferred

_INLINE = deferred(r"\$(?![\s$])(?P<tex>(?:\\.|[^\\$])*)(?<!\s)\$(?!\$)", re.DOTALL)
# Before a digit a dollar closes only what no price would hold: `3$\times$3`.
_COMMAND = deferred(r"\\[a-zA-Z]")
# A formula between single dollars ends with its item, row or heading.
_BREAKS = deferred(r"\n[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]|#{1,6}[ \t]|\|)")
# `| $5 | 6$ |` and `|5$|6$|`: what is in two cells is no formula.
_PRICES = deferred(r"\d\$\||.?\$\d[\d.,]*[ \t]*\|")
# `10$/h and 20$/h`: behind a number a dollar opens no formula that begins like this.
_AFTER_A_PRICE = deferred(r"\d\$[,.;:/!?)\u2013-]")
# `$5 a month, or 60$ a year`: words, and nothing that TeX would need a formula for.
_PROSE = deferred(r"\d[^\\^_{}=<>+*]*\Z")
_WORD = deferred(r"[^\W\d_]{3}")
# `${HOME}/a` and `$<CONFIG:Debug>`: variables of shells and CMake.
_VARIABLE = deferred(r"\$(?:\{[A-Z][A-Z0-9_]+\}(?!\$)|<[A-Z][A-Z0-9_]+[:>])")


def between_dollars(text: str, start: int) -> re.Match[str] | None:
    """Return the formula whose first dollar stands at `start`, its TeX as the group `tex`.

    `text` is a paragraph with the line end behind it.  Code is not looked for.
    """
    match = _INLINE.match(text, start)
    if match is None:
        return None
    tex = match["tex"]
    if text[match.end()].isdecimal() and not _COMMAND.search(tex):
        return None
    if "\n" in tex and _BREAKS.search(match[0]):
        return None
    before = max(0, start - 1)
    is_a_price = (
        _PRICES.match(text, before)
        or _AFTER_A_PRICE.match(text, before)
        or (_PROSE.match(tex) and _WORD.search(tex))
    )
    return None if is_a_price or _VARIABLE.match(match[0]) else match
