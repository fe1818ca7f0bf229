"""Find where in its Markdown a target was written.

Python-Markdown keeps no positions.  The source is scanned for every place where a target
can stand; the rendered page says which links exist and in which words, and where that
leaves it open the places are matched with the links.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from dlsite.deferred import deferred
from dlsite.diagnostics import Position
from dlsite.texts.hidden import blank_code
from dlsite.texts.linklabels import definitions_of, key_of, label_key, pairs, uses
from dlsite.texts.matching import HIDDEN, SURE, UNLIKELY, Candidate, matched
from dlsite.texts.places import Place, normal, places

Spans = list[tuple[int, int]]
"""Parts of a text by start and end, in order."""

# What is taken out before Markdown is read.
_LIQUID = deferred(
    r"\{%-?\s*(?P<liquid>comment|highlight|raw)\b.*?\{%-?\s*end(?P=liquid)\b", re.DOTALL
)
_PREFORMATTED = deferred(r"<(pre)\b.*?(?:</\1|\Z)", re.DOTALL | re.IGNORECASE)
# The tag itself may carry a URL; what stands in it is no link.
_OPAQUE = deferred(
    r"<(script|template|textarea)\b[^>]*>(?P<inside>.*?)(?:</\1|\Z)", re.DOTALL | re.IGNORECASE
)
# The lines of its paragraph need no indent, what stands behind a blank line does.
_LINES = r"(?:\n[ \t]*+[^\s][^\n]*)*+"
_FOOTNOTE = deferred(
    rf"^ {{0,3}}\[\^[^\]\n]+\]:[^\n]*{_LINES}"
    rf"(?:(?:\n[ \t]*(?=\n))++\n(?: {{2}}|\t)[ \t]*+[^\s][^\n]*{_LINES})*",
    re.MULTILINE,
)
_LIST_ITEM = deferred(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)")


class Lines:
    """Turns offsets of a text into positions of its file."""

    def __init__(self, text: str, *, path: str, first_line: int = 1) -> None:
        self._path = path
        self._first_line = first_line
        self._starts = [0, *[match.end() for match in re.finditer("\n", text)]]

    def position(self, start: int, length: int = 0) -> Position:
        """Return the place of the code point at `start`."""
        line = bisect_right(self._starts, start)
        column = start - self._starts[line - 1] + 1
        return Position(self._path, line + self._first_line - 1, column, length)


def locate(  # noqa: PLR0913 - each is one thing that only the caller knows
    body: str,
    targets: Iterable[str],
    *,
    path: str,
    first_line: int = 1,
    words: Sequence[str] = (),
    formulas: Callable[[str], Spans] = lambda _: [],
) -> tuple[Position, ...]:
    """Return the place of each target, in the order given, which is document order.

    A target that stands nowhere in the source (a plugin made it) gets the position
    of the file.  `first_line` is the line of the file on which `body` starts, `words` are
    those of each link, and `formulas` finds the formulas of a text.
    """
    wanted: dict[str, list[int]] = defaultdict(list)
    for number, target in enumerate(targets):
        wanted[normal(target)].append(number)
    positions: dict[int, Position] = {}
    lines = Lines(body, path=path, first_line=first_line)
    text = _Text(body, formulas)
    for target, numbers in wanted.items():
        said = [words[number] for number in numbers] if words else []
        for number, place in zip(numbers, text.places_of(target, len(numbers), said), strict=True):
            positions[number] = (
                Position(path) if place is None else lines.position(place.start, place.length)
            )
    return tuple(positions[number] for number in range(len(positions)))


class _Text:
    """A body with its places by target, and what they stand in, made only where that is open."""

    def __init__(self, body: str, formulas: Callable[[str], Spans]) -> None:
        self._body = body
        self._formulas = formulas

    def places_of(self, target: str, count: int, words: Sequence[str]) -> Sequence[Place | None]:
        """Return the places of all links with one target; `words` are theirs, if they are known."""
        found = self._shown.get(target, [])
        if len(found) == 1 and (count == 1 or found[0].is_definition):
            return found * count
        if len(found) == count and self._are_said(found, words):
            return found
        keys = [key_of(each) for each in words]
        candidates = [*self._candidates(target)]
        if not keys:
            # Of links whose words nobody knows only the order counts.
            keys = [""] * count
            candidates = [Candidate(c.order, None, c.doubt, c.place) for c in candidates]
        definition = next((place for place in found if place.is_definition), None)
        return matched(keys, candidates, definition)

    def _are_said(self, found: Sequence[Place], words: Sequence[str]) -> bool:
        """Say whether places are those of links with these words, as far as that is known."""
        if "[^" in self._body or any(place.is_definition for place in found):
            return False
        return all(
            self._body.endswith(f"[{said}](", 0, place.start)
            or label_key(self._body, place) in (None, key_of(said))
            for place, said in zip(found, words, strict=bool(words))
        )

    def _candidates(self, target: str) -> Iterable[Candidate]:
        around = self._surroundings
        shown = self._shown.get(target, [])
        for place in shown:
            if not place.is_definition:
                key, doubt = label_key(self._body, place), around.doubt(place)
                yield Candidate(around.order(place.start), key, doubt, place)
        if definitions := definitions_of(self._plain, [p for p in shown if p.is_definition]):
            for start, key, place in uses(self._plain, definitions):
                yield Candidate(around.order(start), key, around.doubt_at(start), place)
        starts = {place.start for place in shown}
        for place in self._hidden.get(target, []):
            if place.start not in starts and not place.is_definition:
                key = label_key(self._body, place)
                yield Candidate(around.order(place.start), key, HIDDEN, place)

    @cached_property
    def _plain(self) -> str:
        return blank_code(self._body)

    @cached_property
    def _shown(self) -> dict[str, list[Place]]:
        return _by_target(self._plain)

    @cached_property
    def _hidden(self) -> dict[str, list[Place]]:
        """The places of the body if nothing were code or a comment."""
        return {} if self._plain == self._body else _by_target(self._body)

    @cached_property
    def _surroundings(self) -> _Surroundings:
        return _Surroundings(self._plain, self._formulas(self._body))


def _by_target(text: str) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places(text):
        found[place.target].append(place)
    return found


class _Surroundings:
    """Knows what places stand in."""

    def __init__(self, text: str, formulas: Spans) -> None:
        self._text = text
        self._formulas = formulas
        self._liquid = [match.span() for match in _LIQUID.finditer(text)]
        self._opaque = [match.span("inside") for match in _OPAQUE.finditer(text)]
        self._preformatted = [match.span() for match in _PREFORMATTED.finditer(text)]
        self._footnotes = [match.span() for match in _FOOTNOTE.finditer(text)]
        self._indented = indented_code(text)
        self._closings = pairs(text)

    def order(self, start: int) -> tuple[bool, int]:
        """Return what places are sorted by: footnotes are last on the page."""
        return is_within(start, self._footnotes), start

    def doubt_at(self, start: int) -> int:
        """Return how much what stands at an offset looks like something else than a link."""
        spans = (self._indented, self._formulas, self._liquid, self._opaque)
        return UNLIKELY if any(is_within(start, each) for each in spans) else SURE

    def doubt(self, place: Place) -> int:
        """Return how much a place looks like something else than a link."""
        if doubt := self.doubt_at(place.start):
            return doubt
        if not place.is_markdown:
            return SURE
        is_text = is_within(place.start, self._preformatted) or self._has_no_opening(place)
        return UNLIKELY if is_text else SURE

    def _has_no_opening(self, place: Place) -> bool:
        """Say whether the bracket that an inline link begins with is escaped or not there."""
        close = self._text.rfind("](", 0, place.start)
        if close < 0 or self._text[close + 2 : place.start].strip(" \t\n<"):
            return False
        return close not in self._closings


def is_within(start: int, spans: Spans) -> bool:
    """Say whether an offset lies in one of `spans`, which are in order."""
    index = bisect_right(spans, (start, 1 << 60)) - 1
    return index >= 0 and start < spans[index][1]


def indented_code(text: str) -> list[tuple[int, int]]:
    """Return the lines that are indented as code is: by four more than the list they stand in."""
    spans: list[tuple[int, int]] = []
    start = 0
    content = [0]
    is_open = True  # Code cannot interrupt a paragraph (CommonMark, 4.4).
    for line in text.split("\n"):
        bare = line.expandtabs(4)
        indent = len(bare) - len(bare.lstrip())
        if not bare.strip():
            is_open = True
        else:
            while len(content) > 1 and indent < content[-1] and is_open:
                content.pop()
            if is_open and indent >= content[-1] + 4:
                spans.append((start, start + len(line)))
            else:
                is_open = False
                if item := _LIST_ITEM.match(bare):
                    content = [width for width in content if width <= indent]
                    content.append(item.end())
        start += len(line) + 1
    return spans
