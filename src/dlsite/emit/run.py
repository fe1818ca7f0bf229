"""The list of emitters, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dlsite.config import Config
from dlsite.emit.feed import feed
from dlsite.emit.search import search
from dlsite.emit.sitemap import robots, sitemap
from dlsite.records import GeneratedRoute, OutputFile, Site, StaticRoute
from dlsite.urls import output_path

Emitter = Callable[[Site, Config], Iterable[OutputFile]]

EMITTER_BY_NAME: dict[str, Emitter] = {
    "feed": feed,
    "sitemap": sitemap,
    "robots": robots,
    "search": search,
}


def emit(site: Site, config: Config) -> tuple[OutputFile, ...]:
    """Return every output that has a route and no template, static files included."""
    outputs: list[OutputFile] = []
    for route in site.routes.route_by_permalink.values():
        if isinstance(route, StaticRoute):
            outputs.append(OutputFile(output_path(route.permalink), origin=route.file.origin))
        elif isinstance(route, GeneratedRoute) and route.name in EMITTER_BY_NAME:
            outputs += EMITTER_BY_NAME[route.name](site, config)
    return tuple(outputs)
