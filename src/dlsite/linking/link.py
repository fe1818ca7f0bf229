"""Resolve every reference of every page against the routes, and tie the site together.

After edits that leave every page where it stood, what cannot have changed is not resolved
again: `relink` gives what `link` would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.linking.graph import backlinks, backlinks_after, backlinks_again, orphans, wanted
from dlsite.linking.names import titles_of
from dlsite.linking.resolving import Resolver
from dlsite.records import (
    Backlinks,
    Found,
    OutsideReference,
    Page,
    Permalink,
    Reference,
    ReferenceKind,
    Resolution,
    Routes,
    Site,
)

Edited = tuple[Page, Page]
"""A page before and after an edit."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A site with every reference resolved, and what leads nowhere.

    `found` are the diagnostics by the page that a reference stands in, without those that
    have none; `beside` are all others.  `callers` are the pages with wiki links that call
    others by name, `plain` what addresses of plain letters turned out to be.
    """

    site: Site
    found: Mapping[str, tuple[Diagnostic, ...]]
    beside: tuple[Diagnostic, ...]
    callers: frozenset[str]
    plain: Mapping[str, Found] = field(default_factory=dict, compare=False)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that there is to say of references."""
        return (*chain.from_iterable(self.found.values()), *self.beside)


def link(
    pages: Iterable[Page],
    routes: Routes,
    config: Config,
    outside: Iterable[OutsideReference] = (),
    before: Linked | None = None,
) -> Linked:
    """Return the site with every reference resolved, and what leads nowhere.

    `pages` are all pages, also those not published: their links are checked too, so
    that a draft is ready on the day it is published.  `outside` are references of
    stylesheets and templates: they are checked, and nothing else comes of them.
    `before` is the site in an earlier state, with the same base path, which saves time alone.
    """
    plain = {} if before is None else before.plain
    linker = _Linker(tuple(pages), routes, config, plain)
    linker.resolve(linker.pages)
    if before is None:
        return linker.linked(backlinks(routes, linker.resolutions), outside)
    return linker.linked(backlinks_after(before.site, routes, linker.resolutions), outside)


def relink(  # noqa: PLR0913 - what `link` takes, and what it gave
    pages: Iterable[Page],
    routes: Routes,
    config: Config,
    outside: Iterable[OutsideReference] = (),
    *,
    before: Linked,
    edited: Sequence[Edited],
) -> Linked:
    """Return what `link` would, after edits of pages that stand where they stood.

    A reference means what it meant unless it is on such a page, leads to one, calls pages
    by name while one has another, or leads nowhere: then others are suggested.
    """
    old = before.site
    again = {page.path for _, page in edited}
    again.update(link.path for path in tuple(again) for link in old.backlinks.get(path, ()))
    again.update(before.found, (entry.page.path for entry in routes.skipped))
    if any(titles_of(page) != titles_of(after) for page, after in edited):
        again |= before.callers
    linker = _Linker(tuple(pages), routes, config, before.plain)
    linker.take_over(before)
    linker.resolve(page for page in linker.pages if page.path in again)
    was = {page.path: page for page, _ in edited}
    pairs = [
        (
            (was.get(page.path, page), old.resolutions[page.path]),
            (page, linker.resolutions[page.path]),
        )
        for page in routes.pages
        if page.path in again
    ]
    return linker.linked(backlinks_again(routes, old.backlinks, pairs), outside)


class _Linker:
    """Resolves the references of pages, and makes a site of them."""

    def __init__(
        self, pages: tuple[Page, ...], routes: Routes, config: Config, plain: Mapping[str, Found]
    ) -> None:
        self.pages = pages
        self.resolutions: dict[str, tuple[Resolution, ...]] = {}
        self._found: dict[str, tuple[Diagnostic, ...]] = {}
        self._callers: frozenset[str] = frozenset()
        self._routes = routes
        self._config = config
        self._resolver = Resolver(pages, routes, config, plain)

    def take_over(self, before: Linked) -> None:
        """Begin with what is known of pages that stood where they stand."""
        self.resolutions |= before.site.resolutions
        self._found |= dict.fromkeys(before.site.resolutions, ()) | dict(before.found)
        self._callers = before.callers

    def resolve(self, pages: Iterable[Page]) -> None:
        """Resolve the references of pages."""
        done = set()
        for page in pages:
            self.resolutions[page.path] = self._resolver.resolve_page(page)
            self._found[page.path] = self._resolver.take_diagnostics()
            done.add(page.path)
        self._callers = (self._callers - done) | self._resolver.callers

    def linked(self, linked: Backlinks, outside: Iterable[OutsideReference]) -> Linked:
        """Return the site, with who links to whom in it."""
        nav = tuple(
            self._resolver.resolve(
                Reference(ReferenceKind.LINK, entry.target, entry.position, entry.title),
                here=Permalink("/"),
                page=None,
            )
            for entry in self._config.nav
        )
        for entry in outside:
            self._resolver.resolve(entry.reference, here=entry.here, page=None)
        found = {page.path: said for page in self.pages if (said := self._found[page.path])}
        routes = self._routes
        site = Site(
            pages=routes.pages,
            routes=routes,
            resolutions=self.resolutions,
            nav=nav,
            backlinks=linked,
            wanted=wanted(self.pages, self.resolutions, routes),
            orphans=orphans(routes, linked, nav),
        )
        beside = self._resolver.take_diagnostics()
        return Linked(site, found, beside, self._callers, self._resolver.plain)
