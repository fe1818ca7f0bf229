"""Give the raw HTML of a body the end tags that it lacks, and take away those of nothing.

What Markdown makes is balanced; what an author writes need not be, and one unclosed
`<div>` would swallow the rest of the page, one `<title>` in a sentence all of its text.
Ends are put where browsers put them (HTML, 13.2.6): at the end of the element around, and before
a start tag that an open element cannot hold.
"""

from __future__ import annotations

import html
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable

from dlsite.deferred import deferred

_TAG = deferred(
    r"<!--"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^ \t\n\f/<>'\"]*)"
    r"(?P<rest>(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+)>",
)
# What begins a tag and has no end before the next: it would swallow that.
_STRAY = deferred(r"<(?=/?[a-zA-Z][^<>]*(?:<|\Z))")
WRITTEN = deferred(r"<[a-zA-Z/!]")
"""With what HTML that an author writes begins."""
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
_BLOCK_TAG = deferred(
    rf"</?(?:{'|'.join(sorted(_BLOCKS | {'li', 'td', 'th', 'dd', 'dt', 'summary', 'math'}))})[\s>]"
)
_TABLE = frozenset(["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"])
_LISTS = frozenset(["ul", "ol", "dl", "li", "dd", "dt"])


def balanced(markup: str, body: str) -> str:
    """Return `markup`, the HTML of `body`, with every element closed in its parent."""
    return _Balance(markup).text() if WRITTEN.search(body) else markup


class _Balance:
    """One pass over the tags; knows which elements are open, and at which depths by name."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._open: list[str] = []
        self._depths: defaultdict[str, list[int]] = defaultdict(list)
        self._pieces: list[str] = []
        # What was looked for up to the end of the text in vain.
        self._endless: set[str] = set()

    def text(self) -> str:
        done = 0
        while tag := _TAG.search(self._markup, done):
            self._add(self._markup[done : tag.start()])
            done = tag.end()
            if tag[0] == "<!--":
                done = self._comment(tag.start())
            elif (end := self._end_of_whole(tag)) > 0:
                self._pieces.append(self._markup[tag.start() : end])
                done = end
            elif tag["close"]:
                self._end(tag)
            else:
                done = self._start(tag)
        self._add(self._markup[done:])
        self._close_from(0)
        return "".join(self._pieces)

    def _add(self, text: str) -> None:
        """Add what stands between two tags."""
        if text:
            self._pieces.append(_STRAY.sub("&lt;", text) if "<" in text else text)

    def _end_of_whole(self, tag: re.Match[str]) -> int:
        """Return where code or a formula ends, which are taken as they are; -1 for other tags.

        What dlsite makes of them is balanced; a link in a formula holds another formula.
        """
        if tag[0].startswith('<pre tabindex="0"'):
            return self._behind("</pre>", tag.end())
        if tag["name"] != "math" or tag["close"]:
            return -1
        end = -1
        if self._markup.startswith("<semantics>", tag.end()):
            end = self._behind("</semantics></math>", tag.end())
        if end < 0:
            end = self._behind("</math>", tag.end())
            # One that an author wrote may reach over what Markdown made: then it is no whole.
            inside_end = end - len("</math>")
            if end > 0 and _BLOCK_TAG.search(self._markup, tag.end(), inside_end):
                return -1
        return end

    def _behind(self, closing: str, start: int) -> int:
        """Return where what closes something has its end; -1 where it does not come."""
        end = -1 if closing in self._endless else self._markup.find(closing, start)
        if end < 0:
            self._endless.add(closing)
            return -1
        return end + len(closing)

    def _comment(self, start: int) -> int:
        """Add a comment, or as text what begins one and has no end; return where to go on."""
        after = start + len("<!--")
        end = self._behind("-->", after)
        if end < 0:
            self._pieces.append("&lt;!--")
            return after
        self._pieces.append(self._markup[start:end])
        return end

    def _start(self, tag: re.Match[str]) -> int:
        """Add a start tag, and return where to go on."""
        name = tag["name"].lower()
        if name in _TEXT and name not in self._endless:
            end = re.compile(f"</{name}\\s*>", re.IGNORECASE).search(self._markup, tag.end())
            if end is not None:
                self._pieces.append(self._markup[tag.start() : end.end()])
                return end.end()
            self._endless.add(name)
        if name in _TEXT or name in _SWALLOWS_ALL:
            self._pieces.append(html.escape(tag[0], quote=False))
            return tag.end()
        ends, limits = _ENDS.get(name, ((), ()))
        self._close_from(self._outermost(ends, self._deepest(limits)))
        self._pieces.append(tag[0])
        if name not in _VOID and not tag["rest"].endswith("/"):
            self._depths[name].append(len(self._open))
            self._open.append(name)
        elif name not in _VOID and not self._depths["svg"]:
            self._pieces.append(f"</{name}>")
        return tag.end()

    def _end(self, tag: re.Match[str]) -> None:
        """Add an end tag, with those of what is open inside; one of nothing is left out."""
        name = tag["name"].lower()
        depth = self._deepest((name,))
        if depth < 0 or self._deepest(_walls(name)) > depth:
            return
        self._close_from(depth + 1)
        self._forget_last()
        self._pieces.append(tag[0])

    def _deepest(self, names: Iterable[str]) -> int:
        """Return the depth of the innermost open element with one of the names, or -1."""
        return max((self._depths[each][-1] for each in names if self._depths[each]), default=-1)

    def _outermost(self, names: Iterable[str], inside: int) -> int:
        """Return the depth of the first open element with one of the names, deeper than `inside`.

        Where there is none, that of an element that would be opened now.
        """
        depths = (self._depths[each] for each in names)
        return min(
            (each[bisect(each, inside)] for each in depths if each and each[-1] > inside),
            default=len(self._open),
        )

    def _close_from(self, depth: int) -> None:
        while len(self._open) > depth:
            name = self._forget_last()
            if name == "p" and self._pieces[-1] == "<p>":
                # A block stands where Markdown began a paragraph.
                self._pieces.pop()
            else:
                self._pieces.append(f"</{name}>")

    def _forget_last(self) -> str:
        name = self._open.pop()
        self._depths[name].pop()
        return name


def _walls(name: str) -> frozenset[str]:
    """Return the elements through which an end tag does not reach."""
    if name in _TABLE:
        return frozenset()
    return _TABLE if name in _LISTS else _TABLE | _LISTS
