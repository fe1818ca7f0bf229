"""Write down what a build knows of its outputs: the notes that a later one goes by.

An effect.
"""

from __future__ import annotations

from dlsite.emit.search import letters_of
from dlsite.incremental.notes import COMMON, TWIN, Common, Note, marks_of, state_of
from dlsite.making import Noted
from dlsite.memory.cache import Cache
from dlsite.memory.shelf import Kept, Shelf
from dlsite.records import External, Found, GeneratedRoute, Missing, OutputPlan, PageRoute
from dlsite.render.plan import LISTINGS, TERM
from dlsite.rendering import Renderer
from dlsite.urls.permalinks import output_path

_PAGES, _TERMS, _LISTS = "pages", "terms", "lists"
"""Of what a note is: of a page or its twin, of a list of one term, of a list of any pages."""

_BATCH = 1 << 21
"""Characters of notes that are written together."""


class Notes:
    """Takes notes of the outputs of one build; what is known already is not written again."""

    def __init__(self, cache: Cache, renderer: Renderer) -> None:
        self._cache = cache
        self._renderer = renderer
        self._pages = _Pile(cache, cache.plans)
        self._listings = _Pile(cache, cache.listings)
        self._listed: list[str] = []

    def note(self, fingerprint: str, planned: OutputPlan, text: str) -> Noted | None:
        """Return the note of a plan, told as `text`, where it shows a page or lists some.

        This is done by whoever renders, and what costs time is done here.
        """
        body, path = planned.body, planned.position.path
        if body is None:
            if planned.template not in LISTINGS:
                return None
            is_list = planned.template != TERM
            shelf, pile, key = _LISTS if is_list else _TERMS, self._listings, planned.output_path
        else:
            shelf, pile, key = _PAGES, self._pages, path + TWIN if body.is_markdown else path
        if pile.knows(key, fingerprint):
            return Noted(shelf, key, fingerprint, "")
        is_page = body is not None and not body.is_markdown
        note = self._note(path, fingerprint, text) if is_page else Note(fingerprint, text).text_of()
        marks = () if body is None else marks_of(note)
        return Noted(shelf, key, fingerprint, note, marks)

    def take(self, noted: Noted) -> None:
        """Write a note down, at some time."""
        if noted.shelf == _LISTS:
            self._listed.append(noted.key)
        pile = self._pages if noted.shelf == _PAGES else self._listings
        pile.add(noted.key, Kept(noted.fingerprint, noted.text, noted.marks))

    def _note(self, path: str, fingerprint: str, text: str) -> str:
        """Return the note of a page, with what its references turned out to be.

        Not all of it: what may change while the plan stays the same is no part of a note.
        """
        resolutions = [*enumerate(self._renderer.analysis.site.resolutions[path])]
        external = [number for number, each in resolutions if isinstance(each, External)]
        full = [
            number
            for number, each in resolutions
            if isinstance(each, (Found, Missing)) and each.origin
        ]
        return Note(fingerprint, text, frozenset(external), frozenset(full)).text_of()

    def close(self) -> None:
        """Write the rest, and forget what is no output any more."""
        renderer = self._renderer
        routes = renderer.analysis.site.routes
        generated = {
            output_path(route.permalink): route.name
            for route in routes.route_by_permalink.values()
            if isinstance(route, GeneratedRoute)
        }
        stands = {
            route.permalink: route.path
            for route in routes.route_by_permalink.values()
            if isinstance(route, PageRoute)
        }
        searched = [page for page in routes.pages if page.front_matter.search]
        common = Common(
            renderer.base,
            generated,
            tuple(sorted(self._listed)),
            sum(len(page.headings) for page in searched),
            sum(letters_of(page) for page in searched),
            tuple(each.permalink for each in renderer.analysis.site.wanted),
            {
                permalink: page.path
                for page in routes.pages
                if (permalink := routes.permalink_by_path[page.path]) in stands
                and stands[permalink] == page.path
            },
            renderer.plans.site,
        )
        kept = common.kept()
        is_known = self._pages.knows(COMMON, kept.fingerprint)
        self._pages.add(COMMON, kept._replace(text="") if is_known else kept)
        self._cache.keep_noted(state_of(self._pages.close(), self._listings.close()))


class _Pile:
    """Notes of one shelf on their way to it."""

    def __init__(self, cache: Cache, shelf: Shelf) -> None:
        self._cache = cache
        self._shelf = shelf
        self._known = shelf.fingerprints()
        self._fingerprints: dict[str, str] = {}
        self._waiting: dict[str, Kept] = {}
        self._size = 0

    def knows(self, key: str, fingerprint: str) -> bool:
        """Say whether a text is there already."""
        return self._known.get(key) == fingerprint

    def add(self, key: str, kept: Kept) -> None:
        """Take a text, which is empty where it is known already."""
        self._fingerprints[key] = kept.fingerprint
        if not kept.text:
            return
        self._waiting[key] = kept
        self._size += len(kept.text)
        if self._size > _BATCH:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            # Until all of them are there.
            self._cache.keep_noted("")
        self._shelf.keep(self._waiting)
        self._waiting, self._size = {}, 0

    def close(self) -> dict[str, str]:
        """Write what waits, and forget all that was not added; return all fingerprints."""
        self._write()
        self._shelf.keep_only(self._fingerprints.keys())
        return self._fingerprints
