"""Find out what each reference of a site turns out to be.

The same resolver serves Markdown, wiki links, raw HTML, images and navigation, and
redirects are looked up as links are, so that a target means one thing wherever it is
written.  What means the same on every page is looked up once, here; the rest is for
`byaddress` and `byname`.  Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.linking.arriving import Arrivals
from dlsite.linking.byaddress import ByAddress
from dlsite.linking.byname import ByName
from dlsite.linking.deadends import DeadEnds
from dlsite.linking.lookup import Lookup
from dlsite.linking.wording import LinkWords
from dlsite.records import (
    WIKI,
    External,
    Found,
    Page,
    PageRoute,
    Permalink,
    Reference,
    Resolution,
    Routes,
)
from dlsite.urls.permalinks import is_plain


class Resolver:
    """Resolves references among the routes of a site; gathers diagnostics.

    `callers` are the source paths of the pages that call others by name, so far, and `plain`
    what addresses of plain letters turned out to be.  That of an earlier state of the site
    may be given: each is looked at before it is believed.
    """

    def __init__(
        self,
        pages: tuple[Page, ...],
        routes: Routes,
        config: Config,
        plain: Mapping[str, Found] = MappingProxyType({}),
    ) -> None:
        self.pages = pages
        self._routes = routes
        self._base_path = config.base_path
        self._page_by_path = {page.path: page for page in pages}
        self._words = LinkWords(routes, self._page_by_path)
        self._dead = DeadEnds(routes, config)
        lookup = Lookup(pages, routes)
        arrivals = Arrivals(routes, self._page_by_path, self._dead)
        self._by_address = ByAddress(routes, config, lookup, arrivals, self._dead)
        self._by_name = ByName(routes, lookup, arrivals, self._dead)
        self.callers = self._by_name.callers
        self.plain = {**plain}
        self._resolved: dict[str, Resolution] = {}

    def take_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what there is to say of what was resolved since this was last asked."""
        found, self._dead.diagnostics = self._dead.diagnostics, []
        return tuple(found)

    def resolve_page(self, page: Page) -> tuple[Resolution, ...]:
        """Return the resolutions of a page's references, in their order."""
        here = self._routes.permalink_by_path[page.path]
        references = page.references
        targets, kinds, ask_words = references.targets, references.kinds, references.ask_words
        has_names = True in ask_words or any(kind in kinds for kind in WIKI)
        found = []
        # Most references of a large site lead where another has led before.
        for index, known in enumerate(map(self._resolved.get, targets)):
            if has_names and (ask_words[index] or kinds[index] in WIKI):
                resolution = None
            else:
                resolution = known or self._plain(targets[index])
            found.append(resolution or self._named(references[index], here, page))
        return tuple(found)

    def _named(self, reference: Reference, here: Permalink, page: Page) -> Resolution:
        resolution = self.resolve(reference, here=here, page=page)
        if reference.asks_words and isinstance(resolution, Found):
            words = self._words.words_for(reference, resolution, here)
            return replace(resolution, words=words)
        return resolution

    def resolve(self, reference: Reference, *, here: Permalink, page: Page | None) -> Resolution:
        """Return what a reference on the page at `here` turns out to be."""
        if reference.kind in WIKI:
            return self._by_name.resolve(reference, here, page)
        known = self._resolved.get(reference.target)
        if known is not None:
            return known
        said = len(self._dead.diagnostics)
        resolution = self._by_address.resolve(reference, here, page)
        is_same_everywhere = reference.target.startswith("/") or isinstance(resolution, External)
        if is_same_everywhere and said == len(self._dead.diagnostics):
            self._resolved[reference.target] = resolution
        return resolution

    def _plain(self, target: str) -> Resolution | None:
        """Return what a page's address of plain letters is, which means the same everywhere."""
        known = self.plain.get(target)
        if known is not None and self._holds(known):
            self._resolved[target] = known
            return known
        path, mark, fragment = target.partition("#")
        if not is_plain(path) or (self._base_path and target.startswith(self._base_path)):
            return None
        permalink = Permalink(path if path.endswith("/") else f"{path}/")
        route = self._routes.route_by_permalink.get(permalink)
        if not isinstance(route, PageRoute):
            return None
        if mark and not (
            is_plain(f"/{fragment}") and fragment in self._page_by_path[route.path].fragments
        ):
            return None
        found = Found(route.permalink, mark + fragment)
        self.plain[target] = self._resolved[target] = found
        return found

    def _holds(self, found: Found) -> bool:
        """Say whether a page stands where one stood, with the fragment that it had."""
        route = self._routes.route_by_permalink.get(found.permalink)
        if not isinstance(route, PageRoute):
            return False
        fragment = found.suffix[1:]
        return not fragment or fragment in self._page_by_path[route.path].fragments
