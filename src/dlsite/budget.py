"""Give each page an amount of CPU time, because no library of expressions is safe to the last.

The time is that of the process, so that a busy machine takes nothing away.  A page that
needs more is shown as text and reported as one that cannot be converted.  Only the main
thread of a process can be interrupted, and that is where builds, workers and the
preview read pages; elsewhere a page takes what it takes.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from dlsite.markup.converter import AsText, Converter
from dlsite.parse import ParseOptions, parse
from dlsite.records import Parsed, SourceFile

LEAST_SECONDS = 5.0
CODE_POINTS_PER_SECOND = 500_000
"""What a page gets more for its length: half of what the converter manages."""


class TookTooLongError(BaseException):
    """The time is over; not an `Exception`, so that no library takes it for one of its own."""


def parse_in_time(
    source: SourceFile,
    *,
    options: ParseOptions,
    converter: Converter,
    seconds: float = LEAST_SECONDS,
) -> Parsed:
    """Return what `parse` returns, or the page as text where that takes too long."""
    seconds += len(source.text) / CODE_POINTS_PER_SECOND
    try:
        with _limited(seconds):
            return parse(source, options=options, converter=converter)
    except TookTooLongError:
        # It was interrupted anywhere.
        converter.start_anew()
        reason = f"it takes more than {seconds:.0f} seconds"
        return parse(source, options=options, converter=AsText(reason))


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise `TookTooLongError` once the process has used so much CPU time."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer"):
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
