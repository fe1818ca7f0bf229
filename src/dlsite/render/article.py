"""Say everything about one page: its head, its body, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from dlsite.config.settings import Config
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
from dlsite.related import Related
from dlsite.render.facts import Facts, Teller, isolated
from dlsite.texts.direction import direction
from dlsite.urls.escapes import fragment_href

# Under this many headings an outline is no help.
_LEAST_HEADINGS = 3
_SECTION, _SUBSECTION = 2, 3


@dataclass(frozen=True)
class Neighbourhood:
    """What stands around each page: what to read before and after it, and what is like it.

    All of that by source path, and worked out when it is first asked for: it stays as it
    is while pages stand where they stood and have the tags that they had.
    """

    site: Site

    @cached_property
    def row(self) -> Mapping[str, tuple[str | None, str | None]]:
        """What to read before and after each page.

        Pages of the navigation follow its order; the others lead from the older to the newer.
        """
        return _rows(self.site)

    @cached_property
    def related(self) -> Related:
        """What each page has most in common with."""
        return Related(self.site.pages, self.site.routes.terms["tags"])


class ArticleTeller:
    """Tells the facts of pages, and of what is around them."""

    def __init__(self, teller: Teller, around: Neighbourhood) -> None:
        self._teller = teller
        self._around = around

    def tell(self, page: Page) -> Facts:
        """Return the facts of a page as its template gets them."""
        teller, fields = self._teller, page.front_matter
        resolutions = teller.site.resolutions[page.path]
        before, after = self._around.row[page.path]
        stub = is_stub(page.words)
        lang = teller.lang(page)
        return {
            "title": page.title,
            "title_html": teller.link(page)["title_html"],
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
            "toc": toc(page, teller.direction),
            "has_math": page.has_math,
            "is_stub": stub,
            "links": self._links(page, resolutions) if stub else [],
            "backlinks": self._backlinks(page),
            "related": teller.links(self._around.related[page.path]),
            "previous": None if before is None else teller.link_at(before),
            "next": None if after is None else teller.link_at(after),
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


def retold(facts: Facts, page: Page, around: str) -> Facts:
    """Return what was told of a page after an edit of its words.

    `around` is the direction of the site.
    """
    return facts | {
        "title": page.title,
        "title_html": isolated(page.title_html, page.title, around, page.front_matter.lang),
        "lead": page.front_matter.description or "",
        "toc": toc(page, around),
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


def _rows(site: Site) -> dict[str, tuple[str | None, str | None]]:
    routes = (
        site.routes.route_by_permalink.get(entry.permalink)
        for entry in site.nav
        if isinstance(entry, Found)
    )
    named = dict.fromkeys(route.path for route in routes if isinstance(route, PageRoute))
    known = {page.path for page in site.pages}
    guided = [path for path in named if path in known]
    others = [page.path for page in reversed(site.pages) if page.path not in named]
    return _in_a_row(guided) | _in_a_row(others)


def _in_a_row(paths: list[str]) -> dict[str, tuple[str | None, str | None]]:
    # Shifted by one each way, so the two are longer than the pages or as long.
    rows = zip(paths, [None, *paths], [*paths[1:], None], strict=False)
    return {path: (previous, following) for path, previous, following in rows}


def toc(page: Page, around: str) -> list[Json]:
    """Return headings of the second and third level as a tree; none for under three headings.

    `around` is the direction of the site.
    """
    wanted = [heading for heading in page.headings if heading.level in (_SECTION, _SUBSECTION)]
    if len(wanted) < _LEAST_HEADINGS:
        return []
    entries: list[Json] = []
    children: list[Json] = []
    for heading in wanted:
        text_html = isolated(heading.html, heading.text, around, page.front_matter.lang)
        entry: Facts = {"text_html": text_html, "url": fragment_href(heading.fragment)}
        if heading.level == _SECTION or not entries:
            children = []
            entries.append(entry | {"children": children})
        else:
            children.append(entry)
    return entries
