"""Addresses without brackets become links, as on GitHub (GFM, 6.9)."""

from __future__ import annotations

import re
from typing import cast
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE, AtomicString

from dlsite.deferred import deferred

# The punctuation of Chinese and Japanese ends an address that stands in a sentence.
_WIDE = "\uff0c\u3002\uff1b\uff1a\uff01\uff1f\u3001\uff09\u3011\u300d\u300f\u300b"
_ADDRESS = (
    # Letters of other scripts may stand right before an address: they have no blanks.
    r"(?<![A-Za-z0-9_/.@:=\"'-])(?:(?P<url>(?:https?|ftp)://|www\.)[^\s<\x02\x03" + _WIDE + r"]+"
    r"|(?P<mail>[A-Za-z0-9._+-]+@[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)+)(?![\w@/-]))"
)
_TRAILING = deferred(r"(?:[?!.,:*_~'\"]|&[a-zA-Z0-9]+;)$")
_PARENTHESIS = deferred(r"\(|\)(?P<other>(?=[^\x00-\x7f]))?")
_PAIRS = {")": "(", "]": "["}
# Code points before an address in which the start of a raw link is looked for.
_REACH = 4_096
_OPENS = deferred(r"<a[\s>]", re.IGNORECASE)
_CLOSES = deferred(r"</a\s*>", re.IGNORECASE)


class AutolinkExtension(Extension):
    """Registers the inline pattern."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come after links and raw HTML, and before emphasis reads the `_` of an address."""
        md.inlinePatterns.register(_Addresses(_ADDRESS, md), "dlsite-autolink", 85)


class _Addresses(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override] # noqa: N802 - Python-Markdown's name; its stub has the old form
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        address = m[0] if m["mail"] else _trimmed(m[0])
        bare = address.partition("://")[2] or address.removeprefix("www.")
        if not re.match(r"[\w\[]", bare) or self._in_raw_link(
            data[max(0, m.start() - _REACH) : m.start()]
        ):
            return None, None, None
        scheme = "mailto:" if m["mail"] else "" if "://" in address else "http://"
        link = Element("a", {"href": scheme + address})
        link.text = AtomicString(address)
        return link, m.start(), m.start() + len(address)

    def _in_raw_link(self, before: str) -> bool:
        """Say whether an `<a>` of the author's own HTML is open."""
        assert self.md is not None
        if not self.md.htmlStash.html_counter:
            return False
        inline = cast("InlineTreeprocessor", self.md.treeprocessors["inline"])
        for placeholder in reversed(INLINE_PLACEHOLDER_RE.findall(before)):
            stashed = inline.stashed_nodes.get(placeholder)
            raw = HTML_PLACEHOLDER_RE.fullmatch(stashed) if isinstance(stashed, str) else None
            markup = str(self.md.htmlStash.rawHtmlBlocks[int(raw[1])]) if raw else ""
            if _OPENS.match(markup) or _CLOSES.match(markup):
                return bool(_OPENS.match(markup))
        return False


def _trimmed(address: str) -> str:
    """Leave out what ends the sentence: marks, and parentheses that nothing opens.

    In scripts without blanks the sentence goes on right behind such a parenthesis.
    """
    address = address[: _sentence(address)]
    while True:
        if match := _TRAILING.search(address):
            address = address[: match.start()]
        elif (pair := _PAIRS.get(address[-1:])) and address.count(pair) < address.count(
            address[-1]
        ):
            address = address[:-1]
        else:
            return address


def _sentence(address: str) -> int:
    """Return where a parenthesis that nothing opens is followed by another script."""
    depth = 0
    for match in _PARENTHESIS.finditer(address):
        depth += 1 if match[0] == "(" else -1
        if depth < 0:
            return match.start() if match["other"] else len(address)
    return len(address)
