"""Blocks: Python-Markdown's block parser with bounds, and without tests that cannot hold.

Quotes, lists, callouts and whatever else holds blocks are read up to `DEEPEST` levels
together; what is deeper stays text.  Long texts are handed over in parts, because
Python-Markdown takes blocks from the front of a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import (
    BlockProcessor,
    CodeBlockProcessor,
    HRProcessor,
    ParagraphProcessor,
    ReferenceProcessor,
)
from markdown.extensions.abbr import AbbrBlockprocessor
from markdown.extensions.footnotes import FootnoteBlockProcessor
from markdown.extensions.md_in_html import MarkdownInHtmlProcessor
from markdown.util import HTML_PLACEHOLDER

from dlsite.dataclass import dataclass
from dlsite.markup.headlines import UnderlinedHeadings
from dlsite.markup.items import Definitions, Items
from dlsite.markup.literals import literals_of
from dlsite.markup.quotes import Quotes

DEEPEST = 100
"""Calls of the parser within each other; a quote takes one, and so does a list."""
_BATCH = 1_000
# Each of these lines is a block of its own, whatever it stands in: cut beforehand, because
# Python-Markdown copies the rest of a block for each.
_RUN = re.compile(r"^(?:#{1,6} |: )[^\n]*\n(?=#{1,6} |: )", re.MULTILINE)
_EXPRESSIONS: dict[type[BlockProcessor], str] = {
    AbbrBlockprocessor: "RE",
    Quotes: "RE",
    FootnoteBlockProcessor: "RE",
    HRProcessor: "SEARCH_RE",
    ReferenceProcessor: "RE",
}
"""What must match a block for these processors to do anything with it."""
_INDENT = "    "
_SIGNS: dict[type[BlockProcessor], tuple[str, ...]] = {
    CodeBlockProcessor: (_INDENT,),
    MarkdownInHtmlProcessor: (HTML_PLACEHOLDER.partition("%")[0],),
}
"""Of these a block has one if the processors, which test it in code, do anything with it.

The indent is one that a block begins with.
"""
_DIGIT = "0"
_FIRST_SIGNS: dict[type[BlockProcessor], str] = {
    Quotes: ">",
    Definitions: ":",
    HRProcessor: "-_*",
    Items: _DIGIT + "*+-",
    UnderlinedHeadings: "=-",
}
"""With one of these a line of a block begins, behind blanks, if they do anything with it."""
_ALL_FIRST_SIGNS = frozenset("".join(_FIRST_SIGNS.values()))
_ONE_SIGN = {sign: frozenset([sign]) for sign in _ALL_FIRST_SIGNS}
_NONE: frozenset[str] = frozenset()
_LONG = 2_000
"""Code points of a block that is not searched for all signs again with each line less."""
_MOST_LINES = 20
"""Of a longer block the lines are not looked at one by one: it may be read again and again."""


class BlockReader(BlockParser):
    """Takes the place of Python-Markdown's block parser."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.on_too_deep: Callable[[str], None] = lambda text: None  # noqa: ARG005 - its name says what it gets
        self._depth = 0
        self._steps: list[_Step] = []
        self._signs: tuple[tuple[str, str], ...] = ()
        self._steps_by_signs: dict[tuple[object, ...], list[tuple[int, BlockProcessor]]] = {}
        self._long = ""
        self._signs_of_long: list[str] = []
        self._as_text = ParagraphProcessor(self)

    def reset(self) -> None:
        """Forget where the last body ended; it may have failed."""
        self._depth = 0
        self._long = ""
        self.state.clear()

    def parseDocument(self, lines: list[str]) -> ElementTree:  # type: ignore[override] # noqa: N802 - Python-Markdown's name
        """Parse a whole body."""
        processors = list(self.blockprocessors)
        if processors != [step.processor for step in self._steps]:
            self._steps = [_step(each) for each in processors]
            literals = {literal for step in self._steps for literal in step.literals} - {_INDENT}
            self._signs = tuple((_rarest(literal), literal) for literal in sorted(literals))
            self._steps_by_signs = {}
        return super().parseDocument(lines)

    def parseChunk(self, parent: Element, text: str) -> None:  # noqa: N802 - Python-Markdown's name
        """Parse a text of blocks that blank lines part."""
        blocks = text.split("\n\n")
        # The first line of a text is blank, and so a block may begin with its end.
        if any(block.find("\n#", 1) > 0 or block.find("\n:", 1) > 0 for block in blocks):
            blocks = _RUN.sub(r"\g<0>\n", text).split("\n\n")
        for batch in [blocks] if len(blocks) <= _BATCH else _batches(blocks):
            self.parseBlocks(parent, batch)

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 - Python-Markdown's name
        """Parse blocks into `parent`, as text where it stands too deep."""
        if self._depth >= DEEPEST:
            if words := "\n".join(blocks).strip():
                self.on_too_deep(words)
            while blocks:
                self._as_text.run(parent, blocks)
            return
        self._depth += 1
        while blocks:
            self._parse_first(parent, blocks)
        self._depth -= 1

    def _parse_first(self, parent: Element, blocks: list[str], first: int = 0) -> None:
        block = blocks[0]
        for number, processor in self._steps_for(block):
            if number < first or not processor.test(parent, block):
                continue
            if processor.run(parent, blocks) is not False:
                return
            if blocks[0] is not block:
                # It has changed the block before it gave it back.
                self._parse_first(parent, blocks, number + 1)
                return

    def _steps_for(self, block: str) -> list[tuple[int, BlockProcessor]]:
        """Return the processors, numbered, that may do anything with a block, by its signs."""
        firsts = _first_signs(block)
        signs = (firsts, *self._signs_in(block))
        if block.startswith(_INDENT):
            signs = (*signs, _INDENT)
        if signs not in self._steps_by_signs:
            self._steps_by_signs[signs] = [
                (number, step.processor)
                for number, step in enumerate(self._steps)
                if (not step.literals or not step.literals.isdisjoint(signs))
                and (not step.firsts or not step.firsts.isdisjoint(firsts))
            ]
        return self._steps_by_signs[signs]

    def _signs_in(self, block: str) -> list[str]:
        """Return the signs that a block has; of a long one perhaps some of what stood before it.

        Processors take from the front of a block, and give the rest back.
        """
        if len(block) > _LONG and self._long.endswith(block):
            return self._signs_of_long
        found = [sign for rare, sign in self._signs if rare in block and sign in block]
        if len(block) > _LONG:
            self._long, self._signs_of_long = block, found
        return found


@dataclass(frozen=True, slots=True)
class _Step:
    """A processor, and of which literals a block has one if it does anything with it.

    Of `firsts` one is the first sign of a line, which says enough.  Where both are empty
    nothing is known.
    """

    processor: BlockProcessor
    literals: frozenset[str]
    firsts: frozenset[str]


def _step(processor: BlockProcessor) -> _Step:
    firsts = frozenset(_FIRST_SIGNS.get(type(processor), ""))
    return _Step(processor, frozenset() if firsts else frozenset(_literals(processor)), firsts)


def _rarest(sign: str) -> str:
    """Return the letter of a sign that few texts have; to look for one letter takes least."""
    return min(sign, key=str.isalnum)


def _first_signs(block: str) -> frozenset[str]:
    """Return those of the signs with which a line of a block begins; a `0` stands for digits."""
    if "\n" not in block:
        first = block.lstrip(" ")[:1]
        return _ONE_SIGN.get(_DIGIT if first.isdecimal() else first, _NONE)
    lines = block.split("\n", _MOST_LINES)
    if len(lines) > _MOST_LINES:
        return _ALL_FIRST_SIGNS
    firsts = {line.lstrip(" ")[:1] for line in lines}
    if firsts.isdisjoint(_ALL_FIRST_SIGNS) and not any(map(str.isdecimal, firsts)):
        return _NONE
    return _ALL_FIRST_SIGNS.intersection(_DIGIT if first.isdecimal() else first for first in firsts)


def _literals(processor: BlockProcessor) -> tuple[str, ...]:
    """Return strings of which a block has one if `processor` does anything with it.

    Our own say so themselves, in `signs`.
    """
    kind = type(processor)
    own: tuple[str, ...] = getattr(processor, "signs", ())
    if own:
        return own
    for tested, signs in _SIGNS.items():
        if isinstance(processor, tested) and kind.test is tested.test:
            return signs
    for known, name in _EXPRESSIONS.items():
        if kind is known or (isinstance(processor, known) and _reads_as(kind, known)):
            expression = getattr(processor, name)
            return literals_of(expression) if isinstance(expression, re.Pattern) else ()
    return ()


def _reads_as(kind: type[BlockProcessor], known: type[BlockProcessor]) -> bool:
    return kind.test is known.test and kind.run is known.run


def _batches(blocks: list[str]) -> Iterator[list[str]]:
    """Cut a long list before blocks at the margin, where nothing looks further ahead."""
    start = 0
    for number, block in enumerate(blocks):
        if number - start >= _BATCH and block.lstrip("\n")[:1].strip():
            yield blocks[start:number]
            start = number
    yield blocks[start:]
