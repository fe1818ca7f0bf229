"""Tell the edits after which every page of a site stands and is listed where it did.

Then the routes are what they were, with other pages in them.  Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.permalinks import written_permalink
from dlsite.records import NOWHERE, FrontMatter, Page, Routes

T = TypeVar("T")


def is_same_config(before: Config, after: Config, pages: Iterable[Page]) -> bool:
    """Say whether two configurations are the same for pages, but for a time that passes."""
    if replace(before, now=after.now) != after:
        return False
    first, last = sorted([before.now, after.now])
    dates = (page.front_matter.date for page in pages)
    return first == last or not any(date and first <= date <= last for date in dates)


def stand(
    edited: Iterable[tuple[Page, Page]],
    config: Config,
    routes: Routes,
    routing: Iterable[Diagnostic],
) -> bool:
    """Say whether pages stand and are listed after an edit as they did before.

    `routes` are those before, and `routing` what there was to say of them: a page that is
    named there may be named otherwise now.
    """
    named = {place.path for found in routing for place in (found.position, *found.related)}
    return all(
        page.path not in named
        and _owns_its_place(page, routes)
        and _fields(page.front_matter) == _fields(after.front_matter)
        and written_permalink(page, config) == written_permalink(after, config)
        for page, after in edited
    )


def _owns_its_place(page: Page, routes: Routes) -> bool:
    """Say whether what stands at the address of a page is that page, or nothing."""
    route = routes.route_by_permalink.get(routes.permalink_by_path[page.path])
    return route is None or getattr(route, "path", None) == page.path


def _fields(fields: FrontMatter) -> FrontMatter:
    """Return the fields that say where a page stands and is listed.

    Their places count where redirects are made from them.
    """
    has_redirects = fields.redirect_from or fields.redirect_to is not None
    positions = fields.positions if has_redirects else NOWHERE
    return replace(fields, title=None, description=None, excerpt=None, positions=positions)


def places_of(pages: Iterable[Page]) -> dict[str, int]:
    """Return where each page stands among others, by source path."""
    return {page.path: place for place, page in enumerate(pages)}


def with_pages(routes: Routes, pages: Mapping[str, Page], places: Mapping[str, int]) -> Routes:
    """Return routes with other pages at the places of those of the same source paths."""
    skipped = [replace(each, page=pages.get(each.page.path, each.page)) for each in routes.skipped]
    return replace(routes, pages=put_in(routes.pages, pages, places), skipped=tuple(skipped))


def put_in(old: Sequence[T], new: Mapping[str, T], places: Mapping[str, int]) -> tuple[T, ...]:
    """Return `old` with others at the places that their source paths have, if they have one."""
    found = [*old]
    for path, entry in new.items():
        if path in places:
            found[places[path]] = entry
    return tuple(found)


def edits(old: Sequence[Page], new: Sequence[Page]) -> tuple[tuple[Page, Page], ...] | None:
    """Return the pages that differ, before and after; `None` where these are other files."""
    if len(old) != len(new):
        return None
    pairs = [pair for pair in zip(old, new, strict=True) if pair[0] is not pair[1]]
    if any(_file_of(before) != _file_of(after) for before, after in pairs):
        return None
    return tuple(pairs)


def _file_of(page: Page) -> tuple[str, str]:
    return page.path, page.content_path
