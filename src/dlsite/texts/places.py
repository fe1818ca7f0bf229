"""Every place of a Markdown text where a target can stand, and the words that lead there.

Python-Markdown keeps no positions, so this scans the source.  What is code, a formula or a
comment is for others to say.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
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
_ESCAPED = deferred(r"\\([!-/:-@\[-`{-~])")


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


def normal(target: str) -> str:
    """Return what a target as written and as rendered have in common."""
    plain = plain_target(target)
    return html.unescape(_ESCAPED.sub(r"\1", plain) if "\\" in plain else plain).strip()


def places(text: str) -> Iterator[Place]:
    """Yield every place where a target can stand, in document order."""
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
