"""Python-Markdown with the parts replaced that its speed and its bounds depend on.

What it makes of a text is the same as what `markdown.Markdown` makes of it, up to the
bounds (`blocks.DEEPEST`, `inline.LONGEST`, `brackets`).
"""

from __future__ import annotations

from typing import Any, Self

from markdown import Markdown

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
        self.treeprocessors.register(InlineReader(self), "inline", 20)
        return self

    def reset(self) -> Any:  # noqa: ANN401 - its stub has no type for what `Markdown.reset` returns
        """Forget the last body."""
        self.blocks.reset()
        self.brackets.reset()
        return super().reset()
