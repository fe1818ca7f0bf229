"""The list of emitters, and the one function that runs them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace

from dlsite.config import Config
from dlsite.emit.feed import feeds
from dlsite.emit.graph import graph
from dlsite.emit.llms import llms
from dlsite.emit.search import search
from dlsite.emit.sitemap import robots, sitemap
from dlsite.records import GeneratedRoute, OutputFile, Site, StaticRoute
from dlsite.urls import output_path

Emitter = Callable[[Site, Config], Iterable[OutputFile]]

EMITTER_BY_NAME: dict[str, Emitter] = {
    "feed": feeds,
    "sitemap": sitemap,
    "robots": robots,
    "graph": graph,
    "llms": llms,
}
_SEARCH = "search"


def emit(
    site: Site, config: Config, stands: Callable[[OutputFile], bool]
) -> tuple[OutputFile, ...]:
    """Return every output that has a route and no template, static files included.

    What `stands` says to be in the output directory may come without its content.
    """
    outputs: list[OutputFile] = []
    names: dict[str, None] = {}
    for route in site.routes.route_by_permalink.values():
        if isinstance(route, StaticRoute):
            file = route.file
            path = output_path(route.permalink)
            outputs.append(OutputFile(path, file.content, file.origin, file.digest))
        elif isinstance(route, GeneratedRoute) and route.name in {*EMITTER_BY_NAME, _SEARCH}:
            names[route.name] = None
    for name in names:
        made = search(site, stands) if name == _SEARCH else EMITTER_BY_NAME[name](site, config)
        outputs += map(_with_digest, made)
    return tuple(outputs)


def _with_digest(output: OutputFile) -> OutputFile:
    if output.digest:
        return output
    return replace(output, digest=hashlib.sha256(output.content).hexdigest())
