"""Curly quotes, dashes and ellipses, in one walk over the text that is neither code nor formula.

Quotes look at the letter before and after them wherever that stands: in the same text,
in the emphasis next to it, or behind a formula.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from dlsite.dataclass import dataclass

_CODE = frozenset(["code", "pre", "kbd", "samp", "script", "style", "var", "math", "textarea"])
_INLINE = frozenset(
    ["a", "abbr", "b", "cite", "del", "em", "i", "ins", "mark", "q", "s", "small", "span",
     "strong", "sub", "sup", "u"]
)  # fmt: skip
_MARKS = re.compile(
    rf"{STX}(?P<stashed>[^{ETX}]*){ETX}|(?P<dashes>-{{2,3}}(?!-))(?<!-{{4}})|\.\.\.|[\"']"
)
_SIGNS = {"--": "\u2013", "---": "\u2014", "...": "\u2026"}
_LEFT = {'"': "\u201c", "'": "\u2018"}
_RIGHT = {'"': "\u201d", "'": "\u2019"}
_OPENERS = "([{<\u201c\u2018\u00ab\u2014\u2013-/="
# Letters of scripts without capitals, and their punctuation: most are written without
# blanks, so that only the quote before tells whether this one opens.
_WITHOUT_BLANKS = frozenset(["Lo", "Po"])
# Raw HTML and stashed inline elements have no letters of their own to look at.
_TRANSPARENT = re.compile(r"wzxhzdk:\d+")


class TypographyExtension(Extension):
    """Registers the tree processor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when inline markup is read and heading ids are made from the author's words."""
        md.treeprocessors.register(_Typography(md), "dlsite-typography", 17)


@dataclass(slots=True)
class _Run:
    """A piece of text in the tree: the `text` or the `tail` of an element."""

    element: Element
    is_tail: bool
    text: str

    def write(self, text: str) -> None:
        if self.is_tail:
            self.element.tail = text
        else:
            self.element.text = text


class _Typography(Treeprocessor):
    def run(self, root: Element) -> None:
        for block in _blocks_of(root):
            self._in(block)

    def _in(self, block: Element) -> None:
        for runs in _lines_of(block):
            if _may_change("".join([run.text for run in runs])):
                _set(runs)


def _blocks_of(root: Element) -> list[Element]:
    """Return what is to be walked: those blocks of a page that have a mark somewhere."""
    if root.text or any(each.tag in _INLINE or each.tag in _CODE or each.tail for each in root):
        return [root]
    return [each for each in root if _may_change("".join(each.itertext()))]


def _may_change(text: str) -> bool:
    return '"' in text or "'" in text or "--" in text or "..." in text


def _lines_of(root: Element) -> Iterator[list[_Run]]:
    """Yield the runs of text that a reader meets one after the other in one block."""
    line: list[_Run] = []
    # A stack in place of recursion: quotes in quotes may be deep.
    waiting: list[tuple[Element, bool]] = [(root, False)]
    while waiting:
        element, is_tail = waiting.pop()
        if is_tail:
            if element.tag not in _INLINE and element.tag not in _CODE:
                yield line
                line = []
            elif element.tag in _CODE:
                line.append(_Run(Element("code"), is_tail=False, text="x"))
            if element.tail and not isinstance(element.tail, AtomicString):
                line.append(_Run(element, is_tail=True, text=element.tail))
            continue
        if element.tag in _CODE or not isinstance(element.tag, str):
            continue
        if element.tag not in _INLINE:
            yield line
            line = []
        if element.text:
            # A link may show its own address, which is not to be changed.
            is_fixed = isinstance(element.text, AtomicString)
            holder = Element("code") if is_fixed else element
            line.append(_Run(holder, is_tail=False, text="x" if is_fixed else element.text))
        for child in reversed(element):
            waiting += [(child, True), (child, False)]
    yield line


def _set(runs: list[_Run]) -> None:
    """Set the marks of one block; the letters around a mark may be in other runs."""
    before = ""
    is_open = dict.fromkeys(_LEFT, False)
    for number, run in enumerate(runs):
        pieces: list[str] = []
        done = 0
        for match in _MARKS.finditer(run.text):
            pieces.append(run.text[done : match.start()])
            before = _last(pieces[-1], before)
            done = match.end()
            mark = match[0]
            if match["stashed"] is not None:
                pieces.append(mark)
                before = before if _TRANSPARENT.fullmatch(match["stashed"]) else _shown(match)
                continue
            sign = _SIGNS.get(mark)
            if sign is None:
                sign = _quote(mark, before, _next(runs, number, done), is_open=is_open[mark])
                is_open[mark] = sign == _LEFT[mark]
            pieces.append(sign)
            before = sign
        pieces.append(run.text[done:])
        before = _last(pieces[-1], before)
        run.write("".join(pieces))


def _last(text: str, before: str) -> str:
    return text[-1] if text else before


def _shown(stashed: re.Match[str]) -> str:
    """Return the letter that stands for what is stashed: an escaped sign, or any other."""
    inside = stashed["stashed"]
    return chr(int(inside)) if inside.isdecimal() and int(inside) <= sys.maxunicode else "x"


def _next(runs: list[_Run], number: int, position: int) -> str:
    """Return the letter after a mark, empty at the end of the block."""
    text = runs[number].text[position:]
    for run in runs[number + 1 :]:
        if text:
            break
        text = run.text
    return "x" if text.startswith(STX) else text[:1]


def _quote(mark: str, before: str, after: str, *, is_open: bool) -> str:
    """Return the quote that a reader expects between two letters."""
    if not before or before.isspace() or before in _OPENERS:
        is_year = mark == "'" and after.isdecimal()
        return _RIGHT[mark] if is_year or (after.isspace() and is_open) else _LEFT[mark]
    if unicodedata.category(before) in _WITHOUT_BLANKS and not is_open:
        return _LEFT[mark]
    return _RIGHT[mark]
