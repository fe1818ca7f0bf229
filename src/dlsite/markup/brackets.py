"""Links, images and references, whose brackets are matched once for a text.

Python-Markdown looks for the end of every bracket letter by letter, to the end of the
text where there is none.  Here the brackets of a text are paired in one pass, and what
follows a bracket in parentheses is looked at in full only as long as few have failed.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    IMAGE_REFERENCE_RE,
    LINK_RE,
    REFERENCE_RE,
    ImageInlineProcessor,
    ImageReferenceInlineProcessor,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
    ShortImageReferenceInlineProcessor,
    ShortReferenceInlineProcessor,
)

# The target of most links: nothing in it is a bracket or a quote, and so a title.
_PLAIN_TARGET = re.compile(r"\(\s*+([^()<>'\"]*+)\)")
_BRACKETS = re.compile(r"[\[\]]")
_LONGEST_LABEL = 999
"""Code points of a label (CommonMark, 4.7)."""
_IN_VAIN = 1_000_000
"""Code points that may be read for targets without an end in one body."""
_LONGEST_AFTER = 1_000
"""Code points of a target once so many have been read in vain."""


class Pairs:
    """The ends of the brackets of the last text, and what has been read in vain.

    A text changes at the left while a pattern is applied, so places are counted from
    its end, and what has been found holds as long as the end is the same.
    """

    def __init__(self) -> None:
        self._text = ""
        self._ends: dict[int, int] = {}
        self.in_vain = 0

    def end_of(self, text: str, start: int) -> int:
        """Return where the bracket closes that opens right before `start`; -1 if nowhere."""
        rest = text[start - 1 :]
        if not self._text.endswith(rest):
            self._text, self._ends = rest, _ends(rest)
        return len(text) - self._ends.get(len(rest), len(text) + 1)


def _ends(text: str) -> dict[int, int]:
    """Return for each bracket that closes where: both as distances from the end of the text."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACKETS.finditer(text):
        distance = len(text) - match.start()
        if match[0] == "[":
            opened.append(distance)
        elif opened:
            ends[opened.pop()] = distance
    return ends


class _Text(LinkInlineProcessor):
    """Reads the text between brackets, for all that begin with one."""

    def __init__(self, pattern: str, md: Markdown, pairs: Pairs) -> None:
        super().__init__(pattern, md)
        self._pairs = pairs

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802 - Python-Markdown's name
        end = self._pairs.end_of(data, index)
        return (data[index:end], end + 1, True) if end >= 0 else ("", len(data), False)


class _Target(_Text):
    """Reads what follows in parentheses."""

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802 - Python-Markdown's name
        if target := _PLAIN_TARGET.match(data, index):
            return self.unescape(target[1]).strip(), None, target.end(), True
        if not data.startswith("(", index) or data.find(")", index) < 0:
            return "", None, index, False
        if self._pairs.in_vain > _IN_VAIN:
            return super().getLink(data[: index + _LONGEST_AFTER], index)
        read = super().getLink(data, index)
        if not read[3]:
            self._pairs.in_vain += len(data) - index
        return read


class _Link(_Target):
    pass


class _Image(_Target, ImageInlineProcessor):
    pass


class _Reference(_Text, ReferenceInlineProcessor):
    pass


class _ImageReference(_Text, ImageReferenceInlineProcessor):
    pass


class _Short(_Text, ReferenceInlineProcessor):
    """Reads a text that is its own label."""

    def evalId(self, data: str, index: int, text: str) -> tuple[str | None, int, bool]:  # noqa: N802 - Python-Markdown's name
        if len(text) > _LONGEST_LABEL:
            return None, index, False
        return super().evalId(data, index, text)


class _ShortReference(_Short, ShortReferenceInlineProcessor):
    pass


class _ShortImageReference(_Short, ShortImageReferenceInlineProcessor):
    pass


class Brackets(Pairs):
    """The six patterns, which share what they find out."""

    def register(self, md: Markdown) -> None:
        """Take the places of Python-Markdown's, by name and order."""
        patterns = md.inlinePatterns
        patterns.register(_Reference(REFERENCE_RE, md, self), "reference", 170)
        patterns.register(_Link(LINK_RE, md, self), "link", 160)
        patterns.register(_Image(IMAGE_LINK_RE, md, self), "image_link", 150)
        patterns.register(_ImageReference(IMAGE_REFERENCE_RE, md, self), "image_reference", 140)
        patterns.register(_ShortReference(REFERENCE_RE, md, self), "short_reference", 130)
        short_image = _ShortImageReference(IMAGE_REFERENCE_RE, md, self)
        patterns.register(short_image, "short_image_ref", 125)

    def reset(self) -> None:
        """Begin another body."""
        self.in_vain = 0
