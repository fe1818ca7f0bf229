"""Write outputs beside an empty output directory while others are made, to be exchanged with it.

A first build writes every file once, where it is to stand, and in all of its processes.  The
directory is nobody's until the whole site has been made: it goes with whoever made it.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from dlsite.dataclass import dataclass
from dlsite.files.leftovers import prefix_of
from dlsite.publish.directory import is_empty
from dlsite.publish.lock import locked
from dlsite.records import OutputFile


@dataclass(frozen=True, slots=True)
class Staged:
    """A content that stands in its place in a directory that is not published yet."""

    stage: str
    path: str

    def read(self) -> bytes:
        """Return the content; raises `OSError` where it does not stand there any more."""
        return Path(self.stage, self.path).read_bytes()


class Staging:
    """Directories of a run, each beside an output directory; what is left of them goes with it."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._open.close()

    def beside(self, output: Path) -> Stage | None:
        """Return a stage for a directory in which nothing stands; `None` where there is none.

        It is locked, so that no other build takes it for what a killed one left, and has
        owner and rights of that directory: what is made in it may get them from there.
        """
        if output.exists() and not is_empty(output):
            return None
        try:
            folder = tempfile.mkdtemp(prefix=prefix_of(output.name), dir=output.parent)
        except OSError:
            return None
        self._open.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            is_ours = self._open.enter_context(locked(Path(folder), _nobody))
            if output.exists():
                is_ours = is_ours and take_over(output.stat(), Path(folder))
        except OSError:
            return None
        return Stage(folder) if is_ours else None


def take_over(old: os.stat_result, folder: Path) -> bool:
    """Give a new directory owner and rights of an old one; say whether that is allowed."""
    new = folder.stat()
    try:
        if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            os.chown(folder, old.st_uid, old.st_gid)
        folder.chmod(stat.S_IMODE(old.st_mode))
    except OSError:
        return False
    return True


def _nobody() -> None:
    """Nobody else knows the directory."""


class Stage:
    """A directory that is to be the output directory."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._folders = {""}

    def hold(self, output: OutputFile) -> OutputFile:
        """Return an output whose content stands in its place; raises `OSError`.

        What is copied from a file is copied when it is published.
        """
        if output.origin:
            return output
        folder = output.path.rpartition("/")[0]
        if folder not in self._folders:
            os.makedirs(f"{self._folder}/{folder}", exist_ok=True)  # noqa: PTH103 - as in `exchange`
            self._folders.add(folder)
        with open(f"{self._folder}/{output.path}", "wb") as file:  # noqa: PTH123
            file.write(output.content)
        held = Staged(self._folder, output.path)
        return OutputFile(output.path, digest=output.digest, held=held)
