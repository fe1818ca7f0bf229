"""Emphasis as pymdown-extensions reads it, whose rules most emphasis does not need.

What opens behind a blank, closes before one or a sign, and holds no other sign of emphasis
is what it looks like.
"""

from __future__ import annotations

import re
from functools import cached_property
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from pymdownx.delimiterprocessor import Delimiter, DelimiterProcessor

_PLAIN = re.compile(
    r"(?<!\S)(?P<sign>\*\*?|__?)(?P<text>[^\W_](?:[^*_~]*[^\W_])?)(?P=sign)(?![\w*_~\x02])"
)
# A lone star between letters, as a product in a formula without dollars has it, opens and
# closes nothing in what is bold (CommonMark, 6.2, rules 9 and 10).
_INSIDE = r"(?:[^*_~]|(?<=\w)_+(?=\w))*"
_PRODUCT = re.compile(
    rf"(?<![\w*_~])\*\*(?=[^\W_])(?P<text>{_INSIDE}(?<=\w)\*(?=\w){_INSIDE})(?<=[^\W_])\*\*(?![\w*_~\x02])"
)

_REPLACED = (
    *("not_strong", "strong_em", "em_strong", "em_strong2"),
    *("strong", "emphasis", "strong2", "emphasis2"),
)


class EmphasisExtension(Extension):
    """`pymdownx.betterem`, faster, and with it `pymdownx.tilde`, where `deletes` asks for that.

    With `punctuation` the rules of CommonMark for signs hold beside emphasis.
    """

    processor: DelimiterProcessor

    def __init__(self, *, punctuation: bool = True, deletes: bool = False) -> None:
        super().__init__()
        self._punctuation = punctuation
        self._deletes = deletes

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of its inline patterns."""
        md.registerExtension(self)
        for name in _REPLACED:
            md.inlinePatterns.deregister(name, strict=False)
        self.processor = _Emphasis(_Delimiter("*", "strong,em", punct=self._punctuation), md)
        self.processor.add(_Delimiter("_", "strong,em", smart=True, punct=self._punctuation))
        if self._deletes:
            self.processor.add(_Delimiter("~", "del", double=True, no_space=True))
        md.inlinePatterns.register(self.processor, "delimiter", 60)

    def reset(self) -> None:
        """Forget the last page."""
        self.processor.reset()


class _Delimiter(Delimiter):  # type: ignore[misc] # it has no types
    """A sign of which the expression, that takes long to compile, is made when one asks for it."""

    def _build_patterns(self, token: str) -> str:
        self.token = token
        self.max_size = 1 if self.single else 2
        self.bad = re.compile(f"{re.escape(token)}+")
        return re.escape(token)

    @cached_property
    def boundary(self) -> re.Pattern[str]:
        """What tells where the sign opens or closes something."""
        super()._build_patterns(self.token)
        made: re.Pattern[str] = self.__dict__["boundary"]
        return made


class _Emphasis(DelimiterProcessor):  # type: ignore[misc]
    def handleMatch(  # noqa: N802 - Python-Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        # In the middle of what it has begun it goes on.
        plain = None if self.cache or self.remainder else _PLAIN.match(data, m.start())
        product = None if plain or self.cache or self.remainder else _PRODUCT.match(data, m.start())
        if product is not None:
            element = Element("strong")
            element.text = product["text"]
            return element, m.start(), product.end()
        if plain is None:
            found: tuple[Element | None, int | None, int | None] = super().handleMatch(m, data)
            return found
        element = Element("strong" if len(plain["sign"]) > 1 else "em")
        element.text = plain["text"]
        return element, m.start(), plain.end()

    def search(self, data: str, start: int) -> re.Match[str] | None:
        """Return the next run of signs that opens or closes something, as the library does.

        It asks at each sign of a run, and each time of all the rest of it: but what holds for
        the first one holds for the others, as the sign before forbids what the signs behind
        do not.
        """
        at = start
        while (sign := self.compiled_re.search(data, at)) is not None:
            delimiter = self.delimiters[sign[0]]
            begin, at = delimiter.bad.match(data, sign.start()).span()
            self.positions.extend(range(begin, at))
            found: re.Match[str] | None = delimiter.boundary.match(data, begin)
            # What closes something that nothing opened is none.
            if found is not None and (delimiter.stack or found.lastgroup != "end"):
                return found
        return None
