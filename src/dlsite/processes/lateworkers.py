"""Processes that join in where work takes long, beside the threads of a server.

An effect.  The results are those of one process.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from types import TracebackType

from dlsite.processes.forks import belong_to
from dlsite.processes.workers import A, B, Workers

PATIENCE_SECONDS = 0.25
"""So long work is done here alone, whatever is to come."""

WORTH_SECONDS = 1.5
"""Work that would take so much longer here is worth other processes: to begin takes them half a
second, and as much of each processor."""


def _belong_to_a_server(parent: int) -> None:
    # Ctrl-C is for the server to take, which ends what it has started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    belong_to(parent)


class LateWorkers(Workers):
    """Processes that start anew: one forked beside a thread may wait for its locks for ever.

    Work that takes no time worth sharing is done here, and any other until they are ready,
    so that nothing takes longer than without them.
    """

    method = "spawn"
    begin = staticmethod(_belong_to_a_server)

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self._amount = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._pool is not None:
            # What they have made is here; to wait until they have begun would be for nothing.
            self._break_off(self._pool)
        super().__exit__(None, None, None)

    def spread(self, amount: int, *, fewest: int) -> bool:
        """Say whether so many pieces of work are worth handing out, and expect them."""
        self._amount = amount
        return super().spread(amount, fewest=fewest)

    def run(self, function: Callable[[Sequence[A]], B], work: Iterable[A]) -> Iterator[B]:
        """Yield what `function` makes of each chunk of `work`, in order.

        A chunk that is made here has one piece.  Processes are ready once they have made
        something of an empty one.
        """
        waiting, ready = iter(work), list[Future[B]]()
        started = time.monotonic()
        for done, piece in enumerate(waiting, start=1):
            yield function([piece])
            seconds = time.monotonic() - started
            left = seconds / done * (self._amount - done)
            if ready:
                if any(each.done() for each in ready):
                    break
            elif seconds > PATIENCE_SECONDS and left > WORTH_SECONDS:
                ready = [self._submit(function, []) for _ in range(self.count)]
        if any(each.done() and each.exception() for each in ready):
            # Here they cannot even begin.
            yield from (function([piece]) for piece in waiting)
        else:
            yield from super().run(function, waiting)

    def _result(
        self, function: Callable[[Sequence[A]], B], chunk: Sequence[A], future: Future[B]
    ) -> B:
        """Return what became of a chunk; a server goes on where whoever had it was killed."""
        try:
            return future.result()
        except BrokenExecutor:
            return function(chunk)
