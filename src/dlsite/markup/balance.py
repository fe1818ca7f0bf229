"""Give the raw HTML of a body the end tags that it lacks, and take away those of nothing.

What Markdown makes is balanced; what an author writes need not be, and one unclosed
`<div>` would swallow the rest of the page, one `<title>` in a sentence all of its text.
Ends are put where browsers put them (HTML, 13.2.6): at the end of the element around, and before
a start tag that an open element cannot hold.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"<!--(?P<comment>.*?-->)?"
    # What dlsite makes of code and formulas is balanced.
    r"|<pre tabindex=\"0\".*?</pre>|<math\b.*?</math>"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<rest>(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_WRITTEN = re.compile(r"<[a-zA-Z/!]")
_VOID = frozenset(
    [
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
        *("param", "source", "track", "wbr"),
    ]
)
# Their content is text up to their end tag, or up to the end of the page.
_TEXT = frozenset(
    ["script", "style", "textarea", "title", "iframe", "noscript", "noembed", "noframes", "xmp"]
)
_SWALLOWS_ALL = frozenset(["plaintext", "html", "head", "body", "frameset", "frame"])
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "center", "details", "dialog", "div"),
        *("dl", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p", "pre", "section"),
        *("table", "ul"),
    ]
)
# Which open element a start tag ends, and what keeps it from reaching further out.
_ENDS = {
    **dict.fromkeys(_BLOCKS, (("p",), ("td", "th", "li", "dd", "button"))),
    "li": (("li",), ("ul", "ol", "menu")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "tr": (("tr", "td", "th"), ("table",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "option": (("option",), ("select",)),
}
_TABLE = frozenset(["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"])
_LISTS = frozenset(["ul", "ol", "dl", "li", "dd", "dt"])


def balanced(markup: str, body: str) -> str:
    """Return `markup`, the HTML of `body`, with every element closed in its parent."""
    return _Balance(markup).text() if _WRITTEN.search(body) else markup


class _Balance:
    """One pass over the tags; knows which elements are open."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._open: list[str] = []
        self._pieces: list[str] = []

    def text(self) -> str:
        done = 0
        while tag := _TAG.search(self._markup, done):
            self._pieces.append(self._markup[done : tag.start()])
            done = tag.end()
            if not tag["name"]:
                is_unclosed = tag[0] == "<!--"
                self._pieces.append("&lt;!--" if is_unclosed else tag[0])
            elif tag["close"]:
                self._end(tag)
            else:
                done = self._start(tag)
        self._pieces.append(self._markup[done:])
        self._close(len(self._open))
        return "".join(self._pieces)

    def _start(self, tag: re.Match[str]) -> int:
        """Add a start tag, and return where to go on."""
        name = tag["name"].lower()
        if name in _TEXT:
            end = re.compile(f"</{name}\\s*>", re.IGNORECASE).search(self._markup, tag.end())
            if end is not None:
                self._pieces.append(self._markup[tag.start() : end.end()])
                return end.end()
        if name in _TEXT or name in _SWALLOWS_ALL:
            self._pieces.append(html.escape(tag[0], quote=False))
            return tag.end()
        ends, limits = _ENDS.get(name, ((), ()))
        over = 0
        for depth, each in enumerate(reversed(self._open) if ends else (), start=1):
            if each in limits:
                break
            over = depth if each in ends else over
        self._close(over)
        self._pieces.append(tag[0])
        if name not in _VOID and not tag["rest"].endswith("/"):
            self._open.append(name)
        elif name not in _VOID and "svg" not in self._open:
            self._pieces.append(f"</{name}>")
        return tag.end()

    def _end(self, tag: re.Match[str]) -> None:
        """Add an end tag, with those of what is open inside; one of nothing is left out."""
        name = tag["name"].lower()
        for depth, each in enumerate(reversed(self._open), start=1):
            if each == name:
                self._close(depth - 1)
                self._open.pop()
                self._pieces.append(tag[0])
                return
            if each in _TABLE and name not in _TABLE:
                return
            if each in _LISTS and name not in _LISTS | _TABLE:
                return

    def _close(self, depth: int) -> None:
        for _ in range(depth):
            self._pieces.append(f"</{self._open.pop()}>")
