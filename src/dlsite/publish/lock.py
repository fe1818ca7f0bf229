"""One build at a time writes into an output directory.

The lock is the kernel's, on the directory itself: it ends with the process that holds
it, so there is no file that could be left behind.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

# Windows has no such lock, and cannot open folders.
_FCNTL: ModuleType | None = None if sys.platform == "win32" else importlib.import_module("fcntl")


@contextmanager
def locked(output: Path, on_wait: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock of a directory, which must exist; `on_wait` is called before waiting.

    Gives whether it is held: some file systems have no locks.
    """
    handle = _acquire(output, on_wait)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _acquire(output: Path, on_wait: Callable[[], None]) -> int | None:
    if _FCNTL is None:
        return None
    while True:
        handle = os.open(output, os.O_RDONLY)
        try:
            if not _takes_free(_FCNTL, handle):
                on_wait()
                _FCNTL.flock(handle, _FCNTL.LOCK_EX)
        except OSError:
            # Some network file systems lock no folders; rather no lock than no site.
            os.close(handle)
            return None
        # The directory may have been exchanged for another while we waited.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), output.stat()):
                return handle
        os.close(handle)


@contextmanager
def locked_if_free(folder: Path) -> Iterator[bool]:
    """Hold the lock of a directory if nobody else does; gives whether that is so."""
    try:
        handle = None if _FCNTL is None else os.open(folder, os.O_RDONLY)
    except OSError:
        handle = None
    try:
        is_free = True
        if _FCNTL is not None and handle is not None:
            with suppress(OSError):
                is_free = _takes_free(_FCNTL, handle)
        yield is_free
    finally:
        if handle is not None:
            os.close(handle)


def _takes_free(fcntl: ModuleType, handle: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
