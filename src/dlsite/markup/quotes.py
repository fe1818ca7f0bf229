"""Quotes, each one of its own: Python-Markdown joins those that stand one under the other."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockQuoteProcessor


class QuoteExtension(Extension):
    """Registers the block processor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of Python-Markdown's."""
        md.parser.blockprocessors.register(Quotes(md.parser), "quote", 20)


class Quotes(BlockQuoteProcessor):
    """Reads a quote; one behind a blank line is another, on GitHub as with kramdown."""

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = self.RE.search(block)
        assert found is not None
        if before := block[: found.start()]:
            self.parser.parseBlocks(parent, [before])
        inside = "\n".join([self.clean(line) for line in block[found.start() :].split("\n")])
        # Paragraphs are paragraphs here, though the quote may stand in a tight list.
        self.parser.state.set("blockquote")
        self.parser.parseChunk(SubElement(parent, "blockquote"), inside)
        self.parser.state.reset()
