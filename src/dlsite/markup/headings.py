"""Heading ids by GitHub's rule, and kramdown's table of contents.

The ids are made before typography changes the words, so that they are what the author
typed: `don't` and `--` count as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from dlsite.markup.excerpts import lines_of
from dlsite.markup.labels import Labels
from dlsite.markup.parts import Parts
from dlsite.markup.plaintext import plain, without_notes
from dlsite.markup.quoted import is_in, quoted_spans
from dlsite.markup.remarks import Remarks
from dlsite.markup.trees import exact_words, take_out
from dlsite.records import Fragment, Heading
from dlsite.urls.slugs import fragment

_HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STASHED = re.compile(f"{STX}[^{ETX}]*{ETX}")
# Comments are matched so that a heading in one is passed over.
_RENDERED = re.compile(
    r"<!--.*?(?:-->|\Z)|<h(?P<level>[1-6])(?P<attributes>(?:\s[^>]*)?)>(?P<inner>(?:(?!<h[1-6][\s>]).)*?)</h(?P=level)>",
    re.DOTALL,
)
_ID = re.compile(r"\sid=(?:\"([^\"]*)\"|'([^']*)')")
_LINK = re.compile(r"</?a\b[^>]*>")
_OWN_ID = re.compile(r"\sid=\"[^\"]*\"")


class HeadingExtension(Extension):
    """Registers the tree processors.

    `words_of` turns the placeholders of stashed formulas into the words they stand for.
    """

    def __init__(
        self,
        remarks: Remarks,
        labels: Labels,
        *,
        words_of: Callable[[str], str],
        toc_depth: int,
    ) -> None:
        super().__init__()
        self._remarks = remarks
        self._labels = labels
        self._words_of = words_of
        self._toc_depth = toc_depth

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run after attribute lists, before typography."""
        ids = _Ids(md, self._remarks, self._words_of)
        md.treeprocessors.register(ids, "dlsite-heading-ids", 19)
        contents = _Contents(md, self._labels, self._toc_depth)
        md.treeprocessors.register(contents, "dlsite-contents", 18.5)


class Taken:
    """The ids of one page; hands out new ones as GitHub does, with `-1`, `-2` for repeats."""

    def __init__(self, ids: Iterator[str]) -> None:
        self._ids = set(ids)
        self._next: dict[str, int] = {}

    def add(self, wanted: str) -> str:
        """Return `wanted` if it is free, else the first free id made from it; never empty."""
        base = wanted or "section"
        unique, number = base, self._next.get(base, 0)
        while unique in self._ids:
            number += 1
            unique = f"{base}-{number}"
        self._next[base] = number
        self._ids.add(unique)
        return unique


class _Ids(Treeprocessor):
    def __init__(self, md: Markdown, remarks: Remarks, words_of: Callable[[str], str]) -> None:
        super().__init__(md)
        self._remarks = remarks
        self._words_of = words_of

    def run(self, root: Element) -> None:
        headings = [element for element in root.iter() if element.tag in _HEADING_TAGS]
        self._report_twins(headings)
        taken = Taken(identity for element in root.iter() if (identity := element.get("id")))
        for element in headings:
            if not element.get("id"):
                text = self._words_of(exact_words(element))
                if STX in text:
                    text = _STASHED.sub("", text)
                element.set("id", taken.add(fragment(text)))

    def _report_twins(self, headings: Iterable[Element]) -> None:
        seen: set[str] = set()
        for element in headings:
            identity = element.get("id")
            if not identity:
                continue
            if identity in seen:
                self._remarks.add(
                    "heading-id-duplicate",
                    f"two headings claim the fragment '#{identity}'",
                    at=f"#{identity}}}",
                    help_=("give one of them another",),
                )
            seen.add(identity)


class _Contents(Treeprocessor):
    """Puts the table of contents in the place of the list that is marked `{:toc}`."""

    def __init__(self, md: Markdown, labels: Labels, depth: int) -> None:
        super().__init__(md)
        self._labels = labels
        self._depth = depth

    def run(self, root: Element) -> None:
        marked = [
            element
            for element in root.iter()
            if element.tag in ("li", "ul", "ol") and "toc" in element.attrib
        ]
        parents = {child: parent for parent in root.iter() for child in parent} if marked else {}
        for element in marked:
            del element.attrib["toc"]
        # One list, as with kramdown: many would be the square of a page.
        for element in marked[:1]:
            listed = parents[element] if element.tag == "li" else element
            if (holder := parents.get(listed)) is not None:
                contents = self._build(root, listed.tag)
                contents.tail = listed.tail
                holder[list(holder).index(listed)] = contents

    def _build(self, root: Element, tag: str) -> Element:
        contents = Element("nav", {"class": "toc", "aria-label": self._labels.words.contents})
        wanted = [
            element
            for element in root.iter()
            if element.tag in _HEADING_TAGS
            and int(element.tag[1]) <= self._depth
            and "no_toc" not in element.get("class", "").split()
        ]
        levels: list[tuple[int, Element]] = []
        for heading in wanted:
            level = int(heading.tag[1])
            while levels and levels[-1][0] >= level:
                levels.pop()
            entry = SubElement(_list_under(levels[-1][1] if levels else contents, tag), "li")
            entry.append(_link_to(heading))
            levels.append((level, entry))
        return contents


def _list_under(parent: Element, tag: str) -> Element:
    last = parent[-1] if len(parent) else None
    return last if last is not None and last.tag == tag else SubElement(parent, tag)


def _link_to(heading: Element) -> Element:
    """Return a link with the words of a heading, without links, ids and footnotes of their own."""
    link = deepcopy(heading)
    for holder in list(link.iter()):
        for mark in holder.findall("sup[@class='footnote-ref']"):
            take_out(mark, holder)
    link.tag, link.tail = "a", None
    link.attrib.clear()
    link.set("href", f"#{heading.get('id')}")
    for inner in link.iter():
        if inner is not link:
            inner.attrib.pop("id", None)
            inner.attrib.pop("href", None)
            inner.tag = "span" if inner.tag == "a" else inner.tag
    return link


def give_ids(body_html: str) -> str:
    """Give ids to the headings of raw HTML that have none."""
    if not any(
        match["level"] and not _ID.search(match["attributes"])
        for match in _RENDERED.finditer(body_html)
    ):
        return body_html
    taken = Taken(found[1] or found[2] for found in _ID.finditer(body_html))

    def give(match: re.Match[str]) -> str:
        if not match["level"] or _ID.search(match["attributes"]):
            return match[0]
        identity = taken.add(fragment(plain(match["inner"])))
        start = f"<h{match['level']}"
        return f'{start} id="{identity}"{match[0][len(start) :]}'

    return _RENDERED.sub(give, body_html)


class Outline(NamedTuple):
    """The headings of a rendered body, in order, and its text, a line for each block.

    `own` says which of the headings stand in no quote, by their numbers.
    """

    headings: tuple[Heading, ...]
    own: tuple[int, ...]
    text: str


def outline_of(body_html: str, parts: Parts) -> Outline:
    """Return the outline of a body; the HTML of a heading is without links and ids."""
    quotes = quoted_spans(body_html)
    headings: list[Heading] = []
    own: list[int] = []
    lines: list[str] = []
    done = 0
    for match in _RENDERED.finditer(body_html):
        identity = _ID.search(match["attributes"]) if match["level"] else None
        if identity is not None:
            lines += lines_of(parts.said(body_html[done : match.start()]))
            done = match.start()
            inner = match["inner"]
            if "<" in inner:
                inner = _OWN_ID.sub("", _LINK.sub("", without_notes(inner)))
            inner = inner.strip()
            name = Fragment(plain(identity[1] or identity[2] or ""))
            text, markup = plain(parts.said(inner)), parts.shown(inner)
            if not is_in(quotes, match.start()):
                own.append(len(headings))
            headings.append(Heading(int(match["level"]), text, markup, name, len(lines)))
    lines += lines_of(parts.said(body_html[done:]))
    return Outline(tuple(headings), tuple(own), "\n".join(lines))
