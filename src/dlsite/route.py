"""Decide what stands at every URL of the site, before anything is rendered.

One table of all outputs; two claims on one path, or on paths that some file system
cannot tell apart, are an error that names both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from dlsite.config import Config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.permalinks import written_permalink
from dlsite.records import (
    ArchiveRoute,
    GeneratedRoute,
    HomeRoute,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Route,
    Routes,
    SearchRoute,
    SkippedPage,
    SkipReason,
    StaticFile,
    StaticRoute,
    TaxonomyRoute,
    Term,
    TermRoute,
    TwinRoute,
    VariantRoute,
)
from dlsite.rules import Severity
from dlsite.taxonomy import NO_BOOK, TAXONOMIES, TagBook, slug_of, spelling_diagnostics, terms_of
from dlsite.urls import (
    PermalinkError,
    canonical,
    collision_key,
    output_path,
    parse_permalink,
    split_target,
    twin_permalink,
)

_PAGE = "this page"
# What the theme needs for search alone.
_SEARCH_ASSETS = ("search.js", "search.css")


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody wants a path: the route, what it is in words, and where that was written.

    `yields` marks outputs of dlsite's own that stand back where an author has the same.
    """

    route: Route
    what: str
    position: Position
    yields: bool = False


def route(
    pages: Iterable[Page],
    statics: Iterable[StaticFile],
    config: Config,
    book: TagBook = NO_BOOK,
) -> tuple[Routes, tuple[Diagnostic, ...]]:
    """Return what stands where, and every clash."""
    diagnostics: list[Diagnostic] = []
    everything = tuple(pages)
    permalinks = {page.path: _permalink(page, config, diagnostics) for page in everything}
    published, skipped, previews = _published(everything, permalinks, config)
    # A page that only leads elsewhere is an address, and stands in no list.
    listed = tuple(page for page in published if page.front_matter.redirect_to is None)
    books = {"tags": book}
    terms = {name: terms_of(listed, name, books.get(name, NO_BOOK)) for name in TAXONOMIES}
    for taxonomy in TAXONOMIES:
        diagnostics += spelling_diagnostics(listed, terms[taxonomy])
    claims = [
        *(_page_claim(page, permalinks[page.path]) for page in published),
        *_redirect_claims(published, permalinks, config, diagnostics),
        *_static_claims(statics, config),
        *_listing_claims(listed, terms),
        *_synonym_claims(terms["tags"], book),
        *_generated_claims(config),
        *(_twin_claims(listed, permalinks, previews) if config.llms else ()),
        *(_feed_claims(terms, config) if config.feed else ()),
    ]
    table = _table(claims, diagnostics)
    routes = Routes(
        route_by_permalink=table,
        permalink_by_path=permalinks,
        pages=listed,
        skipped=skipped,
        terms=terms,
        previews=previews,
    )
    return routes, tuple(diagnostics)


# Permalinks


def _permalink(page: Page, config: Config, diagnostics: list[Diagnostic]) -> Permalink:
    own = page.front_matter.permalink
    try:
        return parse_permalink(written_permalink(page, config))
    except PermalinkError as error:
        where = page.front_matter.positions.get("permalink", Position(page.path))
        written = own if own is not None else page.content_path
        diagnostics.append(
            Diagnostic(
                "permalink-invalid",
                where,
                f"'{written}' cannot be a permalink: {error}",
                ("write a path such as: permalink: /" + (slug_of(page.title) or "page") + "/",),
                target=written,
            )
        )
    # The page keeps an address of its own, so that the rest of it is still checked.
    return Permalink(f"/{slug_of(page.content_path)}/")


# Publication


def _published(
    pages: tuple[Page, ...], permalinks: dict[str, Permalink], config: Config
) -> tuple[tuple[Page, ...], tuple[SkippedPage, ...], dict[str, SkipReason]]:
    """Return the pages to publish, newest first and then by path, and those left out."""
    published: list[Page] = []
    skipped: list[SkippedPage] = []
    previews: dict[str, SkipReason] = {}
    for page in pages:
        reason = _skip_reason(page, config)
        allowed = (reason is SkipReason.DRAFT and config.drafts) or (
            reason is SkipReason.FUTURE and config.future
        )
        if reason is None or allowed:
            published.append(page)
        else:
            skipped.append(SkippedPage(page, permalinks[page.path], reason))
        if reason is not None and allowed:
            previews[page.path] = reason
    published.sort(key=site_order)
    skipped.sort(key=lambda entry: entry.page.path)
    return tuple(published), tuple(skipped), previews


def site_order(page: Page) -> tuple[float, str]:
    """Order pages newest first, undated ones last, then by path."""
    date = page.front_matter.date
    return (-date.timestamp() if date is not None else float("inf"), page.path)


def _skip_reason(page: Page, config: Config) -> SkipReason | None:
    fields = page.front_matter
    if not fields.published:
        return SkipReason.UNPUBLISHED
    if fields.draft or page.content_path.startswith("_drafts/"):
        return SkipReason.DRAFT
    if fields.date is not None and fields.date > config.now:
        return SkipReason.FUTURE
    return None


# Claims


def _page_claim(page: Page, permalink: Permalink) -> _Claim:
    position = page.front_matter.positions.get("permalink", Position(page.path, 1))
    target = page.front_matter.redirect_to
    if target is None:
        return _Claim(PageRoute(permalink, page.path), _PAGE, position)
    where = page.front_matter.positions.get("redirect_to", position)
    claim = RedirectRoute(permalink, _redirect_target(target), where)
    return _Claim(claim, _PAGE, position)


def _redirect_target(target: str) -> str:
    """Return a full URL as it is, and anything else as the permalink it means."""
    parts = split_target(target)
    if parts is None or parts.is_external:
        return target
    return canonical(parts.path) + parts.suffix


def _redirect_claims(
    pages: tuple[Page, ...],
    permalinks: dict[str, Permalink],
    config: Config,
    diagnostics: list[Diagnostic],
) -> Iterator[_Claim]:
    wanted = [
        (old, permalinks[page.path], _field(page, f"redirect_from.{index}"))
        for page in pages
        for index, old in enumerate(page.front_matter.redirect_from)
    ]
    wanted += [
        (row.old, Permalink(_redirect_target(row.new)), row.position) for row in config.redirects
    ]
    for old, target, position in wanted:
        try:
            permalink = parse_permalink(old)
        except PermalinkError as error:
            message = f"'{old}' cannot be a permalink: {error}"
            diagnostics.append(Diagnostic("permalink-invalid", position, message, target=old))
            continue
        yield _Claim(RedirectRoute(permalink, target, position), "a redirect", position)


def _field(page: Page, name: str) -> Position:
    return page.front_matter.positions.get(name, Position(page.path, 1))


def _static_claims(statics: Iterable[StaticFile], config: Config) -> Iterator[_Claim]:
    for file in statics:
        if not config.search and _is_for_search(file):
            continue
        claim = _static_claim(file)
        yield claim
        for each in file.variants:
            # Its name has its digest: what is called so is the same image.
            here = Permalink(f"/{each.file.url_path}")
            route = VariantRoute(here, each.file, claim.route.permalink)
            yield _Claim(route, "a smaller form of an image", claim.position, yields=True)


def _static_claim(file: StaticFile) -> _Claim:
    path = file.published_path
    # An `index.html` is its folder.
    permalink = Permalink(f"/{path}".removesuffix("index.html"))
    if not permalink.endswith("/"):
        permalink = Permalink(f"/{path}")
    return _Claim(StaticRoute(permalink, file), "a static file", Position(file.path))


def _is_for_search(file: StaticFile) -> bool:
    return file.is_asset and file.url_path in _SEARCH_ASSETS


def _listing_claims(
    pages: tuple[Page, ...], terms: dict[str, tuple[Term, ...]]
) -> Iterator[_Claim]:
    by_path = {page.path: page for page in pages}
    for taxonomy, group in terms.items():
        for term in group:
            first = by_path[term.paths[0]]
            route = TermRoute(term.permalink, taxonomy, term.slug)
            where = _first_use(first, term)
            yield _Claim(route, f"the listing of '{term.name}' ({taxonomy})", where)
        if group:
            index = TaxonomyRoute(Permalink(f"/{taxonomy}/"), taxonomy)
            where = _first_use(by_path[group[0].paths[0]], group[0])
            yield _Claim(index, f"the index of {taxonomy}", where)
    if any(page.front_matter.date for page in pages):
        archive = ArchiveRoute(Permalink("/archive/"))
        yield _Claim(archive, "the archive", Position(pages[0].path), yields=True)
    yield _Claim(HomeRoute(Permalink("/")), "the home page", Position(""), yields=True)


def _synonym_claims(terms: tuple[Term, ...], book: TagBook) -> Iterator[_Claim]:
    """Yield redirects from where the synonyms of a tag stood, or may be looked for."""
    for term in terms:
        entry = book.entry(book.key(term.name))
        for synonym in () if entry is None else entry.synonyms:
            assert entry is not None
            old = Permalink(f"/tags/{slug_of(synonym)}/")
            if old != term.permalink:
                route = RedirectRoute(old, term.permalink, entry.position)
                yield _Claim(route, "a redirect", entry.position, yields=True)


def _first_use(page: Page, term: Term) -> Position:
    names = page.front_matter.tags if term.taxonomy == "tags" else page.front_matter.categories
    index = next(index for index, name in enumerate(names) if name in term.variants)
    return _field(page, f"{term.taxonomy}.{index}")


def _generated_claims(config: Config) -> Iterator[_Claim]:
    names = {"404": "/404.html"}
    if config.feed:
        names["feed"] = "/feed.xml"
    if config.sitemap:
        names["sitemap"] = "/sitemap.xml"
        # For a site of so many addresses that one file may not have them all.
        folder = GeneratedRoute(Permalink("/sitemaps/"), "sitemap")
        yield _Claim(folder, "the generated /sitemaps/", Position(config.path), yields=True)
    if config.robots:
        names["robots"] = "/robots.txt"
    if config.graph:
        names["graph"] = "/site.json"
    if config.llms:
        names["llms"] = "/llms.txt"
    if config.search:
        names["search"] = "/search/index/"
        page = SearchRoute(Permalink("/search/"))
        yield _Claim(page, "the search page", Position(config.path), yields=True)
    for name, permalink in names.items():
        route = GeneratedRoute(Permalink(permalink), name)
        yield _Claim(route, f"the generated {permalink}", Position(config.path), yields=True)


def _twin_claims(
    pages: tuple[Page, ...],
    permalinks: Mapping[str, Permalink],
    previews: Mapping[str, SkipReason],
) -> Iterator[_Claim]:
    """Yield the pages in Markdown, of those that `llms.txt` lists."""
    for page in pages:
        if page.front_matter.sitemap and page.path not in previews:
            route = TwinRoute(twin_permalink(permalinks[page.path]), page.path)
            yield _Claim(route, f"'{page.title}' in Markdown", Position(page.path), yields=True)


def _feed_claims(terms: dict[str, tuple[Term, ...]], config: Config) -> Iterator[_Claim]:
    for group in terms.values():
        for term in group:
            route = GeneratedRoute(Permalink(f"{term.permalink}feed.xml"), "feed")
            what = f"the feed of '{term.name}'"
            yield _Claim(route, what, Position(config.path), yields=True)


# Clashes


def _table(claims: list[_Claim], diagnostics: list[Diagnostic]) -> dict[Permalink, Route]:
    """Give every path to one claim; the first keeps it, those that yield come last."""
    owners: dict[str, _Claim] = {}
    table: dict[Permalink, Route] = {}
    for claim in sorted(claims, key=lambda claim: claim.yields):
        permalink = claim.route.permalink
        key = collision_key(output_path(permalink))
        owner = owners.get(key)
        if owner is None:
            owners[key] = claim
            table[permalink] = claim.route
        elif permalink not in table and _are_static(owner, claim):
            # Their author's file system can tell them apart, so both are published.
            warning = replace(_conflict(claim, owner), severity=Severity.WARNING)
            diagnostics.append(warning)
            table[permalink] = claim.route
        elif not claim.yields:
            diagnostics.append(_conflict(claim, owner))
    diagnostics += _files_against_folders(owners)
    return table


def _are_static(*claims: _Claim) -> bool:
    return all(isinstance(claim.route, StaticRoute) for claim in claims)


def _conflict(claim: _Claim, owner: _Claim) -> Diagnostic:
    """Report at the later of the two in reading order, so that the place is stable."""
    first, second = sorted((claim, owner), key=lambda each: (each.position, each.what))
    here, there = second.route.permalink, first.route.permalink
    same = here == there
    rule = "permalink-conflict" if same else "permalink-case"
    if same and isinstance(claim.route, RedirectRoute) != isinstance(owner.route, RedirectRoute):
        return _shadow(claim, owner)
    why = "" if same else " (they differ by letter case or Unicode form only)"
    other = "the page" if first.what == _PAGE else first.what
    if first.position.path:
        other += f" at {first.position}"
    return Diagnostic(
        rule,
        second.position,
        f"{second.what} and {other} both want '{there}'{why}",
        ("give one of them another permalink",),
        target=here,
        related=(first.position,) if first.position.path else (),
    )


def _shadow(claim: _Claim, owner: _Claim) -> Diagnostic:
    """Report at the redirect: what exists is in its right."""
    redirect, real = (claim, owner) if isinstance(claim.route, RedirectRoute) else (owner, claim)
    what = "a page" if real.what == _PAGE else real.what
    at = f" ({real.position})" if real.position.path else ""
    return Diagnostic(
        "redirect-shadows",
        redirect.position,
        f"a redirect from '{redirect.route.permalink}', where {what} stands{at}",
        ("remove the redirect, or give the page another permalink",),
        target=redirect.route.permalink,
        related=(real.position,) if real.position.path else (),
    )


def _files_against_folders(owners: dict[str, _Claim]) -> Iterator[Diagnostic]:
    folders: set[str] = set()
    for path in owners:
        while (path := path.rpartition("/")[0]) and path not in folders:
            folders.add(path)
    clashing = folders & owners.keys()
    for path, claim in sorted(owners.items()) if clashing else ():
        for parent in PurePosixPath(path).parents:
            # What is made for others that clash says nothing new.
            if str(parent) not in clashing or claim.yields:
                continue
            file = owners[str(parent)]
            first, second = sorted((claim, file), key=lambda each: (each.position, each.what))
            yield Diagnostic(
                "permalink-conflict",
                second.position,
                f"'{file.route.permalink}' is a file, so nothing can stand at "
                f"'{claim.route.permalink}'",
                ("give one of them another permalink",),
                target=second.route.permalink,
                related=(first.position,),
            )
