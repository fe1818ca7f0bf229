"""Give a page back as its author wrote it, for programs: the Markdown, cut at its references.

What no reader sees is left out: comments, and what Jekyll's tags only say to Jekyll.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

from dlsite.dataclass import dataclass
from dlsite.markup.liquidtext import plain_pieces
from dlsite.records import WIKI, Body, Place, Reference, place_mark
from dlsite.texts.hidden import Kind, has_comments, hidden
from dlsite.texts.linesaround import LinesAround, is_blank

_TITLE = re.compile(r"\s*(?:#[ \t][^\n]*|[^\n]+\n=+[ \t]*)(?:\n\s*|\Z)")
_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


@dataclass(frozen=True, slots=True)
class _Edit:
    """What stands in the place of a part of a text."""

    start: int
    end: int
    pieces: Body = ()


def markdown_of(  # noqa: PLR0913 - each is something that only the page has
    text: str,
    title: str,
    references: Iterable[Reference],
    *,
    first_line: int,
    separator: str,
    repeats_title: bool,
) -> Body:
    """Return the Markdown of a page, cut where a number stands for one of its references.

    `text` begins at `first_line` of its file.  References that lead elsewhere stay as they
    were written.  The `separator` of the excerpt is left out, and so is the heading that the
    text opens with where it `repeats_title`.
    """
    edits = [
        *_comments(text),
        *(_Edit(start, end, (piece,)) for start, end, piece in plain_pieces(text, title)),
        *_targets(text, references, first_line),
    ]
    if separator.strip() and (at := text.find(separator)) >= 0:
        edits.append(_whole_lines(text, at, at + len(separator)))
    if repeats_title and (opening := _TITLE.match(text)):
        edits.append(_Edit(0, opening.end()))
    pieces: list[str | int] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= done:
            pieces += [text[done : edit.start], *edit.pieces]
            done = edit.end
    pieces.append(text[done:])
    return tuple(piece for piece in pieces if piece != "")


def _comments(text: str) -> Iterator[_Edit]:
    """Leave out comments, and the line end behind one beside which nothing stands on its lines."""
    lines = LinesAround(text)
    for part in hidden(text) if has_comments(text) else ():
        if part.kind is Kind.COMMENT:
            line, line_end = lines.of(part.start, part.end)
            fills = is_blank(text, line, part.start) and is_blank(text, part.end, line_end)
            yield _Edit(line, line_end + 1) if fills else _Edit(part.start, part.end)


def _whole_lines(text: str, start: int, end: int) -> _Edit:
    """Leave out a part, and the line end behind it where nothing else stands on its lines."""
    line = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    if text[line:start].strip() or text[end:line_end].strip():
        return _Edit(start, end)
    return _Edit(line, line_end + 1)


def _targets(text: str, references: Iterable[Reference], first_line: int) -> Iterator[_Edit]:
    # Without the line ends before each.
    starts = [0, *accumulate(map(len, text.split("\n")))]
    for number, reference in enumerate(references):
        place = reference.position
        line = place.line - first_line
        if line < 0 or not place.length:
            continue
        start = starts[line] + line + place.column - 1
        if reference.kind in WIKI:
            yield _wiki_link(text, start, number, reference)
        elif not _EXTERNAL.match(reference.target):
            end = start + place.length
            if reference.asks_words and text.startswith("[](", start - len("[](")):
                words = place_mark(number, Place.WORDS)
                yield _Edit(start - len("[]("), end, ("[", words, "](", number))
            else:
                yield _Edit(start, end, (number,))


def _wiki_link(text: str, start: int, number: int, reference: Reference) -> _Edit:
    opening, closing = text.rfind("[[", 0, start), text.find("]]", start)
    return _Edit(opening, closing + 2, (f"[{reference.text}](", number, ")"))
