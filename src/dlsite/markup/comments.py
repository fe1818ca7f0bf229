"""Comments among the lines of a text, left out before anything takes them for Markdown.

One that begins and ends its lines goes with them, so that what stands before and behind
it is what it would be without.  Comments within a line, and those that stand alone
between blank lines, are raw HTML like any other: `<!-- -->` parts two lists.  Those of
kramdown (`{::comment}` to `{:/comment}`) go wherever they stand, and so do its settings
(`{::options … /}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from dlsite.markup.excerpts import MORE
from dlsite.markup.moved import Moved
from dlsite.markup.remarks import Remarks, place_in
from dlsite.texts.hidden import KRAMDOWN_OPTIONS, KRAMDOWN_SIGN, Kind, has_comments, hidden
from dlsite.texts.linesaround import LinesAround, is_blank

# Without words they say nothing.
_OPTIONS = re.compile(rf"{re.escape(KRAMDOWN_OPTIONS)}[ \t]+[^{{}}\n/][^{{}}\n]*/\}}")
_QUOTED = re.compile(r"[ \t>]*+")
_CODE_INDENT = re.compile(r"(?: {4}| {0,3}\t)[ \t]*$")


class CommentExtension(Extension):
    """Registers the preprocessor; tells `remarks` what has moved."""

    def __init__(self, remarks: Remarks) -> None:
        super().__init__()
        self._remarks = remarks

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come before everything that reads lines."""
        md.preprocessors.register(_LeaveOut(md, self._remarks), "dlsite-comments", 33)


class _LeaveOut(Preprocessor):
    def __init__(self, md: Markdown, remarks: Remarks) -> None:
        super().__init__(md)
        self._remarks = remarks

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if not has_comments(text):
            return lines
        moved = Moved()
        done = 0
        for start, end in _comments(text):
            self._report_options(text, start, end)
            moved.add(text[done:start], done)
            done = end
        if not done:
            return lines
        moved.add(text[done:], done)
        self._remarks.moved(moved.text, moved.origin)
        return moved.text.split("\n")

    def _report_options(self, text: str, start: int, end: int) -> None:
        """Say of settings, which may have asked for something, that they are left out."""
        for found in _OPTIONS.finditer(text, start, end):
            self._remarks.add_at(
                "markdown-options",
                f"'{found[0]}' is for kramdown, and left out",
                *place_in(text, found.start()),
                length=len(found[0]),
                help_=("remove it; what dlsite can be told stands in dlsite.yml, under markdown",),
            )


def _comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield what is to go: a comment, with its lines if it fills them."""
    lines = LinesAround(text)
    for part in hidden(text):
        start, end = part.start, part.end
        line_start, line_end = lines.of(start, end)
        if part.kind is not Kind.COMMENT or _CODE_INDENT.match(text, line_start, start):
            continue
        fills = _QUOTED.fullmatch(text, line_start, start) and is_blank(text, end, line_end)
        is_html = not text.startswith(KRAMDOWN_SIGN, start)
        if is_html and "\n" not in text[start:end]:
            if not fills or MORE.match(text, start):
                continue
            beside = text.find("\n", line_end + 1)
            is_last = is_blank(text, line_end + 1, len(text) if beside < 0 else beside)
            if line_start == start and is_last:
                continue
        if fills:
            yield line_start, min(line_end + 1, len(text))
        else:
            yield start, end
