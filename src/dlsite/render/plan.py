"""Decide for every output of the site which template makes it, from what plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import assert_never

from dlsite.assemble import resolved_href
from dlsite.config import Config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import (
    ArchiveRoute,
    GeneratedRoute,
    HomeRoute,
    Json,
    OutputPlan,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Route,
    Site,
    StaticRoute,
    TaxonomyRoute,
    Term,
    TermRoute,
)
from dlsite.render.facts import Facts, Teller, date, minutes, toc
from dlsite.taxonomy import TAXONOMIES, letter_of, sort_key
from dlsite.urls import output_path, split_base_url, split_target

_RIGHT_TO_LEFT = frozenset(["ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"])
_HOME_PAGES = 20
_HOME_TERMS = 20
_TOP_TERMS = 10
_RELATED_TERMS = 8
_LISTED_ON_404 = 200
_LAYOUTS = {"default": "page.html"}
_RESERVED_TEMPLATES = frozenset(["base.html", "redirect.html"])


def plan(
    site: Site, config: Config, *, templates: AbstractSet[str]
) -> tuple[tuple[OutputPlan, ...], tuple[Diagnostic, ...]]:
    """Return a plan for every route that a template makes, in order of permalink.

    `templates` are the names of the templates there are: an unknown layout falls back
    to `page.html`, with a remark.
    """
    planner = _Planner(site, config, templates)
    table = site.routes.route_by_permalink
    plans = tuple(
        planned
        for permalink in sorted(table)
        if (planned := planner.plan(table[permalink])) is not None
    )
    return plans, tuple(planner.diagnostics)


class _Planner:
    """Plans one output at a time; what they share is worked out once."""

    def __init__(self, site: Site, config: Config, templates: AbstractSet[str]) -> None:
        self._site = site
        self._config = config
        self._templates = templates
        self._teller = Teller.of(site, config)
        self._page_by_path = {page.path: page for page in site.pages}
        self._neighbours = _neighbours(site.pages)
        self._site_facts = self._tell_site()
        self.diagnostics: list[Diagnostic] = []

    def plan(self, route: Route) -> OutputPlan | None:
        match route:
            case PageRoute(_, path):
                return self._page(route.permalink, self._page_by_path[path])
            case TermRoute(_, taxonomy, slug):
                terms = self._site.routes.terms[taxonomy]
                return self._term(next(term for term in terms if term.slug == slug))
            case TaxonomyRoute(_, taxonomy):
                return self._taxonomy(route.permalink, taxonomy)
            case ArchiveRoute():
                return self._archive(route.permalink)
            case HomeRoute():
                return self._home(route.permalink, None)
            case RedirectRoute():
                return self._redirect(route)
            case GeneratedRoute(_, name):
                return self._not_found(route.permalink) if name == "404" else None
            case StaticRoute():
                return None
            case _:
                assert_never(route)

    # Outputs

    def _page(self, permalink: Permalink, page: Page) -> OutputPlan:
        if permalink == "/" and page.front_matter.layout in (None, "home"):
            return self._home(permalink, page)
        template = self._template(page)
        return self._output(
            permalink,
            template,
            self._describe(page, permalink) | {"page": self._tell_page(page)},
            page.path,
        )

    def _template(self, page: Page) -> str:
        layout = page.front_matter.layout
        if layout is None:
            return "post.html" if page.front_matter.date is not None else "page.html"
        name = _LAYOUTS.get(layout, f"{layout}.html")
        if name in self._templates and name not in _RESERVED_TEMPLATES:
            return name
        position = page.front_matter.positions.get("layout", Position(page.path))
        message = f"no template '{name}' for the layout '{layout}': page.html is used"
        help_ = f"add templates/{name}, or write: layout: page"
        self.diagnostics.append(
            Diagnostic("layout-unknown", position, message, (help_,), target=layout)
        )
        return "page.html"

    def _home(self, permalink: Permalink, page: Page | None) -> OutputPlan:
        pages = [each for each in self._site.pages if each is not page]
        terms = sorted(
            self._site.routes.terms["tags"],
            key=lambda term: (-len(term.paths), sort_key(term.name)),
        )
        home: Facts = {
            "intro_html": "" if page is None else self._teller.body(page),
            "pages": [self._teller.summary(each) for each in pages[:_HOME_PAGES]],
            "terms": [self._teller.term(term) for term in terms[:_HOME_TERMS]],
            "archive_url": self._url_if("/archive/"),
            "page_count": len(pages),
        }
        described = (
            self._shell(permalink, self._config.title, self._config.description)
            if page is None
            else self._describe(page, permalink)
        )
        path = self._config.path if page is None else page.path
        return self._output(permalink, "home.html", described | {"home": home}, path)

    def _term(self, term: Term) -> OutputPlan:
        pages = [self._page_by_path[path] for path in term.paths]
        taxonomy = self._tell_taxonomy(term.taxonomy)
        facts: Facts = {
            "name": term.name,
            "slug": term.slug,
            "count": len(pages),
            "taxonomy": taxonomy,
            "description": "",
            "feed_url": "",
            "pages": [self._teller.summary(page) for page in pages],
            "related": self._related(term, pages),
        }
        crumbs = [taxonomy]
        title = f"{term.name} ({taxonomy['title']})"
        shell = self._shell(term.permalink, title, "", name=term.name, above=crumbs)
        return self._output(term.permalink, "term.html", shell | {"term": facts}, pages[0].path)

    def _related(self, term: Term, pages: Iterable[Page]) -> list[Json]:
        """Return the terms that stand most often beside this one."""
        beside = Counter(
            other
            for page in pages
            for name in dict.fromkeys(
                page.front_matter.tags if term.taxonomy == "tags" else page.front_matter.categories
            )
            if (other := self._teller.term_by_key[term.taxonomy, name]) != term
        )
        ranked = sorted(beside.items(), key=lambda entry: (-entry[1], sort_key(entry[0].name)))
        return [self._teller.term(other) for other, _ in ranked[:_RELATED_TERMS]]

    def _taxonomy(self, permalink: Permalink, taxonomy: str) -> OutputPlan:
        terms = self._site.routes.terms[taxonomy]
        most = max(len(term.paths) for term in terms)
        by_count = sorted(terms, key=lambda term: (-len(term.paths), sort_key(term.name)))
        letters: list[Json] = []
        for number, (letter, group) in enumerate(groupby(terms, lambda term: letter_of(term.name))):
            listed: list[Json] = [self._teller.term(term) for term in group]
            letters.append({"letter": letter, "id": f"letter-{number + 1}", "terms": listed})
        title = taxonomy.capitalize()
        facts: Facts = {
            "taxonomy": {"name": taxonomy, "title": title, "count": len(terms)},
            "top": [
                self._teller.term(term) | {"share": round(100 * len(term.paths) / most)}
                for term in by_count[:_TOP_TERMS]
            ],
            "letters": letters,
        }
        path = terms[0].paths[0]
        return self._output(
            permalink, "terms.html", self._shell(permalink, title, "") | facts, path
        )

    def _archive(self, permalink: Permalink) -> OutputPlan:
        zone = self._config.timezone
        dated = [page for page in self._site.pages if page.front_matter.date is not None]
        years: list[Json] = []
        for year, group in groupby(
            dated,
            lambda page: page.front_matter.date and page.front_matter.date.astimezone(zone).year,
        ):
            years.append(
                {"year": str(year), "pages": [self._teller.summary(page) for page in group]}
            )
        undated: list[Json] = [
            self._teller.summary(page)
            for page in self._site.pages
            if page.front_matter.date is None
        ]
        facts: Facts = {"years": years, "undated": undated}
        shell = self._shell(permalink, "Archive", "")
        return self._output(permalink, "archive.html", shell | facts, self._config.path)

    def _redirect(self, route: RedirectRoute) -> OutputPlan:
        parts = split_target(route.target)
        if parts is None or parts.is_external:
            url = full = "" if parts is not None and parts.runs_code else route.target
        else:
            url = self._teller.href(parts.path) + parts.suffix
            full = (
                self._teller.full_url(parts.path) or self._teller.href(parts.path)
            ) + parts.suffix
        facts: Facts = {"target_url": url, "target_canonical": full}
        shell = self._shell(route.permalink, "Moved", "") | {"robots": "noindex"}
        return self._output(route.permalink, "redirect.html", shell | facts, route.position.path)

    def _not_found(self, permalink: Permalink) -> OutputPlan:
        pages = sorted(self._site.pages, key=lambda page: (sort_key(page.title), page.path))
        listed = pages if len(pages) <= _LISTED_ON_404 else []
        facts: Facts = {
            "pages": [self._teller.link(page) for page in listed],
            "tags_url": self._url_if("/tags/"),
            "home_url": self._teller.href("/"),
        }
        shell = self._shell(permalink, "Page not found", "") | {"robots": "noindex"}
        shell["canonical_url"] = ""
        return self._output(permalink, "404.html", shell | facts, self._config.path)

    def _output(self, permalink: Permalink, template: str, facts: Facts, path: str) -> OutputPlan:
        return OutputPlan(permalink, output_path(permalink), template, facts, Position(path))

    # What outputs have in common

    def _shell(
        self,
        permalink: Permalink,
        title: str,
        description: str,
        *,
        name: str = "",
        above: Iterable[Facts] = (),
    ) -> Facts:
        crumbs: list[Json] = [{"title": self._config.title, "url": self._teller.href("/")}]
        crumbs += [{"title": each["title"], "url": each["url"]} for each in above]
        if permalink != "/":
            crumbs.append({"title": name or title, "url": ""})
        url = self._teller.href(permalink)
        nav: list[Json] = [
            {"title": entry.title, "url": target, "current": target == url}
            for entry, resolution in zip(self._config.nav, self._site.nav, strict=True)
            for target in [resolved_href(resolution, self._config.base_path)]
        ]
        return {
            "site": self._site_facts | {"nav": nav},
            "page_title": title,
            "description": description,
            "lang": self._config.language,
            "canonical_url": self._teller.full_url(permalink),
            "url": url,
            "robots": "",
            "breadcrumb": crumbs if permalink != "/" else [],
            "og_type": "website",
            "image_url": "",
            "badge": "",
        }

    def _describe(self, page: Page, permalink: Permalink) -> Facts:
        return self._shell(permalink, page.title, page.front_matter.description or "") | {
            "lang": page.front_matter.lang or self._config.language,
            "og_type": "article",
            "image_url": self._teller.image_url(page),
            "badge": self._teller.badge(page),
        }

    def _tell_page(self, page: Page) -> Facts:
        fields = page.front_matter
        zone = self._config.timezone
        before, after = self._neighbours[page.path]
        linkers: list[Json] = [
            self._teller.link(self._page_by_path[each.path]) | {"text": each.text}
            for each in self._site.backlinks.get(page.path, ())
        ]
        authors: list[Json] = [
            {"name": author.name, "url": author.url, "email": author.email}
            for author in fields.authors
        ]
        return {
            "title": page.title,
            "title_html": page.title_html,
            "lead": fields.description or "",
            "date": date(fields.date, zone),
            "modified": date(fields.last_modified_at, zone),
            "authors": authors,
            "tags": self._teller.terms(page, "tags"),
            "categories": self._teller.terms(page, "categories"),
            "body_html": self._teller.body(page),
            "toc": toc(page),
            "backlinks": linkers,
            "previous": None if before is None else self._teller.link(before),
            "next": None if after is None else self._teller.link(after),
            "reading_minutes": minutes(page),
            "words": page.words,
            "source_path": page.path,
            "layout": fields.layout or "",
            "extra": dict(fields.extra),
        }

    def _tell_site(self) -> Facts:
        taxonomies: list[Json] = [
            self._tell_taxonomy(name) for name in TAXONOMIES if self._site.routes.terms[name]
        ]
        language = self._config.language
        return {
            "title": self._config.title,
            "description": self._config.description,
            "language": language,
            "direction": "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr",
            "author": self._config.author,
            "home_url": self._teller.href("/"),
            "feed_url": self._url_if("/feed.xml"),
            "tags_url": self._url_if("/tags/"),
            "archive_url": self._url_if("/archive/"),
            "search_url": "",
            "stylesheet_url": self._teller.href("/style.css"),
            "icon_url": self._url_if("/icon.svg"),
            "taxonomies": taxonomies,
            "page_count": len(self._site.pages),
            "generator": "dlsite",
            "has_host": bool(split_base_url(self._config.base_url)[0]),
        }

    def _tell_taxonomy(self, taxonomy: str) -> Facts:
        return {
            "name": taxonomy,
            "title": taxonomy.capitalize(),
            "url": self._teller.href(f"/{taxonomy}/"),
            "count": len(self._site.routes.terms[taxonomy]),
        }

    def _url_if(self, permalink: str) -> str:
        """Return the URL of a permalink, empty where nothing stands there."""
        stands = Permalink(permalink) in self._site.routes.route_by_permalink
        return self._teller.href(permalink) if stands else ""


def _neighbours(pages: tuple[Page, ...]) -> dict[str, tuple[Page | None, Page | None]]:
    """Return the older and the newer page beside each, in site order (newest first)."""
    beside: dict[str, tuple[Page | None, Page | None]] = {}
    for index, page in enumerate(pages):
        older = pages[index + 1] if index + 1 < len(pages) else None
        newer = pages[index - 1] if index else None
        beside[page.path] = (older, newer)
    return beside
