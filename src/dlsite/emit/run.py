"""The list of emitters, and the one function that runs them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dlsite.assemble import joined
from dlsite.config.settings import Config
from dlsite.emit.backlinks import NAME as BACKLINKS
from dlsite.emit.backlinks import backlinks
from dlsite.emit.backlinks import revised as revised_backlinks
from dlsite.emit.feed import feeds
from dlsite.emit.feed import revised as revised_feed
from dlsite.emit.graph import NAME as GRAPH
from dlsite.emit.graph import graph
from dlsite.emit.graph import revised as revised_graph
from dlsite.emit.llms import NAME as LLMS
from dlsite.emit.llms import llms
from dlsite.emit.llms import revised as revised_llms
from dlsite.emit.search import revised as revised_search
from dlsite.emit.search import search
from dlsite.emit.sitemap import robots, sitemap
from dlsite.quiet import Linked, Reworded
from dlsite.records import (
    GeneratedRoute,
    OutputFile,
    Permalink,
    Site,
    SiteMarkup,
    StaticRoute,
    VariantRoute,
)
from dlsite.urls.permalinks import output_path

Emitter = Callable[[Site, Config], Iterable[OutputFile]]

EMITTER_BY_NAME: dict[str, Emitter] = {
    "feed": feeds,
    "sitemap": sitemap,
    "robots": robots,
    "graph": graph,
    "backlinks": backlinks,
    "llms": llms,
}
_SEARCH = "search"
_WITHOUT_WORDS = {"404", "sitemap", "robots"}
"""Emitters to which the words of pages make no difference."""


def emit(site: Site, config: Config, stands: Callable[[OutputFile], bool]) -> Iterator[OutputFile]:
    """Yield every output that has a route and no template, static files included.

    What `stands` says to be in the output directory may come without its content.
    """
    names: dict[str, None] = {}
    for route in site.routes.route_by_permalink.values():
        if isinstance(route, StaticRoute | VariantRoute):
            file = route.file
            path = output_path(route.permalink)
            yield OutputFile(path, file.content, file.origin, file.digest)
        elif isinstance(route, GeneratedRoute) and route.name in {*EMITTER_BY_NAME, _SEARCH}:
            names[route.name] = None
    for name in names:
        made = search(site, stands) if name == _SEARCH else EMITTER_BY_NAME[name](site, config)
        yield from map(_with_digest, made)


def _with_digest(output: OutputFile) -> OutputFile:
    if output.digest:
        return output
    return replace(output, digest=hashlib.sha256(output.content).hexdigest())


def revised(
    name_by_path: Mapping[str, str],
    read: Callable[[str], bytes],
    changes: Sequence[Reworded],
    linked: Mapping[Permalink, Linked],
    config: Config,
) -> tuple[tuple[OutputFile, ...], Collection[str]]:
    """Return the outputs that edits of words change, and the paths of what goes.

    `name_by_path` names the emitters by the paths of what they made, and `read` gives that as
    it stands; `linked` are the pages told anew.  Raises `ValueError` where it is not as they
    make it, and for an emitter that says nothing about such edits.
    """
    made: dict[str, OutputFile] = {}
    gone: Collection[str] = ()
    names = set(name_by_path.values())
    if names - _WITHOUT_WORDS - {"feed", "graph", "backlinks", "llms", _SEARCH}:
        raise ValueError("an emitter may show the words of pages")
    if _SEARCH in names:
        made, gone = revised_search(read, changes, linked)
    if "graph" in names and (content := revised_graph(read, changes)) is not None:
        made[GRAPH] = OutputFile(GRAPH, content)
    if "backlinks" in names and (content := revised_backlinks(read, linked)) is not None:
        made[BACKLINKS] = OutputFile(BACKLINKS, content)
    if "llms" in names:
        before = read(LLMS)
        if (content := revised_llms(before, changes, config)) != before:
            made[LLMS] = OutputFile(LLMS, content)
    for change in changes:
        whole = joined(change.after.body, change.urls, SiteMarkup(words=change.words))
        for permalink in (Permalink("/"), *change.terms):
            path = output_path(Permalink(f"{permalink}feed.xml"))
            if name_by_path.get(path) == "feed":
                feed = made[path].content if path in made else read(path)
                made[path] = OutputFile(path, revised_feed(feed, change, whole, config))
    return tuple(made.values()), gone
