"""The sitemap (sitemaps.org, protocol 0.9) and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from dlsite.config.settings import Config
from dlsite.emit.xml import Element, document, element, stamp
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
from dlsite.urls.escapes import href
from dlsite.urls.targets import split_base_url

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAX_ADDRESSES = 50_000
MAX_BYTES = 50 * 1024 * 1024
"""As much as the protocol lets one sitemap have."""

FOLDER = "sitemaps/"
"""Where the sitemaps of a site stand that needs more than one."""

# Of an entry, beside its address.
_MARKUP_BYTES = len("<url>\n<loc></loc>\n<lastmod>2000-01-01T00:00:00Z</lastmod>\n</url>\n")
# A character of an address has up to five: `&amp;`.
_MOST_BYTES_OF_CHARACTER = 5


def sitemap(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `sitemap.xml`: every page but those with `sitemap: false`, and the listings.

    Where they are more than one sitemap may have, it is an index of `sitemaps/1.xml` and so on.
    `lastmod` is what the author says of a page, and for a listing the latest of its
    pages: nothing is guessed, and nothing stands where no date was given.  Drafts that
    are only shown for preview are left out.  Without a host the addresses are paths, which
    no search engine takes, but checkers do.
    """
    origin, _ = split_base_url(config.base_url)
    entries = [
        (origin + href(config.base_path, permalink), changed)
        for permalink, changed in _changes(site)
    ]
    parts = list(_parts(entries))
    if len(parts) <= 1:
        yield _sitemap("sitemap.xml", entries)
        return
    rows: list[Element] = []
    for number, part in enumerate(parts, start=1):
        path = f"{FOLDER}{number}.xml"
        yield _sitemap(path, part)
        address = origin + href(config.base_path, Permalink(f"/{path}"))
        rows.append(_dated("sitemap", address, _latest(changed for _, changed in part)))
    yield OutputFile("sitemap.xml", document(element("sitemapindex", *rows, xmlns=SITEMAP)))


_Entry = tuple[str, datetime | None]


def _parts(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    """Yield the entries of each sitemap, as many as it may have."""
    part: list[_Entry] = []
    size = 0
    for entry in entries:
        more = _MARKUP_BYTES + len(entry[0]) * _MOST_BYTES_OF_CHARACTER
        if part and (len(part) == MAX_ADDRESSES or size + more > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(entry)
        size += more
    if part:
        yield part


def _sitemap(path: str, entries: Iterable[_Entry]) -> OutputFile:
    rows = [_dated("url", address, changed) for address, changed in entries]
    return OutputFile(path, document(element("urlset", *rows, xmlns=SITEMAP)))


def _dated(name: str, address: str, changed: datetime | None) -> Element:
    dates = [] if changed is None else [element("lastmod", stamp(changed))]
    return element(name, element("loc", address), *dates)


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
