"""What a reference turns out to be, once it is known what its target means.

A page, file or term is found, with the fragment as the page itself spells it; redirects
are followed to where they end; for what is not published, or is nowhere, there is a
diagnostic.  Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from dlsite.linking.deadends import DeadEnds
from dlsite.records import (
    IMAGES,
    External,
    Found,
    Missing,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Reference,
    Resolution,
    Route,
    Routes,
    SkippedPage,
    StaticRoute,
)
from dlsite.urls.targets import Target, split_target

_MAX_REDIRECTS = 20


class Arrivals:
    """Where references of a site arrive.

    `right` is the permalink of what a reference leads to, where it names it wrongly.
    """

    def __init__(self, routes: Routes, page_by_path: Mapping[str, Page], dead: DeadEnds) -> None:
        self._routes = routes
        self._page_by_path = page_by_path
        self._dead = dead
        self._skipped = {entry.permalink: entry for entry in routes.skipped}
        self._fragments: dict[str, dict[str, str]] = {}

    def at_source(
        self, reference: Reference, target: Target, path: str, right: Permalink | None = None
    ) -> Resolution:
        """Return what the page of a source path is to a reference."""
        permalink = self._routes.permalink_by_path[path]
        if permalink in self._skipped and permalink not in self._routes.route_by_permalink:
            return self.at_skipped(reference, target, self._skipped[permalink])
        target = self.with_fragment(reference, target, self._page_by_path[path], right)
        return Found(permalink, target.suffix)

    def at_route(
        self, reference: Reference, target: Target, route: Route, right: Permalink | None = None
    ) -> Resolution:
        """Return what a route is to a reference."""
        if isinstance(route, RedirectRoute):
            return self._redirected(reference, target, route)
        if isinstance(route, PageRoute):
            target = self.with_fragment(reference, target, self._page_by_path[route.path], right)
        return Found(route.permalink, target.suffix)

    def _redirected(self, reference: Reference, target: Target, route: RedirectRoute) -> Resolution:
        """Follow a redirect, so that no link in the output costs one."""
        final: Route | None = route
        for _ in range(_MAX_REDIRECTS):
            if not isinstance(final, RedirectRoute):
                break
            if not final.to:
                ahead = split_target(final.target)
                return External("" if ahead is None or ahead.runs_code else final.target)
            if not target.suffix:
                target = split_target(final.suffix) or target
            final = self._routes.route_by_permalink.get(final.to)
        if final is None or isinstance(final, RedirectRoute):
            return Found(route.permalink, target.suffix)
        if reference.kind not in IMAGES or isinstance(final, StaticRoute):
            # That an image names a page is the mistake (`pages_for_images`), whichever address.
            self._dead.old_address(reference, target, final.permalink)
        if isinstance(final, PageRoute):
            target = self.with_fragment(
                reference, target, self._page_by_path[final.path], final.permalink
            )
        return Found(final.permalink, target.suffix)

    def at_skipped(self, reference: Reference, target: Target, skipped: SkippedPage) -> Resolution:
        """Return what a page that is not published is to a reference; report it."""
        self._dead.skipped(reference, skipped)
        return Missing(skipped.permalink, target.suffix)

    def at_nothing(
        self, reference: Reference, target: Target, permalink: Permalink, here: Permalink
    ) -> Resolution:
        """Return what an address at which nothing stands is to a reference; report it."""
        near = self._dead.missing(reference, target, permalink, here)
        return Missing(permalink, target.suffix, near)

    def with_fragment(
        self, reference: Reference, target: Target, page: Page, right: Permalink | None = None
    ) -> Target:
        """Return `target` with its fragment spelled as `page` has it; report one it has not.

        `#`, `#top` and text fragments are fine.
        """
        wanted_id, mark, rest = target.fragment.partition(":~:")
        if not wanted_id or wanted_id.lower() == "top" or wanted_id in page.fragments:
            return target
        # An id is what its heading says; a link may have the other Unicode form of it.
        if page.path not in self._fragments:
            self._fragments[page.path] = {
                unicodedata.normalize("NFC", own): own for own in sorted(page.fragments)
            }
        own = self._fragments[page.path].get(wanted_id)
        if own is not None:
            return replace(target, fragment=own + mark + rest)
        self._dead.fragment(reference, wanted_id, page, right)
        return target
