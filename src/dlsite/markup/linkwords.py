"""Mark the links that get their words from the site, and those that are an address themselves.

`[](/b/#fig)` says nothing, and `[Figure](/b/#fig)` not which: what stands there is known only
when all pages are.  On paper an address is not repeated behind itself.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.captions import general_words
from dlsite.markup.labels import Labels
from dlsite.markup.schemes import WIKI_SCHEME, WORDS_SCHEME
from dlsite.markup.trees import raw_words


class LinkWordsExtension(Extension):
    """Registers the tree processor."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come after links have the numbers of their own page."""
        md.treeprocessors.register(_LinkWords(md, self._labels), "dlsite-link-words", 10.5)


class _LinkWords(Treeprocessor):
    def __init__(self, md: Markdown, labels: Labels) -> None:
        super().__init__(md)
        self._labels = labels

    def run(self, root: Element) -> None:
        general = general_words(self._labels.words)
        for link in root.iter("a"):
            href = link.get("href", "")
            if not href or len(link) or href.startswith(WIKI_SCHEME):
                continue
            text = raw_words(link)
            if not text:
                link.text = None
                link.set("href", WORDS_SCHEME + href)
            elif "#" in href[1:] and text.lower() in general:
                link.set("href", WORDS_SCHEME + href)
            elif href.endswith(text) and href.removesuffix(text) in ("", "http://", "https://"):
                link.set("class", f"{link.get('class', '')} address".strip())
