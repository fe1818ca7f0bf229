"""Decide what stands at every URL of the site, before anything is rendered.

One table of all outputs: of claims (`claims`) on one path one is granted (`clashes`), and then
it is known where redirects lead (`redirecting`).  Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.permalinks import written_permalink
from dlsite.records import Page, Permalink, Routes, SkippedPage, SkipReason, StaticFile
from dlsite.routing.claims import (
    feed_claims,
    generated_claims,
    listing_claims,
    page_claim,
    redirect_claims,
    static_claims,
    synonym_claims,
    twin_claims,
)
from dlsite.routing.clashes import table_of
from dlsite.routing.redirecting import with_redirects
from dlsite.terms.taxonomy import (
    NO_BOOK,
    TAXONOMIES,
    TagBook,
    slug_of,
    spelling_diagnostics,
    terms_of,
)
from dlsite.urls.permalinks import PermalinkError, parse_permalink


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
        *(page_claim(page, permalinks[page.path]) for page in published),
        *redirect_claims(published, permalinks, config, diagnostics),
        *static_claims(statics, config),
        *listing_claims(listed, terms),
        *synonym_claims(terms["tags"], book),
        *generated_claims(config),
        *(twin_claims(listed, permalinks, previews) if config.llms else ()),
        *(feed_claims(terms, config) if config.feed else ()),
    ]
    table = table_of(claims, diagnostics)
    routes = Routes(
        route_by_permalink=table,
        permalink_by_path=permalinks,
        pages=listed,
        skipped=skipped,
        terms=terms,
        previews=previews,
    )
    return with_redirects(everything, routes, config), tuple(diagnostics)


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
    published.sort(key=_site_order)
    skipped.sort(key=lambda entry: entry.page.path)
    return tuple(published), tuple(skipped), previews


def _site_order(page: Page) -> tuple[float, str]:
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
