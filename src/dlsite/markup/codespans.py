"""Code spans: backticks closed by as many (CommonMark, 6.1), whose ends are found once for a text.

Python-Markdown reads a text to its end for each backtick that nothing closes, and then
takes the longest run of backticks for an end.  On GitHub such backticks are text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from markdown import Extension, Markdown
from markdown.inlinepatterns import BACKTICK_RE, BacktickInlineProcessor

from dlsite.texts.hidden import paragraph_ends

_TICKS = re.compile("``*")


class CodeSpanExtension(Extension):
    """Registers the pattern."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of Python-Markdown's, by name and order."""
        md.inlinePatterns.register(_CodeSpans(), "backtick", 190)


class _CodeSpans(BacktickInlineProcessor):
    """Takes the place of Python-Markdown's pattern.

    A text changes at the left while a pattern is applied, so places are counted from its
    end, and what has been found holds as long as the end is the same.
    """

    def __init__(self) -> None:
        super().__init__(BACKTICK_RE)
        self._text = ""
        # By the length of a run its places: the negated distances of its start from the end.
        self._places: dict[int, list[int]] = {}

    def find_code_spans(  # type: ignore[override] # its stub has another form than its code
        self, start: int, text: str
    ) -> tuple[int, int | None]:
        """Return where the code begins and ends; without an end where ticks are text."""
        ticks = _TICKS.match(text, start)
        assert ticks is not None
        if not self._text.endswith(text[start:]):
            self._look_at(text[start:])
        places = self._places.get(len(ticks[0]), [])
        following = bisect_right(places, start - len(text))
        if following == len(places):
            return ticks.end(), None
        return ticks.end(), places[following] + len(text)

    def _look_at(self, text: str) -> None:
        self._text = text
        self._places = {
            length: [start - len(text) for start in starts]
            for length, starts in _by_length(text).items()
        }


def code_spans(text: str) -> list[tuple[int, int]]:
    """Return the code spans of a paragraph: backticks closed by as many (CommonMark, 6.1)."""
    by_length = _by_length(text)
    ends = [*paragraph_ends(text), len(text)]
    spans: list[tuple[int, int]] = []
    done = 0
    for ticks in _TICKS.finditer(text):
        start, end = ticks.span()
        if start < done or text[start - 1 : start] == "\\":
            continue
        equal = by_length[end - start]
        following = bisect_right(equal, start)
        if following < len(equal) and equal[following] < ends[bisect_right(ends, start)]:
            done = equal[following] + end - start
            spans.append((start, done))
    return spans


def _by_length(text: str) -> dict[int, list[int]]:
    """Return where runs of backticks begin, by how long they are."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for ticks in _TICKS.finditer(text):
        found[len(ticks[0])].append(ticks.start())
    return dict(found)
