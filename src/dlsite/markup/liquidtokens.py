"""The Liquid expressions of a body, and the tokens that stand for them while Markdown is read."""

from __future__ import annotations

from bisect import bisect_right

from dlsite.deferred import deferred
from dlsite.markup.remarks import Remarks, line_starts
from dlsite.texts.liquid import Spelling

# Noncharacters (Unicode, 23.7) are for a program's own use, so no text has them.
OPEN, CLOSE = "\ufdd2", "\ufdd3"
SIGNS = deferred(f"[{OPEN}{CLOSE}]")
"""What tokens are made of, in a text from elsewhere."""

TOKEN = deferred(f"{OPEN}(\\d+){CLOSE}")


class Tokens:
    """What each token stands for; reports to `remarks` where it cannot stand.

    `title` is the page's, as text and as HTML, for `{{ page.title }}`.
    """

    def __init__(self, remarks: Remarks) -> None:
        self.title = ("", "")
        self.found: list[Spelling] = []
        self._remarks = remarks
        self._source = ""
        self._starts: list[int] = []
        # By where an expression begins: line and column of the body.
        self._places: dict[int, tuple[int, int]] = {}

    def reset(self) -> None:
        """Forget the expressions of the last body."""
        self.found.clear()
        self._places.clear()

    def begin(self, text: str) -> None:
        """Begin with another text."""
        self._source, self._starts = text, line_starts(text)

    def add(self, spelling: Spelling) -> str:
        """Note an expression, and return the token that stands for it."""
        line = bisect_right(self._starts, spelling.start)
        place = self._remarks.place(line, spelling.start - self._starts[line - 1] + 1)
        self.found.append(spelling)
        self._places[spelling.start] = place
        return f"{OPEN}{len(self.found) - 1}{CLOSE}"

    def plain(self, text: str) -> str:
        """Return `text` with the words of its expressions in their places."""
        return TOKEN.sub(lambda token: self.words(self.found[int(token[1])]), text)

    def words(self, spelling: Spelling) -> str:
        """Return what a reader is to see of an expression in running text."""
        return self.title[0] if spelling.is_title else self.written(spelling)

    def written(self, spelling: Spelling) -> str:
        """Return an expression as its author wrote it."""
        return self._source[spelling.start : spelling.end]

    def report(self, spelling: Spelling, why: str, remedy: str) -> None:
        """Remark on an expression at its place."""
        written = self.written(spelling)
        self._remarks.add_at(
            "liquid-unknown",
            f"'{' '.join(written.split())}' {why}",
            *self._places[spelling.start],
            length=len(written.partition("\n")[0]),
            help_=(remedy,),
        )
