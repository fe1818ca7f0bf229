"""Forked processes make the same bytes as one, also where some of them are killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsite.making import Made, Maker
from dlsite.processes.forks import Forks, can_fork
from running import Run, of_one_process, tree, wait_until

pytestmark = pytest.mark.skipif(not can_fork(), reason="forks nothing here")

PAGES = 60
PAGE = """---
title: Page {number} & more
tags: [x{tag}]
date: 2020-01-{day:02}
---
See [another](/p{other}/) and [nobody](/q{number}/). $x^{number}$
"""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site."""
    root = tmp_path_factory.mktemp("site")
    (root / "content").mkdir()
    (root / "dlsite.yml").write_text("check: {rules: {link-missing: warning}}\n")
    for number in range(PAGES):
        day, other = number % 28 + 1, number * 7 % PAGES
        text = PAGE.format(number=number, tag=number % 3, day=day, other=other)
        (root / f"content/p{number}.md").write_text(text)
    return root


@pytest.fixture(scope="module")
def expected(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what one process makes of the site."""
    return of_one_process(untouched, tmp_path_factory.mktemp("expected"))


@pytest.fixture
def root(untouched: Path, tmp_path: Path) -> Path:
    """Return a copy of the site, for one test to change."""
    return shutil.copytree(untouched, tmp_path / "site")


@pytest.fixture(autouse=True)
def _forks_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlsite.incremental.run.FEWEST_APART", 10)
    monkeypatch.setattr("dlsite.making._CHUNK", 7)


# Work in general


def square(number: int) -> int:
    return number * number


def killed(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number)


@settings(max_examples=20, deadline=None)
@given(work=st.lists(st.integers(0, 9), max_size=20), count=st.integers(1, 4))
def test_results_come_in_order(work: list[int], count: int) -> None:
    ticks: list[int] = []
    with Forks(work, [square] * count, square) as forks:
        assert [*forks.results(ticks.append)] == [*map(square, work)]
    assert sum(ticks) == len(work)


@pytest.mark.parametrize(
    "fault",
    [killed, lambda number: 1 // (number - 3), lambda _: lambda: None],
    ids=["killed", "raises", "has no plain data"],
)
def test_what_one_does_not_bring_to_an_end_is_done_here(fault: Callable[[int], int]) -> None:
    def here(number: int) -> int:
        done.append(number)
        return square(number)

    done: list[int] = []
    with Forks([*range(10)], [fault], here) as forks:
        assert [*forks.results(lambda _: None)] == [*map(square, range(10))]
    assert done == [*range(10)]


def test_there_may_be_more_work_than_fits_into_a_pipe() -> None:
    with Forks(range(30_000), [square] * 2, square) as forks:
        assert [*forks.results(lambda _: None)] == [*map(square, range(30_000))]


def test_where_no_process_can_be_started_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    with Forks([*range(10)], [square] * 2, square) as forks:
        assert [*forks.results(lambda _: None)] == [*map(square, range(10))]


def test_nobody_is_left_at_work(tmp_path: Path) -> None:
    def wait(_: int) -> None:
        (tmp_path / str(os.getpid())).touch()
        time.sleep(1000)

    with Forks([1, 2], [wait] * 2, wait):
        wait_until(lambda: len([*tmp_path.iterdir()]) == 2)
    for pid in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.name), 0)


def test_interrupt_that_meets_a_process_as_it_begins_ends_it_and_no_more() -> None:
    # Another process, for a fault would let the forked one go on with all tests.
    program = """
import os, signal
from dlsite.processes.forks import Forks

signal.signal(signal.SIGINT, signal.default_int_handler)

def fork():
    pid = real()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGINT)
    return pid

real, os.fork = os.fork, fork
try:
    with Forks([*range(9)], [abs] * 2, abs) as forks:
        print(*forks.results(lambda _: None), flush=True)
finally:
    print("in order", flush=True)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("0 1 2 3 4 5 6 7 8\nin order\n", "")


def test_process_in_the_background_passes_over_ctrl_c_as_its_parent_does() -> None:
    def interrupted(number: int) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return square(number)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Forks([1, 2], [interrupted], lambda _: 0) as forks:
            assert [*forks.results(lambda _: None)] == [1, 4]
    finally:
        signal.signal(signal.SIGINT, before)


def test_nobody_is_left_at_work_where_others_cannot_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(_: int) -> None:
        (tmp_path / str(os.getpid())).touch()
        time.sleep(1000)

    def fork_once() -> int:
        pids = [*tmp_path.iterdir()]
        if not pids and not begun:
            begun.append(fork())
            return begun[0]
        wait_until(lambda: any(tmp_path.iterdir()))
        raise KeyboardInterrupt

    fork = os.fork
    begun: list[int] = []
    monkeypatch.setattr(os, "fork", fork_once)
    with pytest.raises(KeyboardInterrupt), Forks([1, 2], [wait] * 2, wait):
        pass
    with pytest.raises(ProcessLookupError):
        os.kill(begun[0], 0)


# Builds


def test_output_is_that_of_one_process(root: Path, run: Run, expected: dict[str, bytes]) -> None:
    said = run(root, "build", "-j1", "-o", "one").err
    first = notes(root)
    assert run(root, "clean").code == 0
    assert run(root, "build", "-j3", "-o", "three").err.count("\n") == said.count("\n")
    assert tree(root / "three") == expected
    assert notes(root) == first
    # What stands is not made again, and what does not is.
    (root / "three/p7/index.html").unlink()
    ran = run(root, "build", "-j3", "-o", "three")
    assert f"1 written, {len(expected) - 1} unchanged" in ran.err
    assert tree(root / "three") == expected


def notes(root: Path) -> dict[str, bytes]:
    """Return the notes of plans that a build has left."""
    database = sqlite3.connect(root / ".dlsite/cache.sqlite")
    rows = [*database.execute("SELECT key, text FROM plans UNION SELECT key, text FROM listings")]
    database.close()
    return dict(rows)


def test_site_is_whole_where_processes_are_killed(
    root: Path, run: Run, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    make, parent = Maker.make, os.getpid()

    def fatal(maker: Maker, paths: Iterable[str]) -> list[Made]:
        paths = [*paths]
        if os.getpid() != parent and "p7/index.html" in paths:
            os.kill(os.getpid(), signal.SIGKILL)
        return make(maker, paths)

    monkeypatch.setattr(Maker, "make", fatal)
    assert run(root, "build", "-j2", "-o", "ours").code == 0
    assert tree(root / "ours") == expected


def test_fault_of_a_template_is_the_first_one_of_the_site(root: Path, run: Run) -> None:
    (root / "templates").mkdir()
    (root / "templates/broken.html").write_text("{{ page.tags[0].name.nothing.at_all }}")
    for number in (3, 50):
        path = root / f"content/p{number}.md"
        path.write_text(path.read_text().replace("title:", "layout: broken\ntitle:"))
    said = [run(root, "build", f"-j{count}", "-o", "none") for count in (1, 3)]
    assert said[0].err == said[1].err
    assert "template-error" in said[0].err
    assert "on '/p3/'" in said[0].err
