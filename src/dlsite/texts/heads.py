"""Find the front matter at the head of a source: the YAML between two lines of three hyphens."""

from __future__ import annotations

import re
from typing import NamedTuple

from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import SourceFile
from dlsite.texts.salvage import FIELD_LINES

OPENING = re.compile(r"---[ \t]*\n")
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
"""The lines above and below the YAML."""

_LONG_CLOSING = re.compile(r"^-{3,}[ \t]*$", re.MULTILINE)
_LATE_OPENING = re.compile(r"\s*\n---[ \t]*\n(?=[A-Za-z_][\w-]*[ \t]*:)")
_LONG_OPENING = re.compile(r"-{4,}[ \t]*\n(?=[A-Za-z_][\w-]*[ \t]*:)")


class Head(NamedTuple):
    """The front matter of a source as text: its `line` in the file, and where the body begins.

    Empty where a source has none.
    """

    yaml: str
    line: int
    end: int


def head_of(source: SourceFile) -> tuple[Head, Diagnostic | None]:
    """Return the front matter of a source, and what is wrong with the lines around it."""
    text, path = source.text, source.path
    found, closes = None, CLOSING
    if opening := OPENING.match(text):
        pass
    elif opening := _LONG_OPENING.match(text):
        where = Position(path, 1, 1, len(text.partition("\n")[0].rstrip()))
        found = not_valid(where, "it opens with more than three hyphens", "write: ---")
        closes = _LONG_CLOSING
    elif opening := _LATE_OPENING.match(text):
        where = Position(path, text.count("\n", 0, opening.end()), 1, 3)
        reason = "there are blank lines before it"
        found = not_valid(where, reason, "let the file begin with ---")
    else:
        return Head("", 1, 0), None
    start, line = opening.end(), text.count("\n", 0, opening.end()) + 1
    closing = closes.search(text, start)
    if closing is not None:
        return Head(text[start : closing.start()], line, min(closing.end() + 1, len(text))), found
    if found is None:
        where = Position(path, line - 1, 1, 3)
        remedy = "write --- on a line after the last field"
        found = not_valid(where, "no line --- closes it", remedy)
    fields = FIELD_LINES.match(text, start)
    end = start if fields is None else fields.end()
    return Head(text[start:end], line, end), found


def not_valid(position: Position, reason: str, *help_: str) -> Diagnostic:
    """Return what there is to say of front matter that is not valid."""
    message = f"front matter is not valid: {reason}"
    return Diagnostic("front-matter-syntax", position, message, help_)
