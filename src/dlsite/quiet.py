"""Tell the edits of a page that change nothing but words.

Most edits of a text are quiet: they show on the page alone, and what follows is known: the
page itself, its entries in feeds, its words in the search index and their number in
`site.json`.  Others change what is told of the page elsewhere, its title or the sentence of
a link, while it stands, leads and is listed where it did.  Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import normalize

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic, Position
from dlsite.length import is_stub, minutes
from dlsite.linking.names import titles_of
from dlsite.records import NOWHERE, Headings, Page, Parsed, Permalink, Reference, References
from dlsite.terms.taxonomy import identity

_SUGGESTING = frozenset(["link-missing", "url-removed"])
"""The rules whose findings suggest pages by title and heading."""

_MISSING_FRAGMENTS = frozenset(["link-anchor", "url-removed"])
_NO_LABELS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reworded:
    """A page at a permalink, before and after an edit of its words.

    `urls` are those of its references, in full where the host is known, `words` what links
    of it say by the site's leave (`SiteMarkup`); `terms` are the permalinks of its tags and
    categories.  `links` are the other pages that it leads to, before and after, in the
    order of the text.
    """

    permalink: Permalink
    before: Page
    after: Page
    urls: tuple[str, ...]
    words: tuple[str, ...]
    terms: tuple[Permalink, ...]
    links: tuple[tuple[Permalink, ...], tuple[Permalink, ...]]


class LinkFrom(NamedTuple):
    """A link as the page shows it to which it leads: from where, in which words."""

    permalink: Permalink
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A page that is told anew: its title, and what leads to it, before and after edits."""

    title: str
    before: tuple[LinkFrom, ...]
    after: tuple[LinkFrom, ...]


Mentioned = Mapping[str, Collection[int]]
"""The lines that findings point to, by file."""


def mentioned(found: Iterable[Diagnostic]) -> dict[str, list[int]]:
    """Return the lines that findings point to, by file; a file as a whole has none."""
    lines: dict[str, set[int]] = {}
    for each in found:
        for place in (each.position, *each.related):
            lines.setdefault(place.path, set()).add(place.line)
    return {path: sorted(own - {0}) for path, own in lines.items() if own != {0}}


def is_quiet_edit(before: Parsed, after: Parsed, lines: Mentioned) -> bool:
    """Say whether all there is to say of a site is the same after an edit of a page.

    `lines` are those that findings point to: they may have moved, but for those of the
    front matter.
    """
    if before.diagnostics or after.diagnostics:
        return False
    own = {place.line for place in after.page.front_matter.positions.values()}
    return own.issuperset(lines.get(after.page.path, ())) and is_quiet(before.page, after.page)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else of a site decides whether an edit of a page changes more than words.

    `rules` are those that have a finding anywhere, `asked` the names that wiki links call
    (`taxonomy.identity`), `named` the pages that links without words take theirs from;
    `has_exemptions` says whether the site exempts from rules.
    """

    lines: Mentioned
    rules: Collection[str]
    asked: Collection[str]
    named: Collection[str]
    has_exemptions: bool


def is_reworded(before: Parsed, after: Parsed, around: Surroundings) -> bool:
    """Say whether an edit changes nothing but what is told of a page, there and elsewhere.

    Findings suggest titles and headings, and wiki links call titles, so an edit of these
    may be more than that.
    """
    old, new = before.page, after.page
    if before.diagnostics or after.diagnostics or new.path in around.lines:
        return False
    if not keeps_its_place(old, new):
        return False
    names = [(page.title, page.headings, page.labels) for page in (old, new)]
    if names[0] != names[1] and (
        not _SUGGESTING.isdisjoint(around.rules) or new.path in around.named
    ):
        return False
    was, now = titles_of(old), titles_of(new)
    if was != now and not {*map(identity, was + now)}.isdisjoint(around.asked):
        return False
    return old.fragments == new.fragments or not (
        around.has_exemptions
        or not _MISSING_FRAGMENTS.isdisjoint(around.rules)
        or _are_forms(old.fragments, new.fragments - old.fragments)
    )


def _are_forms(known: Collection[str], more: Collection[str]) -> bool:
    """Say whether a new fragment is one that is known, or another, in another Unicode form."""
    forms = {normalize("NFC", fragment) for fragment in known}
    own = [normalize("NFC", fragment) for fragment in more]
    return len(set(own)) < len(own) or not forms.isdisjoint(own)


def keeps_its_place(before: Page, after: Page) -> bool:
    """Say whether a page stands and is listed where it did, with nothing of it gone.

    Whatever is not named in `_placed` counts.
    """
    return (
        is_stub(before.words) == is_stub(after.words)
        and before.fragments <= after.fragments
        and _placed(before) == _placed(after)
    )


def _placed(page: Page) -> Page:
    """Return a page without what is told of it: titles, words, sentences, headings."""
    fields = replace(
        page.front_matter, title=None, description=None, excerpt=None, positions=NOWHERE
    )
    return replace(
        _shown(page),
        front_matter=fields,
        title="",
        title_html="",
        excerpt=(),
        headings=Headings(),
        labels=_NO_LABELS,
        fragments=frozenset(),
        references=References(),
    )


def leads_as_before(before: Page, after: Page) -> bool:
    """Say whether a page has the same references as before, whatever words are around them."""
    return _references(before) == _references(after)


def _references(page: Page) -> list[Reference]:
    nowhere = Position(page.path)
    return [
        replace(each, position=nowhere, text=_kept(each), heading="", sentence="")
        for each in page.references
    ]


def _kept(reference: Reference) -> str:
    """Return what counts of the words of a reference.

    Of an image without words there is a finding, and a link may ask for more words.
    """
    return reference.text if reference.asks_words else "x" * bool(reference.text.strip())


def is_quiet(before: Page, after: Page) -> bool:
    """Say whether two states of a page are the same for every other page, list and check.

    Whatever is not named in `_shown` counts: a field that is new in `Page` is no quiet one
    before somebody has thought about it.
    """
    same_length = minutes(before.words) == minutes(after.words)
    return (
        same_length
        and is_stub(before.words) == is_stub(after.words)
        and _shown(before) == _shown(after)
    )


def _shown(page: Page) -> Page:
    """Return a page without what nothing but itself, feeds and search shows.

    Lines may move: a page that a finding points into is no matter for quiet edits.
    """
    return replace(
        page,
        digest="",
        body_digest="",
        text_digest="",
        words=0,
        headings=replace(page.headings, lines=()),
        references=replace(page.references, lines=(), columns=(), lengths=()),
    )
