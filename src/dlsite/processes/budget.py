"""Give each page an amount of CPU time and memory: no library of expressions is wholly safe.

The time is that of the process, so that a busy machine takes nothing away; the memory is
what the process takes beyond what it has.  A page that needs more is shown as text and
reported as one that cannot be converted.  Both are limits of a process, so they hold only
in the main thread, and that is where builds, workers and the preview read pages; elsewhere
a page takes what it takes.  Memory is limited by Linux alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from dlsite.markup.converter import AsText, Converter
from dlsite.parse import ParseOptions, parse
from dlsite.records import Parsed, SourceFile

if sys.platform == "linux":
    import resource

LEAST_SECONDS = 5.0
CODE_POINTS_PER_SECOND = 500_000
"""What a page gets more for its length: half of what the converter manages."""

MOST_MEBIBYTES = 768
"""With what a process has before it still stays below a gibibyte."""


class TookTooLongError(BaseException):
    """The time is over; not an `Exception`, so that no library takes it for one of its own."""


def parse_in_time(
    source: SourceFile,
    *,
    options: ParseOptions,
    converter: Converter,
    seconds: float = LEAST_SECONDS,
    mebibytes: int = MOST_MEBIBYTES,
) -> Parsed:
    """Return what `parse` returns, or the page as text where that takes too much."""
    seconds += len(source.text) / CODE_POINTS_PER_SECOND
    try:
        with _limited_time(seconds), _limited_memory(mebibytes):
            return parse(source, options=options, converter=converter)
    except TookTooLongError:
        reason = f"it takes more than {seconds:.0f} seconds"
    except MemoryError:
        reason = f"it takes more than {mebibytes} MiB of memory"
    # It was interrupted anywhere.
    converter.start_anew()
    return parse(source, options=options, converter=AsText(reason))


@contextmanager
def _limited_time(seconds: float) -> Iterator[None]:
    """Raise `TookTooLongError` once the process has used so much CPU time."""
    if not _is_main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise TookTooLongError


@contextmanager
def _limited_memory(mebibytes: int) -> Iterator[None]:
    """Let `MemoryError` be raised once the process holds so much more data than now."""
    held = _data_bytes() if _is_main_thread() else None
    if sys.platform != "linux" or held is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [held + (mebibytes << 20), *(each for each in (soft, hard) if each >= 0)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_bytes() -> int | None:
    """Return how much memory this process has of its own; `None` where nobody says."""
    try:
        # By the system's own calls: this is done for each page.
        file = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None
    try:
        return int(os.read(file, 256).split()[5]) * resource.getpagesize()
    finally:
        os.close(file)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
