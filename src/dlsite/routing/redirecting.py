"""Find out where each redirect of the site leads, as links are followed.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dlsite.config.settings import Config
from dlsite.linking.lookup import Lookup
from dlsite.records import Page, Permalink, RedirectRoute, Routes
from dlsite.urls.permalinks import canonical
from dlsite.urls.targets import Target, join, split_target


def with_redirects(pages: Iterable[Page], routes: Routes, config: Config) -> Routes:
    """Return the routes with redirects that say to which permalink they lead.

    `pages` are all pages.  A target means what it means in a link from the top of the site:
    with or without the base path, the slash at its end, or the name of a Markdown file.
    """
    lookup = Lookup(tuple(pages), routes)
    table = routes.route_by_permalink
    settled = {
        permalink: _settled(route, lookup, routes, config)
        for permalink, route in table.items()
        if isinstance(route, RedirectRoute) and not route.to
    }
    return replace(routes, route_by_permalink={**table, **settled}) if settled else routes


def _settled(route: RedirectRoute, lookup: Lookup, routes: Routes, config: Config) -> RedirectRoute:
    target = split_target(route.target, base_url=config.base_url)
    if target is None or target.is_external:
        return route
    if (source := lookup.source_of(target, None)) is not None:
        to = routes.permalink_by_path[source]
    else:
        to = _permalink(target, route.target, lookup, config.base_path)
    return replace(route, target=to + target.suffix, to=to, suffix=target.suffix)


def _permalink(target: Target, written: str, lookup: Lookup, base_path: str) -> Permalink:
    """Return where a path leads: to what stands there, else to what might."""
    paths = [join(Permalink("/"), target.path)]
    if base_path and written.startswith(f"{base_path}/"):
        # A page may stand below a folder that is called as the base path is.
        paths.append(base_path + paths[0])
    for path in paths:
        if (route := lookup.route_at(path)) is not None:
            return route.permalink
    skipped = lookup.skipped_at(paths[0])
    return canonical(paths[0]) if skipped is None else skipped.permalink
