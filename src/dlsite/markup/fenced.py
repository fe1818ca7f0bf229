"""Find the fences of code in the lines of a text, each with what it holds and where it ends.

They are what authors write: in quotes and in lists, indented by tabs, closed by longer marks.
A fence that nothing closes is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlsite.dataclass import dataclass
from dlsite.markup.fences import fence_lines
from dlsite.texts.hidden import closing_fence

_TAB = 4
_OPENING = re.compile(
    r"(?P<prefix>[ \t>]*(?:(?:[-*+:]|\d{1,9}[.)])[ \t]+)?)"
    r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$"
)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence with its end.

    `start` and `end` are the numbers of its first and last line, from 0.  `prefix` is
    what stands before the mark.  `heads` are what stood before the
    code on each line between, and `code` the rest of those lines.
    """

    start: int
    end: int
    prefix: str
    mark: str
    info: str
    heads: tuple[str, ...]
    code: tuple[str, ...]


def fences_of(lines: Sequence[str], *, level: int) -> Iterator[Fence]:
    """Yield the fences of a text that have an end, in order.

    Lists stand at multiples of `level` columns: 1 for a text as its author wrote it.
    """
    # Up to which line no fence of this kind, quotes and level has an end, and from
    # which length on: so that many openings without an end cost no more than one.
    endless: dict[tuple[str, int, int], tuple[int, int]] = {}
    done = 0
    for number in fence_lines(lines):
        opening = _OPENING.match(lines[number]) if number >= done else None
        if opening is None:
            continue
        prefix, mark = opening["prefix"], opening["mark"]
        kind = (mark[0], prefix.count(">"), _columns(prefix, level))
        length, until = endless.get(kind, (len(mark) + 1, 0))
        if len(mark) < length or number >= until:
            fence, stop = _read(lines, number, opening, level)
            if fence is None:
                endless[kind] = (len(mark), stop)
            else:
                yield fence
                done = fence.end + 1


def _columns(prefix: str, level: int) -> int:
    """Return the columns from the quote signs to the code."""
    _, quote, inside = prefix.expandtabs(_TAB).rpartition(">")
    # The blank behind a quote sign belongs to the sign (CommonMark, 5.1).
    inside = inside.removeprefix(" ") if quote else inside
    is_item = bool(inside.strip())
    return -(-len(inside) // level) * level if is_item else len(inside)


def _read(
    lines: Sequence[str], start: int, opening: re.Match[str], level: int
) -> tuple[Fence | None, int]:
    """Return the fence that begins at `start`, or else the line at which it cannot go on."""
    prefix, mark = opening["prefix"], opening["mark"]
    depth, width = prefix.count(">"), _columns(prefix, level)
    # As its author wrote it, code in a list may stand at the margin.
    floor = width // level * level if level > 1 else 0
    closing = closing_fence(mark, width)
    heads: list[str] = []
    code: list[str] = []
    for number in range(start + 1, len(lines)):
        quotes, line = _unquote(lines[number], depth) if depth else ("", lines[number])
        if quotes is None or (floor and line.strip() and len(line) - len(line.lstrip(" ")) < floor):
            return None, number
        if mark in line and closing.match(line):
            info = opening["info"]
            return Fence(start, number, prefix, mark, info, tuple(heads), tuple(code)), number
        blanks, rest = _strip_columns(line, width) if width else ("", line)
        heads.append(quotes + blanks)
        code.append(rest)
    return None, len(lines)


def _unquote(line: str, depth: int) -> tuple[str | None, str]:
    """Split off the quote signs of so many levels; `None` if the line has fewer."""
    match = re.match(rf"(?:[ \t]*>){{{depth}}} ?", line)
    return (match[0], line[match.end() :]) if match else (None, line)


def _strip_columns(line: str, width: int) -> tuple[str, str]:
    """Split off up to `width` columns of blanks, a tab that reaches further as blanks."""
    column = position = 0
    while column < width and line[position : position + 1] in (" ", "\t"):
        column += 1 if line[position] == " " else _TAB - column % _TAB
        position += 1
    over = max(0, column - width)
    return " " * (column - over), " " * over + line[position:]
