"""Say which headings of a page skip a level, and where in its Markdown each of them stands.

Python-Markdown keeps no positions.  As with links, this scans the source with code and
comments blanked out, and the rendered page decides which headings there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.diagnostics import Diagnostic, Position, likely
from dlsite.records import Heading
from dlsite.texts.hidden import blank_code
from dlsite.texts.locate import Lines, indented_code, is_within

# In a quote, and as the first thing of a list's item, headings are headings too.
_BEFORE = r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?"
_WRITTEN = deferred(
    rf"{_BEFORE}(?P<marks>#{{1,6}})(?=[ \t]|$)(?P<line>[^\n]*)"
    rf"|{_BEFORE}(?P<over>[^\s#][^\n]*)\n[ \t>]*+(?P<under>=+|-+)[ \t]*$"
    r"|(?P<tag><h(?P<level>[1-6])(?=[\s>]))(?P<inner>(?:(?!</h).)*+)",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_WORD = deferred(r"\w+")
_AHEAD = 50
"""How many things that are no headings are passed over in search of one."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A heading as it may stand in the source: `start` and `length` of what makes it one."""

    level: int
    text: str
    start: int
    length: int
    is_marked: bool = False


def level_jumps(
    headings: Sequence[Heading],
    own: Sequence[int],
    body: str,
    *,
    path: str,
    first_line: int,
) -> Iterator[Diagnostic]:
    """Remark on headings more than one level below the one before (WCAG technique H42).

    The title is the first level, so a body may begin with the second.  Only those count of
    which `own` has the numbers: the levels of what is quoted are not the author's.
    `first_line` is the line of the file on which `body` starts.
    """
    levels = [1, *(headings[index].level for index in own)]
    jumps = [
        (index, one)
        for index, (one, next_) in zip(own, pairwise(levels), strict=True)
        if next_ > one + 1
    ]
    if not jumps:
        return
    lines = Lines(body, path=path, first_line=first_line)
    places = _places(headings, list(_written(body)))
    for index, before in jumps:
        heading = headings[index]
        right = "#" * (before + 1)
        place = places[index]
        yield Diagnostic(
            "heading-jump",
            Position(path) if place is None else lines.position(place.start, place.length),
            f"the heading '{heading.text}' skips from level {before} to {heading.level}",
            (f"write it with {right}",),
            suggestions=likely(right) if place is not None and place.is_marked else (),
        )


def _written(body: str) -> Iterator[_Written]:
    text = blank_code(body)
    code = indented_code(text)
    for match in _WRITTEN.finditer(text):
        if is_within(match.start(match.lastgroup or ""), code):
            continue
        if match["marks"]:
            marks, line = match["marks"], body[slice(*match.span("line"))]
            yield _Written(len(marks), line, match.start("marks"), len(marks), is_marked=True)
        elif match["tag"]:
            level = int(match["level"])
            inner = body[slice(*match.span("inner"))]
            yield _Written(level, inner, match.start("tag"), len(match["tag"]))
        else:
            level = 1 if match["under"][0] == "=" else 2
            over = body[slice(*match.span("over"))].rstrip()
            yield _Written(level, over, match.start("over"), len(over))


def _places(headings: Sequence[Heading], written: list[_Written]) -> list[_Written | None]:
    """Return where each heading stands, `None` where that cannot be told."""
    if [each.level for each in written] == [heading.level for heading in headings]:
        return list(written)
    found: list[_Written | None] = []
    following = 0
    for heading in headings:
        fits = (
            index
            for index in range(following, min(following + _AHEAD, len(written)))
            if written[index].level == heading.level and _says(written[index].text, heading.text)
        )
        index = next(fits, -1)
        found.append(None if index < 0 else written[index])
        following = max(following, index + 1)
    return found


def _says(source: str, words: str) -> bool:
    """Say whether a heading's source has all of its words."""
    known = set(_WORD.findall(source.casefold()))
    return all(word in known for word in _WORD.findall(words.casefold()))
