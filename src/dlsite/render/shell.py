"""Say what every output has in common: the site, its navigation, the way from home to here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from dlsite.assemble import resolved_href
from dlsite.markup.plaintext import plain
from dlsite.records import Json, Page, Permalink, StaticRoute
from dlsite.render.facts import Facts, Teller, changed, isolated
from dlsite.terms.taxonomy import TAXONOMIES
from dlsite.texts.direction import own_direction

# With more entries than a screen holds, the sections of the navigation are folded.
_MOST_OPEN = 30
# Letters of a description that search engines show.
_MOST_SHOWN = 155


class ShellTeller:
    """Tells the facts around an output; those of the site are worked out once and shared."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self.nav = _nav(teller)
        self.site = _site(teller, self.nav)
        self._section_by_url = {
            str(url): str(group["title"])
            for group in self.nav
            if group["title"] and isinstance(group["urls"], list)
            for url in group["urls"]
        }

    def tell(
        self, permalink: Permalink, title: str, *, name: str = "", above: Iterable[Json] = ()
    ) -> Facts:
        """Return the facts of an output that is no page of the content.

        `title` goes into `<title>`, `name` into the breadcrumb where it differs; `above`
        are the steps between the home page and here.
        """
        teller, language = self._teller, self._teller.config.language
        home: Facts = {"title": teller.config.title, "url": teller.href("/"), "taxonomy": ""}
        return {
            "site": self.site,
            "page_title": title,
            "page_name": name,
            "name_dir": own_direction(name or title, teller.direction),
            "description": "",
            "lang": language,
            "direction": teller.direction,
            "canonical_url": teller.full_url(permalink),
            "url": teller.href(permalink),
            "robots": "",
            "breadcrumb": [] if permalink == "/" else [home, *above],
            "og_type": "website",
            "image_url": "",
            "markdown_url": "",
            "badge": "",
            "has_math": False,
        }

    def tell_page(self, page: Page, permalink: Permalink) -> Facts:
        """Return the facts around a page."""
        teller = self._teller
        language = page.front_matter.lang or ""
        return self.tell(permalink, page.title, above=self._above(page)) | {
            "name_dir": own_direction(page.title, teller.direction, language=language),
            "description": description_of(page),
            "og_type": "article",
            "image_url": teller.image_url(page),
            "markdown_url": teller.twin_url(page),
            "badge": teller.badge(page),
            "has_math": page.has_math,
        }

    def _above(self, page: Page) -> list[Json]:
        """Return the section of a page: that of the navigation, else its first category."""
        url = self._teller.href(self._teller.permalink(page))
        if section := self._section_by_url.get(url):
            return [{"title": section, "url": "", "taxonomy": ""}]
        categories = self._teller.terms_on(page, "categories")
        return [
            {"title": term.name, "url": self._teller.href(term.permalink), "taxonomy": ""}
            for term in categories[:1]
        ]


def description_of(page: Page) -> str:
    """Return what search engines are told of a page: its author's sentence, else its first words.

    The words are cut where search engines would.
    """
    if page.front_matter.description:
        return page.front_matter.description
    words = plain("".join(piece for piece in page.excerpt if isinstance(piece, str)))
    if len(words) <= _MOST_SHOWN:
        return words
    cut = words[:_MOST_SHOWN]
    # Chinese and Japanese have no blanks to cut at.
    return f"{cut.rpartition(' ')[0] or cut}…"


def taxonomy_facts(teller: Teller, taxonomy: str) -> Facts:
    """Return a taxonomy as a link with the number of its terms."""
    count = len(teller.site.routes.terms[taxonomy])
    return {"name": taxonomy, "url": teller.href(f"/{taxonomy}/"), "count": count}


def _nav(teller: Teller) -> list[Facts]:
    """Return the navigation by section, entries without one under no title."""
    config = teller.config
    entries = [
        (entry, resolved_href(resolution, config.base_path))
        for entry, resolution in zip(config.nav, teller.site.nav, strict=True)
    ]
    folded = len(entries) > _MOST_OPEN
    groups: list[Facts] = []
    for section, group in groupby(entries, lambda pair: pair[0].section):
        links: list[Json] = []
        urls: list[Json] = []
        for entry, url in group:
            title_html = isolated(escape(entry.title), entry.title, teller.direction)
            links.append({"title": entry.title, "title_html": title_html, "url": url})
            urls.append(url)
        groups.append({"title": section, "entries": links, "urls": urls, "folded": folded})
    return groups


def _site(teller: Teller, nav: list[Facts]) -> Facts:
    config, site = teller.config, teller.site
    routes = site.routes.route_by_permalink
    license_ = config.license
    return {
        "title": config.title,
        "description": config.description,
        "language": config.language,
        "author": config.author,
        "license": None if license_ is None else {"name": license_.name, "url": license_.url},
        "home_url": teller.href("/"),
        "feed_url": teller.href_if("/feed.xml"),
        "sitemap_url": teller.href_if("/sitemap.xml"),
        "tags_url": teller.href_if("/tags/"),
        "archive_url": teller.href_if("/archive/"),
        "search_url": teller.href_if("/search/"),
        "icon_url": teller.href_if("/icon.svg"),
        "assets": {
            route.file.url_path: teller.href(permalink)
            for permalink, route in sorted(routes.items())
            if isinstance(route, StaticRoute) and route.file.is_asset
        },
        "nav": [*nav],
        "taxonomies": [
            taxonomy_facts(teller, name) for name in TAXONOMIES if site.routes.terms[name]
        ],
        "page_count": len(site.pages),
        "updated": teller.date(max(filter(None, map(changed, site.pages)), default=None)),
        "origin": teller.origin,
        "generator": "dlsite",
        "extra": dict(config.extra),
    }
