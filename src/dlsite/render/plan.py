"""Decide for every output of the site which template makes it, from what plain data."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import assert_never

from dlsite.config import Config
from dlsite.diagnostics import Position
from dlsite.records import (
    ArchiveRoute,
    GeneratedRoute,
    HomeRoute,
    OutputPlan,
    Page,
    PageRoute,
    Permalink,
    PlannedBody,
    RedirectRoute,
    Route,
    SearchRoute,
    Site,
    StaticRoute,
    TaxonomyRoute,
    Term,
    TermRoute,
)
from dlsite.render.article import ArticleTeller
from dlsite.render.facts import Facts, Teller
from dlsite.render.layouts import is_home, template_of
from dlsite.render.listings import (
    archive_facts,
    home_facts,
    not_found_facts,
    search_facts,
    taxonomy_index_facts,
    term_facts,
)
from dlsite.render.shell import ShellTeller
from dlsite.urls import output_path, split_target


def plan(site: Site, config: Config, *, templates: AbstractSet[str]) -> tuple[OutputPlan, ...]:
    """Return a plan for every route that a template makes, in order of permalink.

    `templates` are the names of the templates there are.
    """
    planner = _Planner(site, config, templates)
    table = site.routes.route_by_permalink
    return tuple(
        planned
        for permalink in sorted(table)
        if (planned := planner.plan(table[permalink])) is not None
    )


class _Planner:
    """Plans one output at a time; what they share is worked out once."""

    def __init__(self, site: Site, config: Config, templates: AbstractSet[str]) -> None:
        self._site = site
        self._config = config
        self._templates = templates
        self._teller = Teller.of(site, config)
        self._shell = ShellTeller(self._teller)
        self._articles = ArticleTeller(self._teller)
        self._term_by_permalink = {
            term.permalink: term for group in site.routes.terms.values() for term in group
        }

    def plan(self, route: Route) -> OutputPlan | None:
        match route:
            case PageRoute(permalink, path):
                return self._page(permalink, self._teller.page_by_path[path])
            case TermRoute(permalink):
                return self._term(self._term_by_permalink[permalink])
            case TaxonomyRoute(permalink, taxonomy):
                return self._taxonomy(permalink, taxonomy)
            case ArchiveRoute(permalink):
                return self._archive(permalink)
            case HomeRoute(permalink):
                return self._home(permalink, None)
            case SearchRoute(permalink):
                return self._search(permalink)
            case RedirectRoute():
                return self._redirect(route)
            case GeneratedRoute(permalink, name):
                return self._not_found(permalink) if name == "404" else None
            case StaticRoute():
                return None
            case _:
                assert_never(route)

    def _page(self, permalink: Permalink, page: Page) -> OutputPlan:
        if is_home(page, permalink):
            return self._home(permalink, page)
        facts: Facts = {"page": self._articles.tell(page)}
        shell = self._shell.tell_page(page, permalink)
        body = self._teller.body(page, "page", "body_html")
        template = template_of(page, self._templates)
        return _output(permalink, template, shell | facts, page.path, body)

    def _home(self, permalink: Permalink, page: Page | None) -> OutputPlan:
        facts: Facts = {"home": home_facts(self._teller, self._shell.nav, page)}
        if page is not None:
            shell = self._shell.tell_page(page, permalink)
            intro = self._teller.body(page, "home", "intro_html")
            return _output(permalink, "home.html", shell | facts, page.path, intro)
        shell = self._shell.tell(permalink, self._config.title)
        shell["description"] = self._config.description
        return _output(permalink, "home.html", shell | facts, self._config.path)

    def _term(self, term: Term) -> OutputPlan:
        above: Facts = {
            "title": "",
            "url": self._teller.href(f"/{term.taxonomy}/"),
            "taxonomy": term.taxonomy,
        }
        shell = self._shell.tell(term.permalink, term.name, name=term.name, above=[above])
        pages = (self._teller.page_by_path[path] for path in term.paths)
        facts: Facts = {
            "term": term_facts(self._teller, term),
            # Their excerpts may have some.
            "has_math": any(page.has_math for page in pages),
        }
        return _output(term.permalink, "term.html", shell | facts, term.paths[0])

    def _taxonomy(self, permalink: Permalink, taxonomy: str) -> OutputPlan:
        facts = self._shell.tell(permalink, "") | taxonomy_index_facts(self._teller, taxonomy)
        first = self._site.routes.terms[taxonomy][0]
        return _output(permalink, "terms.html", facts, first.paths[0])

    def _archive(self, permalink: Permalink) -> OutputPlan:
        facts = self._shell.tell(permalink, "") | archive_facts(self._teller)
        return _output(permalink, "archive.html", facts, self._config.path)

    def _search(self, permalink: Permalink) -> OutputPlan:
        facts = self._shell.tell(permalink, "") | search_facts(self._teller)
        return _output(permalink, "search.html", facts, self._config.path)

    def _redirect(self, route: RedirectRoute) -> OutputPlan:
        parts = split_target(route.target)
        if parts is None or parts.is_external:
            url = full = "" if parts is not None and parts.runs_code else route.target
        else:
            url = self._teller.href(parts.path) + parts.suffix
            full = self._teller.origin + url
        facts: Facts = {"target_url": url, "target_canonical": full, "robots": "noindex"}
        shell = self._shell.tell(route.permalink, "")
        return _output(route.permalink, "redirect.html", shell | facts, route.position.path)

    def _not_found(self, permalink: Permalink) -> OutputPlan:
        shell = self._shell.tell(permalink, "") | {"robots": "noindex", "canonical_url": ""}
        facts = shell | not_found_facts(self._teller)
        return _output(permalink, "404.html", facts, self._config.path)


def _output(
    permalink: Permalink, template: str, facts: Facts, path: str, body: PlannedBody | None = None
) -> OutputPlan:
    return OutputPlan(permalink, output_path(permalink), template, facts, Position(path), body)
