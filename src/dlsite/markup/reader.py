"""Python-Markdown with the parts replaced that its speed and its bounds depend on.

What it makes of a text is the same as what `markdown.Markdown` makes of it, up to the
bounds (`blocks.DEEPEST`, `inline.LONGEST`, `brackets`).
"""

from __future__ import annotations

from typing import Any, Self
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.preprocessors import NormalizeWhitespace
from markdown.treeprocessors import UnescapeTreeprocessor
from markdown.util import ETX, STX

from dlsite.markup.blocks import BlockReader
from dlsite.markup.brackets import Brackets
from dlsite.markup.inline import InlineReader


class Reader(Markdown):
    """`markdown.Markdown`, faster."""

    def build_parser(self) -> Self:
        """Put the parts in before any extension looks for them."""
        super().build_parser()
        blocks = BlockReader(self)
        for processor in self.parser.blockprocessors:
            processor.parser = blocks
        blocks.blockprocessors = self.parser.blockprocessors
        self.parser = self.blocks = blocks
        self.brackets = Brackets()
        self.brackets.register(self)
        self.preprocessors.register(_Normal(self), "normalize_whitespace", 30)
        self.treeprocessors.register(InlineReader(self), "inline", 20)
        self.treeprocessors.register(_Unescape(self), "unescape", 0)
        self._is_block_level: dict[str, bool] = {}
        return self

    def reset(self) -> Any:  # noqa: ANN401 - its stub has no type for what `Markdown.reset` returns
        """Forget the last body."""
        self.blocks.reset()
        self.brackets.reset()
        self._is_block_level = dict.fromkeys(self.block_level_elements, True)
        return super().reset()

    def is_block_level(self, tag: object) -> bool:
        """Say whether a tag is one of a block; looked up in a list once for a body."""
        if not isinstance(tag, str):
            return False
        if tag not in self._is_block_level:
            self._is_block_level[tag] = super().is_block_level(tag)
        return self._is_block_level[tag]


class _Normal(NormalizeWhitespace):
    """Does what there is to do, and no more."""

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if STX in source or ETX in source or "\r" in source:
            return super().run(lines)
        if "\t" in source:
            source = source.expandtabs(self.md.tab_length)
        if " \n" not in source and not source.endswith(" "):
            return [*source.split("\n"), "", ""]
        first, *rest = source.split("\n")
        return [first, *("" if _is_blank(line) else line for line in rest), "", ""]


def _is_blank(line: str) -> bool:
    return line[:1] == " " and line.count(" ") == len(line)


class _Unescape(UnescapeTreeprocessor):
    """Looks for the sign before it looks with an expression."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if (text := element.text) and STX in text and element.tag != "code":
                element.text = self.unescape(text)
            if (text := element.tail) and STX in text:
                element.tail = self.unescape(text)
            for name, value in element.items():
                if value and STX in value:
                    element.set(name, self.unescape(value))
