"""Plan anew the outputs that tell of reworded pages, from the notes of an earlier build.

An effect: notes are read, and written in the end.  What is not as it should be raises
`ValueError`, `LookupError` or `TypeError` before anything is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from dlsite.config.settings import Config
from dlsite.emit.search import HEADINGS_SIZE, letters_of
from dlsite.incremental.notes import COMMON, TWIN, Common, Note, state_of
from dlsite.length import is_stub
from dlsite.linking.relinking import Relinked, Relinker
from dlsite.memory.cache import Cache
from dlsite.memory.shelf import Shelf
from dlsite.quiet import Linked, LinkFrom, Reworded, leads_as_before
from dlsite.records import Contents, OutputPlan, Page, Permalink, SiteMarkup
from dlsite.render.facts import Facts
from dlsite.render.fingerprint import as_told
from dlsite.render.listings import LISTED_HEADINGS
from dlsite.render.retell import (
    Telling,
    backlinks,
    is_article,
    put_in_order,
    relinked,
    retell,
    retold_page,
    retold_twin,
    term_urls,
    with_backlinks,
)
from dlsite.texts.splices import Splice, spliced
from dlsite.urls.permalinks import output_path
from dlsite.urls.targets import split_base_url


class Retelling:
    """The outputs that tell of reworded pages, as they are told now.

    `contents_of` gives the contents of a page as it is now, and `fragments_of` its ids, by
    source path.
    """

    def __init__(
        self,
        cache: Cache,
        config: Config,
        contents_of: Callable[[str], Contents],
        fragments_of: Callable[[str], Collection[str]],
    ) -> None:
        self._cache = cache
        self._contents_of = contents_of
        self._origin, self._base_path = split_base_url(config.base_url)
        self._noted = self.common = Common.of(cache)
        self._pages = _Notes(cache.plans)
        self._lists = _Notes(cache.listings)
        self._renamed: set[str] = set()
        # The splices of the notes of lists, which are all that has changed in them.
        self._splices: dict[str, list[Splice]] = {}
        paths = self.common.pages
        self._rank = {Permalink(permalink): rank for rank, permalink in enumerate(paths)}
        self._relinker = Relinker(
            config.base_url,
            self._base_path,
            {*self._rank},
            lambda permalink: fragments_of(paths[permalink]),
        )

    def tell(self, before: Page, after: Page, *, is_quiet: bool) -> Reworded:
        """Take up an edit of a page; a quiet one shows nowhere else."""
        key = after.path
        planned = self._pages[key].planned(self.common.site)
        assert planned.body is not None
        note = self._pages[key]
        old = Relinked(planned.body.urls, planned.body.markup, note.external, note.full)
        new = old
        if not leads_as_before(before, after):
            new = self._relinker.relink(planned.permalink, before, old, after)
        change = self._reworded(planned, before, old, after, new)
        if not is_quiet:
            self._tell_others(planned, change, old, new)
        # What others say of themselves may be new in it, too.
        planned = relinked(self._pages[key].planned(self.common.site), new.urls, new.markup)
        own = self._pages[key].of_now(retold_page(planned, after, new.external), self.common.base)
        self._pages.put(key, replace(own, external=new.external, full=new.full))
        if key + TWIN in self._pages:
            twin = self._pages[key + TWIN]
            words = SiteMarkup(words=new.markup.words)
            planned = relinked(twin.planned(self.common.site), new.urls, words)
            told = retold_twin(planned, after, change.urls)
            self._pages.put(key + TWIN, twin.of_now(told, self.common.base))
        return change

    def _reworded(
        self, planned: OutputPlan, before: Page, old: Relinked, after: Page, new: Relinked
    ) -> Reworded:
        if self._wanted(before, old) != self._wanted(after, new):
            raise ValueError("a page that is wanted may be called so")
        links = tuple(tuple(self._leads(planned.permalink, each)) for each in (old, new))
        if links[0] != links[1] and is_stub(after.words):
            raise ValueError("a stub lists what it leads to")
        kept = new.external | new.full
        return Reworded(
            planned.permalink,
            before,
            after,
            tuple(
                url if number in kept else self._origin + url for number, url in enumerate(new.urls)
            ),
            new.markup.words,
            tuple(self._permalink(url) for url in term_urls(planned)),
            (links[0], links[1]),
        )

    def _inside(self, links: Relinked) -> Iterator[tuple[int, Permalink]]:
        """Yield number and permalink of the references that stay on the site."""
        for number, url in enumerate(links.urls):
            if number not in links.external:
                yield number, self._permalink(url)

    def _wanted(self, page: Page, links: Relinked) -> list[tuple[str, str, str]]:
        """Return what a page asks for that is not there, in which words, under which headings."""
        wanted = self.common.wanted
        references = [
            (page.references[number], permalink)
            for number, permalink in self._inside(links)
            if permalink in wanted
        ]
        return [(permalink, each.text, each.heading) for each, permalink in references]

    def _leads(self, here: Permalink, links: Relinked) -> dict[Permalink, int]:
        """Return the other pages that a page leads to, each with its first reference by number."""
        found: dict[Permalink, int] = {}
        for number, permalink in self._inside(links):
            if permalink in self.common.pages and permalink != here:
                found.setdefault(permalink, number)
        return found

    def _permalink(self, url: str) -> Permalink:
        """Return the permalink that a URL of this site leads to."""
        path = url.partition("#")[0].partition("?")[0]
        if "://" in path:
            path = "/" + path.partition("://")[2].partition("/")[2]
        return Permalink(unquote(path).removeprefix(self._base_path))

    def _tell_others(
        self, planned: OutputPlan, change: Reworded, old_links: Relinked, new_links: Relinked
    ) -> None:
        before, after = change.before, change.after
        self._count(before, after)
        has_headings = self.common.headings <= LISTED_HEADINGS
        old = Telling.of(before, planned, has_headings=has_headings)
        planned = relinked(planned, new_links.urls, new_links.markup)
        new = Telling.of(after, planned, has_headings=has_headings)
        self._tell_where_it_leads(
            change.permalink,
            {
                permalink: old.backlink(before.references[number])
                for permalink, number in self._leads(change.permalink, old_links).items()
            },
            {
                permalink: new.backlink(after.references[number])
                for permalink, number in self._leads(change.permalink, new_links).items()
            },
        )
        if old.link != new.link:
            for key in self._pages.telling_of(str(planned.context["url"])):
                self._retell(self._pages, key, old, new)
        for path in sorted({*map(output_path, change.terms), *self.common.lists}):
            if path in self._lists:
                self._splices.setdefault(path, []).extend(self._retell(self._lists, path, old, new))
        if before.title != after.title:
            self._renamed.add(str(planned.context["url"]))

    def _tell_where_it_leads(
        self, here: Permalink, old: Mapping[Permalink, Facts], new: Mapping[Permalink, Facts]
    ) -> None:
        """Put what is said of a page's links on the pages that they lead to."""
        if bool(old) != bool(new):
            raise ValueError("there is a finding on pages that lead nowhere")
        for permalink in old.keys() | new.keys():
            if old.get(permalink) == new.get(permalink):
                continue
            key = self.common.pages[permalink]
            planned = self._pages[key].planned(self.common.site)
            links = backlinks(planned)
            others = [link for link in links if self._permalink(str(link["url"])) != here]
            if [link for link in links if link not in others] != [*_given(old.get(permalink))]:
                raise ValueError("another link leads there")
            told = [*others, *_given(new.get(permalink))]
            if not others and len(told) != len(links):
                raise ValueError("there is a finding on pages to which nothing leads")
            told.sort(key=lambda link: self._rank[self._permalink(str(link["url"]))])
            note = self._pages[key].of_now(with_backlinks(planned, told), self.common.base)
            self._pages.put(key, note)

    def _retell(self, notes: _Notes, key: str, old: Telling, new: Telling) -> list[Splice]:
        """Let a note tell of a page as it is now; return its splices."""
        text = notes[key].text
        splices = retell(text, old, new)
        if splices:
            notes.put(key, notes[key].with_text(spliced(text, splices), self.common.base))
        return splices

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

    def plans(self) -> Iterator[OutputPlan]:
        """Yield what has to be rendered; of all long lists only one is in memory at a time."""
        for key, note in self._pages.now.items():
            contents = self._contents_of(key.removesuffix(TWIN))
            yield note.planned(self.common.site, contents)
        for path, note in [*self._lists.now.items()]:
            listed = note.planned(self.common.site)
            ordered = put_in_order(listed, self._renamed) if self._renamed else listed
            if ordered != listed:
                self._lists.put(path, note.of_now(ordered, self.common.base))
                del self._splices[path]
            yield ordered

    def linked(self) -> dict[Permalink, Linked]:
        """Return the pages that are told anew, with what leads to them."""
        found = {}
        for key, note in self._pages.now.items():
            before, now = (
                each.planned(self.common.site) for each in (self._pages.before(key), note)
            )
            if is_article(now):
                title = str(now.context["page_title"])
                found[now.permalink] = Linked(title, self._links(before), self._links(now))
        return found

    def _links(self, planned: OutputPlan) -> tuple[LinkFrom, ...]:
        return tuple(
            LinkFrom(self._permalink(str(each["url"])), str(each["text"]), str(each["sentence"]))
            for each in backlinks(planned)
        )

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprints of these outputs by path."""
        return {
            _output_path_of(note.text): note.fingerprint
            for notes in (self._pages, self._lists)
            for note in notes.now.values()
        }

    def keep(self) -> str:
        """Note all of this for the next time; return the state of the notes."""
        pages = {key: note.marked() for key, note in self._pages.now.items()}
        if self.common != self._noted:
            pages[COMMON] = self.common.kept()
        lists = {path: note.kept() for path, note in self._lists.now.items()}
        # The note of a list names no references: its text is that of the plan.
        spliced = {path: (lists[path], done) for path, done in self._splices.items() if done}
        self._cache.plans.keep(pages)
        self._cache.listings.keep_spliced(spliced)
        self._cache.listings.keep(
            {path: noted for path, noted in lists.items() if path not in spliced}
        )
        new = {key: noted.fingerprint for key, noted in (pages | lists).items()}
        state = state_of(self._cache.noted(), new)
        self._cache.keep_noted(state)
        return state


class _Notes:
    """The notes of one shelf: as they were, and those that are others `now`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._read: dict[str, Note] = {}
        self.now: dict[str, Note] = {}

    def __getitem__(self, key: str) -> Note:
        if key in self.now:
            return self.now[key]
        if key not in self._read:
            self._read[key] = Note.of(self._shelf.get(key))
        return self._read[key]

    def __contains__(self, key: str) -> bool:
        return key in self._read or self._shelf.has(key)

    def before(self, key: str) -> Note:
        """Return a note as it was."""
        return self._read[key]

    def put(self, key: str, note: Note) -> None:
        self.now[key] = note

    def telling_of(self, url: str) -> set[str]:
        """Return the keys of the notes that may tell of a page, as they are now."""
        mark = as_told(url)
        found = self._shelf.keys_with(mark)
        return found | {key for key, note in self.now.items() if mark in note.text}


def _given(facts: Facts | None) -> list[Facts]:
    return [] if facts is None else [facts]


def _output_path_of(text: str) -> str:
    """Return the output path of a plan that is told as a text."""
    decoder = json.JSONDecoder()
    _, end = decoder.raw_decode(text, 1)
    path: str = decoder.raw_decode(text, end + 2)[0]
    return path
