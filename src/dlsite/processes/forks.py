"""Do work in processes forked from this one, which know what it knows without being told.

An effect.  What they make comes back as plain data in temporary files.  The results do not
depend on how many there are: what one of them does not bring to an end is done here.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter
from types import TracebackType
from typing import IO, Any, Generic, NoReturn, Self, TypeVar

# PR_SET_PDEATHSIG of linux/prctl.h
_END_WITH_PARENT = 1

_ENDING = (signal.SIGINT, signal.SIGTERM)
"""Signals that this process takes for a wish, and that simply end the ones that it starts."""

A = TypeVar("A")
B = TypeVar("B")

_TICK = b"."
_MOST_TICKS = 4096

_NUMBER = 4
"""Bytes that say which piece of work is next."""

_MOST_NUMBERS = 1024
"""So many are in a pipe at once, whatever the system allows."""


def can_fork() -> bool:
    """Say whether processes are forked here: elsewhere libraries of the system forbid it."""
    return sys.platform == "linux"


def belong_to(parent: int) -> None:
    """Let this process end with `parent`, and by Ctrl-C and SIGTERM, with nothing put in order.

    Nobody else waits for what it makes; the parent gets these signals too, or does the work
    of a process that is gone.  Only Linux ends it with its parent.
    """
    for number in _ENDING:
        # Whoever works in the background may have been told to pass over one of them.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


@dataclass(slots=True)
class _Child:
    """A process at work, of which the results go into a file that is open here as well."""

    pid: int
    file: IO[bytes]
    is_running: bool = True

    def has_done_all(self) -> bool:
        """Wait for its end, and say whether it did what it had taken."""
        _, status = os.waitpid(self.pid, 0)
        self.is_running = False
        self.file.seek(0)
        return status == 0

    def stop(self) -> None:
        if self.is_running:
            # Whoever was interrupted may have waited for its end already.
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        self.file.close()


class Forks(Generic[A, B]):
    """Processes that take pieces of `work`, one after another, from the beginning of `with`.

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
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        # Whoever is ready takes the next ones from a pipe.
        step = -(-len(self._work) // _MOST_NUMBERS) or 1
        numbers, writer = os.pipe()
        starts = range(0, len(self._work), step)
        os.write(writer, b"".join([start.to_bytes(_NUMBER) for start in starts]))
        os.close(writer)
        self._ticks, tick = os.pipe()
        try:
            with held_back() as mask:
                for function in self._there:
                    child = _forked(_Share(function, self._work, step, numbers, tick, mask))
                    if child is not None:
                        self._children.append(child)
        except BaseException:
            self._stop()
            raise
        finally:
            os.close(numbers)
            # Theirs alone from here, so that it ends with the last of them.
            os.close(tick)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        os.close(self._ticks)
        for child in self._children:
            child.stop()

    def results(self, tick: Callable[[int], None]) -> Iterator[B]:
        """Yield what becomes of each piece of work, in order, once all are at the end.

        Until then `tick` is told how many more pieces have been done.
        """
        while ticks := os.read(self._ticks, _MOST_TICKS):
            tick(len(ticks))
        whole = [child.file for child in self._children if child.has_done_all()]
        made = merge(*map(_loaded, whole), key=itemgetter(0))
        number, result = next(made, _NOTHING)
        for at, piece in enumerate(self._work):
            if at == number:
                yield result
                number, result = next(made, _NOTHING)
            else:
                yield self._here(piece)


_NOTHING: tuple[int, Any] = (-1, None)


def _loaded(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """Yield number and result of each piece in a file that this program has written."""
    with suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301


@dataclass(frozen=True, slots=True)
class _Share(Generic[A, B]):
    """What a process is to do: `step` pieces of `work` from each of the `numbers` in a pipe on."""

    function: Callable[[A], B]
    work: Sequence[A]
    step: int
    numbers: int
    tick: int
    mask: Iterable[int]


@contextmanager
def held_back() -> Iterator[Iterable[int]]:
    """Let signals wait meanwhile; gives those that waited before.

    In a process that has only just been started they would be met as in the other one, with
    all that it puts in order, or with a traceback.
    """
    if sys.platform == "win32":
        # There they cannot wait.
        yield ()
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _forked(share: _Share[A, B]) -> _Child | None:
    """Start a process; `None` where the system has no room for one more."""
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the child is stopped
    except OSError:
        return None
    parent = os.getpid()
    try:
        pid = os.fork()
    except BaseException as error:
        file.close()
        if isinstance(error, OSError):
            return None
        raise
    if pid == 0:
        _do(share, file, parent)
    return _Child(pid, file)


def _do(share: _Share[A, B], file: IO[bytes], parent: int) -> NoReturn:
    status = 1
    try:
        belong_to(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, share.mask)
        while number := os.read(share.numbers, _NUMBER):
            start = int.from_bytes(number)
            for at, piece in enumerate(share.work[start : start + share.step], start):
                pickle.dump((at, share.function(piece)), file, pickle.HIGHEST_PROTOCOL)
                os.write(share.tick, _TICK)
        file.flush()
        status = 0
    finally:
        # Whatever happened shows again where it is done anew.  Nothing else of the other
        # process is ended by this one: no buffer, no connection, no handler.
        os._exit(status)
