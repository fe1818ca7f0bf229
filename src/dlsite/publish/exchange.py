"""Build the new directory beside the old one, and exchange the two in one step.

A reader sees the old site or the new one, never a mixture.  Files that have not changed
are linked, not copied.  Where the system cannot do it, it says so and nothing has changed.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from dlsite.files.leftovers import left_beside, prefix_of
from dlsite.publish.change import Change, content_of
from dlsite.publish.lock import locked, locked_if_free
from dlsite.publish.manifest import MANIFEST, manifest_content
from dlsite.publish.staging import Staged, take_over

# linux/fs.h
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
# What the kernel, the file system or its owner may have against it (renameat2(2)).
_CANNOT = frozenset(
    [
        errno.EACCES,
        errno.EBUSY,
        errno.EINVAL,
        errno.ENOSYS,
        errno.ENOTSUP,
        errno.EPERM,
        errno.EROFS,
        errno.EXDEV,
    ]
)


def exchange(output: Path, change: Change) -> bool:
    """Put a directory with the site of `change` in the place of `output`.

    It is the one in which outputs have been staged, if any have.  Returns `False`, with
    nothing changed, where that cannot be done here.  Raises `OSError`, with nothing changed,
    where the new files cannot be written.
    """
    staged = next((file.held for file in change.pending if isinstance(file.held, Staged)), None)
    if staged is not None:
        # Whoever has staged outputs has the lock, and clears away what is left.
        stage = Path(staged.stage)
        if not take_over(output.stat(), stage):
            return False
        _fill(stage, output, change)
        return _exchange(stage, output)
    try:
        stage = Path(tempfile.mkdtemp(prefix=prefix_of(output.name), dir=output.parent))
    except OSError as error:
        if error.errno in _CANNOT:
            return False
        raise
    try:
        if not take_over(output.stat(), stage):
            return False
        _fill(stage, output, change)
        with locked(stage, _never):
            return _exchange(stage, output)
    finally:
        # By now the old directory, or one that was not wanted.
        shutil.rmtree(stage, ignore_errors=True)


def sweep(output: Path) -> None:
    """Remove what killed runs left beside the directory; for those who hold its lock."""
    for left in map(Path, left_beside(str(output))):
        if left.is_dir() and not left.is_symlink():
            # Held to the end, so that nobody begins to write there meanwhile.
            with locked_if_free(left) as is_free:
                if is_free:
                    shutil.rmtree(left, ignore_errors=True)


def _never() -> None:
    """Nobody else knows the directory."""


def _fill(stage: Path, output: Path, change: Change) -> None:
    # Texts in place of paths: a large site has thousands of files.
    folders = {""}
    for path in change.kept:
        target = _in_made_folder(stage, path, folders)
        try:
            os.link(output / path, target, follow_symlinks=False)
        except OSError:
            shutil.copy2(output / path, target)
    for file in change.pending:
        if isinstance(file.held, Staged):
            continue
        with open(_in_made_folder(stage, file.path, folders), "wb") as target_file:  # noqa: PTH123
            target_file.write(content_of(file))
    (stage / MANIFEST).write_bytes(manifest_content(change.digests))


def _in_made_folder(stage: Path, path: str, folders: set[str]) -> str:
    """Return where a file of the new directory goes, in a folder that is there from now on."""
    folder = path.rpartition("/")[0]
    if folder not in folders:
        os.makedirs(f"{stage}/{folder}", exist_ok=True)  # noqa: PTH103
        folders.add(folder)
    return f"{stage}/{path}"


def _exchange(stage: Path, output: Path) -> bool:
    import ctypes  # noqa: PLC0415 - small changes do without

    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    failed = renameat2(
        _AT_FDCWD, os.fsencode(stage), _AT_FDCWD, os.fsencode(output), _RENAME_EXCHANGE
    )
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(output))
