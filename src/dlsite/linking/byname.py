"""Resolve wiki links and wiki images, which call pages and pictures by a name.  Pure."""

from __future__ import annotations

import unicodedata

from dlsite.linking.arriving import Arrivals
from dlsite.linking.deadends import DeadEnds
from dlsite.linking.lookup import Lookup
from dlsite.linking.names import asked_for, readings
from dlsite.records import (
    Ambiguous,
    Found,
    Page,
    Permalink,
    Reference,
    ReferenceKind,
    Resolution,
    Routes,
)
from dlsite.urls.permalinks import canonical
from dlsite.urls.targets import Target, join


class ByName:
    """Resolves references that say what their target is called.

    `callers` are the source paths of the pages that call others by name, so far.
    """

    def __init__(self, routes: Routes, lookup: Lookup, arrivals: Arrivals, dead: DeadEnds) -> None:
        self.callers: set[str] = set()
        self._routes = routes
        self._lookup = lookup
        self._arrivals = arrivals
        self._dead = dead
        self._ambiguous: dict[str, Ambiguous] = {}

    def resolve(self, reference: Reference, here: Permalink, page: Page | None) -> Resolution:
        """Return what a wiki link or image on the page at `here` turns out to be."""
        name, fragment = self._name(reference, page)
        fragment = unicodedata.normalize("NFC", fragment)
        target = Target("", name.strip(), "", fragment, is_external=False)
        if not name.strip():
            if page is not None:
                target = self._arrivals.with_fragment(reference, target, page)
            return Found(here, target.suffix)
        permalink = canonical(
            unicodedata.normalize("NFC", join(Permalink("/"), name.strip())),
        )
        direct = self._routes.route_by_permalink.get(permalink)
        if direct is not None:
            return self._arrivals.at_route(reference, target, direct)
        if reference.kind is ReferenceKind.WIKI_IMAGE:
            return self._wiki_image(reference, target, here)
        if (source := self._lookup.source_of(target, page)) is not None:
            return self._arrivals.at_source(reference, target, source)
        if page is not None:
            self.callers.add(page.path)
        paths = self._lookup.pages_called(name)
        if len(paths) > 1:
            fits = self._ambiguous.get(name)
            if fits is None:
                # One record for all that say so: a name may be that of every page.
                permalinks = self._routes.permalink_by_path
                fits = Ambiguous(tuple(sorted(permalinks[path] for path in paths)))
                self._ambiguous[name] = fits
            self._dead.ambiguous(reference, name.strip(), fits.candidates)
            return fits
        if paths:
            right = self._routes.permalink_by_path[paths[0]] if "#" in name else None
            return self._arrivals.at_source(reference, target, paths[0], right)
        wanted_permalink = canonical(f"/{asked_for(name)}/")
        return self._arrivals.at_nothing(reference, target, wanted_permalink, here)

    def _name(self, reference: Reference, page: Page | None) -> tuple[str, str]:
        """Return the name by which a wiki link calls a page, and its fragment.

        `#` may belong to a name: it does where a page is called so, and at the end, where
        no fragment follows.
        """
        *longer, (name, fragment) = readings(reference.target)
        if longer and page is not None:
            self.callers.add(page.path)
        for each, rest in longer:
            if self._lookup.pages_called(each):
                return each, rest
        is_whole = name and not fragment and reference.kind is ReferenceKind.WIKI_LINK
        return longer[0] if longer and is_whole else (name, fragment)

    def _wiki_image(self, reference: Reference, target: Target, here: Permalink) -> Resolution:
        """Find a picture by its file name, wherever it stands."""
        name = f"/{target.path.lstrip('/')}"
        hits = self._lookup.files_called(name)
        if len(hits) == 1:
            return Found(hits[0])
        if hits:
            self._dead.ambiguous(reference, target.path, hits)
            return Ambiguous(tuple(hits))
        return self._arrivals.at_nothing(reference, target, Permalink(name), here)
