"""Write down what a build knew of its outputs, for a later one in which pages are reworded.

An effect.  A note is the plan of a page's output; beside them stand once the facts that all
plans have in common.  Notes are found by source path and believed by fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dlsite.build import Renderer
from dlsite.cache import Cache
from dlsite.records import Contents, External, Found, GeneratedRoute, Json, Missing, OutputPlan
from dlsite.render.fingerprint import plan_of
from dlsite.urls import output_path

TWIN = "*"
"""Behind the path of a source file, the key of the note of its twin: no such file has this name."""

_COMMON = "*"
"""The key of what all notes have in common: no source file has this name."""

_BATCH = 200


class Notes:
    """Takes notes of the outputs of one build; what is known already is not written again."""

    def __init__(self, cache: Cache, renderer: Renderer) -> None:
        self._cache = cache
        self._renderer = renderer
        self._known = cache.plans()
        self._fingerprints: dict[str, str] = {}
        self._waiting: dict[str, str] = {}

    def keep(self, fingerprint: str, planned: OutputPlan, text: str) -> None:
        """Take a note of a plan, told as `text`, where it has the body of a page."""
        if planned.body is None:
            return
        path = planned.position.path
        is_twin = planned.body.is_markdown
        key = path + TWIN if is_twin else path
        self._fingerprints[key] = fingerprint
        if self._known.get(key) == fingerprint:
            return
        outside = [] if is_twin else self._outside(path)
        self._waiting[key] = text_of(fingerprint, outside, text)
        if len(self._waiting) == _BATCH:
            self._cache.keep_plans(self._waiting)
            self._waiting = {}

    def close(self) -> None:
        """Write the rest, and forget what is no output any more."""
        renderer = self._renderer
        if self._known.get(_COMMON) != renderer.base:
            routes = renderer.analysis.site.routes.route_by_permalink.values()
            generated = {
                output_path(route.permalink): route.name
                for route in routes
                if isinstance(route, GeneratedRoute)
            }
            text = json.dumps([generated, renderer.plans.site])
            self._waiting[_COMMON] = f"{renderer.base}\n{text}"
        self._cache.keep_plans(self._waiting)
        self._cache.know_plans(self._fingerprints | {_COMMON: renderer.base})

    def _outside(self, path: str) -> list[int]:
        """Return which references of a page have full URLs by themselves, or lead nowhere."""
        resolutions = self._renderer.analysis.site.resolutions[path]
        return [
            number
            for number, each in enumerate(resolutions)
            if isinstance(each, External) or (isinstance(each, (Found, Missing)) and each.origin)
        ]


def text_of(fingerprint: str, outside: Iterable[int], text: str) -> str:
    """Return a note as a text: see `Note`, and `render.fingerprint.told` for `text`."""
    return f"{fingerprint}\n{json.dumps([*outside])}\n{text}"


@dataclass(frozen=True, slots=True)
class Common:
    """What all plans of a build have in common.

    `base` is what their fingerprints begin with (`render.fingerprint`), `generated` the
    names of the emitters by output path, `site` the facts of the site.
    """

    base: str
    generated: Mapping[str, str]
    site: Json

    @classmethod
    def of(cls, cache: Cache) -> Common:
        """Return what was noted; raises `ValueError` where that is nothing."""
        base, _, text = (cache.plan(_COMMON) or "").partition("\n")
        generated, site = json.loads(text)
        return cls(base, generated, site)


@dataclass(frozen=True, slots=True)
class Note:
    """The plan of an output, its fingerprint, and which references keep their URLs in feeds."""

    fingerprint: str
    outside: tuple[int, ...]
    planned: OutputPlan

    @classmethod
    def of(cls, cache: Cache, path: str, common: Common, contents: Contents) -> Note:
        """Return the note of the page at `path`; raises `ValueError` where there is none."""
        fingerprint, _, rest = (cache.plan(path) or "").partition("\n")
        outside, _, text = rest.partition("\n")
        return cls(fingerprint, tuple(json.loads(outside)), plan_of(text, common.site, contents))
