"""Code and formulas as HTML, out of the HTML of a page while that is read.

They have most of a page's tags, and none of these is a heading, a block or a reference.
A sign stands in the place of each until the page has been taken apart.
"""

from __future__ import annotations

import re
from dataclasses import field

from markdown.util import ETX, STX

from dlsite.dataclass import dataclass

_SIGN = re.compile(f"{STX}dlsitepart(\\d+){ETX}")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the signs in the HTML of one page stand for: the HTML, and its words as HTML."""

    markups: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def formulas(self) -> list[str]:
        """Those of the parts that are formulas."""
        return [markup for markup in self.markups if markup.startswith("<math")]

    def shown(self, text: str) -> str:
        """Return `text` with the parts in their places."""
        if not self.markups or STX not in text:
            return text
        return _SIGN.sub(lambda sign: self.markups[int(sign[1])], text)

    def said(self, text: str) -> str:
        """Return `text` with the words of the parts in their places."""
        if not self.words or STX not in text:
            return text
        return _SIGN.sub(lambda sign: self.words[int(sign[1])], text)


class Keeper:
    """Keeps the parts of the body that is being converted, if they may be kept.

    Where an author's HTML stands around them, what is in them may count: a quote in code
    ends an attribute.
    """

    def __init__(self, *, may_keep: bool = True) -> None:
        self._may_keep = may_keep
        self.reset()

    def reset(self) -> None:
        """Begin another body."""
        self.parts = Parts()
        self.is_keeping = self._may_keep

    def keep(self, markup: str, words: str) -> str:
        """Return what stands for `markup` in the HTML of the body."""
        if not self.is_keeping or STX in markup:
            return markup
        self.parts.markups.append(markup)
        self.parts.words.append(words)
        return f"{STX}dlsitepart{len(self.parts.words) - 1}{ETX}"

    def give_back(self, text: str) -> str:
        """Return the HTML of the body with all that was kept, and keep nothing any more."""
        self.is_keeping = False
        return self.parts.shown(text)
