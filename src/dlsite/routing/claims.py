"""Say who wants which path of the site, and where that was written.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dlsite.config.settings import Config
from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import (
    ArchiveRoute,
    GeneratedRoute,
    HomeRoute,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Route,
    SearchRoute,
    SkipReason,
    StaticFile,
    StaticRoute,
    TaxonomyRoute,
    Term,
    TermRoute,
    TwinRoute,
    VariantRoute,
)
from dlsite.terms.taxonomy import TagBook, slug_of
from dlsite.urls.permalinks import PermalinkError, parse_permalink, twin_permalink

PAGE = "this page"
# What the theme needs for search alone.
_SEARCH_ASSETS = ("search.js", "search.css")


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody wants a path: the route, what it is in words, and where that was written.

    `where` is a position, or a page and the field of it that says so: nearly every claim is
    granted, and nobody asks where in the file it stands.  `yields` marks outputs of dlsite's
    own that stand back where an author has the same.
    """

    route: Route
    what: str
    where: Position | tuple[Page, str]
    yields: bool = False

    @property
    def position(self) -> Position:
        """Where it was written."""
        return self.where if isinstance(self.where, Position) else _field(*self.where)


def page_claim(page: Page, permalink: Permalink) -> Claim:
    """Return the claim of a page, or of the redirect that it is, on its own address."""
    here = (page, "permalink")
    target = page.front_matter.redirect_to
    if target is None:
        return Claim(PageRoute(permalink, page.path), PAGE, here)
    to = page.front_matter.positions.get("redirect_to") or _field(*here)
    return Claim(RedirectRoute(permalink, target, to), PAGE, here)


def redirect_claims(
    pages: tuple[Page, ...],
    permalinks: dict[str, Permalink],
    config: Config,
    diagnostics: list[Diagnostic],
) -> Iterator[Claim]:
    """Yield the redirects that pages and the configuration ask for."""
    wanted: list[tuple[str, str, Permalink, Position]] = [
        (old, permalinks[page.path], permalinks[page.path], _field(page, f"redirect_from.{index}"))
        for page in pages
        for index, old in enumerate(page.front_matter.redirect_from)
    ]
    # Where these lead is found out once it is known what stands where.
    wanted += [(row.old, row.new, Permalink(""), row.position) for row in config.redirects]
    for old, target, to, position in wanted:
        try:
            permalink = parse_permalink(old)
        except PermalinkError as error:
            message = f"'{old}' cannot be a permalink: {error}"
            diagnostics.append(Diagnostic("permalink-invalid", position, message, target=old))
            continue
        yield Claim(RedirectRoute(permalink, target, position, to), "a redirect", position)


def _field(page: Page, name: str) -> Position:
    return page.front_matter.positions.get(name, Position(page.path, 1))


def static_claims(statics: Iterable[StaticFile], config: Config) -> Iterator[Claim]:
    """Yield static files, and the smaller forms of images among them."""
    for file in statics:
        if not config.search and _is_for_search(file):
            continue
        claim = _static_claim(file)
        yield claim
        for each in file.variants:
            # Its name has its digest: what is called so is the same image.
            here = Permalink(f"/{each.file.url_path}")
            route = VariantRoute(here, each.file, claim.route.permalink)
            yield Claim(route, "a smaller form of an image", claim.position, yields=True)


def _static_claim(file: StaticFile) -> Claim:
    path = file.published_path
    # An `index.html` is its folder.
    permalink = Permalink(f"/{path}".removesuffix("index.html"))
    if not permalink.endswith("/"):
        permalink = Permalink(f"/{path}")
    return Claim(StaticRoute(permalink, file), "a static file", Position(file.path))


def _is_for_search(file: StaticFile) -> bool:
    return file.is_asset and file.url_path in _SEARCH_ASSETS


def listing_claims(pages: tuple[Page, ...], terms: dict[str, tuple[Term, ...]]) -> Iterator[Claim]:
    """Yield the pages that list others: of terms, of taxonomies, the archive, the home page."""
    by_path = {page.path: page for page in pages}
    for taxonomy, group in terms.items():
        for term in group:
            first = by_path[term.paths[0]]
            route = TermRoute(term.permalink, taxonomy, term.slug)
            where = _first_use(first, term)
            yield Claim(route, f"the listing of '{term.name}' ({taxonomy})", where)
        if group:
            index = TaxonomyRoute(Permalink(f"/{taxonomy}/"), taxonomy)
            where = _first_use(by_path[group[0].paths[0]], group[0])
            yield Claim(index, f"the index of {taxonomy}", where)
    if any(page.front_matter.date for page in pages):
        archive = ArchiveRoute(Permalink("/archive/"))
        yield Claim(archive, "the archive", Position(pages[0].path), yields=True)
    yield Claim(HomeRoute(Permalink("/")), "the home page", Position(""), yields=True)


def synonym_claims(terms: tuple[Term, ...], book: TagBook) -> Iterator[Claim]:
    """Yield redirects from where the synonyms of a tag stood, or may be looked for."""
    for term in terms:
        entry = book.entry(book.key(term.name))
        for synonym in () if entry is None else entry.synonyms:
            assert entry is not None
            old = Permalink(f"/tags/{slug_of(synonym)}/")
            if old != term.permalink:
                route = RedirectRoute(old, term.permalink, entry.position, term.permalink)
                yield Claim(route, "a redirect", entry.position, yields=True)


def _first_use(page: Page, term: Term) -> tuple[Page, str]:
    names = page.front_matter.tags if term.taxonomy == "tags" else page.front_matter.categories
    index = next(index for index, name in enumerate(names) if name in term.variants)
    return page, f"{term.taxonomy}.{index}"


def generated_claims(config: Config) -> Iterator[Claim]:
    """Yield what emitters make of the whole site."""
    names = {"404": "/404.html"}
    if config.feed:
        names["feed"] = "/feed.xml"
    if config.sitemap:
        names["sitemap"] = "/sitemap.xml"
        # For a site of so many addresses that one file may not have them all.
        folder = GeneratedRoute(Permalink("/sitemaps/"), "sitemap")
        yield Claim(folder, "the generated /sitemaps/", Position(config.path), yields=True)
    if config.robots:
        names["robots"] = "/robots.txt"
    if config.graph:
        names["graph"] = "/site.json"
        names["backlinks"] = "/backlinks.json"
    if config.llms:
        names["llms"] = "/llms.txt"
    if config.search:
        names["search"] = "/search/index/"
        page = SearchRoute(Permalink("/search/"))
        yield Claim(page, "the search page", Position(config.path), yields=True)
    for name, permalink in names.items():
        route = GeneratedRoute(Permalink(permalink), name)
        yield Claim(route, f"the generated {permalink}", Position(config.path), yields=True)


def twin_claims(
    pages: tuple[Page, ...],
    permalinks: Mapping[str, Permalink],
    previews: Mapping[str, SkipReason],
) -> Iterator[Claim]:
    """Yield the pages in Markdown, of those that `llms.txt` lists."""
    for page in pages:
        if page.front_matter.sitemap and page.path not in previews:
            route = TwinRoute(twin_permalink(permalinks[page.path]), page.path)
            yield Claim(route, f"'{page.title}' in Markdown", Position(page.path), yields=True)


def feed_claims(terms: dict[str, tuple[Term, ...]], config: Config) -> Iterator[Claim]:
    """Yield the feed of each term."""
    for group in terms.values():
        for term in group:
            route = GeneratedRoute(Permalink(f"{term.permalink}feed.xml"), "feed")
            what = f"the feed of '{term.name}'"
            yield Claim(route, what, Position(config.path), yields=True)
