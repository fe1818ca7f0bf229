"""Say everything about one page: its head, its body, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from dlsite.config import Config
from dlsite.length import is_stub, minutes
from dlsite.records import (
    External,
    Found,
    Json,
    Page,
    PageRoute,
    Resolution,
    Site,
)
from dlsite.related import related
from dlsite.render.facts import Facts, Teller
from dlsite.render.locales import direction

# Under this many headings an outline is no help.
_LEAST_HEADINGS = 3
_SECTION, _SUBSECTION = 2, 3


class ArticleTeller:
    """Tells the facts of pages; what needs all of them is worked out once."""

    def __init__(self, teller: Teller) -> None:
        site = teller.site
        self._teller = teller
        self._neighbours = _neighbours(site)
        self._related = related(site.pages, site.routes.terms["tags"])

    def tell(self, page: Page) -> Facts:
        """Return the facts of a page as its template gets them."""
        teller, fields = self._teller, page.front_matter
        resolutions = teller.site.resolutions[page.path]
        before, after = self._neighbours[page.path]
        stub = is_stub(page.words)
        lang = teller.lang(page)
        return {
            "title": page.title,
            "title_html": page.title_html,
            "lead": fields.description or "",
            "lang": lang,
            "direction": direction(lang or teller.config.language),
            "date": teller.date(fields.date),
            "modified": teller.date(fields.last_modified_at),
            "authors": [
                {"name": author.name, "url": author.url, "email": author.email}
                for author in fields.authors
            ],
            "tags": teller.terms(page, "tags"),
            "categories": teller.terms(page, "categories"),
            "requires": self._required(page, resolutions),
            "body_html": "",
            "toc": toc(page),
            "has_math": page.has_math,
            "is_stub": stub,
            "links": self._links(page, resolutions) if stub else [],
            "backlinks": self._backlinks(page),
            "related": teller.links(self._related[page.path]),
            "previous": None if before is None else teller.link(before),
            "next": None if after is None else teller.link(after),
            "reading_minutes": minutes(page.words),
            "source_count": count_sources(
                each.url for each in resolutions if isinstance(each, External)
            ),
            "words": page.words,
            "source_path": page.path,
            "source_url": _source_url(page, teller.config),
            "layout": fields.layout or "",
            "extra": dict(fields.extra),
        }

    def _required(self, page: Page, resolutions: tuple[Resolution, ...]) -> list[Json]:
        """Return the pages to read first, which are the last of a page's references."""
        start = len(resolutions) - len(page.front_matter.requires)
        return self._links(page, resolutions[start:])

    def _links(self, page: Page, resolutions: tuple[Resolution, ...]) -> list[Json]:
        """Return the pages that this one leads to, each once, in the order of the text."""
        table = self._teller.site.routes.route_by_permalink
        found = (table.get(each.permalink) for each in resolutions if isinstance(each, Found))
        paths = dict.fromkeys(route.path for route in found if isinstance(route, PageRoute))
        return self._teller.links(path for path in paths if path != page.path)

    def _backlinks(self, page: Page) -> list[Json]:
        teller = self._teller
        return [
            backlink_facts(teller.link(teller.page_by_path[each.path]), each.text, each.sentence)
            for each in teller.site.backlinks.get(page.path, ())
        ]


def retold(facts: Facts, page: Page) -> Facts:
    """Return what was told of a page after an edit of its words."""
    return facts | {
        "title": page.title,
        "title_html": page.title_html,
        "lead": page.front_matter.description or "",
        "toc": toc(page),
        "reading_minutes": minutes(page.words),
        "words": page.words,
    }


def backlink_facts(link: Facts, text: str, sentence: str) -> Facts:
    """Return a page as the one to which it leads tells of it."""
    return link | {"text": text, "sentence": sentence}


def count_sources(urls: Iterable[str]) -> int:
    """Return how many addresses on the web there are among those outside the site."""
    return len({url.partition("#")[0] for url in urls if url.startswith(("http://", "https://"))})


def _source_url(page: Page, config: Config) -> str:
    return config.source_url.replace(":path", quote(page.path)) if config.source_url else ""


def _neighbours(site: Site) -> dict[str, tuple[Page | None, Page | None]]:
    """Return what to read before and after each page.

    Pages of the navigation follow its order; the others lead from the older to the newer.
    """
    page_by_path = {page.path: page for page in site.pages}
    routes = (
        site.routes.route_by_permalink.get(entry.permalink)
        for entry in site.nav
        if isinstance(entry, Found)
    )
    paths = dict.fromkeys(route.path for route in routes if isinstance(route, PageRoute))
    guided = [page_by_path[path] for path in paths if path in page_by_path]
    others = [page for page in reversed(site.pages) if page.path not in paths]
    return _in_a_row(guided) | _in_a_row(others)


def _in_a_row(pages: list[Page]) -> dict[str, tuple[Page | None, Page | None]]:
    # Shifted by one each way, so the two are longer than the pages or as long.
    rows = zip(pages, [None, *pages], [*pages[1:], None], strict=False)
    return {page.path: (previous, following) for page, previous, following in rows}


def toc(page: Page) -> list[Json]:
    """Return headings of the second and third level as a tree; none for under three headings."""
    wanted = [heading for heading in page.headings if heading.level in (_SECTION, _SUBSECTION)]
    if len(wanted) < _LEAST_HEADINGS:
        return []
    entries: list[Json] = []
    children: list[Json] = []
    for heading in wanted:
        entry: Facts = {"text_html": heading.html, "url": f"#{quote(heading.fragment)}"}
        if heading.level == _SECTION or not entries:
            children = []
            entries.append(entry | {"children": children})
        else:
            children.append(entry)
    return entries
