"""Do work in other processes: parse and render chunk by chunk, with plain data in and out.

Any `concurrent.futures.Executor` will do, also one whose processes are on other machines
and share no disk: what a chunk needs travels with it.  The results do not depend on how
many workers there are.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

from dlsite.assemble import context_of
from dlsite.diagnostics import Diagnostic
from dlsite.markup.converter import Converter
from dlsite.memory.codec import decode, encode
from dlsite.memory.compiled import Compiled
from dlsite.memory.pagerows import Row
from dlsite.parse import ParseOptions
from dlsite.processes.budget import parse_in_time
from dlsite.processes.forks import belong_to, held_back
from dlsite.records import OutputFile, OutputPlan, Parsed, SourceFile
from dlsite.render.templates import Templates

FEWEST_PAGES = 64
FEWEST_OUTPUTS = 2000
"""From how many on a pool is worth its start and what is sent, measured on two cores."""

_CHUNK = 16
_AHEAD = 4
"""How many chunks per worker are under way, so that none waits and few are in memory."""


_LOOK_SECONDS = 3.0
_LOOKS = 5
"""So often in a row a cluster has no worker until nobody waits for one: some come back."""


class WorkersError(Exception):
    """Other processes cannot do what they are asked to; the message says why."""


A = TypeVar("A")
B = TypeVar("B")


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """The processes that a build may use; a pool is made when there is enough to do.

    `executor` is one that stands already, with `count` workers; it is not shut down.
    `is_deserted` says whether all of these have gone.
    """

    # Forked workers have everything imported; elsewhere they start on their own.
    method = "fork" if sys.platform == "linux" else "spawn"
    begin = staticmethod(belong_to)

    def __init__(
        self,
        count: int = 1,
        executor: Executor | None = None,
        is_deserted: Callable[[], bool] = lambda: False,
    ) -> None:
        self.count = count
        self._given = executor
        self._is_deserted = is_deserted
        self._pool: ProcessPoolExecutor | None = None
        self._is_alone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._pool is not None:
            if kind is not None:
                # What is interrupted waits for nobody.
                self._break_off(self._pool)
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _break_off(self, pool: ProcessPoolExecutor) -> None:
        """End the processes of a pool where they stand, be it in the middle of a word.

        The pool would wait for the rest of that for as long as this process could say it.
        """
        for process in multiprocessing.active_children():
            process.kill()
        results: Any = pool._result_queue  # noqa: SLF001 - there is no public way to end it
        results._writer.close()  # noqa: SLF001

    @property
    def are_ours(self) -> bool:
        """Whether these are more processes than one, of this machine."""
        return self._given is None and self.count > 1

    def rest(self) -> None:
        """Let go of a pool until there is more to do."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def spread(self, amount: int, *, fewest: int) -> bool:
        """Say whether `amount` pieces of work are worth handing out."""
        return self._given is not None or (self.are_ours and amount >= fewest)

    def run(self, function: Callable[[Sequence[A]], B], work: Iterable[A]) -> Iterator[B]:
        """Yield what `function` makes of each chunk of `work`, in order.

        Work is taken as it is handed out, and no more of it is in memory at once.
        """
        under_way: deque[tuple[list[A], Future[B]]] = deque()
        waiting = iter(work)
        while chunk := list(islice(waiting, _CHUNK)):
            under_way.append((chunk, self._submit(function, chunk)))
            if len(under_way) > _AHEAD * self.count:
                yield self._result(function, *under_way.popleft())
        while under_way:
            yield self._result(function, *under_way.popleft())

    def _submit(self, function: Callable[[Sequence[A]], B], chunk: Sequence[A]) -> Future[B]:
        if self._given is not None:
            return self._given.submit(function, chunk)
        try:
            return self._sent(function, chunk)
        except BrokenExecutor:
            self._pool = None
            return self._sent(function, chunk)

    def _sent(self, function: Callable[[Sequence[A]], B], chunk: Sequence[A]) -> Future[B]:
        """Hand out a chunk; it is done here where the system starts no process or thread more."""
        if not self._is_alone:
            try:
                pool = self._own()
                with held_back():
                    return pool.submit(function, chunk)
            except BrokenExecutor:
                raise
            except (OSError, RuntimeError):
                self._is_alone = True
                self._kill()
        done: Future[B] = Future()
        done.set_result(function(chunk))
        return done

    def _kill(self) -> None:
        """End the processes of a pool that has no thread to do so."""
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        self._pool = None

    def _result(
        self, function: Callable[[Sequence[A]], B], chunk: Sequence[A], future: Future[B]
    ) -> B:
        """Return what became of a chunk, which a worker that was killed may have had."""
        if self._given is not None:
            # A cluster tries again by itself, as often as is worth it, once it has a worker.
            self._await(future)
            return _answer(future, "the cluster does not go on")
        try:
            return future.result()
        except BrokenExecutor:
            again = self._submit(function, chunk)
            return _answer(again, "a worker was killed twice; is there enough memory? try '-j1'")

    def _await(self, future: Future[B]) -> None:
        """Return when a future is done; raises `WorkersError` where nobody is left to do it."""
        looks = 0
        while not wait([future], timeout=_LOOK_SECONDS).done:
            looks = looks + 1 if self._is_deserted() else 0
            if looks == _LOOKS:
                raise WorkersError("the cluster does not go on: no worker is left")

    def _own(self) -> ProcessPoolExecutor:
        if self._pool is None:
            _need_threads()
            self._pool = ProcessPoolExecutor(
                self.count,
                mp_context=multiprocessing.get_context(self.method),
                initializer=self.begin,
                initargs=(os.getpid(),),
            )
        return self._pool


def _need_threads() -> None:
    """Raise `RuntimeError` where the system starts no two threads more, as many as a pool has.

    One of them starts the other, and where that fails it ends and all who wait do so for ever.
    """
    is_over = threading.Event()
    threads = [threading.Thread(target=is_over.wait) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
    finally:
        is_over.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _answer(future: Future[B], complaint: str) -> B:
    """Return a result; raises `WorkersError` where those who were to make it are gone."""
    try:
        return future.result()
    except (CancelledError, BrokenExecutor, OSError) as error:
        raise WorkersError(f"{complaint} ({type(error).__name__})") from error
    except Exception as error:
        # Such as `KilledWorker`: what its library has of its own is known to who has it.
        if not type(error).__module__.startswith("distributed."):
            raise
        raise WorkersError(f"{complaint} ({error})") from error


# What the workers run


class ParseChunk:
    """Parses source files; made in one process and run in another."""

    def __init__(self, options: ParseOptions) -> None:
        self._options = json.dumps(encode(options))

    def __call__(self, files: Sequence[SourceFile]) -> list[tuple[Row | Parsed, float]]:
        """Return a row for each file, and the seconds that it took.

        Instead of the row the page itself, where it has no JSON form.
        """
        options, converter = _made(self._options)
        found = []
        for file in files:
            parsed, seconds = timed_parse(file, options, converter)
            found.append((Row.of(parsed) or parsed, seconds))
        return found


def timed_parse(
    file: SourceFile, options: ParseOptions, converter: Converter
) -> tuple[Parsed, float]:
    """Return a page and the seconds of processor time that parsing it took."""
    started = time.process_time()
    parsed = parse_in_time(file, options=options, converter=converter)
    return parsed, time.process_time() - started


def converter_for(options: ParseOptions) -> Converter:
    """Return this process's converter for options."""
    return _made(json.dumps(encode(options)))[1]


@lru_cache(maxsize=1)
def _made(text: str) -> tuple[ParseOptions, Converter]:
    # Making a converter costs more than converting a page.
    options = decode(ParseOptions, json.loads(text))
    return options, Converter(options.markup)


class RenderChunk:
    """Renders plans with the templates that came with it."""

    def __init__(
        self,
        texts: Mapping[str, str],
        paths: Mapping[str, str],
        language: str,
    ) -> None:
        self._texts = tuple(texts.items())
        self._paths = tuple(paths.items())
        self._language = language

    def __call__(
        self, plans: Sequence[OutputPlan]
    ) -> list[tuple[OutputFile | None, Diagnostic | None]]:
        """Return each output, or what is wrong with its template."""
        templates = _templates(self._texts, self._paths, self._language)
        return [templates.render(planned) for planned in plans]


def filled(planned: OutputPlan) -> OutputPlan:
    """Return a plan with its body in place, for workers that have no store to take it from."""
    return replace(planned, context=context_of(planned), body=None)


@lru_cache(maxsize=1)
def _templates(
    texts: tuple[tuple[str, str], ...], paths: tuple[tuple[str, str], ...], language: str
) -> Templates:
    return Templates(dict(texts), dict(paths), language=language, code=Compiled())
