"""Runs of the program without a process of their own, and what they leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlsite.cli import main
from dlsite.publish.manifest import MANIFEST
from dlsite.start import run_again

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")

NOON = 1_700_000_000
"""The time of the fixture `run`, in seconds (Unix)."""

PATIENCE_SECONDS = 60.0
"""How long a test waits for another process, on a machine that has more to do."""


@dataclass(frozen=True)
class Ran:
    """A run that has ended: exit code, what it printed, whether it ended early."""

    code: int
    out: str
    err: str
    was_early: bool = False

    @property
    def said(self) -> tuple[str, str]:
        """What it wrote to the standard output and error, but for the line that tells the time."""
        return self.out, self.err.rstrip("\n").rpartition("\n")[0]

    @property
    def counts(self) -> str:
        """The last line that it wrote to the standard error."""
        return self.err.rstrip("\n").rpartition("\n")[2]


Run = Callable[..., Ran]
"""Takes the folder of a site and what is typed behind `dlsite`."""

Write = Callable[[Mapping[str, str]], Path]
"""Writes files by path into the folder of a test's site, and returns that: the fixture `site`."""


def run_as_typed(arguments: list[str]) -> tuple[int, bool]:
    """Do a run as `start` does; return its exit code, and whether it ended early."""
    code = run_again(arguments)
    return (main(arguments), False) if code is None else (code, True)


def process(
    *arguments: str, cwd: Path, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dlsite", *arguments],
        check=False,
        cwd=cwd,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
    )


def by_whom(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return each number with the process that was given it; one that starts anew finds this."""
    return [(number, os.getpid()) for number in numbers]


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for another process, for a bounded time."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


@contextmanager
def broken_off(after: int) -> Iterator[None]:
    """Let what is done here be interrupted, as it must be, at the rename that follows so many."""
    replace, left = Path.replace, after

    def dying(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            yield


def of_one_process(root: Path, output: Path) -> dict[str, bytes]:
    """Return what one process makes of a site at that time, by path; nothing is left beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(NOON))
        patch.delenv("DLSITE_BASE_URL", raising=False)
        arguments = ["-C", str(root), "build", "--no-cache", "-j1", "-o", str(output)]
        assert run_as_typed(arguments)[0] == 0
    return tree(output)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every output in a folder by path; the list that dlsite keeps of them is none."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, by path, but for dlsite's memory."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".dlsite" not in path.parts
    }


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return when each file was written, and which file it is, by path."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def texts_of(root: Path) -> dict[str, str]:
    """Return the text of every file of a site by path, but for its output and dlsite's memory."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.relative_to(root).as_posix().startswith((".dlsite", "public"))
    }
