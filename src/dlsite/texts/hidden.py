"""Which parts of a Markdown text are code or comments, so that nothing in them is markup."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache

from dlsite.dataclass import dataclass

# Written so that `re` sees with which characters a match begins, and skips all others.
_SIGN = re.compile(r"``*|~~~+|<!--|\{::(?:comment\}|(?:comment|options)(?:[ \t][^{}\n]*)?/\})")
_BEFORE_FENCE = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t>]*+)?")
_FENCE_LENGTH = 3
_TICKS = re.compile("``*")
# What ends a paragraph: a blank line, an item, a heading, a quote.
_BREAK = re.compile(
    r"\n(?:[ \t]*(?=\n)|[ \t>]*(?:(?P<mark>(?:[-*+]|#{1,6})[ \t])|(?P<number>\d{1,9})[.)][ \t])"
    r"|(?P<quote> {0,3}>))"
)
_NUMBERED = re.compile(r"[ \t>]*\d{1,9}[.)][ \t]")
_COMMENT_END = "-->"
# As kramdown has them; what they hold is for nobody.
KRAMDOWN_COMMENT = "{::comment}"
KRAMDOWN_SIGN = "{::"
KRAMDOWN_OPTIONS = "{::options"
_KRAMDOWN_END = re.compile(r"\{:/(?:comment)?\}")
_QUOTED = r" \t>"


@lru_cache(maxsize=256)
def closing_fence(mark: str, indent: int, *, signs: str = " \t") -> re.Pattern[str]:
    """Return the expression of a line that closes a fence whose `mark` stands at `indent`.

    It may be longer, and indented by up to three columns more (CommonMark, 4.5): code
    may itself hold fences that are indented as code is.
    """
    closing = rf"^[{signs}]{{0,{indent + 3}}}{mark[0]}{{{len(mark)},}}[ \t]*$"
    return re.compile(closing, re.MULTILINE)


class Kind(Enum):
    """What hides a part of a text."""

    FENCE = auto()
    COMMENT = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Hidden:
    """A part of a text, from `start` to `end`, in which nothing is markup."""

    kind: Kind
    start: int
    end: int


def has_comments(text: str) -> bool:
    """Say whether a text may have comments: nearly none has."""
    return "<!--" in text or KRAMDOWN_COMMENT in text or KRAMDOWN_OPTIONS in text


def hidden(text: str) -> Iterator[Hidden]:
    """Yield fences, comments and code spans in order; whichever opens first hides the others.

    What nothing closes hides nothing: an unclosed fence is text to some and code to the
    end to others.  A code span is closed in its own paragraph.
    """
    # Most texts have ticks alone, which `re` finds faster than one sign of many.
    signs = _SIGN if "~~~" in text or has_comments(text) else _TICKS
    ends = _Ends(text)
    position = 0
    while sign := signs.search(text, position):
        kind, end = ends.of(sign)
        if end >= 0:
            yield Hidden(kind, sign.start(), end)
        position = end if end >= 0 else sign.end()


def paragraph_ends(text: str) -> Iterator[int]:
    """Yield where paragraphs end, as far as their lines say so: no code span reaches further."""
    is_numbered = _NUMBERED.match(text) is not None
    for found in _BREAK.finditer(text):
        if found["number"]:
            # Behind other words a list begins with 1.
            if not is_numbered and found["number"] != "1":
                continue
            is_numbered = True
        elif found["quote"]:
            line = text.rfind("\n", 0, found.start()) + 1
            if text[line : found.start()].lstrip(" \t").startswith(">"):
                continue
        elif not found["mark"]:
            is_numbered = False
        yield found.start()


class _Ends:
    """Finds ends; remembers which do not come any more, so that none is looked for twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        # The shortest fence of each kind and indent that nothing closes.
        self._unclosed: dict[tuple[str, int], int] = {}
        # The line that was looked at last: signs come in order.
        self._line_start = self._line_end = 0
        self._last_comment_end = text.rfind(_COMMENT_END)
        self._last_kramdown_end = max(text.rfind("{:/}"), text.rfind("{:/comment}"))
        self._paragraphs = [*paragraph_ends(text), len(text)]
        self._by_length: dict[int, list[int]] = defaultdict(list)
        for ticks in _TICKS.finditer(text):
            self._by_length[len(ticks[0])].append(ticks.start())

    def of(self, sign: re.Match[str]) -> tuple[Kind, int]:
        """Return what a sign opens, and where that ends; -1 where it opens nothing."""
        start, end = sign.span()
        if sign[0] == "<!--":
            return Kind.COMMENT, self.of_comment(end)
        if sign[0] == KRAMDOWN_COMMENT:
            return Kind.COMMENT, self.of_kramdown_comment(end)
        if sign[0].startswith(KRAMDOWN_SIGN):
            # Settings of kramdown's, and a comment that says nothing.
            return Kind.COMMENT, end
        if end - start >= _FENCE_LENGTH and self._is_fence(start, end):
            return Kind.FENCE, self.of_fence(sign[0], end)
        if sign[0][0] == "~" or self._text[start - 1 : start] == "\\":
            return Kind.CODE, -1
        return Kind.CODE, self.of_span(start, end)

    def _is_fence(self, start: int, end: int) -> bool:
        if start >= self._line_end:
            self._line_start = self._text.rfind("\n", 0, start) + 1
            line_end = self._text.find("\n", start)
            self._line_end = len(self._text) if line_end < 0 else line_end
        has_ticks = self._text[start] == "`" and self._text.find("`", end, self._line_end) >= 0
        return not has_ticks and bool(_BEFORE_FENCE.fullmatch(self._text, self._line_start, start))

    def of_fence(self, mark: str, start: int) -> int:
        line_end = self._text.find("\n", start)
        indent = start - len(mark) - self._line_start
        kind = (mark[0], indent)
        if line_end < 0 or len(mark) >= self._unclosed.get(kind, len(mark) + 1):
            return -1
        end = closing_fence(mark, indent, signs=_QUOTED).search(self._text, line_end + 1)
        if end is None:
            self._unclosed[kind] = len(mark)
        return -1 if end is None else end.end()

    def of_comment(self, start: int) -> int:
        if start > self._last_comment_end:
            return -1
        return self._text.find(_COMMENT_END, start) + len(_COMMENT_END)

    def of_kramdown_comment(self, start: int) -> int:
        if start > self._last_kramdown_end:
            return -1
        end = _KRAMDOWN_END.search(self._text, start)
        return -1 if end is None else end.end()

    def of_span(self, start: int, end: int) -> int:
        equal = self._by_length[end - start]
        following = bisect_right(equal, start)
        limit = self._paragraphs[bisect_right(self._paragraphs, start)]
        if following == len(equal) or equal[following] >= limit:
            return -1
        return equal[following] + end - start


def blank_code(text: str) -> str:
    """Return `text` with code and comments blanked, so that places stay."""
    pieces: list[str] = []
    done = 0
    for part in hidden(text):
        pieces += [text[done : part.start], blank(text[part.start : part.end])]
        done = part.end
    pieces.append(text[done:])
    return "".join(pieces)


def blank(text: str) -> str:
    """Return `text` with a blank for every code point that is no line end."""
    return "\n".join([" " * len(line) for line in text.split("\n")])
