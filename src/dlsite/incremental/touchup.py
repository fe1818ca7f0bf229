"""A run in which a few pages were reworded, and nothing else has changed since the last one.

An effect.  The pages are parsed and compared with what they were (`quiet`).  Where they
stand and are listed as before, what has to be said is what was said, and what has to be
written are their own outputs and those that tell of them (`retelling`).  Whatever is out
of the ordinary means that the run is done in full, which finds out for itself.

What was seen of the site (`early.Seen`) is not looked at again, and of what is remembered
only that is read which has to do with these pages.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.emit.run import revised
from dlsite.files.folders import folders
from dlsite.files.sourcetext import read_source
from dlsite.files.templatefiles import read_templates
from dlsite.files.walk import is_settled, stamp
from dlsite.incremental import early
from dlsite.incremental.retelling import Retelling
from dlsite.markup.converter import Converter
from dlsite.memory.cache import Cache
from dlsite.memory.codec import decode
from dlsite.memory.compiled import Compiled
from dlsite.memory.keys import options_digest, page_key
from dlsite.memory.pagerows import Row
from dlsite.memory.store import StoreError
from dlsite.parse import ParseOptions
from dlsite.permalinks import written_permalink
from dlsite.processes.budget import parse_in_time
from dlsite.publish.amend import Amended, amend
from dlsite.publish.change import ChangedMeanwhileError
from dlsite.publish.directory import PublishError
from dlsite.quiet import Surroundings, is_quiet_edit, is_reworded, leads_as_before
from dlsite.records import (
    MARKDOWN_SUFFIXES,
    Contents,
    OutputFile,
    OutputPlan,
    Page,
    Parsed,
    SourceFile,
)
from dlsite.render.templates import Templates
from dlsite.report.words import say_waiting


class _Change(NamedTuple):
    """A page before and after an edit; a quiet one shows nowhere else."""

    before: Page
    after: Page
    is_quiet: bool


class _Unlike(Exception):  # noqa: N818 - no error: the run is of the ordinary kind
    """The run is none for a touch-up."""


def touch_up(seen: early.Seen) -> int | None:
    """Do a run in which the pages were reworded that were seen to be edited; return its exit code.

    `None` where more has changed, or may have: then nothing has been said or written.
    """
    _reuse_memory()
    try:
        numbers = _TouchUp(seen).run()
    except (_Unlike, ChangedMeanwhileError, PublishError, StoreError):
        return None
    except (OSError, ValueError, LookupError, TypeError):
        # What stands or is remembered is not what it should be.
        return None
    finally:
        seen.store.close()
    return early.tell(seen, numbers)


_LARGEST = (1 << 25) - (1 << 16)
"""Bytes: somewhat less than the most by which glibc is guided (`mallopt(3)`)."""


def _reuse_memory() -> None:
    """Have what large texts leave used for the next ones; to get new memory takes as long.

    glibc gives freed blocks back to the system if they are larger than any before.  This one
    is not touched, and costs nothing; with another C library it does nothing.
    """
    bytes(_LARGEST)


class _TouchUp:
    """One run; each step raises `_Unlike` where the run is none for a touch-up."""

    def __init__(self, seen: early.Seen) -> None:
        self._seen = seen
        self._record = seen.record
        self._is_build = bool(self._record["manifest"])
        if not self._is_build and self._record["own_templates"]:
            # They may have something to say of any page.
            raise _Unlike
        self._root = Path(seen.asked.root).resolve()
        self._config = decode(Config, self._record["config"])
        # It was fit to publish into, and what was published stands there.
        self._output = (self._root / self._config.output).resolve()
        self._cache = Cache(store=seen.store)
        self._folders = folders(self._root, self._config)
        self._content = self._folders[0]
        self._parse_options = ParseOptions.of(self._config)
        self._options = options_digest(self._parse_options, self._record["tool"])
        self._recent = self._cache.recent(self._content.place)
        self._read_as: dict[str, str] = {}

    def run(self) -> tuple[int, int, int]:
        """Do it all but for saying so; return how many outputs were written, left, removed."""
        edits = self._seen.edits
        sources = [self._read(edit) for edit in edits]
        changes = self._changes(edits, sources)
        written: dict[str, tuple[str, str, str]] = {}
        amended = Amended({}, (), 0, "")
        if self._is_build:
            written, amended = self._publish(changes)
        self._remember(sources, written, amended)
        return len(amended.digests), amended.unchanged, len(amended.removed)

    # What has changed

    def _read(self, edit: early.Edit) -> SourceFile:
        found: list[Diagnostic] = []
        path = self._content.shown(edit.relative)
        source = read_source(Path(self._content.path, edit.relative), path, edit.relative, found)
        if source is None or found or not edit.relative.lower().endswith(MARKDOWN_SUFFIXES):
            raise _Unlike
        return source

    def _changes(self, edits: list[early.Edit], sources: list[SourceFile]) -> list[_Change]:
        """Return the pages before and after."""
        keys = [
            self._key_of(
                edit.relative,
                edit.before,
                source.path,
                self._cache.digest(self._content.place, edit.relative),
            )
            for edit, source in zip(edits, sources, strict=True)
        ]
        before = self._cache.pages(keys)
        around = Surroundings(
            self._record["mentioned"],
            self._record["rules"],
            self._record["asked"],
            self._record["named"],
            bool(self._config.check.exemptions),
        )
        changes = []
        for key, new in zip(keys, self._parsed(sources), strict=True):
            old = before.get(key)
            if old is None:
                raise _Unlike
            is_quiet = is_quiet_edit(old, new, around.lines)
            if not is_quiet and not self._is_reworded(old, new, around):
                raise _Unlike
            # A link may end a finding on pages that lead nowhere: a check has no plans to say so.
            if not self._is_build and not leads_as_before(old.page, new.page):
                raise _Unlike
            changes.append(_Change(old.page, new.page, is_quiet))
        return changes

    def _parsed(self, sources: Iterable[SourceFile]) -> list[Parsed]:
        """Return what the files are now, and remember it."""
        converter = Converter(self._parse_options.markup)
        pages = []
        for source in sources:
            parsed = parse_in_time(source, options=self._parse_options, converter=converter)
            row = Row.of(parsed)
            if row is None:
                raise _Unlike
            key = page_key(source.path, source.content_path, source.digest, self._options)
            self._cache.keep_pages({key: row})
            pages.append(parsed)
        return pages

    def _is_reworded(self, old: Parsed, new: Parsed, around: Surroundings) -> bool:
        if self._record["lookalikes"]:
            return False
        permalinks = {written_permalink(each.page, self._config) for each in (old, new)}
        return is_reworded(old, new, around) and len(permalinks) == 1

    def _key_of(self, relative: str, stamp: str, path: str, known: tuple[str, str]) -> str:
        """Return the key of the page that a content file was when it had a stamp.

        `known` are stamp and digest of one state of it.
        """
        digest = known[1] if known[0] == stamp else self._recent.get((relative, stamp), "")
        return page_key(path, relative, digest, self._options)

    # What has to be written

    def _publish(self, changes: list[_Change]) -> tuple[dict[str, tuple[str, str, str]], Amended]:
        """Write what differs; return stamp, fingerprint and digest of it, and what was done."""
        if self._record["noted"] != self._cache.noted():
            # What is noted is not what stands there.
            raise _Unlike
        output = self._output
        retelling = Retelling(
            self._cache, self._config, self._contents_in(changes), self._fragments_of
        )
        words = [
            retelling.tell(change.before, change.after, is_quiet=change.is_quiet)
            for change in changes
        ]
        made = self._rendered(retelling.plans())
        others, gone = revised(
            retelling.common.generated,
            self._standing,
            words,
            retelling.linked(),
            self._config,
        )
        if not self._seen.saw(self._read_as):
            raise _Unlike
        made |= {file.path: file for file in others}
        amended = amend(
            output,
            made.values(),
            set(gone).difference(made),
            self._record["manifest"],
            lambda: say_waiting(self._config.output),
        )
        self._record["noted"] = retelling.keep()
        fingerprints = retelling.fingerprints()
        paths = [*amended.digests]
        stamps = early.stamps_of(str(output), paths)
        return {
            path: (stamp, fingerprints.get(path, ""), amended.digests[path])
            for path, stamp in zip(paths, stamps, strict=True)
        }, amended

    def _standing(self, path: str) -> bytes:
        """Return an output as it stands; what was seen to be there is looked at later."""
        with (self._output / path).open("rb") as stream:
            content = stream.read()
            self._read_as[path] = stamp(os.fstat(stream.fileno()))
        return content

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
        return self._key_of(relative, stamp, path, self._known.get(relative, ("", "")))

    @cached_property
    def _known(self) -> dict[str, tuple[str, str]]:
        return self._cache.digests(self._content.place)

    @cached_property
    def _file_by_path(self) -> dict[str, tuple[str, str]]:
        return {self._content.shown(path): (path, stamp) for path, stamp in self._seen.files}

    def _rendered(self, plans: Iterable[OutputPlan]) -> dict[str, OutputFile]:
        """Return outputs by path; raises `_Unlike` where a template has something to say."""
        texts, paths = read_templates(self._folders, self._config)
        language = self._config.language
        templates = Templates(texts, paths, language=language, code=Compiled(self._record["tool"]))
        made = {}
        for planned in plans:
            file, finding = templates.render(planned)
            if file is None or finding is not None:
                raise _Unlike
            made[file.path] = file
        return made

    # What is remembered

    def _remember(
        self,
        sources: list[SourceFile],
        written: dict[str, tuple[str, str, str]],
        amended: Amended,
    ) -> None:
        seen, record, taken = self._seen, self._record, self._seen.taken_ns
        racy = {path: (stamp, digest) for path, stamp, digest in record["racy"]}
        for edit, source in zip(seen.edits, sources, strict=True):
            entry = (edit.relative, edit.stamp, source.digest)
            self._cache.keep_digest(self._content.place, entry, taken)
            racy[seen.source_path(edit.relative)] = (edit.stamp, source.digest)
        rewritten = {path: stamp for path, (stamp, *_) in written.items()}
        rewritten |= dict.fromkeys(amended.removed, "")
        if self._is_build:
            record["manifest"] = amended.manifest
            record["outputs"] = len(amended.digests) + amended.unchanged
            racy = self._remember_outputs(racy, written, amended.removed)
        record["racy"] = [
            (path, *rest) for path, rest in racy.items() if not is_settled(rest[0], taken)
        ]
        early.keep_changes(seen, rewritten)

    def _remember_outputs(
        self,
        racy: dict[str, tuple[str, str]],
        written: dict[str, tuple[str, str, str]],
        removed: Iterable[str],
    ) -> dict[str, tuple[str, str]]:
        """Remember what was published; return the files of the site to look at again.

        `racy` are those that have been looked at in this run, with stamp and digest.
        """
        output = str(self._output)
        taken, now = self._seen.taken_ns, time.time_ns()
        place = self._record["output"]
        changed = {*written, *removed}
        unsure = [
            (path, stamp, digest)
            for path, stamp, digest in self._cache.racy(output)
            if path not in changed and not (f"{place}/{path}" in racy and is_settled(stamp, taken))
        ]
        unsure += [
            (path, stamp, digest)
            for path, (stamp, _, digest) in written.items()
            if not is_settled(stamp, now)
        ]
        rows = ((path, *rest) for path, rest in written.items())
        self._cache.amend_left(output, rows, removed, unsure)
        below = f"{place}/"
        sources = {path: rest for path, rest in racy.items() if not path.startswith(below)}
        return sources | {below + path: (stamp, digest) for path, stamp, digest in unsure}
