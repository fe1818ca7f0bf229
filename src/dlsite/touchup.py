"""A run in which a few pages were reworded, and nothing else has changed since the last one.

An effect.  The pages are parsed and compared with what they were (`quiet`).  Where they
stand and are listed as before, what has to be said is what was said, and what has to be
written are their own outputs and those that tell of them (`retelling`).  Whatever is out
of the ordinary means that the run is done in full, which finds out for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from dlsite import early
from dlsite.build import Rendered
from dlsite.cache import options_digest, page_key
from dlsite.config import Config
from dlsite.diagnostics import Diagnostic
from dlsite.emit.run import revised
from dlsite.folders import Folder, folders
from dlsite.incremental import Builder
from dlsite.pages import Pages
from dlsite.parse import ParseOptions
from dlsite.permalinks import written_permalink
from dlsite.publish.change import ChangedMeanwhileError
from dlsite.publish.directory import PublishError
from dlsite.publish.run import nobody
from dlsite.quiet import Surroundings, is_quiet_edit, is_reworded, leads_as_before
from dlsite.records import Contents, OutputFile, OutputPlan, Page, Parsed, SourceFile
from dlsite.render.templates import Templates
from dlsite.retelling import Retelling
from dlsite.sources import MARKDOWN_SUFFIXES, read_templates
from dlsite.sourcetext import read_source
from dlsite.store import StoreError
from dlsite.walk import SEPARATOR, Walk, is_settled

MOST = 8
"""Edits of more pages at once are seldom all of words."""


class _Edit(NamedTuple):
    """A page file that has changed: its path in the content folder, and the stamps of both."""

    relative: str
    stamp: str
    stamp_before: str


class _Change(NamedTuple):
    """A page before and after an edit; a quiet one shows nowhere else."""

    before: Page
    after: Page
    is_quiet: bool


class _Unlike(Exception):  # noqa: N818 - no error: the run is of the ordinary kind
    """The run is none for a touch-up."""


def touch_up(
    builder: Builder,
    arguments: Sequence[str],
    output: Path | None = None,
    *,
    started: float,
    on_wait: Callable[[], None] = nobody,
) -> int | None:
    """Do a run in which pages were reworded, and return its exit code.

    `output` is where a build publishes; a check has none.  `on_wait` is called before
    waiting for another build there.  `None` where more has changed, or may have: then
    nothing has been said or written.
    """
    try:
        touched = _TouchUp(builder, arguments, output, on_wait)
        numbers = touched.run()
    except (_Unlike, ChangedMeanwhileError, PublishError, StoreError):
        return None
    except (OSError, ValueError, LookupError, TypeError):
        # What stands or is remembered is not what it should be.
        return None
    early.say(touched.record, numbers, time.perf_counter() - started)
    code: int = touched.record["code"]
    return code


class _TouchUp:
    """One run; each step raises `_Unlike` where the run is none for a touch-up."""

    def __init__(
        self,
        builder: Builder,
        arguments: Sequence[str],
        output: Path | None,
        on_wait: Callable[[], None],
    ) -> None:
        self._builder = builder
        self._on_wait = on_wait
        self._cache = builder.cache
        self._config: Config = builder.config
        self._key = early.run_key(arguments)
        self._output = output
        recalled = early.recall(self._cache.store, self._key)
        if recalled is None or not early.is_timely(recalled[0]):
            raise _Unlike
        self.record, self._sources_before, self._outputs_before = recalled
        if output is None and self.record["own_templates"]:
            # They may have something to say of any page.
            raise _Unlike
        self._folders = folders(builder.root, builder.config)
        self._content: Folder = self._folders[0]
        self._files: Sequence[tuple[str, str]] = ()
        self._options = options_digest(ParseOptions.of(self._config))
        self._known = self._cache.digests(self._content.place)
        self._recent = self._cache.recent(self._content.place)

    def run(self) -> tuple[int, int, int]:
        """Do it all but for saying so; return how many outputs were written, left, removed."""
        listing, edits = self._edits()
        self._look_again_at_recent(edits)
        sources = [self._read(edit) for edit in edits]
        changes = self._changes(edits, sources)
        numbers = (0, 0, 0)
        outputs = ""
        if self._output is not None:
            numbers, outputs = self._publish(changes, self._output)
        self._remember(listing, outputs, edits, sources)
        return numbers

    # What has changed

    def _edits(self) -> tuple[str, list[_Edit]]:
        """Return the listing of the sources as they are now, and the page files that changed."""
        walks = [folder.walk() for folder in self._folders]
        self._files = walks[0].files
        start = self._builder.start.listing
        listing = SEPARATOR.join([start, *(walked.listing() for walked in walks)])
        return listing, _edits(
            self._sources_before.split(SEPARATOR),
            listing.split(SEPARATOR),
            walks[0],
            first=start.count(SEPARATOR) + 1,
        )

    def _look_again_at_recent(self, edits: list[_Edit]) -> None:
        """Make sure of files that had only just changed before the last run."""
        edited = {self._shown(edit) for edit in edits}
        root = self._builder.root
        for path, _, digest in self.record["racy"]:
            if path not in edited and early.digest_of(root / path) != digest:
                raise _Unlike

    def _shown(self, edit: _Edit) -> str:
        return self._content.shown(edit.relative)

    def _read(self, edit: _Edit) -> SourceFile:
        found: list[Diagnostic] = []
        file = Path(self._content.path, edit.relative)
        source = read_source(file, self._shown(edit), edit.relative, found)
        if source is None or found:
            raise _Unlike
        return source

    def _changes(self, edits: list[_Edit], sources: list[SourceFile]) -> list[_Change]:
        """Return the pages before and after."""
        keys = [
            self._key_of(edit.relative, edit.stamp_before, source.path)
            for edit, source in zip(edits, sources, strict=True)
        ]
        before = self._cache.pages(keys)
        after = Pages(self._cache).parse(sources, self._config)
        around = Surroundings(
            self.record["mentioned"],
            self.record["rules"],
            self.record["asked"],
            self.record["named"],
            bool(self._config.check.exemptions),
        )
        changes = []
        for key, new in zip(keys, after, strict=True):
            old = before.get(key)
            if old is None:
                raise _Unlike
            is_quiet = is_quiet_edit(old, new, around.lines)
            if not is_quiet and not self._is_reworded(old, new, around):
                raise _Unlike
            # A link may end a finding on pages that lead nowhere: a check has no plans to say so.
            if self._output is None and not leads_as_before(old.page, new.page):
                raise _Unlike
            changes.append(_Change(old.page, new.page, is_quiet))
        return changes

    def _is_reworded(self, old: Parsed, new: Parsed, around: Surroundings) -> bool:
        if self.record["lookalikes"]:
            return False
        permalinks = {written_permalink(each.page, self._config) for each in (old, new)}
        return is_reworded(old, new, around) and len(permalinks) == 1

    def _key_of(self, relative: str, stamp: str, path: str) -> str:
        """Return the key of the page that a content file was when it had a stamp."""
        known, digest = self._known.get(relative, ("", ""))
        if known != stamp:
            digest = self._recent.get((relative, stamp), "")
        return page_key(path, relative, digest, self._options)

    # What has to be written

    def _publish(self, changes: list[_Change], output: Path) -> tuple[tuple[int, int, int], str]:
        """Write what differs; return how much that was, and the listing of the outputs."""
        left = self._builder.left(output).output_by_path
        stamps = {path: stamp for path, (_, _, stamp) in left.items()}
        if _listing_of(stamps.items()) != self._outputs_before:
            raise _Unlike
        retelling = Retelling(
            self._cache, self._config, self._contents_in(changes), self._fragments_of
        )
        words = [
            retelling.tell(change.before, change.after, is_quiet=change.is_quiet)
            for change in changes
        ]
        made = self._rendered(retelling.plans())
        noted, now = retelling.fingerprints()
        if any(left[path][0] != own for path, own in noted.items()):
            raise _Unlike
        others, gone = revised(
            retelling.common.generated,
            lambda path: (output / path).read_bytes(),
            words,
            retelling.linked(),
            self._config,
        )
        made |= {file.path: file for file in others}
        changed = made.keys() | set(gone)
        kept = {path: digest for path, (_, digest, _) in left.items() if path not in changed}
        rendered = Rendered(
            tuple(made.values()),
            (),
            kept=kept,
            fingerprints={path: own for path, (own, *_) in left.items()} | now,
            stamps={path: stamps[path] for path in kept},
        )
        published = self._builder.write(rendered, output, force=False, on_wait=self._on_wait)
        retelling.keep()
        listing = _listing_of(entry[:2] for entry in self._cache.left(str(output)))
        return published.numbers, listing

    def _contents_in(self, changes: list[_Change]) -> Callable[[str], Contents]:
        """Return what finds the contents of a page as it is now, by source path."""
        new = {change.after.path: change.after.contents for change in changes}

        def contents_of(path: str) -> Contents:
            return new[path] if path in new else self._cache.contents(self._key_now(path))

        return contents_of

    def _fragments_of(self, path: str) -> frozenset[str]:
        """Return the ids of a page; of one that is edited itself, only those that it had."""
        key = self._key_now(path)
        return self._cache.pages([key])[key].page.fragments

    def _key_now(self, path: str) -> str:
        """Return the key of a page that has not changed."""
        relative, stamp = self._file_by_path[path]
        return self._key_of(relative, stamp, path)

    @cached_property
    def _file_by_path(self) -> dict[str, tuple[str, str]]:
        return {self._content.shown(path): (path, stamp) for path, stamp in self._files}

    def _rendered(self, plans: Iterable[OutputPlan]) -> dict[str, OutputFile]:
        """Return outputs by path; raises `_Unlike` where a template has something to say."""
        templates = Templates(
            *read_templates(self._builder.root, self._config), language=self._config.language
        )
        made = {}
        for planned in plans:
            file, finding = templates.render(planned)
            if file is None or finding is not None:
                raise _Unlike
            made[file.path] = file
        return made

    # What is remembered

    def _remember(
        self, listing: str, outputs: str, edits: list[_Edit], sources: list[SourceFile]
    ) -> None:
        taken = self._builder.start.time_ns
        cache, place = self._cache, self._content.place
        digests = self._known
        racy = {path: (stamp, digest) for path, stamp, digest in self.record["racy"]}
        for edit, source in zip(edits, sources, strict=True):
            digests[edit.relative] = racy[source.path] = (edit.stamp, source.digest)
        cache.keep_digests(place, ((path, *rest) for path, rest in digests.items()), taken)
        if self._output is not None:
            below = f"{self.record['output']}/"
            racy = {path: rest for path, rest in racy.items() if not path.startswith(below)}
            fresh = cache.racy(str(self._output))
            racy |= {below + path: (stamp, digest) for path, stamp, digest in fresh}
        self.record["racy"] = [
            (path, *rest) for path, rest in racy.items() if not is_settled(rest[0], taken)
        ]
        early.keep(cache.store, self._key, self.record, listing, outputs)


def _edits(before: list[str], now: list[str], content: Walk, *, first: int) -> list[_Edit]:
    """Return the page files whose stamps have changed; raises `_Unlike` where more has.

    `before` and `now` are the parts of two listings, of which that of the content folder
    begins at `first`.
    """
    if len(before) != len(now):
        raise _Unlike
    differing = [index for index, part in enumerate(now) if part != before[index]]
    if not 0 < len(differing) <= MOST:
        raise _Unlike
    edits = []
    for index in differing:
        # A listing says whether the folder exists, then path and stamp of each file.
        number, rest = divmod(index - first - 2, 2)
        if rest or not 0 <= number < len(content.files):
            raise _Unlike
        relative, stamp = content.files[number]
        if not relative.lower().endswith(MARKDOWN_SUFFIXES):
            raise _Unlike
        edits.append(_Edit(relative, stamp, before[index]))
    return edits


def _listing_of(entries: Iterable[tuple[str, str]]) -> str:
    return SEPARATOR.join(map(SEPARATOR.join, entries))
