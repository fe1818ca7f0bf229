"""Let SIGTERM end a run as Ctrl-C does, with everything put in order; what is said then.

An effect.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = "interrupted; nothing more was written"
# As a shell has it: 128 and the number of the signal.
EXIT_INTERRUPTED, EXIT_TERMINATED = 130, 143


class Terminated(BaseException):
    """Somebody asked the process to end."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` where somebody asks the process to end; in its main thread alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def terminate(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
