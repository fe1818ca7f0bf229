"""Find where in its Markdown a target was written.

Python-Markdown keeps no positions.  This scans the source for every place where a
target can stand, with code and comments blanked out; the rendered page says which
links exist, and occurrences of one target are matched in document order.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.diagnostics import Position
from dlsite.texts.hidden import blank_code
from dlsite.texts.htmlurls import ATTRIBUTES, TAG_NAME, Tag, attributes_of, urls_of
from dlsite.texts.liquid import SPELLING, plain_target

_ENDS_TARGET = deferred(r"[\s\"'()<>|]")
# A noncharacter (Unicode, 23.7), so that no text has it.
_CLOSED = "\ufdd4"

# A target in angle brackets, or one without blanks in which parentheses pair up to
# two deep (CommonMark, 6.3, allows more; nobody writes it).
_BARE = r"(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\]|\([^\s()]*\))*\))"
_PLACES = deferred(
    # An escaped bracket opens nothing; an escaped backslash before it does not escape it.
    r"(?<!(?<!\\)\\)\]\([ \t]*\n?[ \t]*(?:<(?P<angle>[^<>\n]*)>|(?P<inline>" + _BARE + r"*))"
    r"|^[ \t>]{0,12}\[(?!\^)[^\]\n]+\]:[ \t]*\n?[ \t]*"
    r"(?:<(?P<dangle>[^<>\n]*)>|(?P<definition>\S+))"
    r"|(?<!\\)\[\[(?P<wiki>[^\[\]|\n]+)(?:\|[^\[\]\n]*)?\]\]"
    rf"|<(?P<name>{TAG_NAME})(?=[\s/>])(?P<attributes>{ATTRIBUTES})>"
    r"|(?P<bare>\b(?:https?://|www\.)[^\s<>]+)",
    re.MULTILINE | re.IGNORECASE,
)
# Every place has one of these, and a text has few: the expression above is tried beside
# them alone.  Before the sign of a scheme stands the scheme.  Each part begins with one
# character, so that `re` passes over all others.
_SIGN = deferred(r"\](?=[(:])|\[(?=\[)|<(?=[a-zA-Z])|:(?=//)|w[wW]{2}\.|W[wW]{2}\.")
# Python-Markdown reads a target with blanks up to its title or the closing parenthesis.
_BEHIND_BLANK = deferred(r"(?:[ \t]+(?![\"'])(?:\\.|[^\s()\\]|\([^()\n]*\))++)++(?=[ \t]*[)\"'])")
_BRACKETS = deferred(r"\\[^\n]|[\[\]]|\n\n")
_ESCAPED = deferred(r"\\([!-/:-@\[-`{-~])")

# What is likely to be no link, or no Markdown link: formulas, Liquid that is taken out.
_UNLIKELY = deferred(
    r"(?<!\\)\$\$.*?\$\$|(?<![\\$])\$[^$\n]+\$|\\\\\(.*?\\\\\)|\\\\\[.*?\\\\\]"
    r"|\{%-?\s*(?P<liquid>comment|highlight|raw)\b.*?\{%-?\s*end(?P=liquid)\b",
    re.DOTALL,
)
_PREFORMATTED = deferred(r"<(pre)\b.*?(?:</\1|\Z)", re.DOTALL | re.IGNORECASE)
# The tag itself may carry a URL; what stands in it is no link.
_OPAQUE = deferred(
    r"<(script|template|textarea)\b[^>]*>(?P<inside>.*?)(?:</\1|\Z)", re.DOTALL | re.IGNORECASE
)
_FOOTNOTE = deferred(r"^ {0,3}\[\^[^\]\n]+\]:[^\n]*(?:\n(?:[ \t]+[^\n]*)?)*", re.MULTILINE)
_LIST_ITEM = deferred(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target may stand: offset and length in code points, and the target's normal form.

    `is_markdown` marks those that Markdown makes; others stand in tags.
    """

    target: str
    start: int
    length: int
    is_definition: bool = False
    is_markdown: bool = False


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


def locate(
    body: str, targets: Iterable[str], *, path: str, first_line: int = 1
) -> tuple[Position, ...]:
    """Return the place of each target, in the order given, which is document order.

    A target that stands nowhere in the source (a plugin made it) gets the position
    of the file.  `first_line` is the line of the file on which `body` starts.
    """
    lines = Lines(body, path=path, first_line=first_line)
    wanted = [normal(target) for target in targets]
    if not wanted:
        return ()
    queues = _queues(body, Counter(wanted))
    taken: dict[str, int] = defaultdict(int)
    positions = []
    for key in wanted:
        queue = queues.get(key)
        if queue is None:
            positions.append(Position(path))
            continue
        # The last place serves all that follow: one definition stands for many links.
        place = queue[min(taken[key], len(queue) - 1)]
        taken[key] += 1
        positions.append(lines.position(place.start, place.length))
    return tuple(positions)


def _queues(body: str, wanted: Counter[str]) -> dict[str, list[Place]]:
    """Return the places of each target in the order in which the page shows them.

    Where a target stands more often than the page has it, the places that are likely
    to be code or the like fall out.
    """
    queues: dict[str, list[Place]] = defaultdict(list)
    text = blank_code(body)
    for place in _places(text):
        if place.target in wanted:
            queues[place.target].append(place)
    surroundings: _Surroundings | None = None
    for target, found in queues.items():
        if len(found) > 1 and (len(found) != wanted[target] or "[^" in body):
            surroundings = surroundings or _Surroundings(text)
            found[:] = surroundings.choose(found, wanted[target])
        # A definition is the place of those that no inline link accounts for.
        found.sort(key=lambda place: place.is_definition)
    return queues


class _Surroundings:
    """Knows what places stand in; made only for a text that leaves it open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._unlikely = [match.span() for match in _UNLIKELY.finditer(text)]
        self._opaque = [match.span("inside") for match in _OPAQUE.finditer(text)]
        self._preformatted = [match.span() for match in _PREFORMATTED.finditer(text)]
        self._footnotes = [match.span() for match in _FOOTNOTE.finditer(text)]
        self._indented = indented_code(text)
        self._closings = _closings(text)

    def choose(self, found: list[Place], count: int) -> list[Place]:
        """Return the `count` places that are most likely links, footnotes last as on the page."""
        ranked = sorted(found, key=lambda place: (self._doubt(place), place.is_definition))
        chosen = ranked[: max(count, 1)]
        return sorted(chosen, key=lambda p: (is_within(p.start, self._footnotes), p.start))

    def _doubt(self, place: Place) -> int:
        """Return 0 for what looks like a link, and more for what looks less like one."""
        if any(
            is_within(place.start, spans)
            for spans in (self._indented, self._unlikely, self._opaque)
        ):
            return 2
        if not place.is_markdown:
            return 0
        if is_within(place.start, self._preformatted) or self._has_no_opening(place):
            return 2
        return 0

    def _has_no_opening(self, place: Place) -> bool:
        """Say whether the bracket that an inline link begins with is escaped or not there."""
        close = self._text.rfind("](", 0, place.start)
        if close < 0 or self._text[close + 2 : place.start].strip(" \t\n<"):
            return False
        return close not in self._closings


def _closings(text: str) -> set[int]:
    """Return where a bracket closes that has been opened in its paragraph."""
    closings: set[int] = set()
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[0] == "[":
            depth += 1
        elif match[0] == "]" and depth:
            closings.add(match.start())
            depth -= 1
        elif match[0] == "\n\n":
            depth = 0
    return closings


def is_within(start: int, spans: list[tuple[int, int]]) -> bool:
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


def normal(target: str) -> str:
    """Return what a target as written and as rendered have in common."""
    plain = plain_target(target)
    return html.unescape(_ESCAPED.sub(r"\1", plain) if "\\" in plain else plain).strip()


def places(body: str) -> Iterator[Place]:
    """Yield every place where a target can stand, in document order."""
    return _places(blank_code(body))


def _places(text: str) -> Iterator[Place]:
    closed = _closed(text)
    for match in _candidates(closed):
        group = match.lastgroup or ""
        if group == "attributes":
            yield from _places_in_tag(match, closed, text)
            continue
        start, written = match.start(group), match[group]
        if group == "inline" and (more := _BEHIND_BLANK.match(closed, match.end())):
            written += more[0]
        if group == "bare":
            written = written.rstrip("?!.,:*_~'\"\\")
        if group == "wiki":
            written = written.rstrip("\\")
            if not written.strip():
                continue
        is_definition = group in ("definition", "dangle")
        written = text[start : start + len(written)]
        yield Place(normal(written), start, len(written), is_definition, is_markdown=True)


def _places_in_tag(match: re.Match[str], closed: str, text: str) -> Iterator[Place]:
    tag = Tag(match["name"].lower(), match.start(), match.end(), attributes_of(match))
    for url in urls_of(tag, closed):
        yield Place(normal(text[url.start : url.end]), url.start, len(url.raw))


def _closed(text: str) -> str:
    """Return `text` with nothing in Liquid that would end a target: blanks, quotes, brackets."""
    if "{{" not in text and "{%" not in text:
        return text
    return SPELLING.sub(lambda spelling: _ENDS_TARGET.sub(_CLOSED, spelling[0]), text)


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_PLACES` finds in a text, in order."""
    done = line = 0
    for sign in _SIGN.finditer(text):
        starts = [sign.start()]
        if sign[0] == ":":
            before = text[max(0, sign.start() - len("https")) : sign.start()].lower()
            names = (name for name in ("https", "http") if before.endswith(name))
            starts = [sign.start() - len(name) for name in names]
        # A definition begins with its line.
        if sign.start() >= line:
            starts.insert(0, text.rfind("\n", 0, sign.start()) + 1)
            line = text.find("\n", sign.start()) + 1 or len(text) + 1
        for start in starts:
            if start >= done and (match := _PLACES.match(text, start)):
                yield match
                done = match.end()
