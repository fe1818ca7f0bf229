"""Blocks that a line opens and that hold what is indented by four columns below it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from xml.etree.ElementTree import Element

from markdown.blockprocessors import BlockProcessor

from dlsite.markup.lists import indent_lists


class IndentedBlock(BlockProcessor, ABC):
    """Reads an opening line and what belongs to it; what it is, its subclasses know."""

    @abstractmethod
    def opening(self, block: str) -> re.Match[str] | None:
        """Find the opening line, from its indent (up to three columns) to its end."""

    @abstractmethod
    def may_be_empty(self, match: re.Match[str]) -> bool:
        """Say whether the opening line is one even if nothing is indented below it."""

    @abstractmethod
    def begin(self, parent: Element, match: re.Match[str]) -> Element:
        """Add the element to `parent` and return what is to hold the content."""

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return self.opening(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> bool:
        match = self.opening(blocks[0])
        assert match is not None
        before, rest = blocks[0][: match.start()], blocks[0][match.end() :].removeprefix("\n")
        following = blocks[1:]
        width = self._width(match, rest, following)
        content = self._take(rest, following, width)
        if not content.strip() and not self.may_be_empty(match):
            return False
        if before.strip():
            self.parser.parseBlocks(parent, [before.rstrip("\n")])
        holder = self.begin(parent, match)
        blocks[:] = following
        self._parse(holder, content)
        return True

    def _width(self, match: re.Match[str], rest: str, following: list[str]) -> int:
        """Return the columns of the content's indent: four, and the opening line's own."""
        own = len(match[0]) - len(match[0].lstrip(" "))
        first = "\n".join([rest, *following[:1]]).lstrip("\n")
        return (
            self.tab_length + own
            if first.startswith(" " * (self.tab_length + own))
            else self.tab_length
        )

    def _take(self, rest: str, blocks: list[str], width: int) -> str:
        """Return the indented text of `rest` and of the `blocks` after it, without the indent."""
        inside, outside = self.detab(rest, width)
        taken = [inside]
        blank = 0
        while not outside and blank < len(blocks):
            if not blocks[blank].strip():
                blank += 1
                continue
            if not blocks[blank].lstrip("\n").startswith(" " * width):
                break
            inside, outside = self.detab(blocks[blank].lstrip("\n"), width)
            taken.append(inside)
            del blocks[: blank + 1]
            blank = 0
        if outside:
            blocks.insert(0, outside)
        return "\n\n".join(taken)

    def _parse(self, holder: Element, content: str) -> None:
        if not content.strip():
            return
        # Inside, paragraphs are paragraphs, though the block may stand in a tight list.
        self.parser.state.set("dlsite-indented")
        self.parser.parseChunk(holder, "\n".join(indent_lists(content.split("\n"))))
        self.parser.state.reset()
