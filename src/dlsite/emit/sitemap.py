"""The sitemap (sitemaps.org, protocol 0.9) and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from dlsite.config import Config
from dlsite.emit.xml import document, element, stamp
from dlsite.records import (
    ArchiveRoute,
    HomeRoute,
    OutputFile,
    PageRoute,
    Permalink,
    Site,
    TaxonomyRoute,
    TermRoute,
)
from dlsite.urls import href, split_base_url

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAX_ADDRESSES = 50_000
"""As many as the protocol lets one sitemap have."""


def sitemap(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `sitemap.xml`: every page but those with `sitemap: false`, and the listings.

    `lastmod` is what the author says of a page, and for a listing the latest of its
    pages: nothing is guessed, and nothing stands where no date was given.  Drafts that
    are only shown for preview are left out.  Without a host the addresses are paths, which
    no search engine takes, but checkers do.
    """
    origin, _ = split_base_url(config.base_url)
    urls = islice(_changes(site), MAX_ADDRESSES)
    children = [
        element(
            "url",
            element("loc", origin + href(config.base_path, permalink)),
            *([] if changed is None else [element("lastmod", stamp(changed))]),
        )
        for permalink, changed in urls
    ]
    yield OutputFile("sitemap.xml", document(element("urlset", *children, xmlns=SITEMAP)))


def _changes(site: Site) -> Iterator[tuple[Permalink, datetime | None]]:
    """Yield every address to be found, in order, and when it changed."""
    changed_by_path = {
        page.path: page.front_matter.last_modified_at or page.front_matter.date
        for page in site.pages
    }
    hidden = {page.path for page in site.pages if not page.front_matter.sitemap}
    hidden |= site.routes.previews.keys()
    paths_by_permalink = {
        term.permalink: term.paths for group in site.routes.terms.values() for term in group
    }
    latest = _latest(changed_by_path.values())
    for permalink, route in sorted(site.routes.route_by_permalink.items()):
        match route:
            case PageRoute(_, path):
                if path not in hidden:
                    yield permalink, changed_by_path[path]
            case TermRoute():
                paths = paths_by_permalink[permalink]
                yield permalink, _latest(changed_by_path[path] for path in paths)
            case TaxonomyRoute() | ArchiveRoute() | HomeRoute():
                yield permalink, latest
            case _:
                pass


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def robots(_: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `robots.txt`: everything may be read; the sitemap is named where the host is known."""
    lines = ["User-agent: *", "Allow: /"]
    origin, _path = split_base_url(config.base_url)
    if origin and config.sitemap:
        lines += ["", f"Sitemap: {origin}{href(config.base_path, Permalink('/sitemap.xml'))}"]
    yield OutputFile("robots.txt", ("\n".join(lines) + "\n").encode())
