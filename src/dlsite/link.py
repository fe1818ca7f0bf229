"""Resolve every reference of every page against the routes.

The same resolver serves Markdown, wiki links, raw HTML, images, navigation and
redirects, so that a link means one thing wherever it is written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import assert_never

from dlsite.config import Config
from dlsite.diagnostics import Diagnostic
from dlsite.graph import backlinks, orphans, wanted
from dlsite.names import asked_for, pages_by_name
from dlsite.records import (
    Ambiguous,
    External,
    Found,
    Missing,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Reference,
    ReferenceKind,
    Resolution,
    Route,
    Routes,
    Site,
    SkippedPage,
    StaticRoute,
    TaxonomyRoute,
    TermRoute,
)
from dlsite.spelling import are_distinct, is_variant, nearest
from dlsite.taxonomy import identity
from dlsite.urls import Target, canonical, collision_key, is_file, join, split_target

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd", ".mkdown")
_MAX_REDIRECTS = 20
_FILE_KINDS = (ReferenceKind.IMAGE, ReferenceKind.WIKI_IMAGE, ReferenceKind.HTML)


def link(
    pages: Iterable[Page], routes: Routes, config: Config
) -> tuple[Site, tuple[Diagnostic, ...]]:
    """Return the site with every reference resolved, and what leads nowhere.

    `pages` are all pages, also those not published: their links are checked too, so
    that a draft is ready on the day it is published.
    """
    linker = _Linker(tuple(pages), routes, config)
    resolutions = {page.path: linker.resolve_page(page) for page in linker.pages}
    nav = tuple(
        linker.resolve(
            Reference(ReferenceKind.LINK, entry.target, entry.position, entry.title),
            here=Permalink("/"),
            page=None,
        )
        for entry in config.nav
    )
    linked = backlinks(routes, resolutions)
    site = Site(
        pages=routes.pages,
        routes=routes,
        resolutions=resolutions,
        nav=nav,
        backlinks=linked,
        wanted=wanted(linker.pages, resolutions),
        orphans=orphans(routes, linked, nav),
    )
    return site, tuple(linker.diagnostics)


class _Linker:
    """The routes with the indexes that lookups need; gathers diagnostics."""

    def __init__(self, pages: tuple[Page, ...], routes: Routes, config: Config) -> None:
        self.pages = pages
        self.diagnostics: list[Diagnostic] = []
        self._routes = routes
        self._base_url = config.base_url
        self._base_path = config.base_path
        self._page_by_path = {page.path: page for page in pages}
        self._path_by_content_path = {page.content_path: page.path for page in pages}
        self._skipped = {entry.permalink: entry for entry in routes.skipped}
        self._folded = {collision_key(link): link for link in routes.route_by_permalink}
        self._names = pages_by_name(pages, routes)
        self._near: dict[str, tuple[Permalink, ...]] = {}

    def resolve_page(self, page: Page) -> tuple[Resolution, ...]:
        """Return the resolutions of a page's references, in their order."""
        here = self._routes.permalink_by_path[page.path]
        return tuple(self.resolve(each, here=here, page=page) for each in page.references)

    def resolve(self, reference: Reference, *, here: Permalink, page: Page | None) -> Resolution:
        """Return what a reference on the page at `here` turns out to be."""
        if reference.kind in (ReferenceKind.WIKI_LINK, ReferenceKind.WIKI_IMAGE):
            return self._resolve_wiki(reference, here, page)
        if not reference.target.strip():
            message = f"{_noun(reference)} has no target"
            return self._malformed(reference, message, here)
        target = split_target(reference.target, base_url=self._base_url)
        if target is None:
            message = f"{_noun(reference)} to '{reference.target}' cannot be read as an address"
            return self._malformed(reference, message, here)
        if target.is_external:
            return self._external(reference, target)
        if not target.path and not target.query:
            if page is not None:
                self._check_fragment(reference, target, page)
            return Found(here, target.suffix)
        if (source := self._source_of(target, page)) is not None:
            return self._found_path(reference, target, source)
        return self._resolve_path(reference, target, here, page)

    # Kinds of target

    def _external(self, reference: Reference, target: Target) -> Resolution:
        if target.runs_code:
            self._report(
                "link-scheme",
                reference,
                f"{_noun(reference)} to '{reference.target}' runs code, it leads nowhere",
                "link to a page, or remove the link",
            )
        return External("" if target.runs_code else reference.target)

    def _malformed(self, reference: Reference, message: str, here: Permalink) -> Resolution:
        self._report("link-malformed", reference, message, "write the permalink of a page, '/x/'")
        return External(reference.target) if reference.target.strip() else Found(here)

    def _source_of(self, target: Target, page: Page | None) -> str | None:
        """Return the page that a link to a Markdown file means, from its folder or from the top."""
        if not target.path.lower().endswith(MARKDOWN_SUFFIXES):
            return None
        folder = "/" if page is None else f"/{PurePosixPath(page.content_path).parent}/"
        for base in (folder, "/"):
            content_path = join(Permalink(base), target.path).lstrip("/")
            if content_path in self._path_by_content_path:
                return self._path_by_content_path[content_path]
        return None

    def _found_path(self, reference: Reference, target: Target, path: str) -> Resolution:
        permalink = self._routes.permalink_by_path[path]
        if permalink in self._skipped and permalink not in self._routes.route_by_permalink:
            return self._skipped_target(reference, target, self._skipped[permalink])
        self._check_fragment(reference, target, self._page_by_path[path])
        return Found(permalink, target.suffix)

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
            # A folder may have a dot in its name, and a static file none.
            for permalink in (canonical(path), Permalink(path), Permalink(f"{path.rstrip('/')}/")):
                if (route := self._routes.route_by_permalink.get(permalink)) is not None:
                    return self._found(reference, target, route)
        return self._not_found(reference, target, paths[0])

    def _found(self, reference: Reference, target: Target, route: Route) -> Resolution:
        if isinstance(route, RedirectRoute):
            return self._redirected(reference, target, route)
        if isinstance(route, PageRoute):
            self._check_fragment(reference, target, self._page_by_path[route.path])
        return Found(route.permalink, target.suffix)

    def _redirected(self, reference: Reference, target: Target, route: RedirectRoute) -> Resolution:
        """Follow a redirect, so that no link in the output costs one."""
        final: Route | None = route
        for _ in range(_MAX_REDIRECTS):
            if not isinstance(final, RedirectRoute):
                break
            ahead = split_target(final.target)
            if ahead is None or ahead.is_external:
                return External("" if ahead is None or ahead.runs_code else final.target)
            if not target.suffix:
                target = ahead
            final = self._routes.route_by_permalink.get(canonical(ahead.path))
        if final is None or isinstance(final, RedirectRoute):
            return Found(route.permalink, target.suffix)
        self._report(
            "link-redirect",
            reference,
            f"{_noun(reference)} to '{reference.target}', an old address of '{final.permalink}'",
            f"write '{final.permalink}'",
            suggestions=(final.permalink,),
        )
        if isinstance(final, PageRoute):
            self._check_fragment(reference, target, self._page_by_path[final.path])
        return Found(final.permalink, target.suffix)

    # Wiki links

    def _resolve_wiki(self, reference: Reference, here: Permalink, page: Page | None) -> Resolution:
        name, _, fragment = reference.target.partition("#")
        fragment = unicodedata.normalize("NFC", fragment.strip())
        target = Target("", name.strip(), "", fragment, is_external=False)
        if not name.strip():
            if page is not None:
                self._check_fragment(reference, target, page)
            return Found(here, target.suffix)
        permalink = canonical(join(Permalink("/"), name.strip()))
        direct = self._routes.route_by_permalink.get(permalink)
        if direct is not None:
            return self._found(reference, target, direct)
        if reference.kind is ReferenceKind.WIKI_IMAGE:
            return self._wiki_image(reference, target)
        paths = self._names.get(identity(name), ())
        if len(paths) > 1:
            candidates = tuple(sorted(self._routes.permalink_by_path[path] for path in paths))
            self._report(
                "link-ambiguous",
                reference,
                f"wiki link to '{name.strip()}' fits {len(candidates)} pages",
                *(f"write [[{candidate.strip('/')}]]" for candidate in candidates),
                suggestions=candidates,
            )
            return Ambiguous(candidates)
        if paths:
            return self._found_path(reference, target, paths[0])
        wanted_permalink = canonical(f"/{asked_for(name)}/")
        return self._missing(reference, target, wanted_permalink)

    def _wiki_image(self, reference: Reference, target: Target) -> Resolution:
        """Find a picture by its file name, wherever it stands."""
        name = f"/{target.path.lstrip('/')}"
        hits = sorted(
            permalink
            for permalink in self._routes.route_by_permalink
            if is_file(permalink) and permalink.endswith(name)
        )
        if len(hits) == 1:
            return Found(hits[0])
        if hits:
            self._report(
                "link-ambiguous",
                reference,
                f"image '{target.path}' fits {len(hits)} files",
                *(f"write ![[{hit.lstrip('/')}]]" for hit in hits),
                suggestions=tuple(hits),
            )
            return Ambiguous(tuple(hits))
        return self._missing(reference, target, Permalink(name))

    # What is not there

    def _not_found(self, reference: Reference, target: Target, path: str) -> Resolution:
        permalink = canonical(path)
        if permalink in self._skipped:
            return self._skipped_target(reference, target, self._skipped[permalink])
        other_case = self._folded.get(collision_key(permalink))
        if other_case is not None:
            self._report(
                "link-case",
                reference,
                f"{_noun(reference)} to '{reference.target}', but the page is at '{other_case}'",
                f"write '{other_case}{target.suffix}': letter case counts in addresses",
                suggestions=(other_case,),
            )
            return self._found(reference, target, self._routes.route_by_permalink[other_case])
        return self._missing(reference, target, permalink)

    def _skipped_target(
        self, reference: Reference, target: Target, skipped: SkippedPage
    ) -> Resolution:
        self._report(
            "link-draft",
            reference,
            f"{_noun(reference)} to '{reference.target}', which is not published "
            f"({skipped.reason.value}): {skipped.page.path}",
            "publish that page, or remove the link",
        )
        return Missing(skipped.permalink, target.suffix)

    def _missing(self, reference: Reference, target: Target, permalink: Permalink) -> Resolution:
        is_asset = reference.kind in _FILE_KINDS or (
            is_file(permalink) and not permalink.endswith((".html", *MARKDOWN_SUFFIXES))
        )
        near = self._nearest(permalink)
        remedies = [f"did you mean '{guess}'?" for guess in near]
        if is_asset:
            remedies = remedies or [f"add the file 'static{permalink.rstrip('/')}'"]
            why = "but there is no such file"
        else:
            title = reference.heading or reference.text
            quoted = title.replace("\\", "\\\\").replace('"', '\\"')
            hint = f' --title "{quoted}"' if title else ""
            start = "or create it" if near else "create it"
            remedies.append(f"{start}: dlsite new {_folder(permalink)}{hint}")
            why = "but no page has that permalink"
        if reference.kind is ReferenceKind.WIKI_LINK:
            why = "but no page has that permalink, title, alias or file name"
        self._report(
            "link-asset" if is_asset else "link-missing",
            reference,
            f"{_noun(reference)} to '{reference.target}', {why}",
            *remedies,
            suggestions=near,
        )
        return Missing(permalink, target.suffix, near)

    def _nearest(self, permalink: Permalink) -> tuple[Permalink, ...]:
        """Return what the author may have meant; asked once for each target."""
        if permalink not in self._near:
            wanted_name = permalink.strip("/")
            by_name = {
                link.strip("/"): link
                for link, route in self._routes.route_by_permalink.items()
                if _may_be_meant(route, wanted_name)
            }
            variants = sorted(name for name in by_name if is_variant(name, wanted_name))
            names = variants or [
                name
                for name in nearest(wanted_name, by_name)
                if not are_distinct(name, wanted_name)
            ]
            self._near[permalink] = tuple(by_name[name] for name in names[:3])
        return self._near[permalink]

    def _check_fragment(self, reference: Reference, target: Target, page: Page) -> None:
        """Report a fragment that nothing on `page` has; `#`, `#top` and text fragments are fine."""
        wanted_id = target.fragment.partition(":~:")[0]
        if not wanted_id or wanted_id == "top" or wanted_id in page.fragments:
            return
        near = nearest(wanted_id, page.fragments, cutoff=0.6)
        remedies = [f"did you mean '#{guess}'?" for guess in near]
        known = ", ".join(f"#{heading.fragment}" for heading in page.headings[:8])
        if not near and known:
            remedies = [f"headings there: {known}"]
        where = "this page" if page.path == reference.position.path else page.path
        self._report(
            "link-anchor",
            reference,
            f"{_noun(reference)} to '{reference.target}', but nothing on {where} has the "
            f"fragment '#{wanted_id}'",
            *(remedies or [f"add {{#{wanted_id}}} to a heading there"]),
            suggestions=tuple(f"#{guess}" for guess in near),
        )

    def _report(
        self,
        rule: str,
        reference: Reference,
        message: str,
        *help_: str,
        suggestions: tuple[str, ...] = (),
    ) -> None:
        self.diagnostics.append(
            Diagnostic(rule, reference.position, message, help_, reference.target, suggestions)
        )


def _may_be_meant(route: Route, wanted_name: str) -> bool:
    """Say whether a slip for this route is likely: old addresses and listings are not aimed at."""
    if isinstance(route, TermRoute | TaxonomyRoute):
        return wanted_name.startswith(f"{route.taxonomy}/")
    return isinstance(route, PageRoute | StaticRoute)


def _folder(permalink: Permalink) -> Permalink:
    """Return the permalink that a page made for a link to a `.html` or `.md` file gets."""
    bare = permalink.rstrip("/")
    for suffix in (".html", *MARKDOWN_SUFFIXES):
        bare = bare.removesuffix(suffix)
    return Permalink(f"{bare}/")


def _noun(reference: Reference) -> str:
    match reference.kind:
        case ReferenceKind.IMAGE | ReferenceKind.WIKI_IMAGE:
            return "image"
        case ReferenceKind.WIKI_LINK:
            return "wiki link"
        case ReferenceKind.LINK:
            return "link"
        case ReferenceKind.HTML:
            return "reference"
        case _:
            assert_never(reference.kind)
