"""Tell the edits of a page that show on that page alone: its words change, nothing else does.

Most edits of a text are of this kind, and what follows from one is known: the page itself,
its entries in feeds, its words in the search index and their number in `site.json`.  Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from dlsite.diagnostics import Diagnostic, Position
from dlsite.length import is_stub, minutes
from dlsite.records import Page, Parsed, Permalink


@dataclass(frozen=True, slots=True)
class Reworded:
    """A page at a permalink, before and after a quiet edit.

    `url` is where it stands on the web and `urls` those of its references, in full where
    the host is known, `words` what links of it say by the site's leave (`SiteMarkup`);
    `terms` are the permalinks of its tags and categories.
    """

    permalink: Permalink
    before: Page
    after: Page
    url: str
    urls: tuple[str, ...]
    words: tuple[str, ...]
    terms: tuple[Permalink, ...]


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
    nowhere = Position(page.path)
    return replace(
        page,
        digest="",
        body_digest="",
        text_digest="",
        terms="",
        words=0,
        headings=tuple(replace(each, line=0) for each in page.headings),
        references=tuple(replace(each, position=nowhere) for each in page.references),
    )
