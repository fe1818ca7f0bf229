"""Find the references and ids of rendered HTML, and cut the HTML at the references.

The rendered page decides what is a link: code, comments and formulas never are.
"""

from __future__ import annotations

import html
from collections import deque
from collections.abc import Mapping
from dataclasses import field, replace
from urllib.parse import unquote

from dlsite.dataclass import dataclass
from dlsite.markup.imagetags import (
    has_no_other_forms,
    has_no_size,
    is_decoration,
    room_of,
)
from dlsite.markup.parts import Parts
from dlsite.markup.plaintext import plain
from dlsite.markup.quoted import quoted_spans
from dlsite.markup.schemes import SILENT_SCHEME, WIKI_SCHEME, WORDS_SCHEME
from dlsite.markup.sentences import sentence_around
from dlsite.records import Body, Place, ReferenceKind, place_mark, place_marked
from dlsite.texts.htmlurls import Tag, tags, urls_of

_MOST_SENTENCES = 1_000
"""References of a body for which their sentences are looked for, which takes long."""

_LONGEST_INSIDE = 50_000
"""Code points from a start tag to its end tag; a tag that nobody closes has no words."""

_MOST_AGAIN = 1_000_000
"""Code points of a body that are read again, because an element stands in another."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class RenderedReference:
    """A reference as the HTML has it; the fields mean what they mean in `Reference`."""

    kind: ReferenceKind
    target: str
    text: str
    heading: str
    sentence: str = ""
    is_decoration: bool = False
    room: str = ""
    asks_words: bool = False


@dataclass(slots=True)
class Cut:
    """HTML taken apart: the pieces, the references that they index, and all ids."""

    body: list[str | int] = field(default_factory=list)
    references: list[RenderedReference] = field(default_factory=list)
    fragments: set[str] = field(default_factory=set)


def cut(markup: str, parts: Parts | None = None) -> Cut:
    """Take the HTML of a body apart; `"".join` of the pieces with values put back is `markup`.

    Where signs stand in it for `parts`, the pieces have the parts themselves.
    """
    return _Cutter(markup, parts or Parts(), has_sentences=True).run()


class _Cutter:
    """Takes HTML apart, tag by tag."""

    def __init__(self, markup: str, parts: Parts, *, has_sentences: bool) -> None:
        self._markup = markup
        self._parts = parts
        self._most_sentences = _MOST_SENTENCES if has_sentences else 0
        self._ends = _Ends(markup)
        # The quotes that are to come, and what counts behind the one that has a heading.
        self._quotes = deque(quoted_spans(markup))
        self._behind: tuple[int, str] | None = None
        self._read_to = 0
        self._read_again = 0
        self._cut = Cut()
        self._done = 0
        self._heading = ""

    def run(self) -> Cut:
        """Return the pieces."""
        before: Tag | None = None
        for tag in tags(self._markup):
            if self._behind and tag.start >= self._behind[0]:
                self._heading, self._behind = self._behind[1], None
            if tag.name in _HEADINGS:
                self._enter_quote(tag)
                self._heading = self._words(tag.end, self._ends.of(tag))
            if "id" in tag.attributes:
                self._cut.fragments.add(tag.value("id"))
            if tag.name == "a" and "name" in tag.attributes:
                self._cut.fragments.add(tag.value("name"))
            if tag.name == "img":
                self._image(tag, before)
            elif tag.value("role") not in ("doc-noteref", "doc-backlink"):
                self._references(tag)
            before = tag
        self._cut.body.append(self._parts.shown(self._markup[self._done :]))
        return self._cut

    def _enter_quote(self, heading: Tag) -> None:
        """Note what counts again behind the quote in which a heading stands."""
        while self._quotes and self._quotes[0][1] <= heading.start:
            self._quotes.popleft()
        if self._quotes and self._quotes[0][0] < heading.start and self._behind is None:
            self._behind = self._quotes[0][1], self._heading

    def _up_to(self, end: int, piece: int, quote: str = "") -> None:
        """Put a piece where the text up to `end` stops, behind the quote that it lacks."""
        self._cut.body += [self._parts.shown(self._markup[self._done : end]) + quote, piece]
        self._done = end

    def _references(self, tag: Tag) -> None:
        references = self._cut.references
        for url in urls_of(tag, self._markup):
            end = self._ends.of(tag) if tag.name == "a" else -1
            text = self._words(tag.end, end) if tag.name == "a" else tag.value("alt")
            written = html.unescape(url.raw)
            target = written.removeprefix(WORDS_SCHEME)
            is_early = len(references) < self._most_sentences
            sentence = self._sentence(tag.start, end, target) if is_early and end > 0 else ""
            kind, bare = _kind(tag.name, target)
            asks_words = target != written
            if asks_words and not any(map(str.isalnum, sentence)):
                sentence = ""
            references.append(
                RenderedReference(kind, bare, text, self._heading, sentence, asks_words=asks_words)
            )
            self._up_to(url.start, len(references) - 1, url.open_quote)
            self._done = url.end
            if url.open_quote:
                self._cut.body.append(url.open_quote)
            if asks_words and end > 0:
                self._up_to(tag.end, place_mark(len(references) - 1, Place.WORDS))
                self._done = end

    def _image(self, tag: Tag, before: Tag | None) -> None:
        """Cut an image at what only the site knows of it: its size and other forms too."""
        index = len(self._cut.references)
        may_have_forms = has_no_other_forms(tag, before)
        if may_have_forms:
            self._up_to(tag.start, place_mark(index, Place.BEFORE))
        if has_no_size(tag):
            self._up_to(tag.start + len("<img"), place_mark(index, Place.SIZE))
        self._references(tag)
        if may_have_forms:
            self._up_to(tag.end, place_mark(index, Place.AFTER))
        room = room_of(tag, before, self._markup)
        for number, found in enumerate(self._cut.references[index:], index):
            is_ours = tag.value("src").startswith((SILENT_SCHEME, WIKI_SCHEME))
            silent = is_decoration(tag, is_html=not is_ours)
            self._cut.references[number] = replace(found, is_decoration=silent, room=room)

    def _words(self, start: int, end: int) -> str:
        """Return the words from a start tag to its end tag, empty where there is none.

        Of elements that stand in each other they are read so often as no page needs.
        """
        if end < 0:
            return ""
        self._read_again += max(0, min(end, self._read_to) - start)
        self._read_to = max(end, self._read_to)
        return self._plain(self._markup[start:end]) if self._read_again < _MOST_AGAIN else ""

    def _sentence(self, start: int, end: int, target: str) -> str:
        """Return the sentence of a link that may lead to a page of the site."""
        if target.startswith(("http:", "https:", "mailto:", "#", "//")):
            return ""
        return sentence_around(self._markup, start, end, self._plain)

    def _plain(self, markup: str) -> str:
        return plain(self._parts.said(markup))


def cut_again(markup: str, references: Mapping[tuple[ReferenceKind, str], int]) -> Body:
    """Cut a part of a body (its excerpt) at references that the body has; others stay text."""
    again = _Cutter(markup, Parts(), has_sentences=False).run()
    pieces: list[str | int] = []
    for piece in again.body:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        here, place = (piece, None) if piece >= 0 else place_marked(piece)
        reference = again.references[here]
        index = references.get((reference.kind, reference.target))
        if index is not None:
            pieces.append(index if place is None else place_mark(index, place))
        elif place is None:
            pieces.append(html.escape(reference.target))
    return tuple(pieces)


class _Ends:
    """Finds the end tags of a body, for start tags in order; looks nowhere twice for one name."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._next: dict[str, int] = {}

    def of(self, tag: Tag) -> int:
        """Return where the end tag begins; -1 where there is none."""
        name = self._markup[tag.start + 1 : tag.start + 1 + len(tag.name)]
        if self._next.get(name, -1) < tag.end:
            self._next[name] = self._find(name, tag.end)
        end = self._next[name]
        return end if end + len(name) + 2 <= tag.end + _LONGEST_INSIDE else -1

    def _find(self, name: str, start: int) -> int:
        """Return where an end tag begins, a place that is too far away where there is none."""
        end = start
        # `</a` begins `</annotation>` too.
        while (end := self._markup.find(f"</{name}", end)) >= 0:
            if not self._markup[end + len(name) + 2 : end + len(name) + 3].isalnum():
                return end
            end += 1
        return len(self._markup) + _LONGEST_INSIDE


def _kind(name: str, target: str) -> tuple[ReferenceKind, str]:
    """Return what kind of reference a target of a tag is, and the target without our schemes."""
    is_image = name == "img"
    target = target.removeprefix(SILENT_SCHEME)
    if target.startswith(WIKI_SCHEME):
        kind = ReferenceKind.WIKI_IMAGE if is_image else ReferenceKind.WIKI_LINK
        target = unquote(target.removeprefix(WIKI_SCHEME))
    elif is_image:
        kind = ReferenceKind.IMAGE
    else:
        kind = ReferenceKind.LINK if name == "a" else ReferenceKind.HTML
    return kind, target
