"""Figures and tables with a caption are numbered, and links to them say the number.

The numbers are text, not a counter of the stylesheet: search, feeds and whoever copies a
sentence get them too.  A caption whose author wrote a number keeps that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from dlsite.markup.labels import Labels, Words
from dlsite.markup.trees import raw_words

_CAPTIONS = {"figure": "figcaption", "table": "caption"}
# `Figure 3`, `Fig. 3b`, `Table A.1`, `Tab. IV`: a word, and a number of whatever kind.
_SHORT = {"figure": ("figure", "fig", "abb", "рис"), "table": ("table", "tab", "табл")}
_NUMBER = r"\.?\s*([A-Z]?[.-]?\d+(?:[.-]?\d+)*[a-z]?|[IVX]+)\b"


class CaptionExtension(Extension):
    """Registers the tree processor."""

    def __init__(self, labels: Labels, *, numbers: bool) -> None:
        super().__init__()
        self.language = labels
        self.label_by_id: dict[str, str] = {}
        """The labels of the last body, by the ids of what they stand under."""
        self._numbers = numbers

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come after figures and tables have their captions."""
        md.registerExtension(self)
        if self._numbers:
            md.treeprocessors.register(_Captions(md, self), "dlsite-captions", 11)

    def reset(self) -> None:
        """Forget the labels of the last body."""
        self.label_by_id = {}


class _Captions(Treeprocessor):
    def __init__(self, md: Markdown, extension: CaptionExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        language = self._extension.language.words
        label_by_id = self._extension.label_by_id
        numbers: Counter[str] = Counter()
        for element in root.iter():
            if element.tag not in _CAPTIONS:
                continue
            caption = element.find(_CAPTIONS[element.tag])
            if caption is None:
                continue
            kind = element.tag
            numbers[kind] += 1
            word = language.figure if kind == "figure" else language.table
            label = _own_label(caption, kind, word)
            if not label:
                label = f"{word} {numbers[kind]}"
                _put_before(caption, f"{label}{language.end}")
            if identity := element.get("id"):
                label_by_id[identity] = label
        if label_by_id:
            _name_links(root, label_by_id, language)


def general_words(language: Words) -> set[str]:
    """Return what links call figures and tables without saying which, in small letters."""
    return {language.figure.lower(), language.table.lower(), "figure", "table"}


def _own_label(caption: Element, kind: str, word: str) -> str:
    """Return the label that the author has written, empty where there is none."""
    text = (caption.text or "").lstrip()
    names = "|".join(map(re.escape, dict.fromkeys((word.lower(), *_SHORT[kind]))))
    match = re.match(rf"(?:{names}){_NUMBER}", text, re.IGNORECASE)
    return match[0] if match else ""


def _put_before(caption: Element, label: str) -> None:
    number = Element("b", {"class": "number"})
    number.text = AtomicString(label)
    number.tail = f" {caption.text or ''}"
    caption.text = None
    caption.insert(0, number)


def _name_links(root: Element, label_by_id: Mapping[str, str], language: Words) -> None:
    """Let `[](#id)` and `[Figure](#id)` say which figure it is."""
    general = {"", *general_words(language)}
    for link in root.iter("a"):
        mark, _, identity = link.get("href", "").partition("#")
        label = "" if mark else label_by_id.get(identity)
        if label and len(link) == 0 and raw_words(link).lower() in general:
            link.text = AtomicString(label)
