"""Read and understand a site, again and again: what has not changed is not read or parsed twice.

An effect.  Pages and the digests of files are remembered in a cache, which may outlive the
process; pages also in memory, for a preview that follows the files.
"""

from __future__ import annotations

from pathlib import Path

from dlsite.build import analyse
from dlsite.config.settings import Config
from dlsite.files.folders import folders
from dlsite.files.sitefiles import Digests
from dlsite.mathfont import MathFont
from dlsite.memory.cache import Cache
from dlsite.pages import Pages, Progress, no_progress
from dlsite.processes.workers import Workers
from dlsite.understanding import Analysis
from dlsite.variants.run import Variants


class Reader:
    """Reads the site at `root`, with the help of what `cache` remembers of it."""

    def __init__(self, root: Path, cache: Cache, workers: Workers | None = None) -> None:
        self._root = root
        self._cache = cache
        self._font = MathFont(cache)
        self.pages = Pages(cache, workers)

    def read(  # noqa: PLR0913 - each is one thing that only the caller knows
        self,
        config: Config,
        *,
        taken_ns: int,
        verify: bool = False,
        variants: Variants | None = None,
        before: Analysis | None = None,
        progress: Progress = no_progress,
    ) -> Analysis:
        """Read and understand the site, and remember its pages and files.

        `taken_ns` is a time before anything was looked at; with `verify` every file is
        read, whatever its times say.  `variants` makes smaller forms of images, which
        takes long.  `before` is an earlier analysis, which makes this one faster.
        """
        analysis = analyse(
            self._root,
            config,
            pages=self.pages,
            known={} if verify else self._known(config),
            font=self._font,
            variants=variants,
            before=before,
            progress=progress,
        )
        if analysis.pages:
            for place, entries in analysis.sources.stamps.items():
                self._cache.keep_digests(place, entries, taken_ns)
            self._cache.forget_pages(self.pages.keys)
        # Whoever is interrupted from here on has parsed for good.
        self._cache.store.commit()
        return analysis

    def _known(self, config: Config) -> Digests:
        places = [folder.place for folder in folders(self._root, config)]
        return {place: self._cache.digests(place) for place in places}
