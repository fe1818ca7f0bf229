"""Raw HTML and the Markdown in it, read by Python-Markdown within bounds.

What begins a tag and does not end one is looked at to the end of the text, and the
rest of the text is copied for each block.  Both are nothing to a page that a person
wrote, and hours to one that a program got wrong.
"""

from __future__ import annotations

from markdown import Markdown
from markdown.extensions.md_in_html import HTMLExtractorExtra, MarkdownInHtmlExtension
from markdown.preprocessors import Preprocessor

_IN_VAIN = 100
"""Tags without an end that are looked for in the whole rest of the text."""
_LONGEST_TAG = 1_000
"""Code points of a tag, once there have been so many."""
_MOST_COPIED = 10**11
"""Code points: a megabyte of text with a hundred thousand tags."""


class RawHtmlExtension(MarkdownInHtmlExtension):
    """`md_in_html` with the bounds."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of the preprocessor alone."""
        super().extendMarkdown(md)
        md.preprocessors.register(_RawHtml(md), "html_block", 20)


class _RawHtml(Preprocessor):
    """Stashes raw HTML; raises `ValueError` where there is too much."""

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if "<" not in source and "&" not in source:
            return lines
        if len(source) * source.count("<") > _MOST_COPIED:
            raise ValueError("it has too many tags for its length")
        extractor = _Extractor(self.md)
        extractor.feed(source)
        extractor.close()
        return "".join(extractor.cleandoc).split("\n")


class _Extractor(HTMLExtractorExtra):
    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._in_vain = 0

    def check_for_whole_start_tag(self, i: int) -> int:
        """Return where the tag that begins at `i` ends; negative where it does not."""
        if self._in_vain > _IN_VAIN and self.rawdata.find(">", i, i + _LONGEST_TAG) < 0:
            return -1
        end: int = super().check_for_whole_start_tag(i)
        if end < 0:
            self._in_vain += 1
        return end
