"""Say on which lines of a text places stand, one after another, looking at each line once."""

from __future__ import annotations

import re

_BLANK = re.compile(r"\s*+")


class LinesAround:
    """The lines of places of one text, that are asked for in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._start = self._looked = 0
        self._end = -1

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Return where the line of `start` begins, and where that of `end` ends, no line end."""
        line_end = self._text.rfind("\n", self._looked, start)
        if line_end >= 0:
            self._start = line_end + 1
        self._looked = max(self._looked, start)
        if self._end < end:
            line_end = self._text.find("\n", end)
            self._end = len(self._text) if line_end < 0 else line_end
        return self._start, self._end


def is_blank(text: str, start: int, end: int) -> bool:
    """Say whether a part of a text has nothing but blanks, which are all that is looked at."""
    return _BLANK.fullmatch(text, start, end) is not None
