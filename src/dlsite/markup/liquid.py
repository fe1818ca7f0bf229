"""Jekyll's spellings in a Markdown text, in place of a template language.

Blocks are read first of all (`liquidtext`).  Every other expression is replaced by a
token (`liquidtokens`) while Markdown is read, and put back at the very end
(`liquidback`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from dlsite.dataclass import dataclass
from dlsite.markup.liquidback import PutBack
from dlsite.markup.liquidtext import Ends, HighlightBlock, highlighted, masked
from dlsite.markup.liquidtokens import SIGNS, Tokens
from dlsite.markup.moved import Moved
from dlsite.markup.parts import Keeper
from dlsite.markup.remarks import Remarks
from dlsite.texts.liquid import Spelling, spellings


class LiquidExtension(Extension):
    """Registers what takes Liquid out and what puts it back; reports to `remarks`."""

    def __init__(self, remarks: Remarks, keeper: Keeper, *, brackets: bool) -> None:
        super().__init__()
        self.tokens = Tokens(remarks)
        self._remarks = remarks
        self._keeper = keeper
        self._brackets = brackets

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come first of all and last of all."""
        md.registerExtension(self)
        taking_out = _TakeOut(md, self.tokens, self._remarks, brackets=self._brackets)
        md.preprocessors.register(taking_out, "dlsite-liquid", 32)
        md.postprocessors.register(PutBack(self.tokens, self._keeper), "dlsite-liquid", 4)

    def reset(self) -> None:
        """Forget the expressions of the last body."""
        self.tokens.reset()


class _TakeOut(Preprocessor):
    def __init__(self, md: Markdown, tokens: Tokens, remarks: Remarks, *, brackets: bool) -> None:
        super().__init__(md)
        self._tokens = tokens
        self._remarks = remarks
        self._brackets = brackets

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "{{" not in text and "{%" not in text:
            return lines
        self._tokens.begin(text)
        # Signs of ours in a text from elsewhere would be taken for tokens.
        reading = _Reading(SIGNS.sub("\ufffd", text), self._tokens)
        moved = reading.moved(brackets=self._brackets)
        self._remarks.moved(moved.text, moved.origin)
        return moved.text.split("\n")


@dataclass(slots=True)
class _Reading:
    """One text on the way from its start to its end."""

    text: str
    tokens: Tokens
    result: Moved = field(default_factory=Moved)

    def moved(self, *, brackets: bool) -> Moved:
        """Return the text with tokens for its expressions and fences for its code."""
        blocks = list(highlighted(self.text))
        ends = Ends(self.text)
        done = 0
        waiting: Sequence[HighlightBlock] = blocks
        for spelling in spellings(masked(self.text, blocks, brackets=brackets)):
            if spelling.start < done:
                continue
            done, waiting = self._blocks(waiting, done, spelling.start)
            self.result.add(self.text[done : spelling.start], done)
            done = self._one(spelling, ends)
        done, _ = self._blocks(waiting, done, len(self.text))
        self.result.add(self.text[done:], done)
        return self.result

    def _blocks(
        self, waiting: Sequence[HighlightBlock], done: int, until: int
    ) -> tuple[int, Sequence[HighlightBlock]]:
        """Add the blocks of code before `until`, and the text between them."""
        number = 0
        for number, block in enumerate(waiting):  # noqa: B007 - how many is what is asked for
            if block.start >= until:
                break
            if block.start >= done:
                self.result.add(self.text[done : block.start], done)
                for piece, origin in block.fence(self.text):
                    self.result.add(piece, origin)
                done = block.end
        else:
            number = len(waiting)
        return done, waiting[number:]

    def _one(self, spelling: Spelling, ends: Ends) -> int:
        """Add what stands for an expression, and return where the text goes on."""
        end = ends.of(spelling)
        if end is None:
            self.result.add(self.tokens.add(spelling), spelling.start)
            return spelling.end
        if spelling.tag == "raw":
            self.result.add(self.text[spelling.end : end.start()], spelling.end)
        return end.end()
