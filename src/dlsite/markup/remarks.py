"""What the constructs of the body in hand have to say, and where in it they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from dlsite.markup.converted import Problem

_TAB = 4


class Remarks:
    """Collects the problems of one body at a time.

    The converter resets it before each body; every extension that has something to
    report gets the same one.  Python-Markdown keeps no positions, so a snippet is
    looked up in the source, each search going on where the last of its kind ended.
    """

    def __init__(self) -> None:
        self.body = ""
        self.problems: list[Problem] = []
        self._searched: dict[str, int] = {}
        self._origin: Callable[[int], int] | None = None
        self._text = ""
        self._lines: list[str] = []
        self._starts: list[int] = []
        self._body_starts: list[int] = []

    def reset(self, body: str) -> None:
        """Begin with another body."""
        self.body = body
        self.problems = []
        self._searched = {}
        self._origin = None
        self._text = body
        self._lines = []

    def moved(self, text: str, origin: Callable[[int], int]) -> None:
        """Say that lines are from now on those of `text`, and where each offset was before."""
        before = self._origin
        self._text, self._lines = text, []
        self._starts = line_starts(text)
        self._body_starts = self._body_starts if before else line_starts(self.body)
        self._origin = origin if before is None else lambda offset: before(origin(offset))

    def find(self, snippet: str) -> tuple[int, int]:
        """Return line and column, from 1, of the next place where `snippet` stands.

        Equal snippets are found one after the other, so they must be asked for in
        document order; 0, 0 where there is none left.
        """
        start = self.body.find(snippet, self._searched.get(snippet, 0)) if snippet else -1
        if start < 0:
            return 0, 0
        self._searched[snippet] = start + len(snippet)
        return place_in(self.body, start)

    def add(self, rule: str, message: str, *, at: str = "", help_: tuple[str, ...] = ()) -> None:
        """Report a problem at the next place of the snippet `at`."""
        line, column = self.find(at)
        length = len(at.partition("\n")[0]) if line else 0
        self.problems.append(Problem(rule, message, line, column, length, help_))

    def add_at(  # noqa: PLR0913 - a place has many parts
        self,
        rule: str,
        message: str,
        line: int,
        column: int,
        *,
        length: int = 0,
        help_: tuple[str, ...] = (),
    ) -> None:
        """Report a problem at a known place of the body; line and column count from 1."""
        self.problems.append(Problem(rule, message, line, column, length, help_))

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Return where in the body a place of the lines that extensions read is; both from 1."""
        if self._origin is None:
            return line, column
        offset = self._starts[line - 1] + column - 1
        if line < len(self._starts):
            offset = min(offset, self._starts[line] - 1)
        origin = self._origin(offset)
        body_line = bisect_right(self._body_starts, origin)
        return body_line, origin - self._body_starts[body_line - 1] + 1

    def place_expanded(self, line: int, column: int) -> tuple[int, int]:
        """Return the same for a place of lines in which blanks stand for tabs."""
        self._lines = self._lines or self._text.split("\n")
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        if "\t" in written:
            width = 0
            for index, sign in enumerate(written, start=1):
                width += _TAB - width % _TAB if sign == "\t" else 1
                if width >= column:
                    return self.place(line, index)
        return self.place(line, column)


def place_in(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of the code point at an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of `text` begins."""
    return [0, *(match.end() for match in re.finditer("\n", text))]
