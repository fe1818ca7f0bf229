"""Say why something is, or is not, at an address: facts as rows of a name and values.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from dlsite.linking.lookup import Lookup
from dlsite.permalinks import pattern_of
from dlsite.records import (
    ArchiveRoute,
    Found,
    GeneratedRoute,
    HomeRoute,
    Missing,
    OutputPlan,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Resolution,
    Route,
    SearchRoute,
    SkippedPage,
    StaticRoute,
    TaxonomyRoute,
    TermRoute,
    TwinRoute,
    VariantRoute,
)
from dlsite.texts.spelling import nearest
from dlsite.understanding import Analysis
from dlsite.urls.permalinks import canonical, output_path
from dlsite.urls.targets import split_target

Fact = tuple[str, tuple[str, ...]]
"""What a fact is about, and one or more values in the order of the site."""

_LISTINGS: Mapping[type[Route], str] = {
    ArchiveRoute: "the archive of all dated pages",
    HomeRoute: "the home page, since no page has the permalink '/'",
    SearchRoute: "the search page",
}


def explain(analysis: Analysis, asked: str, plans: Mapping[str, OutputPlan]) -> tuple[Fact, ...]:
    """Return what there is to say about an address, or about a source file.

    `asked` is a permalink, a full URL of the site, or a path relative to the site;
    `plans` are the planned outputs by path.  Never empty.
    """
    teller = _Teller(analysis, plans)
    page = next((each for each in analysis.pages if each.path == asked), None)
    if page is not None:
        return tuple(teller.page(page))
    files = analysis.sources.statics
    static = next((each for each in files if each.path == asked), None)
    if static is not None:
        return tuple(teller.address(_permalink(analysis, static.published_path)))
    target = split_target(asked, base_url=analysis.config.base_url)
    if target is None or target.is_external:
        return (("address", (asked,)), ("stands", ("outside of this site",)))
    return tuple(teller.address(_permalink(analysis, target.path)))


def _permalink(analysis: Analysis, path: str) -> Permalink:
    lookup = Lookup(analysis.pages, analysis.site.routes)
    start = f"/{path.lstrip('/')}"
    there = lookup.route_at(start) or lookup.skipped_at(start)
    return canonical(start) if there is None else there.permalink


class _Teller:
    """Tells the facts of one site."""

    def __init__(self, analysis: Analysis, plans: Mapping[str, OutputPlan]) -> None:
        self._analysis = analysis
        self._site = analysis.site
        self._routes = analysis.site.routes
        self._plans = plans
        self._skipped = {entry.page.path: entry for entry in self._routes.skipped}

    def page(self, page: Page) -> Iterator[Fact]:
        permalink = self._routes.permalink_by_path[page.path]
        route = self._routes.route_by_permalink.get(permalink)
        if isinstance(route, PageRoute) and route.path == page.path:
            yield from self.address(permalink)
            return
        yield "address", (permalink,)
        if page.path in self._skipped:
            yield from self._left_out(self._skipped[page.path])
        elif route is not None:
            yield "stands", ("not there: something else has the address",)
            yield from self._what(route)
        yield from self._source(page)

    def address(self, permalink: Permalink) -> Iterator[Fact]:
        yield "address", (permalink,)
        route = self._routes.route_by_permalink.get(permalink)
        if route is None:
            yield from self._nothing(permalink)
        else:
            yield from self._what(route)
            yield from self._output(permalink)
        # Pages show an image, and browsers take one of its forms.
        yield from self._linked(route.of if isinstance(route, VariantRoute) else permalink)

    def _what(self, route: Route) -> Iterator[Fact]:
        match route:
            case PageRoute(_, path):
                page = next(each for each in self._site.pages if each.path == path)
                yield "stands", (f"the page '{page.title}'",)
                yield from self._source(page)
            case TwinRoute(_, path):
                yield "stands", ("a page in Markdown, for programs",)
                yield "source", (path,)
            case TermRoute(_, taxonomy, slug):
                term = next(each for each in self._routes.terms[taxonomy] if each.slug == slug)
                yield "stands", (f"the listing of '{term.name}' ({taxonomy})",)
                yield "pages", term.paths
            case TaxonomyRoute(_, taxonomy):
                yield "stands", (f"the index of {taxonomy}",)
            case ArchiveRoute() | HomeRoute() | SearchRoute():
                yield "stands", (_LISTINGS[type(route)],)
            case RedirectRoute(_, target, position):
                yield "stands", (f"a redirect to {target}",)
                yield "written", (str(position),)
            case StaticRoute() | VariantRoute():
                yield from self._file(route)
            case GeneratedRoute(_, name):
                yield "stands", (f"a file that dlsite makes ({name})",)
            case _:
                assert_never(route)

    def _file(self, route: StaticRoute | VariantRoute) -> Iterator[Fact]:
        file = route.file
        if isinstance(route, StaticRoute):
            yield "stands", ("a static file",)
            yield "source", (file.path,)
            if file.variants:
                yield "smaller forms", tuple(f"/{each.file.url_path}" for each in file.variants)
            return
        image = self._routes.route_by_permalink[route.of]
        assert isinstance(image, StaticRoute)
        form = next(each for each in image.file.variants if each.file == file)
        own = f" of {image.file.size[0]}" if image.file.size else ""
        how = f"{form.kind}, {form.width}{own} pixels across"
        yield "stands", (f"a smaller form of the image at {route.of}: {how}",)
        yield "source", (file.path,)

    def _source(self, page: Page) -> Iterator[Fact]:
        fields = page.front_matter
        yield "source", (page.path,)
        place = fields.positions.get("permalink")
        if fields.permalink is None:
            pattern = pattern_of(page, self._analysis.config)
            yield "permalink", (f"from the pattern '{pattern}': the page names none",)
        elif place is None:
            yield "permalink", (f"'{fields.permalink}' from the 'defaults' of the configuration",)
        else:
            yield "permalink", (f"'{fields.permalink}' at {place}",)
        if fields.tags:
            yield "tags", fields.tags
        if fields.categories:
            yield "categories", fields.categories
        if fields.redirect_from:
            yield "old addresses", fields.redirect_from

    def _left_out(self, entry: SkippedPage) -> Iterator[Fact]:
        flags = {"draft": "; shown with --drafts", "future date": "; shown with --future"}
        reason = entry.reason.value
        yield "stands", (f"nothing: the page is left out ({reason}{flags.get(reason, '')})",)

    def _output(self, permalink: Permalink) -> Iterator[Fact]:
        path = output_path(permalink)
        yield "output", (path,)
        if path in self._plans:
            yield "template", (self._plans[path].template,)

    def _nothing(self, permalink: Permalink) -> Iterator[Fact]:
        entry = next((each for each in self._routes.skipped if each.permalink == permalink), None)
        if entry is not None:
            yield from self._left_out(entry)
            yield from self._source(entry.page)
            return
        yield "stands", ("nothing",)
        near = nearest(permalink, self._routes.route_by_permalink)
        if near:
            yield "near", near

    def _linked(self, permalink: Permalink) -> Iterator[Fact]:
        places = [
            str(reference.position)
            for page in self._analysis.pages
            for reference, resolution in zip(
                page.references, self._site.resolutions[page.path], strict=True
            )
            if _leads(resolution, permalink) and not _is_own(reference.target)
        ]
        nav = [entry for entry in self._site.nav if _leads(entry, permalink)]
        places += ["the navigation"] * bool(nav)
        yield "linked from", tuple(places) or ("no text and no navigation",)


def _leads(resolution: Resolution, permalink: Permalink) -> bool:
    return isinstance(resolution, Found | Missing) and resolution.permalink == permalink


def _is_own(target: str) -> bool:
    return target.startswith("#")
