"""Headings and rules: lines at the margin that are blocks of their own, wherever they stand.

As on GitHub and with kramdown, hashes make a heading when they are at most six and a
blank follows, closing hashes have a blank before them (`# C#` keeps its own), and a rule
or a quote has no underline.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor, HRProcessor, SetextHeaderProcessor

_HASHES = re.compile(r"^(?P<level>#{1,6})(?:$|(?= )(?P<words>[^\n]*)$)", re.MULTILINE)
_CLOSING = re.compile(r"(?:^|(?<= ))#+$")
_UNDERLINED = re.compile(r"(?P<words>[^\n]*)\n(?P<sign>[=-])(?P=sign)* *(?:\n|\Z)")
_QUOTE = re.compile(r" {0,3}>")
_RULE = HRProcessor.SEARCH_RE


class HeadlineExtension(Extension):
    """Registers the block processors."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the places of Python-Markdown's, by name and order."""
        md.parser.blockprocessors.register(HashHeadings(md.parser), "hashheader", 70)
        md.parser.blockprocessors.register(UnderlinedHeadings(md.parser), "setextheader", 60)


def without_closing(words: str) -> str:
    """Return the words of a heading without the hashes that close it."""
    words = words.strip()
    return _CLOSING.sub("", words).rstrip() if words.endswith("#") else words


class HashHeadings(BlockProcessor):
    """Reads `## A`; the lines before it and behind it are blocks of their own."""

    signs = ("#",)

    def test(self, parent: Element, block: str) -> bool:
        """Look at the line alone: most headings are blocks."""
        del parent
        return (block.startswith("#") or "\n#" in block) and bool(_HASHES.search(block))

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Make the first heading of a block."""
        block = blocks.pop(0)
        heading = _HASHES.search(block)
        assert heading is not None
        before, after = block[: heading.start()].removesuffix("\n"), block[heading.end() + 1 :]
        if before:
            self.parser.parseBlocks(parent, [before])
        element = SubElement(parent, f"h{len(heading['level'])}")
        element.text = without_closing(heading["words"] or "")
        if after:
            # In a loose list the lines behind a heading are still indented.
            loose = self.parser.state.isstate("looselist")
            blocks.insert(0, self.looseDetab(after) if loose else after)


class UnderlinedHeadings(SetextHeaderProcessor):
    """Reads words over `===` or `---`."""

    def test(self, parent: Element, block: str) -> bool:
        """Say whether the first line of a block may be words, and the second is an underline."""
        del parent
        found = _UNDERLINED.match(block)
        return bool(found and not _RULE.match(found["words"]) and not _QUOTE.match(found["words"]))

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Make the heading."""
        block = blocks.pop(0)
        found = _UNDERLINED.match(block)
        assert found is not None
        heading = SubElement(parent, "h1" if found["sign"] == "=" else "h2")
        heading.text = found["words"].strip()
        if after := block[found.end() :]:
            blocks.insert(0, after)
