"""Find out what each reference of a site turns out to be.

The same resolver serves Markdown, wiki links, raw HTML, images and navigation, and
redirects are looked up as links are, so that a target means one thing wherever it is
written.  Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from types import MappingProxyType

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.linking.deadends import DeadEnds
from dlsite.linking.lookup import Lookup
from dlsite.linking.names import asked_for, readings
from dlsite.linking.wording import LinkWords
from dlsite.records import (
    WIKI,
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
    SkippedPage,
)
from dlsite.urls import (
    Target,
    canonical,
    is_plain,
    join,
    split_target,
)

_MAX_REDIRECTS = 20


class Resolver:
    """Resolves references among the routes of a site; gathers diagnostics.

    `callers` are the source paths of the pages that call others by name, so far, and `plain`
    what addresses of plain letters turned out to be.  That of an earlier state of the site
    may be given: each is looked at before it is believed.
    """

    def __init__(
        self,
        pages: tuple[Page, ...],
        routes: Routes,
        config: Config,
        plain: Mapping[str, Found] = MappingProxyType({}),
    ) -> None:
        self.pages = pages
        self._routes = routes
        self._base_url = config.base_url
        self._base_path = config.base_path
        self._page_by_path = {page.path: page for page in pages}
        self._skipped = {entry.permalink: entry for entry in routes.skipped}
        self._lookup = Lookup(pages, routes)
        self._words = LinkWords(routes, self._page_by_path)
        self._dead = DeadEnds(routes, config)
        self.callers: set[str] = set()
        self.plain = {**plain}
        self._resolved: dict[str, Resolution] = {}
        self._ambiguous: dict[str, Ambiguous] = {}
        self._fragments: dict[str, dict[str, str]] = {}

    def take_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what there is to say of what was resolved since this was last asked."""
        found, self._dead.diagnostics = self._dead.diagnostics, []
        return tuple(found)

    def resolve_page(self, page: Page) -> tuple[Resolution, ...]:
        """Return the resolutions of a page's references, in their order."""
        here = self._routes.permalink_by_path[page.path]
        references = page.references
        targets, kinds, ask_words = references.targets, references.kinds, references.ask_words
        has_names = True in ask_words or any(kind in kinds for kind in WIKI)
        found = []
        # Most references of a large site lead where another has led before.
        for index, known in enumerate(map(self._resolved.get, targets)):
            if has_names and (ask_words[index] or kinds[index] in WIKI):
                resolution = None
            else:
                resolution = known or self._plain(targets[index])
            found.append(resolution or self._named(references[index], here, page))
        return tuple(found)

    def _named(self, reference: Reference, here: Permalink, page: Page) -> Resolution:
        resolution = self.resolve(reference, here=here, page=page)
        if reference.asks_words and isinstance(resolution, Found):
            words = self._words.words_for(reference, resolution, here)
            return replace(resolution, words=words)
        return resolution

    def resolve(self, reference: Reference, *, here: Permalink, page: Page | None) -> Resolution:
        """Return what a reference on the page at `here` turns out to be."""
        if reference.kind in WIKI:
            return self._resolve_wiki(reference, here, page)
        known = self._resolved.get(reference.target)
        if known is not None:
            return known
        said = len(self._dead.diagnostics)
        resolution = self._resolve(reference, here, page)
        is_same_everywhere = reference.target.startswith("/") or isinstance(resolution, External)
        if is_same_everywhere and said == len(self._dead.diagnostics):
            self._resolved[reference.target] = resolution
        return resolution

    def _plain(self, target: str) -> Resolution | None:
        """Return what a page's address of plain letters is, which means the same everywhere."""
        known = self.plain.get(target)
        if known is not None and self._holds(known):
            self._resolved[target] = known
            return known
        path, mark, fragment = target.partition("#")
        if not is_plain(path) or (self._base_path and target.startswith(self._base_path)):
            return None
        permalink = Permalink(path if path.endswith("/") else f"{path}/")
        route = self._routes.route_by_permalink.get(permalink)
        if not isinstance(route, PageRoute):
            return None
        if mark and not (
            is_plain(f"/{fragment}") and fragment in self._page_by_path[route.path].fragments
        ):
            return None
        found = Found(route.permalink, mark + fragment)
        self.plain[target] = self._resolved[target] = found
        return found

    def _holds(self, found: Found) -> bool:
        """Say whether a page stands where one stood, with the fragment that it had."""
        route = self._routes.route_by_permalink.get(found.permalink)
        if not isinstance(route, PageRoute):
            return False
        fragment = found.suffix[1:]
        return not fragment or fragment in self._page_by_path[route.path].fragments

    def _resolve(self, reference: Reference, here: Permalink, page: Page | None) -> Resolution:
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

    # Kinds of target

    def _resolve_inside(
        self, reference: Reference, target: Target, here: Permalink, page: Page | None
    ) -> Resolution:
        if not target.path and not target.query:
            if page is not None:
                target = self._with_fragment(reference, target, page)
            return Found(here, target.suffix)
        if (source := self._lookup.source_of(target, page)) is not None:
            return self._found_path(reference, target, source)
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
            found = self._found(reference, target, route, route.permalink)
            if isinstance(found, Found):
                self._dead.doubled_slash(reference, found)
            return found
        if _may_be_host(target.path.split("/")[1]):
            return External(reference.target)
        return self._missing(reference, target, canonical(target.path), here)

    def _found_path(
        self, reference: Reference, target: Target, path: str, right: Permalink | None = None
    ) -> Resolution:
        permalink = self._routes.permalink_by_path[path]
        if permalink in self._skipped and permalink not in self._routes.route_by_permalink:
            return self._skipped_target(reference, target, self._skipped[permalink])
        target = self._with_fragment(reference, target, self._page_by_path[path], right)
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
            if (route := self._lookup.route_at(path)) is not None:
                is_doubled = "//" in target.path
                found = self._found(
                    reference, target, route, route.permalink if is_doubled else None
                )
                if is_doubled and isinstance(found, Found):
                    self._dead.doubled_slash(reference, found)
                return found
        return self._not_found(reference, target, paths[0], here, page)

    def _found(
        self, reference: Reference, target: Target, route: Route, right: Permalink | None = None
    ) -> Resolution:
        """Return what a route is to a reference, which names it wrongly where it is `right`."""
        if isinstance(route, RedirectRoute):
            return self._redirected(reference, target, route)
        if isinstance(route, PageRoute):
            target = self._with_fragment(reference, target, self._page_by_path[route.path], right)
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
        self._dead.old_address(reference, target, final.permalink)
        if isinstance(final, PageRoute):
            target = self._with_fragment(
                reference, target, self._page_by_path[final.path], final.permalink
            )
        return Found(final.permalink, target.suffix)

    # Wiki links

    def _resolve_wiki(self, reference: Reference, here: Permalink, page: Page | None) -> Resolution:
        name, fragment = self._name(reference, page)
        fragment = unicodedata.normalize("NFC", fragment)
        target = Target("", name.strip(), "", fragment, is_external=False)
        if not name.strip():
            if page is not None:
                target = self._with_fragment(reference, target, page)
            return Found(here, target.suffix)
        permalink = canonical(
            unicodedata.normalize("NFC", join(Permalink("/"), name.strip())),
        )
        direct = self._routes.route_by_permalink.get(permalink)
        if direct is not None:
            return self._found(reference, target, direct)
        if reference.kind is ReferenceKind.WIKI_IMAGE:
            return self._wiki_image(reference, target, here)
        if (source := self._lookup.source_of(target, page)) is not None:
            return self._found_path(reference, target, source)
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
            return self._found_path(reference, target, paths[0], right)
        wanted_permalink = canonical(f"/{asked_for(name)}/")
        return self._missing(reference, target, wanted_permalink, here)

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
        return self._missing(reference, target, Permalink(name), here)

    # What is not there

    def _not_found(
        self, reference: Reference, target: Target, path: str, here: Permalink, page: Page | None
    ) -> Resolution:
        if (skipped := self._lookup.skipped_at(path)) is not None:
            return self._skipped_target(reference, target, skipped)
        if (source := self._lookup.source_in_other_case(target, page)) is not None:
            right = self._routes.permalink_by_path[source]
            self._dead.other_case(reference, target, right)
            return self._found_path(reference, target, source, right)
        other_case = self._lookup.in_other_case(path)
        if other_case is not None:
            route = self._routes.route_by_permalink[other_case]
            resolution = self._found(reference, target, route, other_case)
            # Of an old address there is more to say: where it leads.
            if not isinstance(resolution, Found) or resolution.permalink == other_case:
                self._dead.other_case(reference, target, other_case)
            return resolution
        return self._missing(reference, target, canonical(path), here)

    def _skipped_target(
        self, reference: Reference, target: Target, skipped: SkippedPage
    ) -> Resolution:
        self._dead.skipped(reference, skipped)
        return Missing(skipped.permalink, target.suffix)

    def _missing(
        self, reference: Reference, target: Target, permalink: Permalink, here: Permalink
    ) -> Resolution:
        near = self._dead.missing(reference, target, permalink, here)
        return Missing(permalink, target.suffix, near)

    def _with_fragment(
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


def _may_be_host(name: str) -> bool:
    """Say whether the network may know a name: `example.org`, `host:8000`, `localhost`."""
    return any(mark in name for mark in ".:@") or name == "localhost"
