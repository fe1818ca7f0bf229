"""Other processes do the work: the same bytes come out, also where some of them are killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from dlsite.processes.lateworkers import LateWorkers
from dlsite.processes.workers import FEWEST_PAGES, Workers, WorkersError
from manypages import many_pages
from running import LINUX, PATIENCE_SECONDS, Run, by_whom, of_one_process, tree, wait_until


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_pages(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def expected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what one process makes of the site."""
    return of_one_process(root, tmp_path_factory.mktemp("expected"))


# Our own


class Fatal:
    """Work that kills whoever does it; `times` is a folder that remembers how often."""

    def __init__(self, folder: Path, times: int) -> None:
        self._folder, self._times = folder, times

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        seen = len(list(self._folder.iterdir()))
        if 20 in numbers and seen < self._times:
            (self._folder / str(seen)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return list(numbers)


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_a_build_that_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    # Each page takes long, and its worker says who it is.
    program = """
import os, signal, sys, time
from pathlib import Path

# Else it passes over Ctrl-C where the tests do, in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)

def work(files):
    (Path(sys.argv[1]) / str(os.getpid())).touch()
    time.sleep(600)

if __name__ == "__main__":
    from dlsite.cli import ended
    from dlsite.processes.ending import terminable
    from dlsite.processes.workers import Workers
    try:
        with terminable(), Workers(2) as workers:
            for _ in workers.run(work, range(99)):
                pass
    except BaseException as error:
        sys.exit(ended(error))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stderr=subprocess.PIPE, text=True
    ) as parent:
        try:
            wait_until(lambda: len([*tmp_path.iterdir()]) == 2)
            parent.send_signal(number)
            # Workers hold the other end as well, for as long as they live.
            said = parent.communicate(timeout=PATIENCE_SECONDS)[1]
        finally:
            parent.kill()
    words = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}.get(number)
    assert said == ("" if words is None else f"dlsite: {words}; nothing more was written\n")


@LINUX
def test_worker_that_is_ended_in_the_middle_of_a_word_is_not_heard_out() -> None:
    program = """
from dlsite.processes.workers import Workers

def work(numbers):
    return "word" * 5_000_000

if __name__ == "__main__":
    for _ in range(5):
        try:
            with Workers(2) as workers:
                for _ in workers.run(work, range(9999)):
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            print("interrupted")
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "interrupted\n" * 5, "")


def test_what_a_killed_worker_had_is_done_by_another(tmp_path: Path) -> None:
    with Workers(2) as workers:
        chunks = list(workers.run(Fatal(tmp_path, times=1), range(200)))
    assert [number for chunk in chunks for number in chunk] == list(range(200))


def test_work_that_kills_every_worker_is_given_up_in_one_line(
    root: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workers(2) as workers, pytest.raises(WorkersError, match="killed twice"):
        list(workers.run(Fatal(tmp_path, times=9), range(200)))
    monkeypatch.setattr("dlsite.pages.ParseChunk", lambda _: Fatal(tmp_path, times=99))
    monkeypatch.setattr(Fatal, "__call__", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    ran = run(root, "build", "--no-cache", "-j2", "-o", str(tmp_path / "none"))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "a worker was killed twice; is there enough memory?" in ran.err
    assert not (tmp_path / "none").exists()


@LINUX
@pytest.mark.parametrize(
    ("what", "started"),
    [("process", 0), ("process", 1), ("thread", 0), ("thread", 1), ("thread", 2)],
)
def test_work_is_done_here_where_nobody_more_can_be_started(  # noqa: PLR0913, PLR0917 - all that it takes
    what: str,
    started: int,
    root: Path,
    expected: dict[str, bytes],
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fork, start, count = os.fork, threading.Thread.start, 0

    def refuse(error: Exception) -> None:
        nonlocal count
        count += 1
        if count > started:
            raise error

    def forked() -> int:
        if what == "process":
            refuse(BlockingIOError(11, "Resource temporarily unavailable"))
        return fork()

    def begun(thread: threading.Thread) -> None:
        if what == "thread":
            refuse(RuntimeError("can't start new thread"))
        start(thread)

    monkeypatch.setattr(os, "fork", forked)
    monkeypatch.setattr(threading.Thread, "start", begun)
    ran = run(root, "build", "--no-cache", "-j3", "-o", str(tmp_path / "ours"))
    assert (ran.code, count > 0) == (0, True)
    assert tree(tmp_path / "ours") == expected
    assert not multiprocessing.active_children()


def test_any_executor_gives_the_same_bytes(
    root: Path,
    run: Run,
    tmp_path: Path,
    expected: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        monkeypatch.setattr("dlsite.commands.means.cluster", lambda _: (executor, lambda: False))
        arguments = ["build", "--executor", "any", "-o", str(tmp_path / "ours")]
        assert run(root, *arguments, "--no-cache").code == 0
        assert tree(tmp_path / "ours") == expected
        # With a memory: all is to do, nothing is, and nothing again for a site without pages.
        for _ in range(2):
            assert run(root, *arguments, "-o", str(tmp_path / "again")).code == 0
            assert tree(tmp_path / "again") == expected
        (tmp_path / "none/content").mkdir(parents=True)
        assert run(tmp_path / "none", *arguments, "-o", "public").code == 0


# Beside threads


@LINUX
def test_late_workers_take_over_once_they_are_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlsite.processes.lateworkers.PATIENCE_SECONDS", 0)
    others: set[int] = set()

    def work() -> Iterator[int]:
        # There is more to do until they have come, and then for a while.
        until = time.monotonic() + PATIENCE_SECONDS
        for number in range(10**9):
            if len(others) == 2 or time.monotonic() > until:
                break
            yield number
        yield from range(number, number + 50)

    with LateWorkers(2) as workers:
        assert workers.spread(10**9, fewest=FEWEST_PAGES)
        done = []
        for chunk in workers.run(by_whom, work()):
            done += chunk
            others |= {pid for _, pid in chunk} - {os.getpid()}
    assert [number for number, _ in done] == list(range(len(done)))
    assert done[0][1] == os.getpid() != done[-1][1]
    assert not multiprocessing.active_children()


def test_late_workers_are_not_called_for_what_takes_no_time() -> None:
    with LateWorkers(2) as workers:
        assert workers.spread(FEWEST_PAGES, fewest=FEWEST_PAGES)
        done = [each for chunk in workers.run(by_whom, range(FEWEST_PAGES)) for each in chunk]
        assert not multiprocessing.active_children()
    assert done == [(number, os.getpid()) for number in range(FEWEST_PAGES)]


@LINUX
@pytest.mark.parametrize("what", ["none begins", "none is ready", "none goes on"])
def test_what_late_workers_fail_to_do_is_done_here(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    futures: list[Future[Any]] = []

    def submit(*_: object) -> Future[Any]:
        futures.append(Future())
        if what == "none goes on" and len(futures) <= 2:
            futures[-1].set_result([])
        else:
            futures[-1].set_exception(BrokenExecutor())
        return futures[-1]

    def work() -> Iterator[int]:
        until = time.monotonic() + PATIENCE_SECONDS
        for number in range(10**9):
            if (number > 1 and not multiprocessing.active_children()) or time.monotonic() > until:
                break
            yield number
        yield from range(number, number + 50)

    monkeypatch.setattr("dlsite.processes.lateworkers.PATIENCE_SECONDS", 0)
    if what == "none begins":
        monkeypatch.setattr(LateWorkers, "begin", os._exit)
    else:
        monkeypatch.setattr(LateWorkers, "_submit", submit)
    with LateWorkers(2) as workers:
        assert workers.spread(10**9, fewest=FEWEST_PAGES)
        done = [each for chunk in workers.run(by_whom, work()) for each in chunk]
    assert done == [(number, os.getpid()) for number in range(len(done))]
    assert len(futures) == {"none begins": 0, "none is ready": 2, "none goes on": 6}[what]
