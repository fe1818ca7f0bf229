"""Understand parsed pages as one site: route, link and check them.  Pure.

After an edit that leaves every page where it stood, the routes and most links are those
of before: an analysis that is given gets the next one made in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dlsite.checks.run import run as run_checks
from dlsite.config.settings import Config, Exemption
from dlsite.diagnostics import Diagnostic
from dlsite.files.folders import tags_path
from dlsite.files.sitefiles import Sources
from dlsite.linking.elsewhere import stylesheet_references, template_references
from dlsite.linking.link import Edited, Linked, link, relink
from dlsite.records import Page, Parsed, Routes, Site, SourceFile
from dlsite.routing.ledger import removed
from dlsite.routing.route import route
from dlsite.routing.standing import edits, is_same_config, places_of, put_in, stand, with_pages
from dlsite.terms.similar import similar_tags, unknown_tags
from dlsite.terms.tagsfile import read_tags
from dlsite.terms.taxonomy import TagBook
from dlsite.weigh import exempted, weigh


@dataclass(frozen=True, slots=True)
class Analysis:
    """A site before rendering, with everything there is to say about its sources.

    `diagnostics` are all of these, weighed; what reading, routing and linking said is
    there by itself too, as it was said.  `exempted` are the exemptions of the
    configuration that were needed.
    """

    config: Config
    sources: Sources
    parsed: tuple[Parsed, ...]
    pages: tuple[Page, ...]
    reading: tuple[Diagnostic, ...]
    routing: tuple[Diagnostic, ...]
    linked: Linked
    diagnostics: tuple[Diagnostic, ...]
    exempted: frozenset[Exemption] = frozenset()

    @property
    def site(self) -> Site:
        """The site that the pages make."""
        return self.linked.site


def understand(
    sources: Sources,
    parsed: tuple[Parsed, ...],
    config: Config,
    reading: Iterable[Diagnostic] = (),
    before: Analysis | None = None,
) -> Analysis:
    """Route, link and check parsed pages; `reading` is what reading them said.

    `before` is an analysis of any earlier state of the site: it changes nothing but the
    time that this takes.
    """
    pages = tuple([entry.page for entry in parsed])
    said = tuple(reading)
    entries, tag_problems = read_tags(sources.tags_file or "", path=tags_path(config.content))
    book = TagBook(entries)
    outside = [
        *stylesheet_references(sources.statics, sources.stylesheets),
        *template_references(sources.templates, sources.template_paths),
    ]
    edited = None if before is None else _edited(before, sources, pages, config)
    if before is None or edited is None:
        routes, routing = route(pages, sources.statics, config, book)
        is_known = before is not None and before.config.base_path == config.base_path
        known = before.linked if before is not None and is_known else None
        linked = link(pages, routes, config, outside, known)
    else:
        routes, routing = _rerouted(before, edited), before.routing
        linked = relink(pages, routes, config, outside, before=before.linked, edited=edited)
    found = [
        *said,
        *(diagnostic for entry in parsed for diagnostic in entry.diagnostics),
        *routing,
        *linked.diagnostics,
        *run_checks(linked.site),
        *tag_problems,
        *similar_tags(routes.pages, routes.terms["tags"], book),
        *unknown_tags(routes.pages, config.tags_allowed, book),
        *(removed(linked.site, sources.ledger) if sources.ledger is not None else ()),
    ]
    weighed, needed = weigh(found, config), exempted(found, config)
    return Analysis(config, sources, parsed, pages, said, routing, linked, weighed, needed)


def _edited(
    before: Analysis, sources: Sources, pages: tuple[Page, ...], config: Config
) -> Sequence[Edited] | None:
    """Return the pages that differ, before and after; `None` where the routes may be others."""
    edited = edits(before.pages, pages)
    if (
        edited is None
        or not is_same_config(before.config, config, pages)
        or (sources.statics, sources.tags_file)
        != (before.sources.statics, before.sources.tags_file)
        or not stand(edited, config, before.site.routes, before.routing)
    ):
        return None
    return edited


def _rerouted(before: Analysis, edited: Iterable[Edited]) -> Routes:
    routes = before.site.routes
    return with_pages(routes, {page.path: page for _, page in edited}, places_of(routes.pages))


@dataclass(frozen=True, slots=True)
class Places:
    """Where the pages of a site stand, by source path: among all, and among those published.

    Worked out once for as long as edits move none: to look at every page of a large site
    takes as long as to parse one.
    """

    among_all: Mapping[str, int]
    among_published: Mapping[str, int]

    @classmethod
    def of(cls, analysis: Analysis) -> Places:
        """Return the places in an analysis, and in those that follow by `reworded`."""
        return cls(places_of(analysis.pages), places_of(analysis.site.pages))


def reworded(
    analysis: Analysis, places: Places, sources: Iterable[SourceFile], parsed: Iterable[Parsed]
) -> Analysis:
    """Return the analysis of a site after quiet edits (`quiet`): these pages are new in it."""
    new = {entry.page.path: entry for entry in parsed}
    pages = {path: entry.page for path, entry in new.items()}
    routes = with_pages(analysis.site.routes, pages, places.among_published)
    site = replace(analysis.site, pages=routes.pages, routes=routes)
    return replace(
        analysis,
        parsed=put_in(analysis.parsed, new, places.among_all),
        pages=put_in(analysis.pages, pages, places.among_all),
        linked=replace(analysis.linked, site=site),
        sources=analysis.sources.with_pages(sources, places.among_all),
    )
