"""Resolve every reference of every page against the routes.

The same resolver serves Markdown, wiki links, raw HTML, images, navigation and
redirects, so that a link means one thing wherever it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import assert_never

from dlsite.config import Config
from dlsite.diagnostics import Diagnostic, Suggestion, certain, likely
from dlsite.graph import backlinks, orphans, wanted
from dlsite.liquid import POSTS
from dlsite.names import asked_for, pages_by_name
from dlsite.near import (
    MARKDOWN_SUFFIXES,
    Names,
    creation,
    in_place,
    misspelt,
    near_fragments,
    proposal,
)
from dlsite.records import (
    Ambiguous,
    External,
    Found,
    Missing,
    OutsideReference,
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
)
from dlsite.taxonomy import identity
from dlsite.urls import Target, canonical, collision_key, is_file, join, split_target

_MAX_REDIRECTS = 20
_IMAGES = (ReferenceKind.IMAGE, ReferenceKind.WIKI_IMAGE)
_POST_NAME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-")


def link(
    pages: Iterable[Page],
    routes: Routes,
    config: Config,
    outside: Iterable[OutsideReference] = (),
) -> tuple[Site, tuple[Diagnostic, ...]]:
    """Return the site with every reference resolved, and what leads nowhere.

    `pages` are all pages, also those not published: their links are checked too, so
    that a draft is ready on the day it is published.  `outside` are references of
    stylesheets and templates: they are checked, and nothing else comes of them.
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
    for entry in outside:
        linker.resolve(entry.reference, here=entry.here, page=None)
    linked = backlinks(routes, resolutions)
    site = Site(
        pages=routes.pages,
        routes=routes,
        resolutions=resolutions,
        nav=nav,
        backlinks=linked,
        wanted=wanted(linker.pages, resolutions, routes),
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
        self._post_by_name = {
            name: page.path
            for page in pages
            if _POST_NAME.match(name := PurePosixPath(page.content_path).stem)
        }
        self._skipped = {entry.permalink: entry for entry in routes.skipped}
        self._folded = {collision_key(link): link for link in routes.route_by_permalink}
        self._names = pages_by_name(pages, routes)
        self._near = Names(routes, routes.pages)
        self._guesses: dict[tuple[str, bool], tuple[Suggestion, ...]] = {}

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
        if "{{" in reference.target or "{%" in reference.target:
            # Liquid that nobody understood: parsing has said so.
            return External(reference.target)
        target = split_target(reference.target, base_url=self._base_url)
        if target is None:
            message = f"{_noun(reference)} to '{reference.target}' cannot be read as an address"
            return self._malformed(reference, message, here)
        if target.is_external:
            return self._external(reference, target)
        resolution = self._resolve_inside(reference, target, here, page)
        if target.origin and isinstance(resolution, (Found, Missing)):
            return replace(resolution, origin=target.origin)
        return resolution

    # Kinds of target

    def _resolve_inside(
        self, reference: Reference, target: Target, here: Permalink, page: Page | None
    ) -> Resolution:
        if not target.path and not target.query:
            if page is not None:
                target = self._with_fragment(reference, target, page)
            return Found(here, target.suffix)
        if (source := self._source_of(target, page)) is not None:
            return self._found_path(reference, target, source)
        return self._resolve_path(reference, target, here, page)

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
        if target.path.startswith(POSTS):
            # Jekyll finds a post by its name, in whatever folder and with whatever ending.
            return self._post_by_name.get(PurePosixPath(target.path).stem)
        return None

    def _found_path(self, reference: Reference, target: Target, path: str) -> Resolution:
        permalink = self._routes.permalink_by_path[path]
        if permalink in self._skipped and permalink not in self._routes.route_by_permalink:
            return self._skipped_target(reference, target, self._skipped[permalink])
        target = self._with_fragment(reference, target, self._page_by_path[path])
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
        return self._not_found(reference, target, paths[0], here)

    def _found(self, reference: Reference, target: Target, route: Route) -> Resolution:
        if isinstance(route, RedirectRoute):
            return self._redirected(reference, target, route)
        if isinstance(route, PageRoute):
            target = self._with_fragment(reference, target, self._page_by_path[route.path])
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
            suggestions=certain(final.permalink + target.suffix),
        )
        if isinstance(final, PageRoute):
            target = self._with_fragment(reference, target, self._page_by_path[final.path])
        return Found(final.permalink, target.suffix)

    # Wiki links

    def _resolve_wiki(self, reference: Reference, here: Permalink, page: Page | None) -> Resolution:
        name, _, fragment = reference.target.partition("#")
        fragment = unicodedata.normalize("NFC", fragment.strip())
        target = Target("", name.strip(), "", fragment, is_external=False)
        if not name.strip():
            if page is not None:
                target = self._with_fragment(reference, target, page)
            return Found(here, target.suffix)
        permalink = canonical(join(Permalink("/"), name.strip()))
        direct = self._routes.route_by_permalink.get(permalink)
        if direct is not None:
            return self._found(reference, target, direct)
        if reference.kind is ReferenceKind.WIKI_IMAGE:
            return self._wiki_image(reference, target, here)
        paths = self._names.get(identity(name), ())
        if len(paths) > 1:
            candidates = tuple(sorted(self._routes.permalink_by_path[path] for path in paths))
            self._report(
                "link-ambiguous",
                reference,
                f"wiki link to '{name.strip()}' fits {len(candidates)} pages",
                *(f"write [[{candidate.strip('/')}]]" for candidate in candidates),
                suggestions=likely(*(each.strip("/") for each in candidates)),
            )
            return Ambiguous(candidates)
        if paths:
            return self._found_path(reference, target, paths[0])
        wanted_permalink = canonical(f"/{asked_for(name)}/")
        return self._missing(reference, target, wanted_permalink, here)

    def _wiki_image(self, reference: Reference, target: Target, here: Permalink) -> Resolution:
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
                suggestions=likely(*(hit.lstrip("/") for hit in hits)),
            )
            return Ambiguous(tuple(hits))
        return self._missing(reference, target, Permalink(name), here)

    # What is not there

    def _not_found(
        self, reference: Reference, target: Target, path: str, here: Permalink
    ) -> Resolution:
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
                suggestions=certain(other_case + target.suffix),
            )
            return self._found(reference, target, self._routes.route_by_permalink[other_case])
        return self._missing(reference, target, permalink, here)

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

    def _missing(
        self, reference: Reference, target: Target, permalink: Permalink, here: Permalink
    ) -> Resolution:
        is_asset = reference.kind in _IMAGES or (
            is_file(permalink) and not permalink.endswith((".html", *MARKDOWN_SUFFIXES))
        )
        near = tuple(
            guess
            for guess in self._nearest(permalink, only_files=is_asset)
            # The heading that a link stands under proposes a page, not itself.
            if not guess.text.startswith(f"{here}#")
        )
        slip = None if near or is_asset else misspelt(reference, permalink)
        remedies = [proposal(guess) for guess in near]
        if is_asset:
            remedies = remedies or [f"add the file 'static{permalink.rstrip('/')}'"]
            why = "but there is no such file"
        else:
            remedies += creation(reference, permalink, near, slip)
            why = "but no page has that permalink"
        if reference.kind is ReferenceKind.WIKI_LINK:
            why = "but no page has that permalink, title, alias or file name"
        self._report(
            "link-asset" if is_asset else "link-missing",
            reference,
            f"{_noun(reference)} to '{reference.target}', {why}",
            *remedies,
            suggestions=in_place(
                near if slip is None else likely(slip.permalink), reference, target
            ),
        )
        return Missing(permalink, target.suffix, tuple(guess.text for guess in near))

    def _nearest(self, permalink: Permalink, *, only_files: bool) -> tuple[Suggestion, ...]:
        """Return what the author may have meant; asked once for each target."""
        key = (permalink, only_files)
        if key not in self._guesses:
            self._guesses[key] = self._near.near(permalink, only_files=only_files)
        return self._guesses[key]

    def _with_fragment(self, reference: Reference, target: Target, page: Page) -> Target:
        """Return `target` with its fragment spelled as `page` has it; report one it has not.

        `#`, `#top` and text fragments are fine.
        """
        wanted_id, mark, rest = target.fragment.partition(":~:")
        if not wanted_id or wanted_id == "top" or wanted_id in page.fragments:
            return target
        # An id is what its heading says; a link may have the other Unicode form of it.
        for own in page.fragments:
            if unicodedata.normalize("NFC", own) == wanted_id:
                return replace(target, fragment=own + mark + rest)
        near = near_fragments(wanted_id, page)
        remedies = [proposal(replace(guess, text=f"#{guess.text}")) for guess in near]
        known = ", ".join(f"#{heading.fragment}" for heading in page.headings[:8])
        if not near and known:
            remedies = [f"headings there: {known}"]
        where = "this page" if page.path == reference.position.path else page.path
        before = reference.target.partition("#")[0]
        self._report(
            "link-anchor",
            reference,
            f"{_noun(reference)} to '{reference.target}', but nothing on {where} has the "
            f"fragment '#{wanted_id}'",
            *(remedies or [f"add {{#{wanted_id}}} to a heading there"]),
            suggestions=tuple(replace(guess, text=f"{before}#{guess.text}") for guess in near),
        )
        return target

    def _report(
        self,
        rule: str,
        reference: Reference,
        message: str,
        *help_: str,
        suggestions: tuple[Suggestion, ...] = (),
    ) -> None:
        self.diagnostics.append(
            Diagnostic(rule, reference.position, message, help_, reference.target, suggestions)
        )


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
