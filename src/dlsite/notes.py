"""Write down what a build knew of its outputs, for a later one in which pages are reworded.

An effect.  A note is the plan of an output: of a page, of its twin, or of a list of pages;
beside them stand once the facts that all plans have in common.  Notes are found by source
path, those of lists by output path, and believed by fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dlsite.build import Renderer
from dlsite.cache import Cache
from dlsite.emit.search import letters_of
from dlsite.records import (
    Contents,
    External,
    Found,
    GeneratedRoute,
    Json,
    Missing,
    OutputPlan,
    PageContents,
    PageRoute,
)
from dlsite.render.fingerprint import fingerprint, plan_of, told
from dlsite.render.plan import LISTINGS, TERM
from dlsite.shelf import Shelf
from dlsite.urls import output_path

TWIN = "*"
"""Behind the path of a source file, the key of the note of its twin: no such file has this name."""

_COMMON = "*"
"""The key of what all notes have in common: no source file has this name."""

_NOWHERE = PageContents()

_BATCH = 1 << 21
"""Characters of notes that are written together."""


class Notes:
    """Takes notes of the outputs of one build; what is known already is not written again."""

    def __init__(self, cache: Cache, renderer: Renderer) -> None:
        self._renderer = renderer
        self._pages = _Pile(cache.plans)
        self._listings = _Pile(cache.listings)
        self._listed: list[str] = []

    def keep(self, fingerprint: str, planned: OutputPlan, text: str) -> None:
        """Take a note of a plan, told as `text`, where it shows a page or lists some."""
        body, output = planned.body, planned.output_path
        if body is None:
            if planned.template in LISTINGS:
                if planned.template != TERM:
                    self._listed.append(output)
                self._listings.add(output, fingerprint, lambda: Note(fingerprint, text).text_of())
            return
        path = planned.position.path
        if body.is_markdown:
            note = Note(fingerprint, text)
            self._pages.add(path + TWIN, fingerprint, note.text_of)
        else:
            self._pages.add(path, fingerprint, lambda: self._note(path, fingerprint, text))

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
        text = common.text_of()
        self._pages.add(_COMMON, fingerprint("", text), lambda: text)
        self._pages.close()
        self._listings.close()


class _Pile:
    """Notes of one shelf on their way to it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known = shelf.fingerprints()
        self._fingerprints: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._size = 0

    def add(self, key: str, fingerprint: str, text: Callable[[], str]) -> None:
        """Take a text, which is asked for where it is not known yet."""
        self._fingerprints[key] = fingerprint
        if self._known.get(key) == fingerprint:
            return
        self._waiting[key] = own = text()
        self._size += len(own)
        if self._size > _BATCH:
            self._write()

    def _write(self) -> None:
        self._shelf.keep(self._waiting)
        self._waiting, self._size = {}, 0

    def close(self) -> None:
        """Write what waits, and forget all that was not added."""
        self._write()
        self._shelf.know(self._fingerprints)


@dataclass(frozen=True, slots=True)
class Common:
    """What all plans of a build have in common.

    `base` is what their fingerprints begin with (`render.fingerprint`), `generated` the
    names of the emitters by output path, `lists` the outputs that may list any page;
    `headings` and `letters` count the headings of all pages that can be searched for, and
    their characters; `wanted` are the addresses of pages that are not written yet.  `pages`
    are the source paths of pages by permalink, in the order of the site, of which `site` are
    the facts.
    """

    base: str
    generated: Mapping[str, str]
    lists: tuple[str, ...]
    headings: int
    letters: int
    wanted: tuple[str, ...]
    pages: Mapping[str, str]
    site: Json

    @classmethod
    def of(cls, cache: Cache) -> Common:
        """Return what was noted; raises `ValueError` where that is nothing."""
        try:
            base, generated, lists, headings, letters, wanted, pages, site = json.loads(
                cache.plans.get(_COMMON) or ""
            )
            counts = (headings, letters)
            return cls(base, generated, tuple(lists), *counts, tuple(wanted), pages, site)
        except TypeError as error:
            raise ValueError("no notes") from error

    def text_of(self) -> str:
        """Return this as a text."""
        counts = [self.headings, self.letters]
        return json.dumps(
            [self.base, self.generated, self.lists, *counts, self.wanted, self.pages, self.site]
        )

    def keep(self, cache: Cache) -> None:
        """Note this in the place of what was noted."""
        text = self.text_of()
        cache.plans.renew({_COMMON: (fingerprint("", text), text)})


@dataclass(frozen=True, slots=True)
class Note:
    """The plan of an output, told as `text`, and its fingerprint.

    Of a page, `external` numbers the references that lead out of the site, and `full` those
    to addresses of it that their author wrote as full URLs.
    """

    fingerprint: str
    text: str
    external: frozenset[int] = frozenset()
    full: frozenset[int] = frozenset()

    @classmethod
    def of(cls, noted: str | None) -> Note:
        """Return the note that stands in a text; raises `ValueError` where there is none."""
        fingerprint, _, rest = (noted or "").partition("\n")
        references, _, text = rest.partition("\n")
        external, full = json.loads(references)
        return cls(fingerprint, text, frozenset(external), frozenset(full))

    def text_of(self) -> str:
        """Return this as a text."""
        references = json.dumps([sorted(self.external), sorted(self.full)])
        return f"{self.fingerprint}\n{references}\n{self.text}"

    def planned(self, site: Json, contents: Contents = _NOWHERE) -> OutputPlan:
        """Return the plan; raises `ValueError` where the text is none of a plan."""
        return plan_of(self.text, site, contents)

    def of_now(self, planned: OutputPlan, base: str) -> Note:
        """Return the note of the same output as it is planned now."""
        return self.with_text(told(planned), base)

    def with_text(self, text: str, base: str) -> Note:
        """Return the note of the same output, whose plan is told as `text` now."""
        return replace(self, fingerprint=fingerprint(base, text), text=text)
