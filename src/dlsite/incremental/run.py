"""Build a site with the help of what earlier builds of it left, and leave the same behind.

The output is that of a build without any help, byte for byte: what is remembered is
found again by digests of all that it was made from, and whatever is missing is made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dlsite.config.settings import Config
from dlsite.files.sourcetext import digest_of
from dlsite.files.walk import is_settled
from dlsite.incremental import early
from dlsite.incremental.notetaking import Notes
from dlsite.incremental.remembering import Ended, Said, remember
from dlsite.incremental.start import Start
from dlsite.making import FEWEST_APART, Apart, Hold
from dlsite.memory.cache import Cache
from dlsite.pages import Progress, no_progress
from dlsite.processes.forks import can_fork
from dlsite.processes.spool import Spool
from dlsite.processes.workers import Workers
from dlsite.publish.change import ChangedMeanwhileError
from dlsite.publish.manifest import manifest_content
from dlsite.publish.run import Published, publish
from dlsite.publish.staging import Staging
from dlsite.reading import Reader
from dlsite.records import OutputFile
from dlsite.rehearsal import rehearse
from dlsite.rendering import Left, Rendered, Renderer
from dlsite.understanding import Analysis
from dlsite.variants.run import Variants


class Builder:
    """Builds one site, remembering.

    `verify` takes no stamp for granted: every file is read, sources and outputs.  Rendered
    outputs wait in the `spool`, else in memory; those that other processes make are written
    in the `staging` where nothing is published yet.
    `page_seconds` are the seconds that parsing took, by path.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that only the caller knows
        self,
        root: Path,
        config: Config,
        cache: Cache,
        start: Start,
        workers: Workers,
        *,
        verify: bool = False,
        spool: Spool | None = None,
        staging: Staging | None = None,
    ) -> None:
        self.root = root
        self.config = config
        self.cache = cache
        self.start = start
        self._workers = workers
        self._verify = verify
        self._spool = spool or Spool(None)
        self._staging = staging
        self.page_seconds: dict[str, float] = {}
        self._manifest = ""

    def analyse(self, progress: Progress = no_progress, *, with_variants: bool = False) -> Analysis:
        """Read and understand the site, and remember its pages and files.

        Smaller forms of images are made `with_variants` alone: they take long.
        """
        reader = Reader(self.root, self.cache, self._workers)
        analysis = reader.read(
            self.config,
            taken_ns=self.start.time_ns,
            verify=self._verify,
            variants=self._variants() if with_variants else None,
            progress=progress,
        )
        self.page_seconds = reader.pages.seconds
        return analysis

    def _variants(self) -> Variants:
        folder = self.root if self.cache.store.is_kept else None
        return Variants(self.cache, folder, self._workers.count, verify=self._verify)

    def render(
        self, analysis: Analysis, output: Path | None, progress: Progress = no_progress
    ) -> Rendered:
        """Render what `output` does not hold already; everything where there is none."""
        renderer = Renderer.of(analysis)
        if output is None or not analysis.pages:
            return renderer.render_all(progress, workers=self._workers, hold=self._spool.hold)
        notes = Notes(self.cache, renderer)
        apart, hold = self._apart(renderer, output)
        rendered = renderer.render_all(
            progress,
            left=self.left(output),
            workers=self._workers,
            apart=apart,
            hold=hold,
            notes=notes,
        )
        notes.close()
        return rendered

    def _apart(self, renderer: Renderer, output: Path) -> tuple[Apart | None, Hold]:
        """Return how to work in other processes, and where outputs of this one are held.

        The others find the bodies of pages in the memory, so there must be one.
        """
        store, spool = self.cache.store, self._spool
        is_worth_it = len(renderer.plans) >= FEWEST_APART
        if not (is_worth_it and can_fork() and self._workers.are_ours and store.is_kept):
            return None, spool.hold
        count, before, first = self._workers.count, store.commit, store.reopen
        stage = None if self._staging is None else self._staging.beside(output)
        if stage is None:
            return Apart(count, before, first, lambda: spool.part().hold), spool.hold

        def hold(each: OutputFile) -> OutputFile:
            try:
                return stage.hold(each)
            except OSError:
                return spool.hold(each)

        return Apart(count, before, first, lambda: stage.hold), hold

    def rehearse(self, analysis: Analysis, progress: Progress = no_progress) -> Rendered:
        """Find out what rendering has to say, and remember what was rendered for it."""
        rendered = rehearse(analysis, self.cache.sound(), progress, workers=self._workers)
        self.cache.keep_sound(rendered.fingerprints)
        return rendered

    def left(self, output: Path) -> Left:
        """Return what the last build left in `output`, as far as it still stands there."""
        entries = self.cache.left(str(output))
        paths = [path for path, *_ in entries]
        unsure = {path: digest for path, _, digest in self.cache.racy(str(output))}
        if self._verify:
            unsure = {path: digest for path, _, _, digest in entries}
        return Left(
            {
                path: (fingerprint, digest, stamp)
                for (path, stamp, fingerprint, digest), now in zip(
                    entries, early.stamps_of(str(output), paths), strict=True
                )
                if stamp == now
                and (path not in unsure or early.digest_of(output / path) == unsure[path])
            }
        )

    def publish(
        self,
        analysis: Analysis,
        rendered: Rendered,
        output: Path,
        *,
        force: bool,
        on_wait: Callable[[], None],
    ) -> Published:
        """Write into `output` what differs, and remember what stands there."""
        try:
            return self.write(rendered, output, force=force, on_wait=on_wait)
        except ChangedMeanwhileError:
            rendered = Renderer.of(analysis).render_all(left=Left(), workers=self._workers)
            return self.write(rendered, output, force=force, on_wait=on_wait)

    def write(
        self, rendered: Rendered, output: Path, *, force: bool, on_wait: Callable[[], None]
    ) -> Published:
        """Do it; raises `ChangedMeanwhileError` where what was to be kept no longer stands."""
        published = publish(
            rendered.outputs, output, force=force, on_wait=on_wait, unchanged=rendered.kept
        )
        digests = published.digests
        self._manifest = digest_of(manifest_content(digests))
        stamps = dict(rendered.stamps) if published.is_in_place else {}
        fresh = sorted(digests.keys() - stamps.keys())
        now = time.time_ns()
        stamps |= zip(fresh, early.stamps_of(str(output), fresh), strict=True)
        entries = [
            (path, stamps[path], rendered.fingerprints.get(path, ""), digests[path])
            for path in sorted(digests)
        ]
        # What had settled before is settled.
        unsettled = {path for path, *_ in self.cache.racy(str(output))} & digests.keys()
        racy = [
            (path, stamps[path], digests[path])
            for path in sorted({*fresh, *unsettled})
            if stamps[path] and not is_settled(stamps[path], now)
        ]
        self.cache.keep_left(str(output), entries, racy)
        return published

    def remember(
        self,
        arguments: Sequence[str],
        analysis: Analysis,
        rendered: Rendered,
        said: Said,
        output: Path | None = None,
    ) -> None:
        """Leave a record of a run for the next one whose arguments mean the same.

        `output` is where a build has published; a check has no outputs.
        """
        ended = Ended(analysis, rendered, said, output, "" if output is None else self._manifest)
        remember(ended, arguments, self.root, self.start, self.cache)
