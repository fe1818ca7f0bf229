"""Find the sentence that a link stands in, for the page that it leads to."""

from __future__ import annotations

import re
from collections.abc import Callable

_BLOCKS = ("p", "li", "ul", "ol", "td", "th", "dd", "dt", "h", "div", "fig", "summary", "table")
_START = re.compile(rf"<(?:{'|'.join(_BLOCKS)}|br|/(?:p>|ul>|ol>|div>|fig))")
_ENDS = re.compile(rf"<(?:/(?:{'|'.join(_BLOCKS)})|br|p|ul|ol|div|fig|table)")
# How far from the link its block is looked for: formulas are long in HTML.
_REACH = 8000
_LONGEST = 240
_LONGEST_ABBREVIATION = 6
# Noncharacters (Unicode, 23.7): no text has them.
_OPEN, _CLOSE = "\ufdd2", "\ufdd3"
# What may stand between a full stop and the blank after it, or before a capital.
_CLOSING, _OPENING = "\"'\u201d\u2019\u00bb)\\]", "\"'\u201c\u2018\u00ab(\\[\ufdd2"
# A full stop ends a sentence where a capital follows; signs of Chinese and Japanese always do.
# One set of signs stands first, so that `re` passes over all others.
_END = re.compile(
    r"[.!?…\u3002\uff01\uff1f]"
    rf"(?:(?<=[.!?…])[.!?…]*[{_CLOSING}]*(?=\s+[{_OPENING}]*[^\W\d_a-z])"
    r"|(?<=[\u3002\uff01\uff1f])[\u3002\uff01\uff1f]*[\u300d\u300f\u201d]*)\s*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|al|cf|e\.g|eq|eqs|etc|fig|figs|i\.e|no|vs)$", re.IGNORECASE
)


def sentence_around(markup: str, start: int, end: int, plain: Callable[[str], str]) -> str:
    """Return the sentence around `markup[start:end]`, which is a link, as plain text.

    It never reaches over the end of its block; a very long one is cut before and after
    the link, with an ellipsis.  `plain` turns HTML into text on one line.
    """
    limit = max(0, start - _REACH)
    # Most links stand in paragraphs, but something else may begin in one.
    block = max(limit, markup.rfind("<p", limit, start))
    for begun in _START.finditer(markup, block, start):
        block = begun.start()
    # Where no block starts in reach, a tag may be cut in two.
    opened = markup.find(">", block, start) + 1 if block else 0
    closing = _ENDS.search(markup, end, end + _REACH)
    closed = closing.start() if closing else end
    text = plain(f"{markup[opened:start]}{_OPEN}{markup[start:end]}{_CLOSE}{markup[end:closed]}")
    return _cut(text)


def _cut(text: str) -> str:
    """Return the sentence that holds the two signs, without them."""
    if _OPEN not in text or _CLOSE not in text:
        # The link stands in a part of a formula that is not said.
        return text.replace(_OPEN, "").replace(_CLOSE, "")
    opened, closed = text.index(_OPEN), text.index(_CLOSE)
    first, last = 0, len(text)
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text, max(0, match.start() - _LONGEST_ABBREVIATION), match.start()):
            continue
        if match.end() <= opened:
            first = match.end()
        elif match.start() >= closed:
            last = match.end()
            break
    before, link, after = text[first:opened], text[opened + 1 : closed], text[closed + 1 : last]
    room = max(0, _LONGEST - len(link)) // 2
    return f"{_shortened_start(before, room)}{link}{_shortened_end(after.rstrip(), room)}".strip()


def _shortened_start(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = text[len(text) - most :]
    return "… " + kept[kept.find(" ") + 1 :]


def _shortened_end(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = text[:most]
    blank = kept.rfind(" ")
    return (kept[:blank] if blank > 0 else kept) + " …"
