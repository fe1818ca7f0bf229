"""Read a site for its preview with all cores, and let its author see how far that is.

For the first time as a build does.  Later there are the threads of a server, beside which no
process should be forked, and most readings are of a page or two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass

from dlsite.pages import Pages, Progress, no_progress
from dlsite.processes.lateworkers import LateWorkers
from dlsite.processes.workers import Workers
from dlsite.understanding import Analysis

Watched = Callable[[], AbstractContextManager[Progress]]


class EndedError(Exception):
    """The preview has been ended, and nobody waits for what is read."""


def _unwatched() -> AbstractContextManager[Progress]:
    return nullcontext(no_progress)


@dataclass(frozen=True, slots=True)
class Readings:
    """How many processes parse, and what shows how far they are.

    A later reading that takes no more than `unwatched_seconds` needs no bar.
    """

    jobs: int = 1
    watched: Watched = _unwatched
    unwatched_seconds: float = 1.0

    def first(self, pages: Pages, read: Callable[[Progress], Analysis]) -> Analysis:
        """Return what `read` returns, which parses `pages`; no process is left behind."""
        with Workers(self.jobs) as workers, self.watched() as progress:
            return _employed(workers, pages, lambda: read(progress))

    def again(
        self, pages: Pages, read: Callable[[Progress], Analysis], is_over: Callable[[], bool]
    ) -> Analysis:
        """Return what `read` returns, for a preview that goes on.

        Raises `EndedError` between two pages once it `is_over`.
        """
        with LateWorkers(self.jobs) as workers, ExitStack() as until_read:
            watch = _Watch(until_read, self.watched, self.unwatched_seconds, is_over)
            return _employed(workers, pages, lambda: read(watch.advance))


def _employed(workers: Workers, pages: Pages, read: Callable[[], Analysis]) -> Analysis:
    pages.employ(workers)
    try:
        return read()
    finally:
        pages.employ(Workers())


class _Watch:
    """Shows how far a reading is, once it takes long."""

    def __init__(
        self, until_read: ExitStack, watched: Watched, seconds: float, is_over: Callable[[], bool]
    ) -> None:
        self._until_read = until_read
        self._watched = watched
        self._is_over = is_over
        self._shown_from = time.monotonic() + seconds
        self._show: Progress | None = None

    def advance(self, stage: str, done: int, total: int) -> None:
        if self._is_over():
            raise EndedError
        if self._show is None:
            if time.monotonic() < self._shown_from:
                return
            self._show = self._until_read.enter_context(self._watched())
        self._show(stage, done, total)
