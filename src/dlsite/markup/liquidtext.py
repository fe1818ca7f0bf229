"""Read what in a Markdown text is Jekyll's: blocks of code, comments, what is raw.

`{% highlight %}` becomes a fence, `{% comment %}` is left out, `{% raw %}` is taken away
from around what it protects.  Fences, code spans and formulas are never looked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.markup.fences import code_lines
from dlsite.markup.formulas import replace_formulas
from dlsite.texts.hidden import blank, blank_code
from dlsite.texts.liquid import Spelling, spellings

_HIGHLIGHT = deferred(
    r"^(?P<prefix>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)"
    r"\{%-?\s*highlight\b(?P<options>[^%\n]*?)-?%\}",
    re.MULTILINE,
)
_ENDS = {
    name: deferred(r"\{%-?\s*end" + name + r"\s*-?%\}") for name in ("highlight", "comment", "raw")
}
BLOCKS = frozenset(_ENDS)
"""The tags whose blocks are understood."""

_RAW_TAG = deferred(r"\{%-?\s*(?:end)?raw\s*-?%\}")


class Ends:
    """Finds the ends of comments and of what is raw in one text, from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Tags whose ends do not come any more.
        self._endless: set[str] = set()

    def of(self, spelling: Spelling) -> re.Match[str] | None:
        """Return the end of the block that an expression begins; `None` for any other."""
        tag = spelling.tag
        if tag not in ("comment", "raw") or spelling.rest or tag in self._endless:
            return None
        end = _ENDS[tag].search(self._text, spelling.end)
        if end is None:
            self._endless.add(tag)
        return end


def plain_pieces(text: str, title: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of what Jekyll would fill in, and what its readers would see there.

    `title` is the page's.  What only Jekyll can fill in stays as it was written.
    """
    if "{{" not in text and "{%" not in text:
        return
    blocks = list(highlighted(text))
    for block in blocks:
        yield block.start, block.end, "".join(piece for piece, _ in block.fence(text))
    ends = Ends(text)
    for spelling in spellings(masked(text, blocks, brackets=True)):
        if spelling.is_title:
            yield spelling.start, spelling.end, title
        elif end := ends.of(spelling):
            inside = text[spelling.end : end.start()] if spelling.tag == "raw" else ""
            yield spelling.start, end.end(), inside


@dataclass(frozen=True, slots=True)
class HighlightBlock:
    """A block of `{% highlight %}`; `code_start` and `code_end` are what stands in it."""

    start: int
    end: int
    prefix: str
    options: str
    code_start: int
    code_end: int

    def fence(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield the pieces of a fence of the same code, with their offsets in `text`."""
        raw = text[self.code_start : self.code_end]
        tail = re.search(r"\n[ \t>]*$", raw)
        body = raw[: tail.start()] if tail else raw
        code = _RAW_TAG.sub("", body)
        runs = re.findall("`+", code)
        mark = "`" * max(3, *(len(run) + 1 for run in runs), 0)
        below = re.sub(r"[^\s>]", " ", self.prefix)
        yield f"{self.prefix}{mark}{self.options}", self.start
        if not code.startswith("\n"):
            yield f"\n{below}", self.code_start
        yield code, self.code_start
        yield f"\n{below}{mark}", self.code_end
        line_end = text.find("\n", self.end)
        rest = text[self.end : line_end] if line_end >= 0 else text[self.end :]
        if rest.strip():
            yield f"\n{below}", self.end


def highlighted(text: str) -> Iterator[HighlightBlock]:
    """Yield the blocks of code of a text; one that nothing ends is none."""
    if "highlight" not in text:
        return
    in_code = code_lines(text.split("\n"))
    done = 0
    for opening in _HIGHLIGHT.finditer(text):
        if opening.start() < done or text.count("\n", 0, opening.start()) in in_code:
            continue
        end = _ENDS["highlight"].search(text, opening.end())
        if end is None:
            return
        done = end.end()
        options = " ".join(opening["options"].split())
        yield HighlightBlock(
            opening.start(), done, opening["prefix"], options, opening.end(), end.start()
        )


def masked(text: str, blocks: Sequence[HighlightBlock], *, brackets: bool) -> str:
    """Return a text of the same length in which code, comments and formulas are blank."""
    pieces: list[str] = []
    done = 0
    for block in blocks:
        pieces += [text[done : block.start], blank(text[block.start : block.end])]
        done = block.end
    bare = blank_code("".join([*pieces, text[done:]]))
    cut, _ = replace_formulas(bare.split("\n"), brackets=brackets)
    return "".join(piece if isinstance(piece, str) else blank(piece.source) for piece in cut)
