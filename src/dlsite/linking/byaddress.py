"""Resolve targets that are written as addresses: permalinks, paths, full URLs, Markdown files.

Pure.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from dlsite.config.settings import Config
from dlsite.linking.arriving import Arrivals
from dlsite.linking.deadends import DeadEnds
from dlsite.linking.lookup import Lookup
from dlsite.records import (
    External,
    Found,
    Missing,
    Page,
    Permalink,
    Reference,
    Resolution,
    Routes,
)
from dlsite.urls.permalinks import canonical
from dlsite.urls.targets import Target, join, split_target


class ByAddress:
    """Resolves references that say where their target stands."""

    def __init__(
        self, routes: Routes, config: Config, lookup: Lookup, arrivals: Arrivals, dead: DeadEnds
    ) -> None:
        self._routes = routes
        self._base_url = config.base_url
        self._base_path = config.base_path
        self._lookup = lookup
        self._arrivals = arrivals
        self._dead = dead

    def resolve(self, reference: Reference, here: Permalink, page: Page | None) -> Resolution:
        """Return what a link or image on the page at `here` turns out to be."""
        if not reference.target.strip():
            self._dead.empty(reference)
            return Found(here)
        if "{{" in reference.target or "{%" in reference.target:
            # Liquid that nobody understood: parsing has said so.
            return External(reference.target)
        target = split_target(reference.target, base_url=self._base_url)
        if target is None:
            self._dead.unreadable(reference)
            return External(reference.target)
        if target.is_external:
            return self._external(reference, target, here)
        resolution = self._resolve_inside(reference, target, here, page)
        if target.origin and isinstance(resolution, (Found, Missing)):
            return replace(resolution, origin=target.origin)
        return resolution

    def _resolve_inside(
        self, reference: Reference, target: Target, here: Permalink, page: Page | None
    ) -> Resolution:
        if not target.path and not target.query:
            if page is not None:
                target = self._arrivals.with_fragment(reference, target, page)
            return Found(here, target.suffix)
        if (source := self._lookup.source_of(target, page)) is not None:
            return self._arrivals.at_source(reference, target, source)
        return self._resolve_path(reference, target, here, page)

    def _external(self, reference: Reference, target: Target, here: Permalink) -> Resolution:
        if target.runs_code:
            self._dead.runs_code(reference)
            return External("")
        if not target.scheme:
            return self._behind_two_slashes(reference, here)
        return External(reference.target)

    def _behind_two_slashes(self, reference: Reference, here: Permalink) -> Resolution:
        """Tell `//example.org/x` from a permalink with a slash too many."""
        target = split_target(f"/{reference.target.strip().lstrip('/')}")
        if target is None:
            return External(reference.target)
        if (route := self._lookup.route_at(target.path)) is not None:
            found = self._arrivals.at_route(reference, target, route, route.permalink)
            if isinstance(found, Found):
                self._dead.doubled_slash(reference, found)
            return found
        if _may_be_host(target.path.split("/")[1]):
            return External(reference.target)
        return self._arrivals.at_nothing(reference, target, canonical(target.path), here)

    def _resolve_path(
        self, reference: Reference, target: Target, here: Permalink, page: Page | None
    ) -> Resolution:
        paths: list[str] = [join(here, target.path) if target.path else here]
        if page is not None and not target.path.startswith("/"):
            # A picture beside its page in the sources is not beside it in the output.
            folder = Permalink(f"/{PurePosixPath(page.content_path).parent}/")
            paths.append(join(folder, target.path))
        if self._base_path and reference.target.startswith(f"{self._base_path}/"):
            # A page may stand below a folder that is called as the base path is.
            paths.append(f"{self._base_path}{target.path}")
        for path in paths:
            if (route := self._lookup.route_at(path)) is not None:
                is_doubled = "//" in target.path
                found = self._arrivals.at_route(
                    reference, target, route, route.permalink if is_doubled else None
                )
                if is_doubled and isinstance(found, Found):
                    self._dead.doubled_slash(reference, found)
                return found
        return self._not_found(reference, target, paths[0], here, page)

    def _not_found(
        self, reference: Reference, target: Target, path: str, here: Permalink, page: Page | None
    ) -> Resolution:
        if (skipped := self._lookup.skipped_at(path)) is not None:
            return self._arrivals.at_skipped(reference, target, skipped)
        if (source := self._lookup.source_in_other_case(target, page)) is not None:
            right = self._routes.permalink_by_path[source]
            self._dead.other_case(reference, target, right)
            return self._arrivals.at_source(reference, target, source, right)
        other_case = self._lookup.in_other_case(path)
        if other_case is not None:
            route = self._routes.route_by_permalink[other_case]
            resolution = self._arrivals.at_route(reference, target, route, other_case)
            # Of an old address there is more to say: where it leads.
            if not isinstance(resolution, Found) or resolution.permalink == other_case:
                self._dead.other_case(reference, target, other_case)
            return resolution
        return self._arrivals.at_nothing(reference, target, canonical(path), here)


def _may_be_host(name: str) -> bool:
    """Say whether the network may know a name: `example.org`, `host:8000`, `localhost`."""
    return any(mark in name for mark in ".:@") or name == "localhost"
