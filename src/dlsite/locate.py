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
from dataclasses import dataclass

from dlsite.diagnostics import Position

_FENCE = re.compile(
    r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t>]*(?P<mark>`{3,}(?=[^`\n]*$)|~{3,})", re.MULTILINE
)
_MARKS = re.compile(r"<!--|`+")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")

# A target in angle brackets, or one without blanks in which parentheses pair up to
# two deep (CommonMark, 6.3, allows more; nobody writes it).
_BARE = r"(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\]|\([^\s()]*\))*\))"
_PLACES = re.compile(
    # An escaped bracket opens nothing; an escaped backslash before it does not escape it.
    r"(?<!(?<!\\)\\)\]\([ \t]*\n?[ \t]*(?:<(?P<angle>[^<>\n]*)>|(?P<inline>" + _BARE + r"*))"
    r"|^[ \t>]{0,12}\[(?!\^)[^\]\n]+\]:[ \t]*\n?[ \t]*"
    r"(?:<(?P<dangle>[^<>\n]*)>|(?P<definition>\S+))"
    r"|(?<!\\)\[\[(?P<wiki>[^\[\]|\n]+)(?:\|[^\[\]\n]*)?\]\]"
    r"|\b(?:href|src|poster|action|formaction|data)\s*=\s*"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<unquoted>[^\s\"'=<>`]+))"
    r"|\bsrcset\s*=\s*(?:\"(?P<sdouble>[^\"]*)\"|'(?P<ssingle>[^']*)')"
    r"|(?P<bare>\b(?:https?://|www\.)[^\s<>]+)",
    re.MULTILINE | re.IGNORECASE,
)
_SRCSET_URL = re.compile(r"[^\s,]\S*[^\s,]|[^\s,]")
# Code to some and text to others: indented lines (in a list they are text), and `<pre>`,
# in which HTML links are links and Markdown's are not.
_DOUBTFUL = re.compile(r"^(?: {4}| {0,3}\t)[^\n]*|<pre\b.*?(?:</pre|\Z)", re.DOTALL | re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target may stand: offset and length in code points, and the target's normal form.

    `is_doubtful` marks places that are likely to be code.
    """

    target: str
    start: int
    length: int
    is_definition: bool = False
    is_doubtful: bool = False


class Lines:
    """Turns offsets of a text into positions of its file."""

    def __init__(self, text: str, *, path: str, first_line: int = 1) -> None:
        self._path = path
        self._first_line = first_line
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

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
    queues = _queues(body, Counter(wanted))
    taken: dict[str, int] = defaultdict(int)
    positions = []
    for key in wanted:
        queue = queues.get(key)
        if queue is None:
            positions.append(Position(path))
            continue
        # The last place serves all that follow: one definition stands for many links, and
        # is the place of those that no inline link accounts for.
        place = queue[min(taken[key], len(queue) - 1)]
        if not place.is_definition:
            taken[key] += 1
        positions.append(lines.position(place.start, place.length))
    return tuple(positions)


def _queues(body: str, wanted: Counter[str]) -> dict[str, list[Place]]:
    """Return the places of each target; the doubtful ones only where there are too few others."""
    queues: dict[str, list[Place]] = defaultdict(list)
    for place in places(body):
        queues[place.target].append(place)
    for target, found in queues.items():
        sure = [place for place in found if not place.is_doubtful]
        if len(sure) >= wanted[target] or any(place.is_definition for place in sure):
            found[:] = sure
        found.sort(key=lambda place: place.is_definition)
    return queues


def normal(target: str) -> str:
    """Return what a target as written and as rendered have in common."""
    return html.unescape(_ESCAPED.sub(r"\1", target)).strip()


def places(body: str) -> Iterator[Place]:
    """Yield every place where a target can stand, in document order."""
    text = blank_code(body)
    doubtful = [match.span() for match in _DOUBTFUL.finditer(text)]
    for match in _PLACES.finditer(text):
        group = match.lastgroup or ""
        start, written = match.start(group), match[group]
        doubt = bisect_right(doubtful, (match.start(), len(text))) - 1
        is_doubtful = doubt >= 0 and match.start() < doubtful[doubt][1]
        if group in ("sdouble", "ssingle"):
            for url in _SRCSET_URL.finditer(written):
                yield Place(normal(url[0]), start + url.start(), len(url[0]))
            continue
        if group == "bare":
            written = written.rstrip("?!.,:*_~'\"")
        if group == "wiki":
            written = written.rstrip("\\")
        is_definition = group in ("definition", "dangle")
        yield Place(normal(written), start, len(written), is_definition, is_doubtful)


def blank_code(body: str) -> str:
    """Return `body` with code and comments blanked, so that places stay."""
    return _blank_spans(_blank_fences(body))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blank_fences(text: str) -> str:
    pieces: list[str] = []
    done = 0
    # The shortest fence of each kind that nothing closes any more: searched for once, not
    # again for every opening behind it.
    unclosed = {"`": len(text), "~": len(text)}
    while opening := _FENCE.search(text, done):
        mark = opening["mark"]
        end = None
        line_end = text.find("\n", opening.end())
        if line_end >= 0 and len(mark) < unclosed[mark[0]]:
            closing = rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$"
            end = re.compile(closing, re.MULTILINE).search(text, line_end + 1)
        if end is None:
            unclosed[mark[0]] = min(len(mark), unclosed[mark[0]])
            # An unclosed fence is text to some and code to the end to others.
            pieces.append(text[done : opening.end()])
            done = opening.end()
            continue
        pieces += [text[done : opening.start()], _blank(text[opening.start() : end.end()])]
        done = end.end()
    pieces.append(text[done:])
    return "".join(pieces)


def _blank_spans(text: str) -> str:
    """Blank comments, and code spans: backticks closed by as many in the same paragraph.

    Whichever opens first hides the other.
    """
    pieces: list[str] = []
    done = 0
    marks = [match.span() for match in _MARKS.finditer(text)]
    ends = [match.start() for match in _PARAGRAPH_END.finditer(text)] + [len(text)]
    last_comment_end = text.rfind("-->")
    by_length: dict[int, list[int]] = defaultdict(list)
    for start, end in marks:
        if text[start] == "`":
            by_length[end - start].append(start)
    for start, end in marks:
        if start < done:
            continue
        if text[start] == "<":
            if end > last_comment_end:
                continue
            close = text.find("-->", end) + len("-->")
        else:
            equal = by_length[end - start]
            following = bisect_right(equal, start)
            limit = ends[bisect_right(ends, start)]
            is_escaped = text[start - 1 : start] == "\\"
            if is_escaped or following == len(equal) or equal[following] >= limit:
                continue
            close = equal[following] + (end - start)
        pieces += [text[done:start], _blank(text[start:close])]
        done = close
    pieces.append(text[done:])
    return "".join(pieces)
