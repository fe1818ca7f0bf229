"""What a build knew of its outputs, for a later one in which pages are reworded.

A note is the plan of an output: of a page, of its twin, or of a list of pages; beside them
stand once the facts that all plans have in common.  Notes are found by source path, those
of lists by output path.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace

from dlsite.dataclass import dataclass
from dlsite.memory.cache import Cache
from dlsite.memory.shelf import Kept
from dlsite.records import Contents, Json, OutputPlan, PageContents
from dlsite.render.fingerprint import fingerprint, plan_of, told

TWIN = "*"
"""Behind the path of a source file, the key of the note of its twin: no such file has this name."""

COMMON = "*"
"""The key of what all notes have in common: no source file has this name."""

_REFERENCES = "[["
"""What a note begins with that names references: a plan begins with a permalink."""

_NOWHERE = PageContents()
_TOLD_OF = re.compile(r'"url": ("[^"\\]*+(?:\\.[^"\\]*+)*+"), "lang": ')
"""What others tell of a page (`facts.link_facts`), in a plan that is told."""


def marks_of(text: str) -> tuple[str, ...]:
    """Return the URLs of the pages that a plan told as a text tells of, as they stand there."""
    return tuple(dict.fromkeys(_TOLD_OF.findall(text)))


def state_of(before: str | Mapping[str, str], fingerprints: Mapping[str, str]) -> str:
    """Return in one digest the state of notes.

    They had the state `before`, or there are those of pages, and have these `fingerprints` now.
    """
    known = before if isinstance(before, str) else sorted(before.items())
    facts = json.dumps([known, sorted(fingerprints.items())])
    return hashlib.sha256(facts.encode()).hexdigest()


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
            noted = cache.plans.get(COMMON)
            base, generated, lists, headings, letters, wanted, pages, site = json.loads(
                noted.text if noted else ""
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

    def kept(self) -> Kept:
        """Return this as it is kept."""
        text = self.text_of()
        return Kept(fingerprint("", text), text)


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
    def of(cls, noted: Kept | None) -> Note:
        """Return the note that was kept; raises `ValueError` where none was."""
        if noted is None:
            raise ValueError("no note")
        if not noted.text.startswith(_REFERENCES):
            return cls(noted.fingerprint, noted.text)
        references, _, text = noted.text.partition("\n")
        external, full = json.loads(references)
        return cls(noted.fingerprint, text, frozenset(external), frozenset(full))

    def text_of(self) -> str:
        """Return this as a text: that of the plan where there are no references to name."""
        if not self.external and not self.full:
            return self.text
        return f"{json.dumps([sorted(self.external), sorted(self.full)])}\n{self.text}"

    def kept(self) -> Kept:
        """Return this as it is kept."""
        return Kept(self.fingerprint, self.text_of())

    def marked(self) -> Kept:
        """Return this as it is kept, marked by the URLs of the pages that it tells of."""
        return self.kept()._replace(marks=marks_of(self.text))

    def planned(self, site: Json, contents: Contents = _NOWHERE) -> OutputPlan:
        """Return the plan; raises `ValueError` where the text is none of a plan."""
        return plan_of(self.text, site, contents)

    def of_now(self, planned: OutputPlan, base: str) -> Note:
        """Return the note of the same output as it is planned now."""
        return self.with_text(told(planned), base)

    def with_text(self, text: str, base: str) -> Note:
        """Return the note of the same output, whose plan is told as `text` now."""
        return replace(self, fingerprint=fingerprint(base, text), text=text)
