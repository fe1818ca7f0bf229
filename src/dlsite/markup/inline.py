"""Inline markup: Python-Markdown's patterns applied, with the same result, at less cost.

Python-Markdown tries every pattern on every text.  This tries those whose literals the
text contains (`literals`), and does in one pass what Python-Markdown does with lists
that it copies and searches.  A text longer than `LONGEST` is read in pieces, because
patterns may take the square of its length.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor as NewPattern
from markdown.inlinepatterns import Pattern, ReferenceInlineProcessor
from markdown.treeprocessors import InlineProcessor as StockInline
from markdown.util import (
    ETX,
    INLINE_PLACEHOLDER,
    INLINE_PLACEHOLDER_PREFIX,
    INLINE_PLACEHOLDER_RE,
    STX,
    AtomicString,
)

from dlsite.dataclass import dataclass
from dlsite.markup.firsts import sign_of
from dlsite.markup.literals import literals_of

LONGEST = 32_768
"""Code points; in a longer text no inline markup reaches over a cut, which is at a blank."""

_Handle = Callable[[re.Match[str], str], tuple[Element | str | None, int | None, int | None]]
"""`handleMatch` of a pattern of the newer kind."""
_Match = tuple[Element | str | None, int, int]
"""What a pattern made of a part of a text, `None` where nothing, and where that part is."""
_Found = list[tuple[Element, list[str]]]
"""Elements with the tags of all that they stand in."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A pattern and what must be true of a text before it is tried.

    `find` applies it to a text from a position on.  `finds_references` says that it finds
    nothing on a page that defines none.
    """

    pattern: Pattern
    find: Callable[[str, int], _Match | None]
    literals: tuple[str, ...]
    excluded: frozenset[str]
    finds_references: bool

    def may_match(self, text: str) -> bool:
        """Say whether a text has one of the literals."""
        for literal in self.literals:
            if literal in text:
                return True
        return not self.literals


class InlineReader(StockInline):
    """Takes the place of Python-Markdown's tree processor `inline`."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.stashed_nodes: dict[str, Element | str] = {}
        self.ancestors: list[str] = []
        self._steps: list[_Step] = []
        self._signs: tuple[str, ...] = ()
        self._steps_by_signs: dict[tuple[str, ...], list[tuple[int, _Step]]] = {}

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Read the texts of `tree`; `ancestors` are the tags of all that it stands in."""
        self.stashed_nodes = {}
        patterns = list(cast("Iterable[Pattern]", self.inlinePatterns))
        if patterns != [step.pattern for step in self._steps]:
            self._steps = [_step(each) for each in patterns]
            self._signs = _least(self._steps)
            self._steps_by_signs = {}
        waiting: deque[tuple[Element, list[str]]] = deque()
        waiting.append((tree, [*(ancestors or ()), tree.tag.lower()]))
        while waiting:
            element, parents = waiting.popleft()
            self.ancestors = parents
            if element is not tree:
                parents.append(element.tag.lower())
            self._read_children(element, waiting)
        return tree

    def _read_children(self, element: Element, waiting: deque[tuple[Element, list[str]]]) -> None:
        inserted: list[tuple[Element, _Found]] = []
        position = 0
        # What a tail becomes is put behind its element, and read in its turn.
        while position < len(element):
            child = element[position]
            position += 1
            if child.text and not isinstance(child.text, AtomicString):
                self.ancestors.append(child.tag.lower())
                text = self._read_whole(child.text)
                if INLINE_PLACEHOLDER_PREFIX in text:
                    child.text = None
                    found = self._unfold(text, child)
                    waiting += [each for each in found if len(each[0])]
                    inserted.append((child, found))
                self.ancestors.pop()
            if child.tail:
                tail = self._read_whole(child.tail)
                if INLINE_PLACEHOLDER_PREFIX in tail:
                    child.tail = None
                    found = self._unfold(tail, child, is_tail=True)
                    for offset, (new, _) in enumerate(found):
                        element.insert(position + offset, new)
            if len(child):
                waiting.append((child, self.ancestors[:]))
        for child, found in inserted:
            for index, (new, _) in enumerate(found):
                child.insert(index, new)

    def _read_whole(self, text: str) -> str:
        if len(text) <= LONGEST or isinstance(text, AtomicString):
            return self._read(text)
        return "".join(self._read(piece) for piece in pieces(text))

    def _read(self, text: str, first: int = 0) -> str:
        """Return a text with placeholders for what the patterns from `first` on find."""
        if isinstance(text, AtomicString):
            return text
        for number, step in self._steps_for(text):
            if (
                number < first
                or not step.may_match(text)
                or (step.finds_references and not self.md.references)
                or (step.excluded and not step.excluded.isdisjoint(self.ancestors))
            ):
                continue
            text = self._apply(step, text, number)
        return text

    def _steps_for(self, text: str) -> list[tuple[int, _Step]]:
        """Return the steps, numbered, that may find something in a text, by the signs in it."""
        signs = tuple([sign for sign in self._signs if sign in text])
        if signs not in self._steps_by_signs:
            self._steps_by_signs[signs] = [
                (number, step)
                for number, step in enumerate(self._steps)
                if not step.literals
                or any(sign in literal for literal in step.literals for sign in signs)
            ]
        return self._steps_by_signs[signs]

    def _apply(self, step: _Step, text: str, number: int) -> str:
        """Return a text with placeholders for all that one pattern finds."""
        position = 0
        while found := step.find(text, position):
            node, start, end = found
            if node is None:
                position = end
                continue
            if not isinstance(node, str) and not isinstance(node.text, AtomicString):
                self._read_inside(node, number)
            placeholder = self._stash(node)
            text = f"{text[:start]}{placeholder}{text[end:]}"
            position = start + len(placeholder)
        return text

    def _read_inside(self, node: Element, number: int) -> None:
        """Read what a pattern has found: with the patterns after it, and tails with it too."""
        for child in [node, *node]:
            if child.text:
                self.ancestors.append(child.tag.lower())
                child.text = self._read(child.text, number + 1)
                self.ancestors.pop()
            if child.tail:
                child.tail = self._read(child.tail, number)

    def _stash(self, node: Element | str) -> str:
        key = f"{len(self.stashed_nodes):04d}"
        self.stashed_nodes[key] = node
        return INLINE_PLACEHOLDER % key

    def _unfold(self, text: str, parent: Element, *, is_tail: bool = False) -> _Found:
        """Return the elements that the placeholders of a text stand for.

        What is text before the first becomes the text of `parent`, or its tail, and what
        follows an element its tail.
        """
        found: _Found = []
        loose: list[str] = []
        for piece in self._parts(text):
            if isinstance(piece, str):
                loose.append(piece)
                continue
            _settle(loose, found[-1][0] if found else parent, is_tail=is_tail or bool(found))
            loose.clear()
            for child in [piece, *piece]:
                if child.tail and INLINE_PLACEHOLDER_PREFIX in child.tail:
                    self._unfold_inside(piece, child, is_tail=True)
                if child.text and INLINE_PLACEHOLDER_PREFIX in child.text:
                    self._unfold_inside(child, child, is_tail=False)
            found.append((piece, self.ancestors[:]))
        _settle(loose, found[-1][0] if found else parent, is_tail=is_tail or bool(found))
        return found

    def _parts(self, text: str) -> Iterator[str | Element]:
        """Yield what a text and its placeholders stand for, in order."""
        position = 0
        while (index := text.find(INLINE_PLACEHOLDER_PREFIX, position)) >= 0:
            match = INLINE_PLACEHOLDER_RE.search(text, index)
            node = self.stashed_nodes.get(match[1]) if match else None
            if match is None or node is None:
                end = index + len(INLINE_PLACEHOLDER_PREFIX)
                yield text[position:end]
                position = end
                continue
            yield text[position:index]
            yield node
            position = match.end()
        # A text that is not to be read stays so if nothing has been cut off.
        yield AtomicString(text[position:]) if isinstance(text, AtomicString) else text[position:]

    def _unfold_inside(self, node: Element, child: Element, *, is_tail: bool) -> None:
        if is_tail:
            text, child.tail = child.tail, None
        else:
            text, child.text = child.text, None
        found = self._unfold(text or "", child, is_tail=is_tail)
        position = list(node).index(child) + 1 if is_tail and node is not child else 0
        for offset, (new, _) in enumerate(found):
            node.insert(position + offset, new)


def _settle(loose: list[str], element: Element, *, is_tail: bool) -> None:
    """Put pieces of text where they belong, behind what is there already."""
    pieces_ = [piece for piece in loose if piece]
    if not pieces_:
        return
    before = element.tail if is_tail else element.text
    text = "".join([before or "", *pieces_]) if before or len(pieces_) > 1 else pieces_[0]
    if is_tail:
        element.tail = text
    else:
        element.text = text


def _step(pattern: Pattern) -> _Step:
    regex = pattern.getCompiledRegExp()
    try:
        literals, sign = literals_of(regex), sign_of(regex)
    except (TypeError, AttributeError):  # An extension's own matcher: nothing is known of it.
        literals, sign = (), None
    excluded = frozenset(tag.lower() for tag in pattern.ANCESTOR_EXCLUDES)
    finds_references = (
        isinstance(pattern, ReferenceInlineProcessor)
        and type(pattern).handleMatch is ReferenceInlineProcessor.handleMatch
    )
    find = _new(pattern, sign) if isinstance(pattern, NewPattern) else _old(pattern)
    return _Step(pattern, find, literals, excluded, finds_references)


def _least(steps: Iterable[_Step]) -> tuple[str, ...]:
    """Return of all literals those that have no other in them: `[` stands for `[^` too."""
    literals = {literal for step in steps for literal in step.literals}
    return tuple(
        sorted(each for each in literals if not any(other in each for other in literals - {each}))
    )


def _new(pattern: NewPattern, sign: re.Pattern[str] | None) -> Callable[[str, int], _Match | None]:
    """Return what applies a pattern; `sign` is where its matches begin, where that is known."""
    expression = pattern.getCompiledRegExp()
    handle = cast("_Handle", pattern.handleMatch)

    def beside_signs(text: str, position: int) -> Iterator[re.Match[str]]:
        assert sign is not None
        for found in sign.finditer(text, position):
            if found.start() >= position and (match := expression.match(text, found.start())):
                yield match
                position = match.end()

    matches = expression.finditer if sign is None else beside_signs

    def find(text: str, position: int) -> _Match | None:
        for match in matches(text, position):
            node, start, end = handle(match, text)
            if start is not None and end is not None:
                return node, start, end
        return None

    return find


def _old(pattern: Pattern) -> Callable[[str, int], _Match | None]:
    """Return what applies a pattern of the older kind, whose expression takes in the whole text."""

    def find(text: str, position: int) -> _Match | None:
        match = pattern.getCompiledRegExp().match(text[position:])
        if match is None:
            return None
        node = pattern.handleMatch(match)
        if node is None:
            return None, match.start(), match.end()
        last = match.groups()[-1]
        return node, position + len(match[1]), len(text) - len(last)

    return find


def pieces(text: str) -> Iterator[str]:
    """Cut a long text at the ends of lines, else at blanks, and nowhere in a placeholder."""
    start = 0
    while len(text) - start > LONGEST:
        limit = start + LONGEST
        end = text.rfind("\n", start + LONGEST // 2, limit) + 1
        end = end or text.rfind(" ", start + LONGEST // 2, limit) + 1
        if not end:
            opened = text.rfind(STX, start + LONGEST // 2, limit)
            end = opened if opened > text.rfind(ETX, start, limit) else limit
        yield text[start:end]
        start = end
    yield text[start:]
