"""Do work in processes forked from this one, which know what it knows without being told.

An effect.  What they make comes back as plain data in temporary files.  The results do not
depend on how many there are: what one of them does not bring to an end is done here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Generic, NoReturn, Self, TypeVar

A = TypeVar("A")
B = TypeVar("B")

_TICK = b"."
_MOST_TICKS = 4096


def can_fork() -> bool:
    """Say whether processes are forked here: elsewhere libraries of the system forbid it."""
    return sys.platform == "linux"


@dataclass(slots=True)
class _Child:
    """A process at work, of which the results go into a file that is open here as well."""

    pid: int
    file: IO[bytes]
    is_running: bool = True

    def has_done_all(self) -> bool:
        """Wait for its end."""
        _, status = os.waitpid(self.pid, 0)
        self.is_running = False
        self.file.seek(0)
        return status == 0

    def stop(self) -> None:
        if self.is_running:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.file.close()


class Forks(Generic[A, B]):
    """Processes that take pieces of `work` in turns, from the beginning of `with`.

    `there` are their functions, one for each; `here` is that of this process.  Whoever is at
    work at the end of `with` is stopped.
    """

    def __init__(
        self, work: Sequence[A], there: Sequence[Callable[[A], B]], here: Callable[[A], B]
    ) -> None:
        self._work = work
        self._there = there
        self._here = here
        self._ticks = -1
        self._children: list[_Child | None] = []

    def __enter__(self) -> Self:
        self._ticks, tick = os.pipe()
        for number, function in enumerate(self._there):
            share = self._work[number :: len(self._there)]
            self._children.append(_forked(function, share, tick))
        # Theirs alone from here, so that it ends with the last of them.
        os.close(tick)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        os.close(self._ticks)
        for child in self._children:
            if child is not None:
                child.stop()

    def results(self, tick: Callable[[int], None]) -> Iterator[B]:
        """Yield what becomes of each piece of work, in order, once all are at the end.

        Until then `tick` is told how many more pieces have been done.
        """
        while ticks := os.read(self._ticks, _MOST_TICKS):
            tick(len(ticks))
        whole = [
            child if child is not None and child.has_done_all() else None
            for child in self._children
        ]
        for number, piece in enumerate(self._work):
            child = whole[number % len(whole)]
            yield self._here(piece) if child is None else pickle.load(child.file)  # noqa: S301 - of our own making


def _forked(function: Callable[[A], B], work: Sequence[A], tick: int) -> _Child | None:
    """Start a process; `None` where the system has no room for one more."""
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the child is stopped
    except OSError:
        return None
    try:
        pid = os.fork()
    except OSError:
        file.close()
        return None
    if pid == 0:
        _do(function, work, file, tick)
    return _Child(pid, file)


def _do(function: Callable[[A], B], work: Sequence[A], file: IO[bytes], tick: int) -> NoReturn:
    status = 1
    try:
        for piece in work:
            pickle.dump(function(piece), file, pickle.HIGHEST_PROTOCOL)
            os.write(tick, _TICK)
        file.flush()
        status = 0
    finally:
        # Whatever happened shows again where it is done anew.  Nothing else of the other
        # process is ended by this one: no buffer, no connection, no handler.
        os._exit(status)
