"""What dlsite has to say about a source file: places, suggestions, diagnostics, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum

from dlsite.dataclass import dataclass
from dlsite.rules import RULES, Severity


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a source file.

    `path` is POSIX, relative to the site.  `line` and `column` count from 1; a column
    counts code points, not bytes.  `line` 0 stands for the file as a whole and
    `column` 0 for the whole line.  `length` is the number of code points meant, on
    that line; 0 where only the start is known.
    """

    path: str = field(metadata={"shared": True})
    line: int = 0
    column: int = 0
    length: int = 0

    def __str__(self) -> str:
        """Return the place as `path:line:column`, without the parts that are 0."""
        parts = [self.path, *(str(part) for part in (self.line, self.column) if part)]
        return ":".join(parts)


class Certainty(StrEnum):
    """How sure a suggestion is.

    `CERTAIN` ones say the same with other case, separators or slashes, or name where an
    old address leads; `check --fix` may write them.  `LIKELY` ones are for people.
    """

    CERTAIN = "certain"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write at the position of a diagnostic, in place of all that stands there."""

    text: str
    certainty: Certainty


def certain(*texts: str) -> tuple[Suggestion, ...]:
    """Return suggestions that may be written without asking."""
    return tuple(Suggestion(text, Certainty.CERTAIN) for text in texts)


def likely(*texts: str) -> tuple[Suggestion, ...]:
    """Return suggestions that somebody has to choose from."""
    return tuple(Suggestion(text, Certainty.LIKELY) for text in texts)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark about a source file, complete when made.

    `message` says what is wrong with the author's words in quotes, `help` holds one
    remedy per entry, nearest first, each with the text to type.  `suggestions` are
    the replacements that `help` speaks of, best first, for programs.  `related` are
    further places, such as the other of two pages on one permalink.
    """

    rule: str
    position: Position
    message: str
    help: tuple[str, ...] = ()
    target: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    related: tuple[Position, ...] = ()
    severity: Severity | None = None
    """Overrides the severity of the rule; `None` means the rule's own."""

    @property
    def level(self) -> Severity:
        """The severity that counts: the diagnostic's own, else its rule's."""
        return self.severity or RULES[self.rule].severity

    @property
    def blocks(self) -> bool:
        """Whether a build must not publish."""
        return RULES[self.rule].blocks and self.level is Severity.ERROR

    @property
    def sort_key(self) -> tuple[Position, str, str]:
        """A total order: by file, line, column, then rule and message."""
        return (self.position, self.rule, self.message)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return `diagnostics` sorted by place; of those that say one thing of one place the first."""
    first: dict[tuple[Position, str, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        first.setdefault(diagnostic.sort_key, diagnostic)
    return tuple(first[key] for key in sorted(first))


def printable(text: str) -> str:
    """Return `text` with control characters escaped, so that no content can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
