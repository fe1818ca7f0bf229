"""What stood there when a run began, before anything was read."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dlsite.files.folders import LEDGER
from dlsite.files.walk import SEPARATOR, Racy, is_settled
from dlsite.incremental import early


@dataclass(frozen=True, slots=True)
class Start:
    """What stood there when a build began, before anything was read.

    Whatever changes later differs from it, and shows the next time.
    """

    time_ns: int
    files: tuple[str, ...]
    listing: str
    racy: Racy

    @classmethod
    def of(cls, root: Path, config_name: str | None, more: Iterable[str] = ()) -> Start:
        """Look at the configuration, at dlsite itself, and at what else a command goes by."""
        files = early.CONFIG_FILES if config_name is None else (config_name,)
        files = (*files, LEDGER, *more)
        now = time.time_ns()
        return cls(now, files, early.listing_of((), files, str(root)), _racy(root, files, now))

    def and_files(self, root: Path, files: Iterable[str]) -> Start:
        """Look at more files, of which the configuration has told."""
        more = tuple(files)
        stamps = [early.stamp_of(str(root / file)) for file in more]
        return Start(
            self.time_ns,
            (*self.files, *more),
            SEPARATOR.join([self.listing, *stamps]),
            [*self.racy, *_racy(root, more, time.time_ns())],
        )


def _racy(root: Path, files: Iterable[str], now: int) -> Racy:
    """Return those of `files` that had just changed `now` (since the epoch)."""
    stamps = [(file, early.stamp_of(str(root / file))) for file in files]
    return [
        (file, stamp, early.digest_of(root / file))
        for file, stamp in stamps
        if stamp and not is_settled(stamp, now)
    ]
