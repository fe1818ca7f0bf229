"""Emphasis as pymdown-extensions reads it, whose rules most emphasis does not need.

What opens behind a blank, closes before one or a sign, and holds no other sign of emphasis
is what it looks like.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from pymdownx.betterem import BetterEmExtension
from pymdownx.delimiterprocessor import DelimiterProcessor

_PLAIN = re.compile(
    r"(?<!\S)(?P<sign>\*\*?|__?)(?P<text>[^\W_](?:[^*_~]*[^\W_])?)(?P=sign)(?![\w*_~\x02])"
)


class EmphasisExtension(BetterEmExtension):  # type: ignore[misc] # it has no types
    """`pymdownx.betterem`, faster."""

    processor: DelimiterProcessor

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of its inline pattern."""
        super().extendMarkdown(md)
        star, *others = self.processor.delimiters.values()
        self.processor = _Emphasis(star, md)
        for delimiter in others:
            self.processor.add(delimiter)
        md.inlinePatterns.register(self.processor, "delimiter", 60)


class _Emphasis(DelimiterProcessor):  # type: ignore[misc]
    def handleMatch(  # noqa: N802 - Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        # In the middle of what it has begun it goes on.
        plain = None if self.cache or self.remainder else _PLAIN.match(data, m.start())
        if plain is None:
            found: tuple[Element | None, int | None, int | None] = super().handleMatch(m, data)
            return found
        element = Element("strong" if len(plain["sign"]) > 1 else "em")
        element.text = plain["text"]
        return element, m.start(), plain.end()
