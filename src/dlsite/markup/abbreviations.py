"""Abbreviations: `*[GAN]: generative adversarial network`, on a line of its own.

Definitions that follow one another are read in one go.  As with kramdown, none reaches over
its line but for words that stand on the next.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.abbr import AbbrBlockprocessor, AbbrExtension


class AbbreviationExtension(AbbrExtension):
    """Registers the block processor with Python-Markdown's search for what it defines."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of Python-Markdown's."""
        super().extendMarkdown(md)
        md.parser.blockprocessors.register(_Definitions(md.parser, self.abbrs), "abbr", 16)  # type: ignore[attr-defined] # not in its stub


class _Definitions(AbbrBlockprocessor):
    """Reads the definitions of a block; what stands around them are other blocks."""

    RE = re.compile(
        r"^\*\[(?P<abbr>[^\\\n]+?)\] ?:(?: *\n(?!\*\[))? *(?P<title>[^\s\n][^\n]*)$", re.MULTILINE
    )

    def run(self, parent: Element, blocks: list[str]) -> bool:
        """Define what the first definition of a block says, and those right below it."""
        del parent
        block = blocks[0]
        found = self.RE.search(block) if "*[" in block else None
        if found is None:
            return False
        start, end = found.span()
        while found is not None:
            end = found.end()
            self._define(found["abbr"].strip(), found["title"].strip())
            found = self.RE.match(block, end + 1)
        around = block[:start].rstrip("\n"), block[end:].lstrip("\n")
        blocks[:1] = [part for part in around if part.strip()]
        return True

    def _define(self, name: str, words: str) -> None:
        if words in ("''", '""'):
            self.abbrs.pop(name, None)
        elif name:
            self.abbrs[name] = words
