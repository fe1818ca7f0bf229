"""Rewrite source files, all of them or none.  An effect.

Each new text is written beside its file and renamed over it, so that no file is ever
half of itself; where one cannot be written, those before it are put back.
"""

from __future__ import annotations

import os
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dlsite.files.edits import Edit, edited


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Files by path before and after, `None` for no file, and the renames among them."""

    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes | None]
    renames: Mapping[str, str]


def prepare(root: Path, edits: Mapping[str, Iterable[Edit]], renames: Mapping[str, str]) -> Rewrite:
    """Return what files become; byte order marks and line ends stay as they are.

    `renames` maps old to new paths, under which their edits stand.  A file that is edited
    and is not there begins empty.  Raises `EditError`, and `OSError` where a file cannot
    be read or the new place of one is taken.
    """
    old_by_new = {new: old for old, new in renames.items()}
    before: dict[str, bytes | None] = {}
    after: dict[str, bytes | None] = {}
    for path in sorted({*edits, *renames.values()}):
        source = old_by_new.get(path, path)
        content = (root / source).read_bytes() if (root / source).exists() else b""
        if source != path:
            if os.path.lexists(root / path):
                raise FileExistsError(17, "is there already", path)
            before[source], after[source] = content, None
            before[path] = None
        else:
            before[path] = content if (root / source).exists() else None
        mark = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
        text = content.removeprefix(BOM_UTF8).decode("utf-8")
        after[path] = mark + edited(text, edits.get(path, ())).encode("utf-8")
    return Rewrite(before, after, renames)


def carry_out(root: Path, rewrite: Rewrite) -> None:
    """Write what is to be written; raises `OSError` with every file as it was before."""
    done: list[str] = []
    try:
        for path, content in rewrite.after.items():
            with called(root / path):
                _put(root / path, content)
            done.append(path)
    except BaseException:
        for path in reversed(done):
            with suppress(OSError):
                _put(root / path, rewrite.before[path])
        raise


@contextmanager
def called(target: Path) -> Iterator[None]:
    """Let what the system refuses be said of `target`, not of the file that stands in for it."""
    try:
        yield
    except OSError as error:
        error.filename = str(target)
        raise


def _put(target: Path, content: bytes | None) -> None:
    if content is None:
        target.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        if target.exists():
            Path(name).chmod(target.stat().st_mode & 0o7777)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
