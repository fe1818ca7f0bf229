r"""Take from TeX the backslashes that its author wrote for Markdown, not for TeX.

Jekyll's authors escape what stands in a formula for kramdown, which takes a backslash
away: `\\{`, `\\alpha` and `x\_i` were meant as `\{`, `\alpha` and `x_i`.
"""

from __future__ import annotations

import re

from dlsite.deferred import deferred

# As Markdown reads them; a brace with one backslash is TeX's own.
_ESCAPE = deferred(r"\\(?=[_*])|\\\\[{}]|\\\\\\\\")
_ESCAPE_IN_DOLLARS = deferred(
    r"\\\\\\\\|(?<=\\left|\\[bB]igl|\\[bB]igg)\\\\[{}|]|(?<=\\right)\\\\[{}|]|(?<!\\)\\(?=\*)"
)
_MAY_BE_ESCAPED = deferred(r"\\[\\_*]")
_SINGLE = deferred(r"\$[^$`]")
_ESCAPE_IN_ONE_LINE = deferred(r"\\\\\\\\|\\\\[{}|,;:!#%&a-zA-Z]|(?<!\\)\\(?=[_*])")
_HAS_LINES = deferred(r"\\begin\s*\{|\\(?:substack|atop|cr)(?![a-zA-Z])|\\\\\s")
# What is text to TeX as well: an escaped underscore in it is one.
_TEXT = deferred(
    r"(\\(?:text\w*|math(?:rm|tt|sf|it|bf)|mbox|operatorname\*?|tag|label)\s*\{[^{}]*\})"
)


def without_escapes(lines: list[str], source: str) -> list[str]:
    r"""Return the lines of TeX of a formula as they were meant; `source` has its signs as well.

    Escapes are looked for where Markdown would read them: between single dollars and
    between `\\(…\\)` or `\\[…\\]`.  Blanks stand in the place of what is taken away, so
    that every column stays.
    """
    if source.startswith("\\\\"):
        # Who escapes the brackets escapes what is in them.
        return [_ESCAPE.sub(_meant, line) for line in lines]
    if _MAY_BE_ESCAPED.search(source) and _SINGLE.match(source):
        escape = _ESCAPE_IN_DOLLARS if _HAS_LINES.search(source) else _ESCAPE_IN_ONE_LINE
        return [_outside_text(line, escape) for line in lines]
    return lines


def _outside_text(line: str, escape: re.Pattern[str]) -> str:
    parts = _TEXT.split(line)
    parts[::2] = [escape.sub(_meant, part) for part in parts[::2]]
    return "".join(parts)


def _meant(escape: re.Match[str]) -> str:
    """Return what an escape stands for, after as many blanks as it is shorter."""
    written = escape[0]
    meant = "" if len(written) == 1 else written[len(written) - 2 :]
    return meant.rjust(len(written))
