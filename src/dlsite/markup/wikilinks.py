"""Wiki links and wiki images, whose targets are looked up among the site's pages later."""

from __future__ import annotations

import html
import re
from urllib.parse import quote
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import InlineProcessor as StockInline
from markdown.util import ETX, INLINE_PLACEHOLDER_PREFIX, INLINE_PLACEHOLDER_RE, STX, AtomicString

from dlsite.markup.schemes import WIKI_SCHEME

_LINK = r"(?P<image>!?)\[\[(?P<target>[^\[\]\n|]+)(?P<text>\|[^\[\]]*)?\]\](?!\()"
_ESCAPED = re.compile(f"{STX}(\\d+){ETX}")
_LABEL = re.compile(r"[ ]?\[([^\[\]]*)\]")
# The rows of a matrix: `[[107 163 44]]`, `[[1, 2], [3, 4]]`.
_FIGURES = re.compile(r"[-+\d.,;\s]*\d[-+\d.,;\s]*[,;\s][-+\d.,;\s]*")
# A page and what stands on it; `C#` and `F# basics` are names.
_PARTS = re.compile(r"(?P<page>[^#]*(?:#\s*(?=#))?)#(?P<fragment>\S.*)")
_SIZE = re.compile(r"(?P<width>\d{1,5})(?:x(?P<height>\d{1,5}))?$")


class WikiLinkExtension(Extension):
    """Registers the inline pattern."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come after code, escapes and footnote marks, and before links."""
        md.inlinePatterns.register(_WikiLinks(_LINK, md), "dlsite-wiki", 172)


class _WikiLinks(InlineProcessor):
    def handleMatch(  # type: ignore[override] # noqa: N802 - Python-Markdown's name; its stub has the old form
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        # In a table the bar is escaped, so that it does not cut the cell.
        inside = self._as_meant(f"{m['target']}{m['text'] or ''}")
        target, _, text = inside.partition("|")
        target = " ".join(target.split())
        is_one = target.strip("#") and not _FIGURES.fullmatch(target)
        if not is_one or INLINE_PLACEHOLDER_PREFIX in target:
            return None, None, None
        if not m["image"] and self._is_reference(m, data):
            return None, None, None
        # What stands for a formula must be found, so that its source is put back in its place.
        quoted = WIKI_SCHEME + quote(html.unescape(target), safe=STX + ETX)
        element = _image(quoted, text) if m["image"] else _link(quoted, target, text)
        return element, m.start(), m.end()

    def _as_meant(self, text: str) -> str:
        """Return text with the signs that were escaped in it, which have been put aside."""
        assert self.md is not None
        reader = self.md.treeprocessors["inline"]
        assert isinstance(reader, StockInline)
        nodes = reader.stashed_nodes

        def put_back(placeholder: re.Match[str]) -> str:
            node = nodes.get(placeholder[1])
            return node if isinstance(node, str) else placeholder[0]

        return _unescape(INLINE_PLACEHOLDER_RE.sub(put_back, text))

    def _is_reference(self, m: re.Match[str], data: str) -> bool:
        """Say whether this is `[[1]][r]`, or `[[1]]` where `[1]` has a definition."""
        after = _LABEL.match(data, m.end())
        labels = [m["target"], *([after[1]] if after else [])]
        assert self.md is not None
        return any(" ".join(label.split()).lower() in self.md.references for label in labels)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1])), text)


def _link(quoted: str, target: str, text: str) -> Element:
    element = Element("a", {"class": "wiki", "href": quoted})
    parts = _PARTS.fullmatch(target)
    name = (parts["page"].strip() or parts["fragment"]) if parts else target
    element.text = text.strip() or AtomicString(name)
    return element


def _image(quoted: str, text: str) -> Element:
    """Return the image; a last part such as `300` or `300x200` is its size, as in Obsidian."""
    parts = [part.strip() for part in text.split("|")]
    element = Element("img", {"src": quoted})
    if size := _SIZE.match(parts[-1]):
        parts.pop()
        for name, value in size.groupdict().items():
            if value:
                element.set(name, value)
    element.set("alt", " ".join("|".join(parts).split()))
    return element
