"""Which lines of a text are inside fenced code; for those that read lines before blocks exist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlsite.texts.hidden import closing_fence

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<mark>`{3,}(?=[^`]*$)|~{3,})")


def code_lines(lines: Sequence[str]) -> set[int]:
    """Return the numbers, from 0, of the lines of fenced code, the fences included.

    A fence that nothing closes opens no code.
    """
    inside: set[int] = set()
    # The shortest fence of each kind and indent that is known to have no end.
    unclosed: dict[tuple[str, int], int] = {}
    done = 0
    for number in fence_lines(lines):
        opening = _FENCE.match(lines[number]) if number >= done else None
        if opening is None:
            continue
        mark, indent = opening["mark"], opening.start("mark")
        kind = (mark[0], indent)
        end = None
        if len(mark) < unclosed.get(kind, len(mark) + 1):
            end = _closing(lines, number + 1, mark, indent)
        if end is None:
            unclosed[kind] = min(len(mark), unclosed.get(kind, len(mark)))
            continue
        inside.update(range(number, end + 1))
        done = end + 1
    return inside


def fence_lines(lines: Sequence[str]) -> list[int]:
    """Return the numbers, from 0, of the lines that may open or close a fence."""
    return [number for number, line in enumerate(lines) if "```" in line or "~~~" in line]


def _closing(lines: Sequence[str], start: int, mark: str, indent: int) -> int | None:
    closing = closing_fence(mark, indent, signs=r" \t>")
    rest = range(start, len(lines))
    return next((at for at in rest if mark in lines[at] and closing.match(lines[at])), None)
