"""Notice that a site's files change, and say so once for a burst of changes."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from dlsite.memory.store import FOLDER

QUIET_SECONDS = 0.05
LONGEST_BURST_SECONDS = 0.4
POLL_SECONDS = 1.0
MOST_FILES = 8
"""More files at once are seldom edits by hand."""

# Reading a file is not a change of it, and we read them all.
_READING = frozenset(["opened", "closed_no_write"])
# What is watched is a folder, not its name: one that goes may come back as another.
_GOING = frozenset(["deleted", "moved"])


class Changes(FileSystemEventHandler):
    """Gathers events, from any thread, into marks and the files that they speak of."""

    def __init__(self) -> None:
        self._marks: SimpleQueue[None] = SimpleQueue()
        self.is_over = False
        self._folder_went = threading.Event()
        self._lock = threading.Lock()
        self._files: set[Path] | None = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory and event.event_type in _GOING:
            self._folder_went.set()
        if event.event_type in _READING or Path(os.fsdecode(event.src_path)).name == FOLDER:
            return
        with self._lock:
            if event.is_directory and event.event_type != "modified":
                self._files = None
            elif not event.is_directory and self._files is not None:
                paths = (event.src_path, event.dest_path)
                self._files |= {Path(os.fsdecode(path)) for path in paths if path}
                if len(self._files) > MOST_FILES:
                    self._files = None
        self._rouse()

    def take_files(self) -> frozenset[Path] | None:
        """Return the files that changed since this was last asked; `None` where any may have."""
        with self._lock:
            files, self._files = self._files, set()
        return None if files is None else frozenset(files)

    def take_folder_went(self) -> bool:
        """Say whether a folder went since this was last asked."""
        went = self._folder_went.is_set()
        self._folder_went.clear()
        return went

    def mark(self) -> None:
        """Count as a change of anything."""
        with self._lock:
            self._files = None
        self._rouse()

    def end(self) -> None:
        """Let `wait` return at once, and say no more.

        A signal may do it at any moment: it may put to this queue, but take no lock.
        """
        self.is_over = True
        self._rouse()

    def wait(self, seconds: float) -> bool:
        """Return once something has changed and then nothing for a moment, or after a time.

        Says whether something changed.  Editors write, rename and touch within
        milliseconds; a long burst is cut, so that a folder that never rests does not
        starve the reader.
        """
        if not self._is_roused(seconds):
            return False
        end = time.monotonic() + LONGEST_BURST_SECONDS
        while time.monotonic() < end:
            if not self._is_roused(QUIET_SECONDS):
                break
        return not self.is_over

    def _rouse(self) -> None:
        if self._marks.empty():
            self._marks.put(None)

    def _is_roused(self, seconds: float) -> bool:
        """Wait for a mark, and take it; once all is over there is nothing to wait for."""
        try:
            self._marks.get(timeout=seconds)
        except Empty:
            return False
        return not self.is_over


class Watcher:
    """Watches folders with what their subfolders hold, and others without.

    Where the system has no more watches to give it falls back to looking every second,
    and says so.
    """

    def __init__(self, changes: Changes, say: Callable[[str], None]) -> None:
        self._changes = changes
        self._say = say
        self._observer: BaseObserver | None = None
        self._folders: tuple[tuple[Path, bool], ...] = ()
        self._is_polling = False
        _hush_watchdog()

    def watch(self, deep: Iterable[Path], flat: Iterable[Path]) -> None:
        """Watch exactly these folders from now on; those that do not exist are passed over."""
        folders = _plan(deep, flat)
        went = self._changes.take_folder_went()
        if folders == self._folders and self._observer is not None and not went:
            return
        before = self._observer
        self._observer, self._folders = self._start(folders), folders
        _stop(before)

    def _start(self, folders: Iterable[tuple[Path, bool]]) -> BaseObserver | None:
        if not self._is_polling:
            try:
                return self._started(Observer(), folders)
            except OSError as error:
                self._is_polling = True
                reason = error.strerror or str(error)
                self._say(
                    f"the system cannot watch the folders ({reason.lower()}); "
                    "looking for changes every second instead"
                )
        try:
            return self._started(PollingObserver(timeout=POLL_SECONDS), folders)
        except OSError:
            # A folder went away meanwhile, which is a change of another.
            self._changes.mark()
            return None

    def _started(
        self, observer: BaseObserver, folders: Iterable[tuple[Path, bool]]
    ) -> BaseObserver:
        try:
            observer.start()
            for folder, is_deep in folders:
                observer.schedule(self._changes, str(folder), recursive=is_deep)
        except BaseException:
            _stop(observer)
            raise
        return observer

    def close(self) -> None:
        """Stop watching."""
        _stop(self._observer)
        self._observer = None


def _plan(deep: Iterable[Path], flat: Iterable[Path]) -> tuple[tuple[Path, bool], ...]:
    """Return each folder once; one inside another that is watched whole is left out."""
    whole = sorted({folder.resolve() for folder in deep if folder.is_dir()})
    top = [
        folder
        for folder in whole
        if not any(other != folder and folder.is_relative_to(other) for other in whole)
    ]
    single = {folder.resolve() for folder in flat if folder.is_dir()}
    rest = sorted(
        folder for folder in single if not any(folder.is_relative_to(other) for other in top)
    )
    return (*((folder, True) for folder in top), *((folder, False) for folder in rest))


def _hush_watchdog() -> None:
    """Keep off the terminal what watchdog 7 remarks on itself, and then does right."""
    # A folder in a new folder that it meets twice: in its walk, and by an event.
    warnings.filterwarnings("ignore", "Callback with id ", RuntimeWarning)
    # An observer that is asked once more while it stops.
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)


def _stop(observer: BaseObserver | None) -> None:
    if observer is not None and observer.is_alive():
        observer.stop()
        observer.join()
