"""Curly quotes, dashes and ellipses, in one walk over the text that is neither code nor formula.

Quotes look at the letter before and after them wherever that stands: in the same text,
in the emphasis next to it, or behind a formula.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from dlsite.markup.labels import Labels
from dlsite.markup.runs import CODE, INLINE, Run, lines_of

_MARKS = re.compile(
    rf"{STX}(?P<stashed>[^{ETX}]*){ETX}|(?P<dashes>-{{2,3}}(?!-))(?<!-{{4}})|\.\.\.|[\"']"
)
_SIGNS = {"--": "\u2013", "---": "\u2014", "...": "\u2026"}
_LEFT = {'"': "\u201c", "'": "\u2018"}
_RIGHT = {'"': "\u201d", "'": "\u2019"}
# Double quotes where they are not those of English: opening and closing (CLDR).  In French a
# narrow blank that breaks no line stands inside.  Single ones are mostly apostrophes.
_QUOTES = {
    language: dict(zip("\u201c\u201d", quotes.split("|"), strict=True))
    for languages, quotes in (
        ("cs de et is lt sk sl", "\u201e|\u201c"),
        ("hr hu pl ro", "\u201e|\u201d"),
        ("be el fa nb nn no ru uk", "\u00ab|\u00bb"),
        ("fr", "\u00ab\u202f|\u202f\u00bb"),
        ("fi sv", "\u201d|\u201d"),
    )
    for language in languages.split()
}
_OPENERS = "([{<\u201c\u2018\u00ab\u2014\u2013-/="
# Letters of scripts without capitals, and their punctuation: most are written without
# blanks, so that only the quote before tells whether this one opens.
_WITHOUT_BLANKS = frozenset(["Lo", "Po"])
# Raw HTML and stashed inline elements have no letters of their own to look at.
_TRANSPARENT = re.compile(r"wzxhzdk:\d+")


class TypographyExtension(Extension):
    """Registers the tree processor; quotes are those of the language that `labels` speak."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when inline markup is read and heading ids are made from the author's words."""
        md.treeprocessors.register(_Typography(md, self._labels), "dlsite-typography", 17)


class _Typography(Treeprocessor):
    def __init__(self, md: Markdown, labels: Labels) -> None:
        super().__init__(md)
        self._labels = labels

    def run(self, root: Element) -> None:
        quotes = _QUOTES.get(re.split("[-_]", self._labels.language.lower())[0], {})
        for block in _blocks_of(root):
            for runs in lines_of(block):
                if _may_change("".join([run.text for run in runs])):
                    _set(runs, quotes)


def _blocks_of(root: Element) -> list[Element]:
    """Return what is to be walked: those blocks of a page that have a mark somewhere."""
    if root.text or any(each.tag in INLINE or each.tag in CODE or each.tail for each in root):
        return [root]
    return [each for each in root if _may_change("".join(each.itertext()))]


def _may_change(text: str) -> bool:
    return '"' in text or "'" in text or "--" in text or "..." in text


def _set(runs: list[Run], quotes: Mapping[str, str]) -> None:
    """Set the marks of one block; the letters around a mark may be in other runs.

    `quotes` has what the language writes for a double quote of English.
    """
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
            pieces.append(quotes.get(sign, sign))
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


def _next(runs: list[Run], number: int, position: int) -> str:
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
