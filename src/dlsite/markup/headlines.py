"""Headings and rules: lines at the margin that are blocks of their own, wherever they stand.

As on GitHub and with kramdown, hashes make a heading when they are at most six and a
blank follows, closing hashes have a blank before them (`# C#` keeps its own), and a rule
or a quote has no underline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor, HRProcessor, SetextHeaderProcessor
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.remarks import Remarks, place_in
from dlsite.texts.hidden import blank_code

_HASHES = re.compile(r"^(?P<level>#{1,6})(?:$|(?= )(?P<words>[^\n]*)$)", re.MULTILINE)
_CLOSING = re.compile(r"(?:^|(?<= ))#+$")
_UNDERLINED = re.compile(r"(?P<words>[^\n]*)\n(?P<sign>[=-])(?P=sign)* *(?:\n|\Z)")
_QUOTE = re.compile(r" {0,3}>")
_RULE = HRProcessor.SEARCH_RE
_LEVELS = 6
_TEXTS = ("p", "li", "dd")
# A line of text that was likely meant for a heading: `##Results`, `####### Results`, `#Results`
# where that is all.  `#5`, `#!/bin/sh` and tags (`#gan #vae`) are what they are.
_NO_HEADING = re.compile(
    r"^(?:##+(?=[^\s#])|#(?=(?:[A-Z]|[^\W\d_][^ #\n]* )[^#\n]*\Z)|#{7,}(?= ))[^\W_]*", re.MULTILINE
)
_WRITTEN = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?=#)", re.MULTILINE)
"""What may stand before the hashes of such a line."""


class HeadlineExtension(Extension):
    """Registers the block processors, and what looks for lines that are none by a slip."""

    def __init__(self, remarks: Remarks) -> None:
        super().__init__()
        self._remarks = remarks

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the places of Python-Markdown's, by name and order."""
        md.treeprocessors.register(_Slips(md, self._remarks), "dlsite-headlines", 25)
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


class _Slips(Treeprocessor):
    """Reports the lines of text that lack no more than a blank to be headings."""

    def __init__(self, md: Markdown, remarks: Remarks) -> None:
        super().__init__(md)
        self._remarks = remarks

    def run(self, root: Element) -> None:
        slips = [*_slips(root)]
        if not slips:
            return
        # In code such a line is what it is.
        body = blank_code(self._remarks.body)
        written = _WRITTEN.finditer(body)
        for words in slips:
            start = next((at.end() for at in written if body.startswith(words, at.end())), None)
            if start is None:
                return
            self._report(start)

    def _report(self, start: int) -> None:
        body = self._remarks.body
        line = body[start:].partition("\n")[0].rstrip()
        words = line.lstrip("#")
        hashes = line[: len(line) - len(words)]
        if len(hashes) > _LEVELS:
            why, right = "there are six levels", "#" * _LEVELS
        else:
            why, right = f"a blank is missing behind {hashes}", hashes
        self._remarks.add_at(
            "heading-syntax",
            f"this is no heading: {why}",
            *place_in(body, start),
            length=len(line),
            help_=(f"write '{right} {words.strip()}'", f"or, if it is none, '\\{line}'"),
        )


def _slips(root: Element) -> Iterator[str]:
    """Yield the hashes of such lines, with the word behind them, in order."""
    for element in root.iter():
        text = element.text or ""
        if "#" in text and element.tag in _TEXTS:
            yield from (found[0] for found in _NO_HEADING.finditer(text))
