"""The sitemap (sitemaps.org, protocol 0.9) and robots.txt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from xml.etree import ElementTree as ET

from dlsite.config import Config
from dlsite.records import (
    ArchiveRoute,
    HomeRoute,
    OutputFile,
    Page,
    PageRoute,
    Permalink,
    Site,
    TaxonomyRoute,
    TermRoute,
)
from dlsite.urls import href, split_base_url

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `sitemap.xml`: every page but those with `sitemap: false`, and the listings.

    `lastmod` stands only where the author gave a date: nothing is guessed.  Without a
    host the addresses are paths, which no search engine takes, but checkers do.
    """
    origin, _ = split_base_url(config.base_url)
    page_by_path = {page.path: page for page in site.pages}
    root = ET.Element("urlset", {"xmlns": SITEMAP})
    for permalink, route in sorted(site.routes.route_by_permalink.items()):
        page = page_by_path[route.path] if isinstance(route, PageRoute) else None
        is_listing = isinstance(route, TermRoute | TaxonomyRoute | ArchiveRoute | HomeRoute)
        if is_listing or (page is not None and page.front_matter.sitemap):
            url = ET.SubElement(root, "url")
            ET.SubElement(url, "loc").text = origin + href(config.base_path, permalink)
            if page is not None and (changed := _changed(page)):
                ET.SubElement(url, "lastmod").text = changed
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    yield OutputFile("sitemap.xml", f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode())


def _changed(page: Page) -> str:
    moment = page.front_matter.last_modified_at or page.front_matter.date
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def robots(_: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `robots.txt`: everything may be read; the sitemap is named where the host is known."""
    lines = ["User-agent: *", "Allow: /"]
    origin, _path = split_base_url(config.base_url)
    if origin and config.sitemap:
        lines += ["", f"Sitemap: {origin}{href(config.base_path, Permalink('/sitemap.xml'))}"]
    yield OutputFile("robots.txt", ("\n".join(lines) + "\n").encode())
