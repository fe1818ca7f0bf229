"""Which lines of a text are inside fenced code; for those that read lines before blocks exist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlsite.hidden import closing_fence

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<mark>`{3,}(?=[^`]*$)|~{3,})")


def code_lines(lines: Sequence[str]) -> set[int]:
    """Return the numbers, from 0, of the lines of fenced code, the fences included.

    A fence that nothing closes opens no code.
    """
    inside: set[int] = set()
    # The shortest fence of each kind and indent that is known to have no end.
    unclosed: dict[tuple[str, int], int] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        opening = _FENCE.match(line) if "`" in line or "~" in line else None
        end = None
        if opening:
            mark, indent = opening["mark"], opening.start("mark")
            kind = (mark[0], indent)
            if len(mark) < unclosed.get(kind, len(mark) + 1):
                end = _closing(lines, number + 1, mark, indent)
            if end is None:
                unclosed[kind] = min(len(mark), unclosed.get(kind, len(mark)))
        if end is None:
            number += 1
            continue
        inside.update(range(number, end + 1))
        number = end + 1
    return inside


def _closing(lines: Sequence[str], start: int, mark: str, indent: int) -> int | None:
    closing = closing_fence(mark, indent, signs=r" \t>")
    rest = range(start, len(lines))
    return next((at for at in rest if mark in lines[at] and closing.match(lines[at])), None)
