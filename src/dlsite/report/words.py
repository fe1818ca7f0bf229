"""What all forms share: the style, counts and their words, and the one place that prints."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic, printable
from dlsite.rules import Severity


@dataclass(frozen=True, slots=True)
class Style:
    """How findings are shown.

    `colour` puts terminal colours in; `failing` are the severities that make the run fail.
    """

    colour: bool = False
    failing: frozenset[Severity] = frozenset([Severity.ERROR])

    def paint(self, text: str, code: str) -> str:
        """Return `text` in the colour of an SGR code."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def counts(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """Return how many diagnostics there are of each severity."""
    counter = Counter(diagnostic.level for diagnostic in diagnostics)
    return {level: counter[level] for level in Severity}


def count_words(diagnostics: Iterable[Diagnostic]) -> str:
    """Return `2 errors, 1 warning`; `no findings` where there are none."""
    words = [
        amount(number, level.value, f"{level.value}s" if level is not Severity.INFO else "infos")
        for level, number in counts(diagnostics).items()
        if number
    ]
    return ", ".join(words) or "no findings"


def amount(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 page`, `2 pages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def cells(text: str) -> int:
    """Return how many terminal columns a text takes: wide characters two, marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def say(text: str, *, to_error: bool = False) -> None:
    """Print a line; a reader that has gone away is no error of ours."""
    stream = sys.stderr if to_error else sys.stdout
    print(text, file=stream, flush=True)


def say_waiting(place: str) -> None:
    """Say that another build is at work in the output directory at `place`."""
    say(f"another build is writing '{printable(place)}': waiting for it", to_error=True)
