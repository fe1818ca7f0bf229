"""The link graph of the site: who links where, who is linked from nowhere, what is wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from dlsite.linking.titles import proposed_titles
from dlsite.records import (
    Backlink,
    Backlinks,
    Found,
    LinkOf,
    Missing,
    Page,
    PageRoute,
    Permalink,
    ReferenceKind,
    Resolution,
    Routes,
    Site,
    WantedPage,
)
from dlsite.terms.taxonomy import term_at
from dlsite.urls.permalinks import is_file

_Resolved = tuple[Page, tuple[Resolution, ...]]
"""A page with the resolutions of its references."""

_NONE: Mapping[str, Backlink] = MappingProxyType({})


def backlinks(routes: Routes, resolutions: Mapping[str, tuple[Resolution, ...]]) -> Backlinks:
    """Return who links to each published page, in site order; a page counts once, not itself."""
    stands = _stands(routes)
    links: dict[str, list[LinkOf]] = defaultdict(list)
    for page in routes.pages:
        for path, index in _links(page, resolutions[page.path], stands):
            links[path].append((page, index))
    return Backlinks({**links})


def backlinks_again(
    routes: Routes,
    known: Backlinks,
    edited: Iterable[tuple[_Resolved, _Resolved]],
) -> Backlinks:
    """Return who links to each page after some lead elsewhere: pages before and after that."""
    stands = _stands(routes)
    links = {
        page.path: (_backlinks(*before, stands), _backlinks(page, resolutions, stands))
        for before, (page, resolutions) in edited
    }
    return _amended(known, routes, {path: own for path, own in links.items() if own[0] != own[1]})


def backlinks_after(
    before: Site, routes: Routes, resolutions: Mapping[str, tuple[Resolution, ...]]
) -> Backlinks:
    """Return who links to each page, where that is known of an earlier state of the site."""
    old, new = _stands(before.routes), _stands(routes)
    moved = {link for link in old.keys() | new.keys() if old.get(link) != new.get(link)}
    if any(link not in old and link in before.routes.route_by_permalink for link in moved):
        # Links to what was no page are links to one now.
        return backlinks(routes, resolutions)
    pages = {page.path: page for page in before.pages}
    # What led to them, and they themselves, which they led to: that is no backlink.
    led = {old[place] for place in moved if place in old}
    led |= {link.path for path in tuple(led) for link in before.backlinks.get(path, ())}
    links: dict[str, tuple[Mapping[str, Backlink], Mapping[str, Backlink]]] = {}
    for page in routes.pages:
        path, was = page.path, pages.pop(page.path, None)
        found = resolutions[path]
        if page is not was or path in led or found != before.resolutions[path]:
            known = _NONE if was is None else _backlinks(was, before.resolutions[path], old)
            links[path] = (known, _backlinks(page, found, new))
    for path, page in pages.items():
        links[path] = (_backlinks(page, before.resolutions[path], old), _NONE)
    return _amended(before.backlinks, routes, links)


def _amended(
    known: Backlinks,
    routes: Routes,
    links: Mapping[str, tuple[Mapping[str, Backlink], Mapping[str, Backlink]]],
) -> Backlinks:
    """Return who links to each page after pages lead elsewhere: `links` before and after."""
    if not links:
        return known
    place = {page.path: number for number, page in enumerate(routes.pages)}
    others: dict[str, tuple[Backlink, ...]] = {}
    for path in {path for old, new in links.values() for path in (*old, *new)}:
        own = [link for link in known.get(path, ()) if link.path not in links]
        own += [new[path] for _, new in links.values() if path in new]
        others[path] = tuple(sorted(own, key=lambda link: place[link.path]))
    return known.amended(others)


def _stands(routes: Routes) -> dict[Permalink, str]:
    """Return the source path of each page by where it stands."""
    return {
        permalink: route.path
        for permalink, route in routes.route_by_permalink.items()
        if isinstance(route, PageRoute)
    }


def _links(
    page: Page, resolutions: tuple[Resolution, ...], stands: Mapping[Permalink, str]
) -> Iterator[tuple[str, int]]:
    """Yield the path of each other page that a page leads to, and its first link there."""
    seen = {page.path}
    for index, resolution in enumerate(resolutions):
        if isinstance(resolution, Found):
            path = stands.get(resolution.permalink)
            if path is not None and path not in seen:
                seen.add(path)
                yield path, index


def _backlinks(
    page: Page, resolutions: tuple[Resolution, ...], stands: Mapping[Permalink, str]
) -> dict[str, Backlink]:
    """Return the first link of a page to each other, by the path of that."""
    return {path: Backlink.of(page, index) for path, index in _links(page, resolutions, stands)}


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

    The titles are what the links and the headings over them propose, likeliest first; the
    tags are those of the linking pages that fit such a title.
    """
    found: dict[Permalink, list[tuple[Page, int]]] = defaultdict(list)
    written = {entry.permalink for entry in routes.skipped}
    for page in pages:
        own = resolutions[page.path]
        if Missing not in map(type, own):
            continue
        for index, resolution in enumerate(own):
            if not isinstance(resolution, Missing) or resolution.permalink in written:
                continue
            if _may_be_page(page, index, resolution):
                found[resolution.permalink].append((page, index))
    rows = [_wanted(permalink, uses) for permalink, uses in found.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.positions), row.permalink)))


def _may_be_page(page: Page, index: int, resolution: Missing) -> bool:
    kind, permalink = page.references.kinds[index], resolution.permalink
    if kind not in (ReferenceKind.LINK, ReferenceKind.WIKI_LINK) or term_at(permalink):
        return False
    return not is_file(permalink) or permalink.endswith(".html")


def _wanted(permalink: Permalink, uses: list[tuple[Page, int]]) -> WantedPage:
    references = [page.references[index] for page, index in uses]
    titles = proposed_titles(references, permalink)
    lowered = {title.casefold() for title in titles}
    tags = dict.fromkeys(
        tag for page, _ in uses for tag in page.front_matter.tags if tag.casefold() in lowered
    )
    positions = tuple(reference.position for reference in references)
    return WantedPage(permalink, titles, tuple(tags), positions)
