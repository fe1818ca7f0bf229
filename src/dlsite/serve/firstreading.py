"""Read a site for the first time, as a build does: by several processes, and seen by its author.

Later a preview parses the few pages that were edited, and it has the threads of a server, beside
which no process should be forked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from dlsite.pages import Pages, Progress, no_progress
from dlsite.processes.workers import Workers
from dlsite.understanding import Analysis


def _unwatched() -> AbstractContextManager[Progress]:
    return nullcontext(no_progress)


@dataclass(frozen=True, slots=True)
class FirstReading:
    """How many processes parse, and what shows how far they are."""

    jobs: int = 1
    watched: Callable[[], AbstractContextManager[Progress]] = _unwatched

    def run(self, pages: Pages, read: Callable[[Progress], Analysis]) -> Analysis:
        """Return what `read` returns, which parses `pages`; no process is left behind."""
        with Workers(self.jobs) as workers, self.watched() as progress:
            pages.employ(workers)
            try:
                return read(progress)
            finally:
                pages.employ(Workers())
