"""Plan anew the outputs that tell of reworded pages, from the notes of an earlier build.

An effect: notes are read, and written in the end.  What is not as it should be raises
`ValueError`, `LookupError` or `TypeError` before anything is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from dlsite.cache import Cache
from dlsite.config import Config
from dlsite.emit.search import HEADINGS_SIZE, Called, letters_of
from dlsite.notes import TWIN, Common, Note
from dlsite.quiet import Reworded
from dlsite.records import Contents, OutputPlan, Page, Permalink
from dlsite.render.listings import LISTED_HEADINGS
from dlsite.render.retell import (
    Telling,
    called,
    put_in_order,
    retell,
    retold_page,
    retold_twin,
    term_urls,
)
from dlsite.shelf import Shelf
from dlsite.urls import output_path, split_base_url


class Retelling:
    """The outputs that tell of reworded pages, as they are told now.

    `contents_of` gives the contents of a page as it is now, by source path.
    """

    def __init__(
        self, cache: Cache, config: Config, contents_of: Callable[[str], Contents]
    ) -> None:
        self._cache = cache
        self._contents_of = contents_of
        self._origin, self._base_path = split_base_url(config.base_url)
        self._noted = self.common = Common.of(cache)
        self._pages = _Notes(cache.plans)
        self._lists = _Notes(cache.listings)
        self._renamed: set[str] = set()

    def tell(self, before: Page, after: Page, *, is_quiet: bool) -> Reworded:
        """Take up an edit of a page; a quiet one shows nowhere else."""
        key = after.path
        note = self._pages[key]
        planned = note.planned(self.common.site)
        change = self._reworded(note, planned, before, after)
        if not is_quiet:
            self._tell_others(planned, change)
        own = retold_page(self._pages[key].planned(self.common.site), after)
        self._pages.put(key, note.of_now(own, self.common.base))
        if key + TWIN in self._pages:
            twin = self._pages[key + TWIN]
            told = retold_twin(twin.planned(self.common.site), after)
            self._pages.put(key + TWIN, twin.of_now(told, self.common.base))
        return change

    def _reworded(self, note: Note, planned: OutputPlan, before: Page, after: Page) -> Reworded:
        assert planned.body is not None
        urls = planned.body.urls
        inside = [
            (number, self._permalink(url))
            for number, url in enumerate(urls)
            if number not in note.external
        ]
        for number, permalink in inside:
            old, new = before.references[number], after.references[number]
            if (old.text, old.heading) != (
                new.text,
                new.heading,
            ) and permalink in self.common.wanted:
                raise ValueError("a page that is wanted may be called so")
        kept = note.external | note.full
        return Reworded(
            planned.permalink,
            before,
            after,
            tuple(url if number in kept else self._origin + url for number, url in enumerate(urls)),
            planned.body.markup.words,
            tuple(self._permalink(url) for url in term_urls(planned)),
            # Of several references to a page the first counts.
            {permalink: number for number, permalink in reversed(inside)},
        )

    def _permalink(self, url: str) -> Permalink:
        """Return the permalink that a URL of this site leads to."""
        path = url.partition("#")[0].partition("?")[0]
        if "://" in path:
            path = "/" + path.partition("://")[2].partition("/")[2]
        return Permalink(unquote(path).removeprefix(self._base_path))

    def _tell_others(self, planned: OutputPlan, change: Reworded) -> None:
        before, after = change.before, change.after
        self._count(before, after)
        has_headings = self.common.headings <= LISTED_HEADINGS
        old, new = (
            Telling.of(page, planned, has_headings=has_headings) for page in (before, after)
        )
        backlinks = {
            permalink: (
                old.backlink(before.references[number]),
                new.backlink(after.references[number]),
            )
            for permalink, number in change.leads.items()
        }
        if old.link != new.link or any(first != second for first, second in backlinks.values()):
            for key in self._pages.keys_with(old.link) - {after.path}:
                note = self._pages[key]
                text = note.text
                pair = backlinks.get(_permalink_of(text), ("", ""))
                if pair[0] in text:
                    text = text.replace(*pair)
                elif old.any_backlink in text:
                    raise ValueError("another link leads there")
                self._put(self._pages, key, retell(text, old, new))
        lists = {output_path(permalink) for permalink in change.terms} | {*self.common.lists}
        for path in lists & self._lists.known.keys():
            self._put(self._lists, path, retell(self._lists[path].text, old, new))
        if before.title != after.title:
            self._renamed.add(str(planned.context["url"]))

    def _put(self, notes: _Notes, key: str, text: str) -> None:
        if text != notes[key].text:
            notes.put(key, notes[key].with_text(text, self.common.base))

    def _count(self, before: Page, after: Page) -> None:
        """Count the headings of the site anew."""
        if not after.front_matter.search:
            return
        old = self.common
        new = replace(
            old,
            headings=old.headings + len(after.headings) - len(before.headings),
            letters=old.letters + letters_of(after) - letters_of(before),
        )
        for count, most in (("headings", LISTED_HEADINGS), ("letters", HEADINGS_SIZE)):
            if (getattr(old, count) <= most) != (getattr(new, count) <= most):
                raise ValueError("more headings than lists show")
        self.common = new

    # What comes of it

    def plans(self) -> list[OutputPlan]:
        """Return what has to be rendered."""
        planned = []
        for key, note in self._pages.now.items():
            contents = self._contents_of(key.removesuffix(TWIN))
            planned.append(note.planned(self.common.site, contents))
        for path, note in [*self._lists.now.items()]:
            listed = note.planned(self.common.site)
            ordered = put_in_order(listed, self._renamed) if self._renamed else listed
            if ordered != listed:
                self._lists.put(path, note.of_now(ordered, self.common.base))
            planned.append(ordered)
        return planned

    def called(self) -> Called:
        """Return the pages that others may call by other words now."""
        found = {}
        for key, note in self._pages.now.items():
            planned = note.planned(self.common.site)
            if not key.endswith(TWIN):
                found[planned.permalink] = called(planned)
        return found

    def fingerprints(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the fingerprints of these outputs by path: as noted, and as of now."""
        before, now = {}, {}
        for notes in (self._pages, self._lists):
            for key, note in notes.now.items():
                path = _output_path_of(note.text)
                before[path], now[path] = notes.known[key], note.fingerprint
        return before, now

    def keep(self) -> None:
        """Note all of this for the next time."""
        if self.common != self._noted:
            self.common.keep(self._cache)
        self._pages.keep()
        self._lists.keep()


class _Notes:
    """The notes of one shelf: as they were, and those that are others `now`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._read: dict[str, Note] = {}
        self.known = shelf.fingerprints()
        self.now: dict[str, Note] = {}

    def __getitem__(self, key: str) -> Note:
        if key in self.now:
            return self.now[key]
        if key not in self._read:
            note = self._read[key] = Note.of(self._shelf.get(key))
            if note.fingerprint != self.known[key]:
                raise ValueError("a note of another output")
        return self._read[key]

    def __contains__(self, key: str) -> bool:
        return key in self.known

    def put(self, key: str, note: Note) -> None:
        self.now[key] = note

    def keys_with(self, part: str) -> set[str]:
        """Return the keys of the notes that have a part, as they are now."""
        found = self._shelf.keys_with(part) & self.known.keys()
        return found | {key for key, note in self.now.items() if part in note.text}

    def keep(self) -> None:
        self._shelf.renew(
            {key: (note.fingerprint, note.text_of()) for key, note in self.now.items()}
        )


def _permalink_of(text: str) -> Permalink:
    """Return the permalink of a plan that is told as a text."""
    return Permalink(_beginning(text)[0])


def _output_path_of(text: str) -> str:
    return _beginning(text)[1]


def _beginning(text: str) -> tuple[str, str]:
    decoder = json.JSONDecoder()
    permalink, end = decoder.raw_decode(text, 1)
    path, _ = decoder.raw_decode(text, end + 2)
    return permalink, path
