"""Turn a site's files into pages: from memory, from the cache, or by parsing them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.files.sitefiles import PageFile, SeenFile
from dlsite.files.sources import read_again
from dlsite.memory.cache import Cache
from dlsite.memory.keys import options_digest, page_key
from dlsite.memory.pagerows import Row
from dlsite.parse import ParseOptions
from dlsite.processes.workers import FEWEST_PAGES, ParseChunk, Workers, converter_for, timed_parse
from dlsite.records import Parsed, SourceFile

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how many are done, and how many there are."""

_BATCH = 200
"""How many new pages are kept in memory before they are put into the store."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
    del stage, done, total


class Pages:
    """Parses source files, and remembers what it parsed by path and digest.

    A preview server keeps one, so that a save parses one file.  The memory is dropped
    when the options that parsing depends on change.  With a `cache` it outlives the
    process, and the contents of pages lie in the store instead of in memory.
    `seconds` of processor time are those that parsing took, by path.
    """

    def __init__(self, cache: Cache | None = None, workers: Workers | None = None) -> None:
        self._cache = cache
        self._workers = workers or Workers()
        self._options: ParseOptions | None = None
        self._options_digest = ""
        self._parsed: dict[str, Parsed] = {}
        self.seconds: dict[str, float] = {}

    def employ(self, workers: Workers) -> None:
        """Let these processes parse what there is to parse from now on."""
        self._workers = workers

    @property
    def keys(self) -> Iterable[str]:
        """The keys of the pages that were parsed last."""
        return self._parsed.keys()

    def parse(
        self, files: Iterable[PageFile], config: Config, progress: Progress = no_progress
    ) -> tuple[Parsed, ...]:
        """Return what every file is, in the order given."""
        options = ParseOptions.of(config)
        if options != self._options:
            self._options, self._parsed = options, {}
            self._options_digest = "" if self._cache is None else options_digest(options)
        wanted = {self._key(file): file for file in files}
        known = {key: self._parsed[key] for key in wanted.keys() & self._parsed.keys()}
        if self._cache is not None:
            known |= self._cache.pages(wanted.keys() - known.keys())
        missing = {key: file for key, file in wanted.items() if key not in known}
        done = len(known)
        for key, parsed in self._parse(missing, options):
            known[key] = parsed
            done += 1
            progress("reading", done, len(wanted))
        self._parsed = known
        return tuple(known[key] for key in wanted)

    def parse_one(self, file: SourceFile) -> Parsed:
        """Return what a file is that has changed since all were parsed, and remember it too."""
        assert self._options is not None
        key = self._key(file)
        if key not in self._parsed:
            self._parsed |= dict(self._parse({key: file}, self._options))
        return self._parsed[key]

    def _key(self, file: PageFile) -> str:
        return page_key(file.path, file.content_path, file.digest, self._options_digest)

    def _parse(
        self, missing: dict[str, PageFile], options: ParseOptions
    ) -> Iterator[tuple[str, Parsed]]:
        """Yield key and page of what has to be parsed, in order."""
        # What has been read and not been parsed yet: path, remarks, whether it may be kept.
        waiting: deque[tuple[str, tuple[Diagnostic, ...], bool]] = deque()

        def sources() -> Iterator[SourceFile]:
            for key, file in missing.items():
                source, remarks = _read(file)
                # A file that has changed since it was looked at is not what its key says.
                is_same = self._key(source) == key and not remarks
                waiting.append((source.path, remarks, is_same))
                yield source

        batch: dict[str, Row] = {}
        made = self._make(sources(), len(missing), options)
        for key, (parsed, seconds) in zip(missing, made, strict=True):
            path, remarks, is_same = waiting.popleft()
            self.seconds[path] = seconds
            if self._cache is None or not is_same:
                page = _whole(parsed)
                yield key, replace(page, diagnostics=(*remarks, *page.diagnostics))
                continue
            row = parsed if isinstance(parsed, Row) else Row.of(parsed)
            if row is None:
                yield key, _whole(parsed)
                continue
            batch[key] = row
            if len(batch) == _BATCH:
                self._cache.keep_pages(batch)
                batch = {}
            yield key, row.parsed(self._cache.contents(key))
        if self._cache is not None and batch:
            self._cache.keep_pages(batch)

    def _make(
        self, sources: Iterable[SourceFile], count: int, options: ParseOptions
    ) -> Iterator[tuple[Row | Parsed, float]]:
        if not count:
            return
        if self._workers.spread(count, fewest=FEWEST_PAGES):
            # Workers that are forked have the converter from here, and all that it makes
            # ready for its first page: a lexer alone takes as long as ten pages.
            waiting = iter(sources)
            yield timed_parse(next(waiting), options, converter_for(options))
            for rows in self._workers.run(ParseChunk(options), waiting):
                yield from rows
            return
        converter = converter_for(options)
        for source in sources:
            yield timed_parse(source, options, converter)


def _read(file: PageFile) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    return read_again(file) if isinstance(file, SeenFile) else (file, ())


def _whole(made: Row | Parsed) -> Parsed:
    """Return a page with its contents in memory."""
    return made.parsed() if isinstance(made, Row) else made
