"""A cluster does the work: the same bytes come out, and one that goes is said in a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from manypages import many_pages
from running import LINUX, PATIENCE_SECONDS, of_one_process, tree, wait_until


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_pages(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def expected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what one process makes of the site."""
    return of_one_process(root, tmp_path_factory.mktemp("expected"))


# Builds, and stops a worker as soon as there is work for the cluster: what is asked for while
# dask looks for a scheduler that has gone waits until that is given up, ten seconds later.
BUILD = """
import os, signal, sys
from dlsite.cli import main
from dlsite.commands import means

look, pid = means.cluster, int(sys.argv[1])

def cluster(address):
    executor, is_deserted = look(address)
    submit = executor.submit

    def submit_and_stop(*work):
        future = submit(*work)
        if pid:
            os.kill(pid, signal.SIGSTOP)
        return future

    executor.submit = submit_and_stop
    return executor, is_deserted

means.cluster = cluster
sys.exit(main(sys.argv[2:]))
"""


class Cluster:
    """A scheduler of dask and its workers, each a process of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._file = folder / "scheduler.json"
        self._stack = stack
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show")
        wait_until(lambda: self._file.exists() and self._file.read_text() != "")
        self.address: str = json.loads(self._file.read_text())["address"]

    def add_workers(self, count: int) -> list[subprocess.Popen[bytes]]:
        """Start workers, and return when all of them can be used."""
        from distributed import Client  # noqa: PLC0415 - where it is installed

        workers = [self._start("worker", "--no-nanny", "--nthreads", "1") for _ in range(count)]
        untyped: Any = Client
        with untyped(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=PATIENCE_SECONDS)
        return workers

    def build(self, root: Path, output: Path, stopped: int = 0) -> subprocess.Popen[str]:
        """Start a build that stops the worker with that process id."""
        address = self.address.replace("tcp", "dask")
        arguments = ["-C", str(root), "build", "--no-cache", "--executor", address]
        command = [sys.executable, "-c", BUILD, str(stopped), *arguments, "-o", str(output)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        places = ["--scheduler-file", str(self._file), "--no-dashboard"]
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, *places],
            cwd=self._file.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a cluster without workers; without dask tests are skipped, but fail under CI."""
    if find_spec("distributed") is None:
        reason = "the tests with a cluster want dask: pip install 'dlsite[dask]'"
        if os.getenv("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@LINUX
def test_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    root: Path, expected: dict[str, bytes], cluster: Cluster, tmp_path: Path
) -> None:
    worker, _ = cluster.add_workers(2)
    with cluster.build(root, tmp_path / "ours", stopped=worker.pid) as build:
        wait_until(lambda: _is_stopped(worker))
        time.sleep(1)
        # What the one has been given is not done by the other.
        assert build.poll() is None
        worker.kill()
        said = build.communicate(timeout=PATIENCE_SECONDS)[1]
    assert build.returncode == 0, said
    assert tree(tmp_path / "ours") == expected


@LINUX
def test_cluster_that_has_nobody_or_goes_is_said_in_a_line(
    root: Path, cluster: Cluster, tmp_path: Path
) -> None:
    with cluster.build(root, tmp_path / "ours") as build:
        said = build.communicate(timeout=PATIENCE_SECONDS)[1]
    assert (build.returncode, said.count("\n")) == (2, 1), said
    assert "no worker is at 'dask://127.0.0.1:" in said
    (worker,) = cluster.add_workers(1)
    with cluster.build(root, tmp_path / "ours", stopped=worker.pid) as build:
        wait_until(lambda: _is_stopped(worker))
        cluster.scheduler.kill()
        said = build.communicate(timeout=PATIENCE_SECONDS)[1]
    assert build.returncode == 2, said
    assert said.splitlines()[-1].startswith("dlsite: the cluster does not go on")
    assert "Traceback" not in said
    assert not (tmp_path / "ours").exists()


@LINUX
def test_cluster_whose_last_worker_goes_is_not_waited_for(
    root: Path, cluster: Cluster, tmp_path: Path
) -> None:
    (worker,) = cluster.add_workers(1)
    with cluster.build(root, tmp_path / "ours", stopped=worker.pid) as build:
        wait_until(lambda: _is_stopped(worker))
        worker.kill()
        said = build.communicate(timeout=PATIENCE_SECONDS)[1]
    assert build.returncode == 2, said
    assert said.splitlines()[-1] == "dlsite: the cluster does not go on: no worker is left"
    assert not (tmp_path / "ours").exists()
