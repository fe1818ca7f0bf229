"""Keep the newest state of a site: read it again on demand, and tell what has changed."""

from __future__ import annotations

import gc
import time
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

from dlsite.build import has_errors
from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.memory.cache import Cache
from dlsite.memory.store import StoreError
from dlsite.pages import Progress
from dlsite.reading import Reader
from dlsite.records import Permalink, Route
from dlsite.rendering import Renderer
from dlsite.routing.standing import put_in
from dlsite.serve.change import Change, change_between
from dlsite.serve.edited import are_quiet, edited_sources, may_want_other_files
from dlsite.serve.editors import LinkTo, no_editor
from dlsite.serve.readings import EndedError, Readings
from dlsite.serve.snapshot import Addresses, Findings, Snapshot
from dlsite.serve.telling import Say, Show, Teller
from dlsite.understanding import Analysis, Places, reworded, understand
from dlsite.weigh import weigh

Load = Callable[[], tuple[Config, tuple[Diagnostic, ...]]]

_MOST_RENDERED_AGAIN = 20


class Preview:
    """The state of a site that is being worked on.

    `root` is the site and `address` the preview's `http://host:port`; `again` asks for
    another `refresh`, which breaks off once it `is_over`, and `link_to` opens the place of
    a finding in an editor.  `chat` gets what a quiet run leaves out, `say` what matters.
    No mistake in a source, template or configuration ends it, nor does a bug of ours: the
    last state that could be read stays, with what is wrong beside it.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that only the caller knows
        self,
        *,
        root: Path,
        load: Load,
        first: Config,
        address: str,
        say: Say,
        show: Show,
        again: Callable[[], None],
        is_over: Callable[[], bool],
        link_to: LinkTo = no_editor,
        chat: Say | None = None,
        readings: Readings | None = None,
    ) -> None:
        self._root = root
        self._readings = readings or Readings()
        self._link_to = link_to
        self._again = again
        self._is_over = is_over
        self._load = load
        self._address = address
        self._teller = Teller(say=say, show=show, chat=chat or say)
        self._cache = Cache(root)
        self._reader = Reader(root, self._cache)
        self._config = self._for_preview(first)
        self._settings: tuple[Diagnostic, ...] = ()
        self._places = Places({}, {})
        self._placed: Mapping[Permalink, Route] = {}
        self.snapshot = self._snapshot(None, Findings(note="the site has not been read yet"))

    @property
    def config(self) -> Config:
        """The last configuration that could be used."""
        return self._config

    def _for_preview(self, config: Config) -> Config:
        path = quote(config.base_path.strip("/"))
        base_url = f"{self._address}/{path}" if path else self._address
        return replace(config, drafts=True, future=True, base_url=base_url)

    # Reading

    def read_config(self) -> tuple[Diagnostic, ...]:
        """Read the configuration again; a broken one is told and the last one kept."""
        try:
            config, found = self._load()
        except Exception as error:  # noqa: BLE001 - whatever the caller's reader raises is the reason
            position = Position(self._config.path)
            return (Diagnostic("config-invalid", position, str(error) or type(error).__name__),)
        if not has_errors(found) or self._is_first:
            self._config = self._for_preview(config)
        return found

    @property
    def _is_first(self) -> bool:
        return self.snapshot.renderer is None

    def take_up(self, files: frozenset[Path]) -> bool:
        """Take up changes of these files where they are no more than edits of pages.

        Returns whether they are; else the site has to be read again.
        """
        try:
            with _collector_at_rest():
                return self._take_up(files)
        except Exception:  # noqa: BLE001 - reading all of it again says what is wrong
            return False

    def _take_up(self, files: frozenset[Path]) -> bool:
        old = self.snapshot
        if old.renderer is None or old.findings.note or old.failed or old.held:
            return False
        analysis = old.renderer.analysis
        places = self._places_in(analysis)
        sources = edited_sources(files, analysis, places)
        if not sources:
            return sources is not None
        edited = {source.path for source in sources}
        if any(finding.position.path in edited for finding in analysis.reading):
            return False
        before = [analysis.parsed[places.among_all[source.path]] for source in sources]
        after = [self._reader.pages.parse_one(source) for source in sources]
        self._cache.store.commit()
        edits = [*zip(before, after, strict=True)]
        if are_quiet(edits, analysis, old.findings.found):
            analysis = reworded(analysis, places, sources, after)
            renderer = old.renderer.reworded(analysis, [entry.page for entry in after])
            self.snapshot = old.reworded(renderer, [source.path for source in sources])
            return True
        if may_want_other_files(edits):
            return False
        parsed = put_in(analysis.parsed, {each.page.path: each for each in after}, places.among_all)
        changed = analysis.sources.with_pages(sources, places.among_all)
        self._show_site(understand(changed, parsed, analysis.config, analysis.reading, analysis))
        return True

    def _places_in(self, analysis: Analysis) -> Places:
        """Return where pages stand; worked out once for as long as none of them moves."""
        routes = analysis.site.routes.route_by_permalink
        if routes is not self._placed:
            self._places, self._placed = Places.of(analysis), routes
        return self._places

    def refresh(self, found: Iterable[Diagnostic] = ()) -> Change | None:
        """Read the site again, with `found` about its configuration; `None` if nothing changed."""
        with _collector_at_rest():
            return self._refresh(tuple(found))

    def _refresh(self, found: tuple[Diagnostic, ...]) -> Change | None:
        old = self.snapshot
        pages = self._reader.pages
        try:
            if old.renderer is None:
                analysis = self._readings.first(pages, self._read)
            else:
                read = partial(self._read, before=old.renderer.analysis)
                analysis = self._readings.again(pages, read, self._is_over)
            self._settings = found
            return self._show_site(analysis)
        except EndedError:
            return None
        except Exception as error:  # noqa: BLE001 - the preview outlives its own bugs
            return self._keep(old, self._own_up(error))

    def _read(self, progress: Progress, before: Analysis | None = None) -> Analysis:
        taken_ns = time.time_ns()
        return self._reader.read(self._config, taken_ns=taken_ns, before=before, progress=progress)

    def _show_site(self, analysis: Analysis) -> Change | None:
        """Show another state of the site; `None` where it is the one that is shown."""
        old = self.snapshot
        renderer = Renderer.of(analysis, old.renderer)
        found = [*self._settings, *analysis.diagnostics, *renderer.diagnostics]
        everything = weigh(found, self._config)
        if _is_same(analysis, everything, old):
            return None
        findings = Findings(everything, self._texts(analysis), link_to=self._link_to)
        at = old.at if old.renderer is not None and renderer.stands_like(old.renderer) else None
        new = self._snapshot(renderer, findings, {**old.held, **old.at.page_sources}, at)
        new.render_again(sorted(old.failed)[:_MOST_RENDERED_AGAIN])
        self._teller.tell(new, old)
        self.snapshot = new
        return change_between(old, new)

    def _keep(self, old: Snapshot, note: str) -> Change:
        self.snapshot = self._snapshot(
            old.renderer, replace(old.findings, note=note), {**old.held, **old.at.page_sources}
        )
        return Change(files=self.snapshot.at.files)

    def _snapshot(
        self,
        renderer: Renderer | None,
        findings: Findings,
        held: Mapping[str, str] | None = None,
        at: Addresses | None = None,
    ) -> Snapshot:
        return Snapshot(
            renderer,
            findings,
            held=held or {},
            at=at,
            on_finding=lambda finding: self._teller.tell_more(finding, findings.texts),
            on_bug=self._own_up,
        )

    def _texts(self, analysis: Analysis) -> Mapping[str, str]:
        """Return the text of every file that a finding may point into, by path."""
        config: dict[str, str] = {}
        # Without a configuration no finding quotes it.
        with suppress(OSError):
            path = self._config.path
            config[path] = (self._root / path).read_text("utf-8", "replace")
        return ChainMap(config, analysis.sources.texts)  # type: ignore[arg-type]

    def _own_up(self, error: Exception) -> str:
        """Return a note of an error that is no fault of the site's."""
        return self._begin_anew() if isinstance(error, StoreError) else self._teller.own_up(error)

    def _begin_anew(self) -> str:
        """Go on without a memory that somebody damaged, or threw away."""
        self._cache = Cache()
        self._reader = Reader(self._root, self._cache)
        note = "what was remembered of the site is lost: it is read again"
        self._keep(self.snapshot, note)
        self._again()
        return note


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Let the garbage collector rest, and never look through what stands in the end.

    A site is read into very many records, of which none is part of a cycle.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _is_same(analysis: Analysis, found: tuple[Diagnostic, ...], old: Snapshot) -> bool:
    if old.renderer is None or old.findings.note:
        return False
    before = old.renderer.analysis
    config = replace(analysis.config, now=before.config.now)
    return (
        found == old.findings.found
        and config == before.config
        and analysis.sources == before.sources
    )
