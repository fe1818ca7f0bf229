"""The link graph of the site: who links where, who is linked from nowhere, what is wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from dlsite.records import (
    Backlink,
    Found,
    Missing,
    Page,
    PageRoute,
    Permalink,
    ReferenceKind,
    Resolution,
    Routes,
    WantedPage,
)
from dlsite.urls import is_file


def backlinks(
    routes: Routes, resolutions: Mapping[str, tuple[Resolution, ...]]
) -> dict[str, tuple[Backlink, ...]]:
    """Return who links to each published page, in site order; a page counts once, not itself."""
    linkers: dict[str, dict[str, Backlink]] = defaultdict(dict)
    for page in routes.pages:
        for reference, resolution in zip(page.references, resolutions[page.path], strict=True):
            if not isinstance(resolution, Found):
                continue
            target = routes.route_by_permalink.get(resolution.permalink)
            if isinstance(target, PageRoute) and target.path != page.path:
                linkers[target.path].setdefault(
                    page.path, Backlink(page.path, reference.text, reference.sentence)
                )
    return {path: tuple(found.values()) for path, found in linkers.items()}


def orphans(
    routes: Routes, linked: Mapping[str, tuple[Backlink, ...]], nav: Iterable[Resolution]
) -> tuple[str, ...]:
    """Return the published pages that neither a page nor the navigation leads to.

    The home page needs no link.
    """
    reached = {resolution.permalink for resolution in nav if isinstance(resolution, Found)}
    reached.add(Permalink("/"))
    return tuple(
        sorted(
            page.path
            for page in routes.pages
            if page.path not in linked and routes.permalink_by_path[page.path] not in reached
        )
    )


def wanted(
    pages: Iterable[Page], resolutions: Mapping[str, tuple[Resolution, ...]], routes: Routes
) -> tuple[WantedPage, ...]:
    """Return the pages that links ask for, most wanted first; drafts are there already.

    The titles are those that the headings over the links propose, then the links' own
    words; the tags are those of the linking pages that fit such a title.
    """
    found: dict[Permalink, list[tuple[Page, int]]] = defaultdict(list)
    written = {entry.permalink for entry in routes.skipped}
    for page in pages:
        for index, resolution in enumerate(resolutions[page.path]):
            if not isinstance(resolution, Missing) or resolution.permalink in written:
                continue
            if _may_be_page(page, index, resolution):
                found[resolution.permalink].append((page, index))
    rows = [_wanted(permalink, uses) for permalink, uses in found.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.positions), row.permalink)))


def _may_be_page(page: Page, index: int, resolution: Missing) -> bool:
    kind = page.references[index].kind
    is_link = kind in (ReferenceKind.LINK, ReferenceKind.WIKI_LINK)
    return is_link and (not is_file(resolution.permalink) or resolution.permalink.endswith(".html"))


def _wanted(permalink: Permalink, uses: list[tuple[Page, int]]) -> WantedPage:
    references = [page.references[index] for page, index in uses]
    titles = dict.fromkeys(
        text
        for text in (
            *(reference.heading for reference in references),
            *(reference.text for reference in references),
        )
        if text
    )
    lowered = {title.casefold() for title in titles}
    tags = dict.fromkeys(
        tag for page, _ in uses for tag in page.front_matter.tags if tag.casefold() in lowered
    )
    positions = tuple(reference.position for reference in references)
    return WantedPage(permalink, tuple(titles), tuple(tags), positions)
