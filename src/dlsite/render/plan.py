"""Decide for every output of the site which template makes it, from what plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from copy import copy
from typing import assert_never

from dlsite.config.settings import Config
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
    TwinRoute,
    VariantRoute,
)
from dlsite.render.article import ArticleTeller, Neighbourhood
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
from dlsite.urls.permalinks import output_path
from dlsite.urls.targets import split_target

_Told = tuple[Facts, str, PlannedBody | None]
"""What an output is given: facts, the source to blame for them, the body of a page."""

_TEMPLATES: Mapping[type[Route], str] = {
    TwinRoute: "page.md",
    TermRoute: "term.html",
    TaxonomyRoute: "terms.html",
    ArchiveRoute: "archive.html",
    HomeRoute: "home.html",
    SearchRoute: "search.html",
    RedirectRoute: "redirect.html",
}


TERM = _TEMPLATES[TermRoute]

LISTINGS = frozenset(
    [TERM, *(_TEMPLATES[route] for route in (ArchiveRoute, HomeRoute, SearchRoute)), "404.html"]
)
"""The templates of outputs that list pages."""


class Plans(Mapping[str, OutputPlan]):
    """A plan for every route that a template makes, by output path, in order of permalink.

    Each is made anew whenever it is asked for: all contexts of a large site together
    would take more memory than anything else.
    """

    def __init__(self, site: Site, config: Config, *, templates: AbstractSet[str]) -> None:
        """Take the names of the templates there are, beside what there is to plan."""
        self._planner = _Planner(site, config, templates, Neighbourhood(site))
        table = site.routes.route_by_permalink
        self._routes = {
            output_path(permalink): table[permalink]
            for permalink in sorted(table)
            if self._planner.template(table[permalink])
        }

    @property
    def site(self) -> Facts:
        """The facts of the site, which every context has under this name."""
        return self._planner.site

    def __getitem__(self, path: str) -> OutputPlan:
        """Return the plan of the output at a path of the output directory."""
        return self._planner.plan(self._routes[path])

    def __contains__(self, path: object) -> bool:
        return path in self._routes

    def __iter__(self) -> Iterator[str]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)

    def reworded(self, pages: Iterable[Page]) -> Plans:
        """Return the plans after quiet edits (`quiet`), of which these are the pages."""
        plans = copy(self)
        plans._planner = self._planner.reworded(pages)  # noqa: SLF001 - a copy of our own
        return plans

    def again(self, site: Site, config: Config) -> Plans:
        """Return the plans of a site in which every page stands and is listed as before."""
        plans = copy(self)
        plans._planner = self._planner.again(site, config)  # noqa: SLF001 - a copy of our own
        return plans

    def template(self, path: str) -> str:
        """Return the name of the template that makes an output."""
        return self._planner.template(self._routes[path])

    def permalink(self, path: str) -> Permalink:
        """Return where an output stands on the site."""
        return self._routes[path].permalink


class _Planner:
    """Plans one output at a time; what they share is worked out once."""

    def __init__(
        self, site: Site, config: Config, templates: AbstractSet[str], around: Neighbourhood
    ) -> None:
        self._site = site
        self._config = config
        self._templates = templates
        self._around = around
        self._teller = Teller.of(site, config)
        self._shell = ShellTeller(self._teller)
        self._articles = ArticleTeller(self._teller, around)
        self.site = self._shell.site
        self._term_by_permalink = {
            term.permalink: term for group in site.routes.terms.values() for term in group
        }

    def again(self, site: Site, config: Config) -> _Planner:
        """Return what plans the outputs of a site whose pages stand and are listed as before."""
        return _Planner(site, config, self._templates, self._around)

    def reworded(self, pages: Iterable[Page]) -> _Planner:
        """Return what plans outputs after quiet edits: what others show of a page is the same."""
        planner = copy(self)
        planner._teller = self._teller.reworded(pages)  # noqa: SLF001 - a copy of our own
        return planner

    def template(self, route: Route) -> str:
        """Return the template that makes a route; empty where none does."""
        if isinstance(route, PageRoute):
            page = self._teller.page_by_path[route.path]
            if is_home(page, route.permalink):
                return _TEMPLATES[HomeRoute]
            return template_of(page, self._templates)
        if isinstance(route, GeneratedRoute):
            return "404.html" if route.name == "404" else ""
        return _TEMPLATES.get(type(route), "")

    def plan(self, route: Route) -> OutputPlan:
        """Return the plan of a route that a template makes; raises `KeyError` for others."""
        facts, path, body = self._told(route)
        permalink, template = route.permalink, self.template(route)
        return OutputPlan(permalink, output_path(permalink), template, facts, Position(path), body)

    def _told(self, route: Route) -> _Told:
        match route:
            case PageRoute(permalink, path):
                return self._page(permalink, self._teller.page_by_path[path])
            case TermRoute(permalink):
                return self._term(self._term_by_permalink[permalink])
            case TwinRoute(_, path):
                return self._twin(self._teller.page_by_path[path])
            case TaxonomyRoute(permalink, taxonomy):
                return self._taxonomy(permalink, taxonomy)
            case ArchiveRoute() | HomeRoute() | SearchRoute():
                return self._listing(route)
            case RedirectRoute():
                return self._redirect(route)
            case GeneratedRoute(permalink, "404"):
                return self._not_found(permalink)
            case GeneratedRoute() | StaticRoute() | VariantRoute():
                raise KeyError(route.permalink)
            case _:
                assert_never(route)

    def _page(self, permalink: Permalink, page: Page) -> _Told:
        if is_home(page, permalink):
            return self._home(permalink, page)
        facts: Facts = {"page": self._articles.tell(page)}
        shell = self._shell.tell_page(page, permalink)
        body = self._teller.body(page, "page", "body_html")
        return shell | facts, page.path, body

    def _twin(self, page: Page) -> _Told:
        facts: Facts = {"twin": self._teller.twin(page)}
        return facts, page.path, self._teller.markdown(page, "twin", "markdown")

    def _home(self, permalink: Permalink, page: Page | None) -> _Told:
        facts: Facts = {"home": home_facts(self._teller, self._shell.nav, page)}
        if page is not None:
            shell = self._shell.tell_page(page, permalink)
            intro = self._teller.body(page, "home", "intro_html")
            return shell | facts, page.path, intro
        shell = self._shell.tell(permalink, self._config.title)
        shell["description"] = self._config.description
        return shell | facts, self._config.path, None

    def _term(self, term: Term) -> _Told:
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
        return shell | facts, term.paths[0], None

    def _taxonomy(self, permalink: Permalink, taxonomy: str) -> _Told:
        facts = self._shell.tell(permalink, "") | taxonomy_index_facts(self._teller, taxonomy)
        first = self._site.routes.terms[taxonomy][0]
        return facts, first.paths[0], None

    def _listing(self, route: ArchiveRoute | HomeRoute | SearchRoute) -> _Told:
        match route:
            case ArchiveRoute(permalink):
                return self._archive(permalink)
            case HomeRoute(permalink):
                return self._home(permalink, None)
            case SearchRoute(permalink):
                return self._search(permalink)

    def _archive(self, permalink: Permalink) -> _Told:
        facts = self._shell.tell(permalink, "") | archive_facts(self._teller)
        return facts, self._config.path, None

    def _search(self, permalink: Permalink) -> _Told:
        facts = self._shell.tell(permalink, "") | search_facts(self._teller)
        return facts, self._config.path, None

    def _redirect(self, route: RedirectRoute) -> _Told:
        if route.to:
            url = self._teller.href(route.to) + route.suffix
            full = self._teller.origin + url
        else:
            parts = split_target(route.target)
            url = full = "" if parts is not None and parts.runs_code else route.target
        facts: Facts = {"target_url": url, "target_canonical": full, "robots": "noindex"}
        shell = self._shell.tell(route.permalink, "")
        return shell | facts, route.position.path, None

    def _not_found(self, permalink: Permalink) -> _Told:
        shell = self._shell.tell(permalink, "") | {"robots": "noindex", "canonical_url": ""}
        facts = shell | not_found_facts(self._teller)
        return facts, self._config.path, None
